"""Proofs: rows that workers take, each made once, safe to run twice, and honest when they cannot be made."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from badges import designing, laying_out, previewing
from badges.models import Achievement, CertificatePreview
from badges.rendering import certificate as paper
from badges.tasks import preview as preview_task
from issuers import media
from issuers.models import Issuer
from issuers.tenancy import across_issuers, scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(issuer, owner):
    with scope(issuer):
        return designing.begin(issuer, owner, name="Community Mentor")


def fresh(draft):
    return Achievement.objects.select_related("issuer", "badge", "certificate").get(pk=draft.pk)


def rows():
    with across_issuers("a test looks at the outcome"):
        return list(CertificatePreview.objects.order_by("id"))


def states(issuer, draft):
    with scope(issuer):
        return [proof.state for proof in previewing.proofs(fresh(draft))]


def ask(issuer, draft):
    with scope(issuer):
        previewing.ask(fresh(draft))


def test_asking_twice_makes_one_proof_a_person(issuer, draft):
    ask(issuer, draft)
    ask(issuer, draft)

    assert len(rows()) == len(previewing.PEOPLE)
    assert states(issuer, draft) == ["waiting"] * len(previewing.PEOPLE)


def test_each_proof_is_made_once_however_often_it_runs(issuer, draft):
    ask(issuer, draft)

    for _ in range(len(previewing.PEOPLE) + 3):
        previewing.make_next()

    made = rows()
    assert states(issuer, draft) == ["made"] * len(previewing.PEOPLE)
    assert [row.attempts for row in made] == [1] * len(made)
    assert len({row.page for row in made}) == len(made)
    assert media.fetch(made[0].pdf).startswith(b"%PDF-")
    assert not made[0].pdf.startswith(media.PUBLIC)


def test_task_draws_the_samples_of_certificates_in_the_colour_of_the_institution_when_no_proof_waits(issuer, draft):
    none = [None] * len(paper.IDS)
    ask(issuer, draft)
    with across_issuers("two are left to be made"):
        CertificatePreview.objects.filter(pk__in=[row.pk for row in rows()[2:]]).update(made_at=Now())

    preview_task()
    assert [previewing.sample(starter, issuer.brand) for starter in paper.IDS] == none
    preview_task()

    drawn = [previewing.sample(starter, issuer.brand) for starter in paper.IDS]
    assert all(picture and picture.startswith(b"\x89PNG") for picture in drawn)


def test_task_does_nothing_when_nothing_waits(db):
    preview_task()

    assert rows() == []


@pytest.mark.parametrize("change", ["words", "badge", "certificate", "brand"])
def test_proof_is_missing_again_when_what_it_shows_has_changed(issuer, owner, draft, change):
    ask(issuer, draft)
    with across_issuers("workers that made them all"):
        CertificatePreview.objects.update(made_at=Now())
    assert states(issuer, draft) == ["made"] * len(previewing.PEOPLE)

    with scope(issuer):
        found = fresh(draft)
        if change == "words":
            designing.save_words(found, owner, edits=found.edits, description="Something else.")
        elif change == "badge":
            designing.dress_badge(found, starter="disc", choices={}, by=owner, edits=found.edits)
        elif change == "certificate":
            laying_out.from_starter(found, starter="bold", choices={}, by=owner, edits=found.edits)
        else:
            Issuer.objects.filter(pk=issuer.pk).update(brand="#123456")
            assert designing.redraw(fresh(draft))

    assert states(issuer, draft) == ["missing"] * len(previewing.PEOPLE)


def test_proof_is_taken_again_when_its_worker_died(issuer, draft):
    ask(issuer, draft)
    with across_issuers("a worker that died"):
        CertificatePreview.objects.update(attempts=1, lease_until=Now() - timedelta(seconds=1))

    assert previewing.make_next() is not None
    assert states(issuer, draft).count("made") == 1


def test_proof_is_left_alone_while_another_worker_has_it(issuer, draft):
    ask(issuer, draft)
    with across_issuers("a worker at work"):
        CertificatePreview.objects.update(attempts=1, lease_until=Now() + timedelta(minutes=1))

    assert previewing.make_next() is None


def test_proof_says_that_it_failed_when_five_workers_died_and_can_be_asked_for_again(issuer, draft):
    ask(issuer, draft)
    with across_issuers("five workers that died"):
        CertificatePreview.objects.update(attempts=5, lease_until=Now() - timedelta(seconds=1))

    assert previewing.make_next() is None
    assert set(states(issuer, draft)) == {"failed"}
    ask(issuer, draft)
    assert set(states(issuer, draft)) == {"waiting"}


def test_proof_says_what_has_no_room(staff, issuer, owner, draft):
    with scope(issuer):
        found = fresh(draft)
        designing.save_words(found, owner, edits=found.edits, description="Word " * 119)
    ask(issuer, draft)

    for _ in previewing.PEOPLE:
        previewing.make_next()

    assert set(states(issuer, draft)) == {"failed"}
    with scope(issuer):
        assert previewing.proofs(fresh(draft))[0].failure == ("does_not_fit", "words")
    body = staff.get(f"/manage/{issuer.slug}/achievements/{draft.public_id}/preview/").content.decode()
    assert "There is no room for the sentence about what the person did." in body


def test_proofs_of_older_drafts_are_forgotten(issuer, owner, draft):
    ask(issuer, draft)
    old = [row.pk for row in rows()]
    with scope(issuer):
        CertificatePreview.objects.update(requested_at=Now() - timedelta(days=3))
        found = fresh(draft)
        designing.save_words(found, owner, edits=found.edits, description="Something else.")

    ask(issuer, draft)

    assert not {row.pk for row in rows()} & set(old)
    assert len(rows()) == len(previewing.PEOPLE)
