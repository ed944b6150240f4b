"""Designs between two institutions: lent without anything of the lender, taken as if they had been made here."""

import base64
import copy
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from badges import designing, exchanging, keeping, laying_out, lending
from badges.models import Achievement, CertificateDesign
from badges.rendering import certificate as paper
from issuers import media
from issuers.models import AuditEvent, Role
from issuers.tenancy import scope
from tests.badges.rendering import hostile_images
from tests.badges.test_achievement_pages import at, summary
from tests.badges.test_exchanging import FAULTS, FREE, PLAIN, UNDRAWABLE, changed
from tests.factories import IssuerFactory, MembershipFactory


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
