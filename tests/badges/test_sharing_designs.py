"""Designs between two institutions: lent without anything of the lender, taken as if they had been made here."""

import base64
import copy
import io
import json
import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageColor

from badges import designing, exchanging, keeping, laying_out, lending
from badges.exchanging import NotADesign
from badges.models import Achievement, CertificateDesign, Picture
from badges.rendering import certificate as paper
from badges.tasks import design_pages
from issuers import media
from issuers.models import AuditEvent, Role
from issuers.tenancy import scope
from tests.badges.rendering import hostile_images
from tests.badges.test_achievement_pages import at, summary
from tests.badges.test_exchanging import FAULTS, FREE, PLAIN, UNDRAWABLE, changed
from tests.factories import IssuerFactory, MembershipFactory, PictureFactory


@pytest.fixture
def lent(issuer, owner):
    """A draft with everything of its institution in it that could leak."""
    with scope(issuer):
        issuer.name = "Northmoor University"
        issuer.brand = "#6d1733"
        issuer.save()
        draft = designing.begin(issuer, owner, name="Community Mentor")
        words = {
            "description": "Guided five new students.",
            "criteria": "Meet **five** students; ask jane.roe@northmoor.example if you cannot.",
            "human_code": "NM-201",
            "tags": ["mentoring"],
        }
        draft.refresh_from_db()
        draft = designing.save_words(draft, owner, edits=draft.edits, **words)
        texts = {"role": "Guide", "institution": "Northmoor University", "name": "Mentor"}
        designing.dress_badge(draft, starter="seal", choices={"texts": texts, "brand": "#004488", "symbol": "heart"})
        signature = keeping.keep_signature(issuer, owner, hostile_images.png((200, 80)), "Dr Oluwaseun Canary")
        signers = [{"name": "Dr Oluwaseun Canary", "title": "Dean", "picture": signature}]
        laying_out.from_starter(
            draft, starter="editorial", choices={"size": "Letter", "signatories": signers, "accent": "#aa3300"}
        )
        return Achievement.objects.select_related("badge", "certificate", "issuer").get(pk=draft.pk)


@pytest.mark.django_db
def test_file_holds_nothing_of_the_lender(staff, issuer, owner, lent):
    answer = staff.get(at("manage-achievement-design-file", issuer, lent.public_id))

    body = answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="community-mentor.laurel-design.json"'
    assert "no-store" in answer["Cache-Control"]
    told = ["Northmoor", "Canary", "Dean", "jane.roe", "NM-201", lent.public_id, issuer.slug, issuer.email, owner.email]
    told += [lent.certificate.choices["signatories"][0]["picture"], str(owner)]
    assert [word for word in told if word in body] == []
    assert exchanging.read(answer.content).badge["choices"]["texts"] == {"role": "Guide", "name": "Mentor"}


def borrow(client, other, data, colours=""):
    """Hand a file in, look at it, take it."""
    path = at("manage-design-import", other)
    handed = client.post(path, {"file": SimpleUploadedFile("x.laurel-design.json", data)})
    assert handed.status_code == 302, summary(handed)
    looked = client.get(handed["Location"] + (f"&colours={colours}" if colours else ""))
    assert "Not taken yet" in looked.content.decode()
    token = handed["Location"].partition("file=")[2]
    with scope(other):
        assert not Achievement.objects.exists()  # looking takes nothing
    return looked, client.post(at("manage-design-taking", other), {"file": token, "colours": colours})


@pytest.fixture
def other(client):
    issuer = IssuerFactory(name="Südpark Institut", brand="#007a3d")
    client.force_login(MembershipFactory(issuer=issuer, role=Role.DESIGNER).user)
    return issuer


def taken(other):
    with scope(other):
        return Achievement.objects.select_related("badge", "certificate", "issuer").get()


@pytest.mark.django_db
def test_design_is_taken_in_the_colours_and_under_the_name_of_whoever_takes_it(client, issuer, lent, other):
    with scope(issuer):
        data = exchanging.write(lending.lend(lent))

    looked, answer = borrow(client, other, data)

    made = taken(other)
    assert answer["Location"] == at("manage-achievement", other, made.public_id)
    assert "data:image/svg+xml" in looked.content.decode()
    assert (made.name, made.description, made.tags) == ("Community Mentor", lent.description, ["mentoring"])
    assert (made.badge.starter, made.badge.spec["brand"]) == ("seal", "#007a3d")
    assert "Südpark Institut" in [word["text"] for word in made.badge.spec["words"]]
    assert made.certificate.layout["theme"]["brand"] == "#007a3d"
    assert (made.certificate.choices["size"], made.certificate.layout["signers"]) == ("Letter", [])
    assert made.human_code == ""
    with scope(other):
        assert made.versions.count() == 0
        assert AuditEvent.objects.filter(action="achievement.imported", subject_id=made.public_id).exists()
    again = client.post(at("manage-design-taking", other), {"file": "0" * 32}, follow=True)
    assert "not here any more" in again.content.decode()


