"""A learner's work: begun, shown by evidence, handed in, taken back; whose files they are."""

import json
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from issuers.models import Role
from issuers.tenancy import across_issuers
from recipients import assessing, awarding, claiming, delivering, submitting, tasks
from recipients.models import Artefact, Submission
from tests import handed_in as files
from tests.architecture.walk import signed_in
from tests.assessed import publish_assessed
from tests.factories import IssuerFactory, MembershipFactory, UserFactory
from tests.handed_in import begin, handed_in, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner():
    return UserFactory(email="amal@example.org", name="Amal Student")


@pytest.fixture
def version():
    return publish_assessed(IssuerFactory())


@pytest.fixture
def own(learner):
    return signed_in(learner)


@pytest.fixture
def draft(version, learner):
    return begin(version, learner)


def _start(version):
    return reverse("work-start", args=[version.issuer.slug, version.achievement.slug])


def _post(client, name, work, data=None, *more):
    return client.post(reverse(name, args=[work.public_id, *more]), data or {})


def _file(content, name="plan.pdf", **said):
    return {"file": SimpleUploadedFile(name, content), **said}


def _pieces(work):
    with across_issuers("a test looks"):
        return list(Artefact.objects.there().filter(submission=work))


def test_public_page_leads_to_a_draft(version, own, learner):
    assert _start(version) in Client().get(version.achievement.public_url).content.decode()
    assert "/accounts/login/" in Client().get(_start(version)).url
    assert 'value="Amal Student"' in own.get(_start(version)).content.decode()

    made = own.post(_start(version), {"name": "Amal bint Khalid", "route": "A written report"})

    with across_issuers("a test looks"):
        row = Submission.objects.get()
        assert (row.name, row.route, row.user, row.recipient.address_key) == (
            "Amal bint Khalid",
            "A written report",
            learner,
            "amal@example.org",
        )
    assert made.url == reverse("work", args=[row.public_id])
    assert own.get(_start(version)).url == made.url


def test_b5_learner_picks_the_way_and_the_day(version, own, draft):
    """A learner chooses how to show it and agrees on a day, within what the institution offers."""
    soon = (timezone.now() + timedelta(days=20)).date()
    told = {"name": "Amal", "route": "A written report", "due_on": soon.isoformat(), "levels_public": "on"}
    assert _post(own, "work-plan", draft, told).status_code == 302
    assert (seen(draft).route, seen(draft).due_on, seen(draft).levels_public) == ("A written report", soon, True)

    late = _post(own, "work-plan", draft, {**told, "due_on": "2020-01-01"})
    assert (late.status_code, "This day has passed" in late.content.decode()) == (422, True)
    assert _post(own, "work-plan", draft, {**told, "route": "By telepathy"}).status_code == 422


def test_b7_file_link_text_and_video_are_evidence(own, draft):
    """A learner shows mastery by files, links, texts and films, side by side in one draft."""
    _post(own, "work-files", draft, _file(files.pdf(), "My plan.pdf"))
    _post(own, "work-links", draft, {"kind": "video", "url": "https://example.org/v", "name": "The lesson"})
    _post(own, "work-links", draft, {"kind": "link", "url": "https://example.org/b", "name": "Blog", "public": "on"})
    _post(own, "work-texts", draft, {"name": "Thoughts", "text": "What came of it."})

    found = [(row.kind, row.name, row.public) for row in _pieces(draft)]
    assert found == [
        ("file", "My plan", False),
        ("video", "The lesson", False),
        ("link", "Blog", True),
        ("text", "Thoughts", False),
    ]
    assert "My plan" in own.get(reverse("work", args=[draft.public_id])).content.decode()


def test_bad_files_are_refused_with_nothing_kept(own, draft):
    for content, name, status in (
        (b"<svg onload=alert(1)>", "photo.png", 415),
        (b"<html><script>alert(1)</script>", "plan.pdf", 415),
        (files.docx(extra={"word/vbaProject.bin": b"x"}), "plan.docx", 415),
        (files.docx(extra={"word/b.xml": b"\0" * 20_000_000}), "plan.docx", 422),
        (b"%PDF-" + b"\0" * (20 * 1024 * 1024), "plan.pdf", 413),
        (b"", "plan.pdf", 422),
    ):
        answer = _post(own, "work-files", draft, _file(content, name))
        assert (answer.status_code, 'id="file_file_error"' in answer.content.decode()) == (status, True), name

    assert _pieces(draft) == []


