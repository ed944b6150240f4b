"""Addresses of what can be earned: staff's pages. The public page of an achievement is in verification."""

from django.urls import URLPattern, URLResolver, include, path

from badges.views import achievements, looks, pictures, proofs, words

_one = [
    path("", words.achievement, name="manage-achievement"),
    path("words/", words.words, name="manage-achievement-words"),
    path("badge/", looks.badge, name="manage-achievement-badge"),
    path("badge/picture/", looks.badge_upload, name="manage-achievement-badge-upload"),
    path("certificate/", looks.certificate, name="manage-achievement-certificate"),
    path("criteria/", words.criteria, name="manage-achievement-criteria"),
    path("preview/", proofs.preview, name="manage-achievement-preview"),
    path("preview/proofs/", proofs.proofs, name="manage-achievement-proofs"),
    path("preview/<str:fingerprint>.png", proofs.preview_image, name="manage-achievement-preview-image"),
    path("preview/<str:fingerprint>.pdf", proofs.preview_pdf, name="manage-achievement-preview-pdf"),
    path("picture/", pictures.picture, name="manage-achievement-picture"),
    path("starter/", pictures.starter, name="manage-achievement-starter"),
    path("publication/", achievements.publication, name="manage-achievement-publication"),
    path("archive/", achievements.archive, name="manage-achievement-archive"),
    path("restoration/", achievements.restoration, name="manage-achievement-restoration"),
    path("copy/", achievements.copy, name="manage-achievement-copy"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("manage/<slug:slug>/achievements/", achievements.achievements, name="manage-achievements"),
    path("manage/<slug:slug>/achievements/new/", achievements.new, name="manage-achievement-new"),
    path("manage/<slug:slug>/achievements/<str:public_id>/", include(_one)),
    path("manage/<slug:slug>/logo/", pictures.logo, name="manage-logo"),
    path("manage/<slug:slug>/logo/removal/", pictures.logo_removal, name="manage-logo-removal"),
]