@pytest.mark.django_db
def test_design_is_taken_in_its_own_colours_when_told(client, issuer, lent, other):
    with scope(issuer):
        data = exchanging.write(lending.lend(lent))

    borrow(client, other, data, colours="theirs")

    made = taken(other)
    assert made.badge.spec["brand"] == "#004488"
    assert made.certificate.layout["theme"] == {
        **made.certificate.layout["theme"],
        "brand": "#6d1733",
        "accent": "#aa3300",
    }


@pytest.mark.django_db
def test_what_was_taken_is_lent_as_it_came(client, issuer, lent, other):
    with scope(issuer):
        first = lending.lend(lent)
    borrow(client, other, exchanging.write(first), colours="theirs")

    with scope(other):
        second = lending.lend(taken(other))

    assert (second.name, second.words, second.skills) == (first.name, first.words, first.skills)
    assert second.badge == first.badge
    assert second.certificate == {**first.certificate, "choices": {**first.certificate["choices"], "brand": "#6d1733"}}


@pytest.mark.django_db
def test_picture_and_free_layout_go_along_and_are_encoded_anew(client, issuer, lent, other):
    with scope(issuer):
        designing.upload_badge(lent, hostile_images.with_text(), alt="A lantern")
        layout = {**copy.deepcopy(FREE), "title": "Northmoor University: {{recipient.name}}"}
        CertificateDesign.objects.filter(achievement=lent).update(starter="", choices={"own": True}, layout=layout)
        data = exchanging.write(lending.lend(Achievement.objects.select_related("issuer").get(pk=lent.pk)))
    tampered = json.loads(data)
    assert tampered["certificate"]["layout"]["title"] == "{{issuer.name}}: {{recipient.name}}"
    tampered["pictures"]["p1"]["data"] = base64.b64encode(hostile_images.png() + b"<script>alert(1)</script>").decode()

    borrow(client, other, json.dumps(tampered).encode())

    made = taken(other)
    assert (made.badge.spec, made.badge.alt) == (None, "A lantern")
    assert b"script" not in media.fetch(made.badge.picture)
    assert made.certificate.choices == {"own": True}
    assert made.certificate.layout["theme"]["brand"] == "#007a3d"
    assert paper.check(made.certificate.layout) == []
    assert made.certificate.starter == ""


@pytest.mark.django_db
def test_layout_that_is_taken_has_its_pictures_asked_for_and_stands_in_the_trail(client, issuer, lent, other):
    user = MembershipFactory(issuer=other, role=Role.DESIGNER).user
    image = {"type": "image", "id": "arms", "box": [20, 20, 30, 30], "alt": "", "picture": "picture:p1"}
    layout = {**copy.deepcopy(FREE), "elements": [*copy.deepcopy(FREE["elements"]), image]}
    document = changed(certificate={"layout": layout})
    document["pictures"] = {"p1": {"data": base64.b64encode(hostile_images.png()).decode()}}
    design = exchanging.read(json.dumps(document).encode())

    with scope(other):
        made = lending.take(other, user, design)

        kept = taken(other).certificate.layout["elements"][-1]["picture"]
        assert Picture.objects.get().key == kept
        trail = AuditEvent.objects.filter(subject_id=made.public_id, actor=user)
        assert "certificate" in [event.details.get("part") for event in trail]


@pytest.mark.django_db
def test_layout_with_a_picture_of_somebody_else_is_not_taken(issuer, other):
    user = MembershipFactory(issuer=other, role=Role.DESIGNER).user
    with scope(issuer):
        theirs = PictureFactory(issuer=issuer).key
    design = exchanging.read(json.dumps(changed(certificate={"layout": FREE})).encode())
    # Reading refuses such a file; this is a design that got past it.
    background = {"colour": "paper", "image": {"picture": theirs}}
    design = replace(design, certificate={"layout": {**FREE, "background": background}}, pictures={})

    with scope(other), pytest.raises(NotADesign) as refused:
        lending.take(other, user, design)

    assert refused.value.problems[0].pointer == "/certificate/layout/background/image/picture"
    with scope(other):
        assert not Achievement.objects.exists()


