"""What people did becomes facts, each once."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from badges.models import Opportunity
from issuers.cleaning import Refused, address
from issuers.tenancy import scope
from recipients import activities, recording
from recipients.activities import Deed
from recipients.models import Activity, Recipient
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _deed(who="ana@example.org", key="webinar-1", **said):
    return Deed(
        address=address(who), kind="session", key=key, at=said.pop("at", NOON), name=said.pop("name", "Ana Li"), **said
    )


@pytest.fixture
def issuer():
    made = factories.IssuerFactory(time_zone="Asia/Tokyo")
    with scope(made):
        yield made


def test_deed_becomes_fact_of_local_day(issuer):
    late = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    done = recording.record(
        issuer, [_deed(at=late, tags=("webinar",), value=Decimal("1.5"), unit="hours")], source="file"
    )

    (row,) = done.new
    assert (row.recipient.name, str(row.day), row.evaluated_at) == ("Ana Li", "2026-11-21", None)
    assert row.fact().tags == {"webinar"}


def test_same_deed_twice_is_one_fact(issuer):
    recording.record(issuer, [_deed()], source="file")
    again = recording.record(issuer, [_deed(), _deed(key="webinar-2")], source="file")

    assert (len(again.new), again.again) == (1, 1)
    assert Activity.objects.count() == 2


def test_withdrawn_fact_does_not_come_back(issuer):
    (row,) = recording.record(issuer, [_deed()], source="file").new
    assert recording.withdraw(row, None)
    assert not recording.withdraw(row, None)

    assert recording.record(issuer, [_deed()], source="file").new == ()
    assert not Activity.objects.counting().exists()


def test_stranger_without_name_leaves_nothing(issuer):
    with pytest.raises(Refused, match="name_missing"):
        recording.record(issuer, [_deed(), _deed("nobody@example.org", name="")], source="file")

    assert not Activity.objects.exists()
    assert not Recipient.objects.exists()


def test_list_does_not_rename_people(issuer):
    factories.RecipientFactory(issuer=issuer, name="Ana María Li", address="ana@example.org")
    recording.record(issuer, [_deed(name="ana l.")], source="file")

    assert Recipient.objects.get().name == "Ana María Li"


def test_fact_names_an_opportunity(issuer):
    recording.record(issuer, [_deed(title="Writing a résumé", tags=("webinar",))], source="file")

    found = Opportunity.objects.get()
    assert (found.kind, found.key, found.title, found.tags) == ("session", "webinar-1", "Writing a résumé", ["webinar"])


def test_correction_replaces_fact(issuer):
    by = factories.UserFactory()
    (row,) = recording.record(issuer, [_deed(value=Decimal(50))], source="file").new
    made = recording.correct(row, _deed(value=Decimal(70)), by)

    assert made.corrects == row
    assert [found.value for found in Activity.objects.counting()] == [Decimal(70)]
    assert recording.correct(row, _deed(value=Decimal(80)), by) is None


def test_told_deed_counts_after_confirmation(issuer):
    by = factories.UserFactory()
    (row,) = recording.record(issuer, [_deed()], source="log", confirmed=False).new
    assert not Activity.objects.counting().exists()

    assert recording.confirm(issuer, [row.pk], by) == 1
    assert recording.confirm(issuer, [row.pk], by) == 0
    assert Activity.objects.counting().get() == row


def test_refused_deed_stays_out(issuer):
    by = factories.UserFactory()
    (row,) = recording.record(issuer, [_deed()], source="log", confirmed=False).new
    assert recording.refuse(issuer, [row.pk], by, reason="No such evening") == 1

    assert recording.confirm(issuer, [row.pk], by) == 0


@pytest.mark.parametrize(("text", "number"), [("72,5", "72.5"), ("70 %", "70"), ("", None), ("0003", "3")])
def test_numbers_as_people_write_them(text, number):
    assert activities.value(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize("text", ["-1", "1e9", "NaN", "1.23456", "9999999"])
def test_numbers_that_are_refused(text):
    with pytest.raises(Refused):
        activities.value(text)


def test_future_is_refused():
    with pytest.raises(Refused, match="moment_in_future"):
        activities.at(datetime(2026, 11, 20, 12, 6, tzinfo=UTC), now=NOON)
