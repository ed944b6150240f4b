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
from issuers.tenancy import across_issuers
from recipients import printing, tasks
from recipients.models import AchievementCredential, Award
from tests.factories import IssuerFactory
from tests.published import deliver, intend, people, publish
from tests.recipients.withdrawn import breaches

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
