"""Addresses of what can be earned: staff's pages. The public page of an achievement is in verification."""

from django.urls import URLPattern, URLResolver, path

from badges.views import achievements, badge, looks, pictures, proofs, words

ALL = "manage/<slug:slug>/achievements/"
ONE = ALL + "<str:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(ALL, achievements.achievements, name="manage-achievements"),
    path(ALL + "new/", achievements.new, name="manage-achievement-new"),
    path(ONE, words.achievement, name="manage-achievement"),
    path(ONE + "words/", words.words, name="manage-achievement-words"),
    path(ONE + "badge/", badge.badge, name="manage-achievement-badge"),
    path(ONE + "badge/drawing/", badge.badge_drawing, name="manage-achievement-badge-drawing"),
    path(ONE + "badge/symbols/", badge.badge_symbols, name="manage-achievement-badge-symbols"),
    path(ONE + "badge/picture/", badge.badge_upload, name="manage-achievement-badge-upload"),
    path(ONE + "certificate/", looks.certificate, name="manage-achievement-certificate"),
    path(ONE + "criteria/", words.criteria, name="manage-achievement-criteria"),
    path(ONE + "preview/", proofs.preview, name="manage-achievement-preview"),
    path(ONE + "preview/proofs/", proofs.proofs, name="manage-achievement-proofs"),
    path(ONE + "preview/<str:fingerprint>.png", proofs.preview_image, name="manage-achievement-preview-image"),
    path(ONE + "preview/<str:fingerprint>.pdf", proofs.preview_pdf, name="manage-achievement-preview-pdf"),
    path(ONE + "picture/", pictures.picture, name="manage-achievement-picture"),
    path(ONE + "starter/", pictures.starter, name="manage-achievement-starter"),
    path(ONE + "publication/", achievements.publication, name="manage-achievement-publication"),
    path(ONE + "archive/", achievements.archive, name="manage-achievement-archive"),
    path(ONE + "restoration/", achievements.restoration, name="manage-achievement-restoration"),
    path(ONE + "copy/", achievements.copy, name="manage-achievement-copy"),
    path("manage/<slug:slug>/logo/", pictures.logo, name="manage-logo"),
    path("manage/<slug:slug>/logo/removal/", pictures.logo_removal, name="manage-logo-removal"),
]
