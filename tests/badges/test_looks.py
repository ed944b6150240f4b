"""Choosing and uploading: badge, certificate and logo, with the catalogue of hostile pictures."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from badges import designing
from badges.models import Achievement
from badges.rendering import badge as drawing
from badges.rendering import certificate as paper
from badges.rendering.badge_starters import IDS
from issuers import media
from issuers.models import Issuer
from issuers.tenancy import scope
from tests.badges.rendering import hostile_images as hostile
from tests.badges.test_achievement_pages import at, summary

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(issuer, owner):
    with scope(issuer):
        return designing.begin(issuer, owner, name="Community Mentor")


def fresh(issuer, draft):
    with scope(issuer):
        return Achievement.objects.select_related("badge", "certificate", "issuer").get(pk=draft.pk)


def sent(data, name="picture.png", kind="image/png"):
    return SimpleUploadedFile(name, data, kind)


def save_badge(staff, issuer, draft, **told):
    path = at("manage-achievement-badge", issuer, draft.public_id)
    return staff.post(path, {"edits": fresh(issuer, draft).edits, **told})


def save_certificate(staff, issuer, draft, **told):
    path = at("manage-achievement-certificate", issuer, draft.public_id)
    told = {"starter": "classic", "size": "A4", "orientation": "landscape", **told}
    return staff.post(path, {"edits": fresh(issuer, draft).edits, **told})


def upload(staff, issuer, draft, data, alt="A shield", **told):
    path = at("manage-achievement-badge-upload", issuer, draft.public_id)
    return staff.post(path, {"picture": sent(data), "alt": alt, "edits": fresh(issuer, draft).edits, **told})


@pytest.mark.parametrize("starter", IDS)
def test_badge_shows_every_starter_with_its_own_fields(staff, issuer, draft, starter):
    page = staff.get(at("manage-achievement-badge", issuer, draft.public_id), {"starter": starter})
    picture = staff.get(at("manage-achievement-starter", issuer, draft.public_id), {"badge": starter})

    ids = re.findall(r'\bid="([^"]+)"', page.content.decode())
    assert len(ids) == len(set(ids))
    names = set(re.findall(r'name="(text_\w+)"', page.content.decode()))
    assert names == {f"text_{word['key']}" for word in drawing.starter(starter)["words"]}
    assert picture["Content-Type"].startswith("image/svg+xml")
    assert "Community Mentor" in picture.content.decode() or starter in {"rosette", "medallion", "poster"}


def test_badge_stores_what_was_chosen(staff, issuer, draft):
    told = {"starter": "seal", "text_name": "Peer Mentor", "text_institution": issuer.name, "symbol": "heart"}

    answer = save_badge(staff, issuer, draft, level="2/3", own_colours="on", brand="#123456", accent="#e3a73b", **told)

    badge = fresh(issuer, draft).badge
    assert answer.status_code == 302
    assert badge.choices == {
        "texts": {"name": "Peer Mentor"},
        "symbol": "heart",
        "level": [2, 3],
        "brand": "#123456",
        "accent": "#e3a73b",
    }
    assert badge.spec["brand"] == "#123456"
    assert badge.alt == f"Peer Mentor, {issuer.name}, level 2 of 3"


def test_badge_follows_the_name_unless_other_words_were_typed(staff, issuer, owner, draft):
    save_badge(staff, issuer, draft, starter="shield", text_name="Community Mentor", text_role="Guide", symbol="peaks")

    with scope(issuer):
        found = fresh(issuer, draft)
        designing.save_words(found, owner, edits=found.edits, name="Library Guide")

    words = {word["key"]: word["text"] for word in fresh(issuer, draft).badge.spec["words"]}
    assert words == {"name": "Library Guide", "role": "Guide"}


def test_badge_is_drawn_but_not_stored_when_only_looked_at(staff, issuer, draft):
    before = fresh(issuer, draft).badge.spec

    answer = save_badge(staff, issuer, draft, starter="disc", text_name="Tried", symbol="sun", look="1")

    assert answer.status_code == 200
    assert 'alt="Tried"' in answer.content.decode()
    assert fresh(issuer, draft).badge.spec == before


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"text_name": "x" * 35}, "Name : 35 characters are too many; up to 34 fit."),
        ({"text_name": "\ue000"}, "Name : The character U+E000 has no meaning"),
        ({"symbol": "letters", "monogram": ""}, "Letters : Type one to three letters, or choose a symbol."),
        ({"symbol": "letters", "monogram": "ABCD"}, "Letters : 4 characters are too many; up to 3 fit."),
        ({"symbol": "skull"}, "Symbol : “skull” is not in the list."),
        ({"level": "9/9"}, "Level marks : “9/9” is not in the list."),
        ({"brand": "red;}"}, "Ground : A colour is written as #"),
        ({"text_name": "\U00012000"}, "Name : No font we print with has “\U00012000”. Leave it out."),
    ],
)
def test_badge_names_the_field_and_the_remedy_when_refused(staff, issuer, draft, told, said):
    before = fresh(issuer, draft).badge.spec

    answer = save_badge(staff, issuer, draft, **{"starter": "shield", "symbol": "peaks", "text_name": "x", **told})

    assert answer.status_code == 422
    assert said in summary(answer)
    assert fresh(issuer, draft).badge.spec == before


def test_badge_tells_of_the_other_person_when_somebody_saved_first(staff, issuer, draft):
    opened_with = fresh(issuer, draft).edits
    save_badge(staff, issuer, draft, starter="shield", text_name="First", symbol="peaks")

    late = save_badge(staff, issuer, draft, starter="shield", text_name="Second", symbol="peaks", edits=opened_with)

    assert late.status_code == 409
    assert "saved this achievement after you opened the page" in late.content.decode()
    assert "<b>Name</b>: First" in late.content.decode()
    assert fresh(issuer, draft).badge.choices["texts"]["name"] == "First"


def test_unknown_design_is_not_found(staff, issuer, draft):
    for tab in ("badge", "certificate"):
        path = at(f"manage-achievement-{tab}", issuer, draft.public_id)
        assert staff.get(path, {"starter": "../../etc"}).status_code == 404
        assert staff.post(path, {"starter": "nothing"}).status_code == 404
    assert staff.get(at("manage-achievement-starter", issuer, draft.public_id)).status_code == 404


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_uploaded_badge_is_encoded_anew_and_shown(staff, issuer, draft, kind):
    data = hostile.saved(hostile.picture(size=(300, 200)), kind) + b"<script>trailing</script>"

    answer = upload(staff, issuer, draft, data)

    badge = fresh(issuer, draft).badge
    stored = media.fetch(badge.picture)
    assert answer.status_code == 302
    assert (badge.spec, badge.starter, badge.alt) == (None, "", "A shield")
    assert Image.open(io.BytesIO(stored)).size == (300, 300)
    assert b"script" not in stored
    shown = staff.get(at("manage-achievement-picture", issuer, draft.public_id))
    assert (shown["Content-Type"], shown.content) == ("image/png", stored)


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        *hostile.REFUSED,
        (hostile.png((20, 20)), 422, "20 × 20 pixels; the shorter side needs 64"),
        (hostile.png((300, 70)), 422, "too long and thin"),
        (hostile.png() + b"\0" * (5 * 1024 * 1024), 413, "larger than 5 MB"),
    ],
)
def test_bad_picture_is_refused_with_its_status_and_nothing_is_stored(staff, issuer, draft, data, status, said):
    before = fresh(issuer, draft)

    answer = upload(staff, issuer, draft, data)
    logo = staff.post(at("manage-kit-logo", issuer), {"logo": sent(data)})

    assert answer.status_code == status
    assert said in summary(answer)
    after = fresh(issuer, draft)
    assert (after.badge.spec, after.badge.picture, after.edits) == (before.badge.spec, "", before.edits)
    if said != "too long and thin":  # a logo may be four times as wide as high
        assert logo.status_code == status
        assert Issuer.objects.get(pk=issuer.pk).logo == ""


def test_upload_names_everything_that_is_wrong_at_once(staff, issuer, draft):
    answer = upload(staff, issuer, draft, b"%PDF-1.7", alt="")

    assert answer.status_code == 415
    assert "This file is PDF." in summary(answer)
    assert "Said to people who cannot see it : This is needed." in summary(answer)


def test_upload_asks_for_a_picture_and_for_words(staff, issuer, draft):
    path = at("manage-achievement-badge-upload", issuer, draft.public_id)

    answer = staff.post(path, {"edits": fresh(issuer, draft).edits})

    assert answer.status_code == 422
    assert "Drop a picture here : Choose a picture first." in summary(answer)
    assert "Said to people who cannot see it : This is needed." in summary(answer)


def test_uploaded_badge_can_be_described_anew_without_sending_it_again(staff, issuer, draft):
    upload(staff, issuer, draft, hostile.png())
    key = fresh(issuer, draft).badge.picture

    path = at("manage-achievement-badge-upload", issuer, draft.public_id)
    staff.post(path, {"alt": "Two hands", "edits": fresh(issuer, draft).edits})

    badge = fresh(issuer, draft).badge
    assert (badge.alt, badge.picture) == ("Two hands", key)


@pytest.mark.parametrize("starter", paper.IDS)
@pytest.mark.parametrize(("size", "orientation"), [("A4", "portrait"), ("Letter", "landscape"), ("Letter", "portrait")])
def test_certificate_takes_every_starter_on_every_paper(staff, issuer, draft, starter, size, orientation):
    answer = save_certificate(staff, issuer, draft, starter=starter, size=size, orientation=orientation)

    layout = fresh(issuer, draft).certificate.layout
    assert answer.status_code == 302
    assert (layout["id"], layout["page"]) == (starter, {"size": size, "orientation": orientation})
    assert layout["theme"]["brand"] == issuer.brand


def test_certificate_stores_headings_signatories_and_their_ink(staff, issuer, draft):
    signature = sent(hostile.saved(hostile.picture(size=(200, 80)), "PNG"))

    save_certificate(
        staff,
        issuer,
        draft,
        text_lead="We say with pride that",
        signer_1_name="Dr A",
        signer_1_title="Dean",
        signer_1_picture=signature,
        signer_2_name="B",
    )

    layout = fresh(issuer, draft).certificate.layout
    first, second = layout["signers"]
    assert "We say with pride that" in [element.get("text") for element in layout["elements"]]
    assert (first["name"], first["title"], second["name"]) == ("Dr A", "Dean", "B")
    assert Image.open(io.BytesIO(media.fetch(first["picture"]))).mode == "RGBA"
    assert not first["picture"].startswith("public/")

    save_certificate(staff, issuer, draft, signer_1_name="Dr A", signer_1_unsigned="on")
    assert fresh(issuer, draft).certificate.layout["signers"] == [{"name": "Dr A", "title": ""}]


@pytest.mark.parametrize(
    ("told", "status", "said"),
    [
        ({"size": "A0"}, 422, "Paper : “A0” is not in the list."),
        ({"signer_1_title": "Dean"}, 422, "Signatory 1: name : Say who signs"),
        ({"text_lead": "x" * 121}, 422, "121 characters are too many"),
        ({"text_lead": "{{recipient.email}}"}, 422, "asks for something that no certificate has: recipient.email"),
        ({"signer_1_name": "A", "signer_1_picture": b"GIF89a"}, 415, "Signature 1 as a picture : This file is GIF."),
    ],
)
def test_certificate_names_the_field_and_the_remedy_when_refused(staff, issuer, draft, told, status, said):
    before = fresh(issuer, draft).certificate.layout
    told = {name: sent(value) if isinstance(value, bytes) else value for name, value in told.items()}

    answer = save_certificate(staff, issuer, draft, **told)

    assert answer.status_code == status
    assert said in summary(answer)
    assert fresh(issuer, draft).certificate.layout == before


def test_certificate_says_what_has_no_room(staff, issuer, owner, draft):
    with scope(issuer):
        found = fresh(issuer, draft)
        designing.save_words(found, owner, edits=found.edits, description="Word " * 119)

    answer = save_certificate(staff, issuer, draft)

    assert answer.status_code == 422
    assert "There is no room for the sentence about what the person did on this design." in summary(answer)


def test_sample_of_a_certificate_stands_in_until_a_worker_has_drawn_it(staff, issuer, draft):
    path = at("manage-achievement-starter", issuer, draft.public_id)

    answer = staff.get(path, {"certificate": "bold"})

    assert answer.status_code == 302
    assert "img/certificates/bold" in answer["Location"]
    assert reverse("manage-achievement-starter", args=[issuer.slug, draft.public_id]) == path
