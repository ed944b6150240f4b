"""Invariants find what they are there for; a batch that went its way breaks none."""

import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.utils import timezone

from issuers import media
from issuers.cleaning import address
from issuers.tenancy import across_issuers, scope
from recipients import correcting, delivering, printing, tasks
from recipients.models import AchievementCredential, Award
from tests.factories import IssuerFactory
from tests.published import deliver, intend, people, publish
from tests.recipients.withdrawn import breaches, withdraw
from verification import invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(db):
    """Three credentials, signed and printed."""
    intend(publish(IssuerFactory()), *people(3))
    deliver()
    with across_issuers("a test looks"):
        return list(AchievementCredential.objects.order_by("id"))


def change(row, **values):
    with across_issuers("a test breaks something"):
        AchievementCredential.objects.filter(pk=row.pk).update(**values)


def aged(key, days):
    """As if a file had been written so many days ago."""
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(default_storage.path(key), (then, then))


def test_nothing_is_broken_where_nothing_happened(rows):
    assert breaches() == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"lease_until": Now() + timedelta(days=1)}, "is held until"),
        ({"pdf": ""}, "is printed and names no file"),
        ({"rendered_at": None}, "names a file and is not printed"),
        ({"failed_at": Now()}, "is set aside without a reason"),
        ({"signed_at": None, "rendered_at": None, "pdf": ""}, "has a signature and is not signed"),
    ],
)
def test_row_that_contradicts_itself_is_named(rows, values, said):
    change(rows[1], **values)

    found = breaches()

    assert any(
        said in sentence and (rows[1].public_id in sentence or str(rows[1].pk) in sentence) for sentence in found
    )
    with pytest.raises(CommandError):
        call_command("invariants")


def test_batch_that_says_another_number_is_named(rows):
    with across_issuers("a test breaks something"):
        Award.objects.update(total=4)

    assert any("4 were awarded, and 3 stand somewhere" in sentence for sentence in breaches())


def test_what_was_signed_again_has_its_hour_to_be_printed(rows):
    """The rows are old, and what they wait for is not."""
    with across_issuers("a test lets time pass"):
        AchievementCredential.objects.update(
            created_at=Now() - timedelta(hours=2), signed_at=Now() - timedelta(hours=2)
        )
    withdraw(rows[0].issuer)
    assert delivering.sign_again_chunk() == 3
    assert breaches() == []

    with across_issuers("a test lets time pass"):
        AchievementCredential.objects.update(signed_again_at=Now() - timedelta(hours=2), lease_until=None)

    late = [f"{row.public_id}: waits for more than an hour" for row in rows]
    assert sorted(found for found in breaches() if "waits" in found) == sorted(late)


def test_what_was_corrected_has_its_hour_to_be_printed(rows):
    change(rows[0], created_at=Now() - timedelta(hours=2))
    with scope(rows[0].issuer):
        to = address(rows[0].recipient.address)
        correcting.correct(rows[0], name="Somebody Else", address=to, by=None)

    assert breaches() == []


def test_states_are_counted_at_one_moment(rows, django_assert_num_queries):
    with across_issuers("a test counts"), django_assert_num_queries(1):
        assert list(invariants.states_add_up()) == []


def test_certificate_that_is_forgotten_while_we_look_is_not_missed(rows):
    printing.forget(rows[0].pdf)
    with across_issuers("a test counts"):
        looking = invariants.files_exist()
        assert next(looking).startswith(f"{rows[0].public_id}: its certificate is missing")
        change(rows[1], pdf="", rendered_at=None)
        printing.forget(rows[1].pdf)
        assert list(looking) == []


def test_certificate_that_no_row_names_is_named_after_a_day(rows):
    key = media.keep("pdf", b"%PDF-1.7 nobody's", "pdf")
    assert breaches() == []

    aged(key, 2)
    aged(rows[0].pdf, 2)

    assert breaches() == [f"{key}: no credential names it, and it is older than a day"]


def test_what_nobody_names_goes_after_a_day_and_nothing_else_does(rows):
    stray = media.keep("pdf", b"%PDF-1.7 nobody's", "pdf")
    aged(stray, 2)
    young, old = f"{rows[0].pdf}.0123.part", f"{rows[1].pdf}.4567.part"
    shared = "pdf/00/of-several.base"
    for key in (young, old, shared):
        default_storage.save(key, ContentFile(b"%PDF"))
    aged(old, 2)
    aged(shared, 2)
    aged(rows[2].pdf, 2)

    tasks.forget_strays()

    assert default_storage.exists(young) and default_storage.exists(shared)
    assert not default_storage.exists(old) and not default_storage.exists(stray)
    assert breaches() == []
    assert all(printing.fetch(row.pdf) for row in rows)
