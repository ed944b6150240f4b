"""Addresses of what can be earned: staff's pages. The public page of an achievement is in verification."""

from django.urls import URLPattern, URLResolver, path

from badges.views import achievements, exchange, looks, pictures, proofs, versions, words

ALL = "manage/<slug:slug>/achievements/"
ONE = ALL + "<str:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(ALL, achievements.achievements, name="manage-achievements"),
    path(ALL + "new/", achievements.new, name="manage-achievement-new"),
    path(ONE, words.achievement, name="manage-achievement"),
    path(ONE + "words/", words.words, name="manage-achievement-words"),
    path(ONE + "badge/", looks.badge, name="manage-achievement-badge"),
    path(ONE + "badge/picture/", looks.badge_upload, name="manage-achievement-badge-upload"),
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
    # What surrounds the designs: versions side by side, designs as files.
    path(ONE + "versions/", versions.versions, name="manage-achievement-versions"),
    path(ONE + "versions/proofs/", versions.versions_proofs, name="manage-achievement-versions-proofs"),
    path(ONE + "design/", exchange.design_file, name="manage-achievement-design-file"),
    path("manage/<slug:slug>/designs/", exchange.design_import, name="manage-design-import"),
    path("manage/<slug:slug>/designs/taking/", exchange.design_taking, name="manage-design-taking"),
    path("manage/<slug:slug>/logo/", pictures.logo, name="manage-logo"),
    path("manage/<slug:slug>/logo/removal/", pictures.logo_removal, name="manage-logo-removal"),
]
