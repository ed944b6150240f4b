"""Addresses of what can be earned: staff's pages. The public page of an achievement is in verification."""

from django.urls import URLPattern, URLResolver, path

from badges.views import (
    achievements,
    assessment,
    badge,
    certificate,
    drafting,
    exchange,
    kit,
    pictures,
    promotion,
    proofs,
    versions,
    words,
)

ALL = "manage/<slug:slug>/achievements/"
ONE = ALL + "<str:public_id>/"
KIT = "manage/<slug:slug>/brand/"
SIGNATORY = KIT + "signatories/<int:signatory>/"
PICTURE = KIT + "pictures/<int:picture>/"
AWAY, BACK = {"away": True}, {"away": False}

urlpatterns: list[URLPattern | URLResolver] = [
    path(ALL, achievements.achievements, name="manage-achievements"),
    path(ALL + "new/", achievements.new, name="manage-achievement-new"),
    path(ONE, words.achievement, name="manage-achievement"),
    path(ONE + "words/", words.words, name="manage-achievement-words"),
    path(ONE + "badge/", badge.badge, name="manage-achievement-badge"),
    path(ONE + "badge/drawing/", badge.badge_drawing, name="manage-achievement-badge-drawing"),
    path(ONE + "badge/symbols/", badge.badge_symbols, name="manage-achievement-badge-symbols"),
    path(ONE + "badge/picture/", badge.badge_upload, name="manage-achievement-badge-upload"),
    path(ONE + "criteria/", words.criteria, name="manage-achievement-criteria"),
    path(ONE + "assessment/", assessment.assessment, name="manage-achievement-assessment"),
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
    path(KIT, kit.kit, name="manage-kit"),
    path(KIT + "logo/", kit.logo, name="manage-kit-logo"),
    path(KIT + "logo/removal/", kit.logo_removal, name="manage-kit-logo-removal"),
    path(KIT + "colours/", kit.colours, name="manage-kit-colours"),
    path(KIT + "pairs/", kit.pairs, name="manage-kit-pairs"),
    path(KIT + "fonts/", kit.fonts, name="manage-kit-fonts"),
    path(KIT + "texts/", kit.texts, name="manage-kit-texts"),
    path(KIT + "signatories/", kit.signatories, name="manage-kit-signatories"),
    path(SIGNATORY, kit.signatory, name="manage-kit-signatory"),
    path(SIGNATORY + "first/", kit.signatory_first, name="manage-kit-signatory-first"),
    path(SIGNATORY + "removal/", kit.signatory_moved, AWAY, name="manage-kit-signatory-removal"),
    path(SIGNATORY + "restoration/", kit.signatory_moved, BACK, name="manage-kit-signatory-restoration"),
    path(KIT + "pictures/", kit.pictures, name="manage-kit-pictures"),
    path(PICTURE, kit.picture, name="manage-kit-picture"),
    path(PICTURE + "image/", kit.picture_image, name="manage-kit-picture-image"),
    path(PICTURE + "removal/", kit.picture_moved, AWAY, name="manage-kit-picture-removal"),
    path(PICTURE + "restoration/", kit.picture_moved, BACK, name="manage-kit-picture-restoration"),
    # The certificate and its designer.
    path(ONE + "certificate/", certificate.certificate, name="manage-achievement-certificate"),
    path(ONE + "certificate/own/", certificate.certificate_own, name="manage-achievement-certificate-own"),
    path(ONE + "certificate/element/", certificate.certificate_element, name="manage-achievement-certificate-element"),
    path(ONE + "certificate/page/", certificate.certificate_page, name="manage-achievement-certificate-page"),
    path(ONE + "certificate/look/", drafting.certificate_look, name="manage-achievement-certificate-look"),
    path(ONE + "certificate/layout/", drafting.certificate_layout, name="manage-achievement-certificate-layout"),
    path(ONE + "certificate/frame/", drafting.certificate_frame, name="manage-achievement-certificate-frame"),
    path("manage/<slug:slug>/fonts/<slug:typeface>.ttf", drafting.font, name="manage-font"),
    # What surrounds the designs: versions side by side, designs as files.
    path(ONE + "versions/", versions.versions, name="manage-achievement-versions"),
    path(ONE + "versions/proofs/", versions.versions_proofs, name="manage-achievement-versions-proofs"),
    path(ONE + "design/", exchange.design_file, name="manage-achievement-design-file"),
    path(ONE + "printing/", versions.printing, name="manage-achievement-printing"),
    path(ONE + "promotion/", promotion.kit, name="manage-achievement-promotion"),
    path(ONE + "promotion/poster.pdf", promotion.poster, name="manage-achievement-promotion-poster"),
    path(ONE + "promotion/<slug:shape>.png", promotion.picture, name="manage-achievement-promotion-picture"),
    path("manage/<slug:slug>/designs/", exchange.design_import, name="manage-design-import"),
    path("manage/<slug:slug>/designs/taking/", exchange.design_taking, name="manage-design-taking"),
]
