"""A file of ten thousand people with three hundred faults: the report is the truth, and nothing is half done."""

import json
import os
import random
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from issuers.tenancy import across_issuers, scope
from recipients import checking, importing
from recipients.models import AchievementCredential, Award, Recipient, RecipientList
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import publish
from tests.recipients import ten_thousand

pytestmark = COMMITTED
PEOPLE = 10_000


@pytest.fixture
def rng():
    seed = int(os.environ.get("LAUREL_FAULTS_SEED", time.time_ns() % 1_000_000))
    print(f"LAUREL_FAULTS_SEED={seed}")
    return random.Random(seed)


def _written():
    with across_issuers("a test counts"):
        return Award.objects.count(), AchievementCredential.objects.count(), Recipient.objects.count()


def test_report_of_ten_thousand_rows_is_the_truth_on_the_screen_and_in_the_terminal(rng, tmp_path):
    content, truth = ten_thousand.generate(rng, PEOPLE)
    assert {fault["code"] for fault in truth["errors"]} == set(ten_thousand.KINDS)
    version = publish(IssuerFactory())
    with scope(version.issuer):
        kept = checking.start(
            version.issuer, version.achievement, source="file", file_name="year.csv", content=content, by=None
        )
    began = time.monotonic()
    assert checking.check_next()
    print(f"checked in {time.monotonic() - began:.1f} s")
    with scope(version.issuer):
        report = importing.Report.from_json(RecipientList.objects.get(pk=kept.pk).report)
    assert report.to_expected() == truth
    assert _written() == (0, 0, 0)

    file = tmp_path / "year.csv"
    file.write_bytes(content)
    out = StringIO()
    options = {"issuer": version.issuer.slug, "achievement": version.achievement.slug, "json": True, "yes": True}
    with pytest.raises(CommandError, match="Nothing was issued"):
        call_command("issue", str(file), stdout=out, no_wait=True, **options)
    assert json.loads(out.getvalue()) == truth
    assert _written() == (0, 0, 0)


def test_rows_without_a_fault_are_issued_when_somebody_says_so_and_never_twice(rng, tmp_path):
    content, truth = ten_thousand.generate(rng, 1000)
    version = publish(IssuerFactory())
    file = tmp_path / "year.csv"
    file.write_bytes(content)
    options = {"issuer": version.issuer.slug, "achievement": version.achievement.slug, "yes": True, "no_wait": True}

    call_command("issue", str(file), stdout=StringIO(), leave_out_faulty=True, **options)
    again = StringIO()
    call_command("issue", str(file), stdout=again, leave_out_faulty=True, **options)

    accepted = len(truth["accepted_lines"])
    assert _written() == (1, accepted, accepted)
    assert "Nobody is new" in again.getvalue()