def test_name_of_a_file_is_only_a_title(own, draft):
    _post(own, "work-files", draft, _file(files.pdf(), "../../x\u202egnp.exe.pdf"))

    (row,) = _pieces(draft)
    answer = own.get(reverse("work-file", args=[draft.public_id, row.public_id]))
    assert row.key.startswith("evidence/")
    assert "\u202e" not in row.name
    assert answer["Content-Disposition"].endswith('.pdf"')


def test_eleventh_file_finds_no_room(own, draft):
    for number in range(10):
        _post(own, "work-files", draft, _file(files.png((70 + number, 70)), "a.png"))
    answer = _post(own, "work-files", draft, _file(files.png(), "b.png"))

    assert answer.status_code == 409
    assert len(_pieces(draft)) == 10


def test_pieces_are_ordered_taken_out_and_put_back(own, draft):
    for name in ("A", "B", "C"):
        _post(own, "work-texts", draft, {"name": name, "text": name})
    first, _second, third = _pieces(draft)

    _post(own, "work-piece-order", draft, {"up": "1"}, third.public_id)
    _post(own, "work-piece-removal", draft, None, first.public_id)
    assert [row.name for row in _pieces(draft)] == ["C", "B"]
    assert "Taken out: A" in own.get(reverse("work", args=[draft.public_id])).content.decode()

    _post(own, "work-piece-restoration", draft, None, first.public_id)
    assert [row.name for row in _pieces(draft)] == ["A", "C", "B"]
    _post(own, "work-piece", draft, {"name": "Z", "text": "z", "public": "on"}, first.public_id)
    assert (_pieces(draft)[0].name, _pieces(draft)[0].public) == ("Z", True)


def test_files_are_given_out_as_attachments_without_rights(own, draft):
    _post(own, "work-files", draft, _file(files.docx(), "plan.docx"))
    _post(own, "work-files", draft, _file(files.png(), "photo.png"))

    for row, disposition in zip(_pieces(draft), ("attachment", "inline"), strict=True):
        answer = own.get(reverse("work-file", args=[draft.public_id, row.public_id]))
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith(disposition)
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies


def test_nobody_else_has_the_file(own, draft, version):
    _post(own, "work-files", draft, _file(files.pdf()))
    (row,) = _pieces(draft)
    theirs = signed_in(MembershipFactory(issuer=IssuerFactory(), role=Role.OWNER).user)
    here = signed_in(MembershipFactory(issuer=version.issuer, role=Role.OWNER).user)
    other = begin(version, UserFactory())

    paths = [reverse("work-file", args=[draft.public_id, row.public_id]), reverse("evidence", args=[row.public_id])]
    paths += [f"/media/{row.key}", f"/media/{row.key.removeprefix('evidence/')}"]
    mine = signed_in(other.user)
    for client in (Client(), theirs, here, mine):
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 404 or "/accounts/login/" in answer.url, path
    # A draft is not the institution's to see; through one's own work nobody reaches another's file.
    staff_path = reverse("manage-submission-file", args=[version.issuer.slug, draft.public_id, row.public_id])
    assert (here.get(staff_path).status_code, theirs.get(staff_path).status_code) == (404, 404)
    assert mine.get(reverse("work-file", args=[other.public_id, row.public_id])).status_code == 404


def test_handing_in_needs_evidence_and_freezes_it(own, draft):
    _post(own, "work-submission", draft)
    assert seen(draft).submitted_at is None

    _post(own, "work-texts", draft, {"name": "A", "text": "a"})
    _post(own, "work-submission", draft)
    assert seen(draft).state == "handed_in"
    _post(own, "work-texts", draft, {"name": "B", "text": "b"})
    _post(own, "work-piece-removal", draft, None, _pieces(draft)[0].public_id)

    assert [row.name for row in _pieces(draft)] == ["A"]
    page = own.get(reverse("work", args=[draft.public_id])).content.decode()
    assert "It is with the assessors" in page


def test_taken_back_work_uses_no_try_and_is_not_staffs_to_see(own, version, learner):
    work = handed_in(version, learner)
    _post(own, "work-withdrawal", work)
    staff = signed_in(MembershipFactory(issuer=version.issuer, role=Role.OWNER).user)

    assert seen(work).state == "withdrawn"
    assert staff.get(reverse("manage-submission", args=[version.issuer.slug, work.public_id])).status_code == 404
    with across_issuers("a test looks"):
        assert submitting.tries_used(version.achievement, work.recipient) == 0
    assert begin(version, learner).number == 2