def shown(client, other, token, colours=""):
    """The certificate on the page of a file that was handed in: its picture, or what is said instead."""
    body = client.get(at("manage-design-import", other), {"file": token, "colours": colours}).content.decode()
    figure = body[body.index('<figure id="page"') :].partition("</figure>")[0]
    picture = re.search(r'src="data:image/png;base64,([^"]+)"', figure)
    return Image.open(io.BytesIO(base64.b64decode(picture[1]))).convert("RGB") if picture else figure


def near(page, at, colour):
    """Whether a page has this colour there, in millimetres."""
    painted = page.getpixel(tuple(round(mm * page.width / 297) for mm in at))
    return max(abs(one - other) for one, other in zip(painted, ImageColor.getrgb(colour), strict=True)) < 12


@pytest.mark.django_db
def test_free_layout_of_a_file_is_drawn_by_a_worker_and_seen_before_it_is_taken(client, other):
    image = {"type": "image", "id": "arms", "box": [20, 20, 60, 30], "alt": "", "picture": "picture:p1"}
    block = {"type": "shape", "id": "block", "kind": "rect", "box": [100, 20, 20, 20], "colour": "brand"}
    layout = {**copy.deepcopy(FREE), "elements": [*copy.deepcopy(FREE["elements"]), image, block]}
    green = hostile_images.saved(Image.new("RGB", (200, 100), "#12ab34"), "PNG")
    document = changed(certificate={"layout": layout})
    document["pictures"] = {"p1": {"data": base64.b64encode(green).decode()}}
    path = at("manage-design-import", other)
    handed = client.post(path, {"file": SimpleUploadedFile("x.json", json.dumps(document).encode())})
    token = handed["Location"].partition("file=")[2]
    assert "The page is being made" in shown(client, other, token)

    design_pages(other.pk, token)

    ours, theirs = shown(client, other, token), shown(client, other, token, colours="theirs")
    assert ours.width == theirs.width == 960
    assert near(ours, (50, 35), "#12ab34")
    assert near(ours, (110, 30), other.brand)
    assert near(theirs, (110, 30), FREE["theme"]["brand"])
    with scope(other):
        assert not Picture.objects.exists()  # looking takes nothing


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*FAULTS, *UNDRAWABLE])
def test_faulty_file_is_refused_at_the_page_and_nothing_is_stored(client, other, name):
    document, pointer, code = (FAULTS | UNDRAWABLE)[name]

    answer = client.post(
        at("manage-design-import", other), {"file": SimpleUploadedFile("x.json", json.dumps(document).encode())}
    )

    assert answer.status_code == 422
    assert pointer is None or pointer in summary(answer)
    with scope(other):
        assert not Achievement.objects.exists()
        assert AuditEvent.objects.count() == 0


@pytest.mark.django_db
def test_file_of_another_language_or_type_than_ours_is_refused(client, other):
    for document in (changed(words__language="tlh"), changed(words__achievement_type="Trophy")):
        answer = client.post(
            at("manage-design-import", other), {"file": SimpleUploadedFile("x.json", json.dumps(document).encode())}
        )

        assert answer.status_code == 422
        assert "none of the values" in summary(answer)


@pytest.mark.django_db
def test_file_that_waits_is_there_for_its_institution_alone(client, issuer, other):
    handed = client.post(
        at("manage-design-import", other), {"file": SimpleUploadedFile("x.json", json.dumps(PLAIN).encode())}
    )
    token = handed["Location"].partition("file=")[2]
    client.force_login(MembershipFactory(issuer=issuer, role=Role.OWNER).user)

    looked = client.get(at("manage-design-import", issuer), {"file": token})
    client.post(at("manage-design-taking", issuer), {"file": token})

    assert "not here any more" in looked.content.decode()
    with scope(issuer):
        assert not Achievement.objects.exists()


@pytest.mark.django_db
def test_copy_carries_its_designs(issuer, owner, lent):
    with scope(issuer):
        made = designing.copy(lent, owner, name="Library Guide")
        made, kept = (
            Achievement.objects.select_related("badge", "certificate").get(pk=pk) for pk in (made.pk, lent.pk)
        )

    assert made.badge.choices == kept.badge.choices
    assert made.certificate.choices == kept.certificate.choices
    assert (made.badge.pk, made.certificate.pk) != (kept.badge.pk, kept.certificate.pk)