def _judge(work, *, passed):
    level = 1 if passed else 0
    by = MembershipFactory(issuer=work.issuer, role=Role.REVIEWER).user
    with across_issuers("a test judges"):
        assessing.take(work, by)
        told = assessing.Told({0: 1, 1: level}, {}, "Go on.", "Lecturer", "read it")
        assessing.mark(work, assessing.Assessor(user=by), told, decision=passed)
    return by


def test_b9_tries_end_and_earlier_ones_stay(own, learner):
    """Tries are counted, and what was handed in before stays readable."""
    version = publish_assessed(IssuerFactory(), tries=2)
    first = handed_in(version, learner)
    _judge(first, passed=False)
    second = Submission.objects
    made = _post(own, "work-again", first).url
    assert _post(own, "work-again", first).url == made
    with across_issuers("a test looks"):
        second = submitting.of(learner).first()
        assert [row.name for row in second.artefacts.all()] == ["The lesson", "What came of it"]
        submitting.submit(second)
    _judge(second, passed=False)

    page = own.get(reverse("work", args=[second.public_id])).content.decode()
    assert "All tries are used up" in page
    assert own.post(_start(version), {"name": "A"}).status_code == 409
    assert (seen(first).number, seen(second).number) == (1, 2)
    assert len(_pieces(first)) == 2


def test_b8_only_chosen_pieces_are_public_and_only_while_shown(own, version, learner):
    """The earner chooses which pieces others may open, and takes that back at will."""
    work = begin(version, learner)
    _post(own, "work-files", work, _file(files.pdf(), "plan.pdf", public="on"))
    _post(own, "work-files", work, _file(files.png(), "private.png"))
    _post(own, "work-texts", work, {"name": "Report", "text": "<b>Bold</b> words", "public": "on"})
    _post(own, "work-submission", work)
    _judge(seen(work), passed=True)
    tasks.award_assessed()
    tasks.award_assessed()
    public, private, text = (reverse("evidence", args=[row.public_id]) for row in _pieces(work))
    assert Client().get(public).status_code == 404

    credential = seen(work).credential
    with across_issuers("a test claims"):
        delivering.sign_chunk()
        claiming.accept(credential)
        claiming.claim(credential, learner, visibility="link")

    shown = Client().get(public)
    assert shown["Content-Disposition"].startswith("attachment")
    assert Client().get(private).status_code == 404
    assert "&lt;b&gt;Bold&lt;/b&gt; words" in Client().get(text).content.decode()
    names = [piece["name"] for piece in json.loads(credential.document)["evidence"]]
    assert names == ["How it was assessed", "plan", "Report"]
    assert "private" not in credential.document

    with across_issuers("a test looks"):
        keep = credential.evidence.get(name="Report").pk
    own.post(reverse("wallet-evidence", args=[credential.public_id]), {"shown": [keep]})
    assert (Client().get(public).status_code, Client().get(text).status_code) == (404, 200)
    own.post(reverse("wallet-visibility", args=[credential.public_id]), {"visibility": "private"})
    assert Client().get(text).status_code == 404


def test_award_that_is_refused_is_said_and_made_later(version, learner):
    work = handed_in(version, learner)
    with across_issuers("a test archives"):
        version.achievement.archived_at = timezone.now()
        version.achievement.save(update_fields=["archived_at"])
    _judge(work, passed=True)
    tasks.award_assessed()
    assert seen(work).award_refusal == "archived"

    with across_issuers("a test restores"):
        version.achievement.archived_at = None
        version.achievement.save(update_fields=["archived_at"])
        assert awarding.award_again(seen(work))
    tasks.award_assessed()
    assert seen(work).credential is not None


def test_erasure_takes_the_files_along(own, version, learner):
    work = begin(version, learner)
    _post(own, "work-files", work, _file(files.pdf()))
    (row,) = _pieces(work)
    assert default_storage.exists(row.key)
    assert "plan" in own.get(reverse("wallet-export")).content.decode()

    with TestCase.captureOnCommitCallbacks(execute=True):
        own.post(reverse("wallet-erasure"), {"email": learner.email})

    assert not default_storage.exists(row.key)
    assert (seen(work).name, seen(work).user, _pieces(work)) == ("", None, [])
