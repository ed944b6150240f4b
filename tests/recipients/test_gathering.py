"""Files of what people did, from being handed in to facts: each once, however often they come."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from badges.models import Opportunity
from issuers import clock
from issuers.tenancy import scope
from recipients import gathering, importing, leasing, recording
from recipients.models import Activity, ActivityFile, Recipient
from tests import factories
from tests.recipients.attendance import ACTIVITIES, drawn

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def issuer():
    made = factories.IssuerFactory(time_zone="Europe/Berlin")
    with scope(made), clock.at(NOW):
        yield made


@pytest.fixture
def by():
    return factories.UserFactory()


def start(issuer, by, data, name="report.csv"):
    return gathering.start(issuer, file_name=name, content=data if isinstance(data, bytes) else data.encode(), by=by)


def record(issuer, file, by):
    """As the page does it."""
    report, reading = gathering.report_of(file), gathering.reading_of(file)
    expected = gathering.forecast(issuer, report)
    assert gathering.confirm(file, by, told_before=len(expected.told))
    gathering.name_thing(issuer, reading, expected.new, by)
    deeds = [entry.deed for entry in expected.new]
    return recording.record(issuer, deeds, source=gathering.SOURCE, by=by)


def sample(name):
    return (ACTIVITIES / name).read_bytes()


def test_a4_attendance_of_a_verified_event_becomes_facts(issuer, by):
    """A report of who attended becomes facts that rules look at."""
    file = start(issuer, by, sample("teams-2024.csv"))

    done = record(issuer, file, by)

    assert len(done.new) == 4
    thing = Opportunity.objects.get()
    assert (thing.title, thing.key) == ("Writing a résumé that is read", "writing-a-résumé-that-is-read-2026-11-20")
    # When the meeting began, by the clock of the institution.
    assert thing.starts_at == datetime(2026, 11, 20, 14, 58, tzinfo=UTC)
    assert {(row.kind, row.key, row.unit) for row in Activity.objects.counting()} == {("session", thing.key, "minutes")}


def test_same_file_twice_is_told_before(issuer, by):
    record(issuer, start(issuer, by, sample("zoom-two-parts.csv")), by)

    again = start(issuer, by, sample("zoom-two-parts.csv"))
    expected = gathering.forecast(issuer, gathering.report_of(again))

    assert (len(expected.new), len(expected.told)) == (0, 3)
    assert Activity.objects.count() == 3


def test_another_export_of_the_same_meeting_is_told_before(issuer, by):
    one = "Name,Email,Join Time,Leave Time\nAna,ana@x.org,2026-11-20 16:00,2026-11-20 17:00\n"
    record(issuer, _titled(issuer, start(issuer, by, one), "Study skills"), by)
    other = "Name (Original Name),User Email,Total Duration (Minutes)\nAna Li,ana@x.org,59\n"

    file = _titled(issuer, start(issuer, by, other), "Study skills", at="2026-11-20T16:00")

    assert len(gathering.forecast(issuer, gathering.report_of(file)).told) == 1


def _titled(issuer, file, title, **said):
    reading = gathering.reading_of(file)
    changed = type(reading)(**{**vars(reading), "title": title, **said})
    assert gathering.read_as(file, gathering.with_opportunity(issuer, changed, gathering.export_of(file)))
    return file


def test_changed_score_is_another_try_and_the_same_is_none(issuer, by):
    gradebook = 'Student,ID,SIS Login ID,Section,Quiz 2 (12)\n    Points Possible,,,,10\n"Li, Ana",1,ana@x.org,A,{}\n'

    def handed_in(score):
        file = start(issuer, by, gradebook.format(score))
        return _titled(issuer, file, "", at="2026-11-20T16:00")

    record(issuer, handed_in(5), by)
    record(issuer, handed_in(5), by)
    record(issuer, handed_in(8), by)

    assert sorted(row.value for row in Activity.objects.all()) == [Decimal(50), Decimal(80)]
    assert Opportunity.objects.get().key == "quiz-2"


def test_file_finds_what_staff_made_ahead_and_takes_its_tags(issuer, by):
    factories.OpportunityFactory(
        issuer=issuer,
        key="writing-a-résumé-that-is-read-2026-11-20",
        title="Writing a résumé that is read",
        tags=["webinar", "optional"],
        value=Decimal("1.5"),
        unit="hours",
    )
    record(issuer, start(issuer, by, sample("teams-2024.csv")), by)

    row = Activity.objects.first()
    assert (row.tags, row.value, row.unit) == (["webinar", "optional"], Decimal("1.5"), "hours")
    assert Opportunity.objects.count() == 1


def test_person_known_by_address_needs_no_name_and_a_stranger_does(issuer, by):
    factories.RecipientFactory(issuer=issuer, address="ana@x.org", name="Ana Li")
    file = _titled(
        issuer, start(issuer, by, "Email,Duration\nana@x.org,50\nnobody@x.org,50\n"), "Talk", at="2026-11-20T16:00"
    )

    expected = gathering.forecast(issuer, gathering.report_of(file))

    assert [entry.lines for entry in expected.new] == [(2,)]
    assert [entry.lines for entry in expected.strangers] == [(3,)]


def test_student_numbers_of_one_person_stand_for_an_address(issuer, by):
    factories.RecipientFactory(issuer=issuer, address="amal@north.example.edu", student_id="S00001")
    file = _titled(issuer, start(issuer, by, sample("blackboard.xls")), "", at="2026-11-20T16:00")

    assert len(gathering.report_of(file).entries) == 2


def test_withdrawn_fact_does_not_come_back_with_its_file(issuer, by):
    done = record(issuer, start(issuer, by, sample("zoom-two-parts.csv")), by)
    recording.withdraw(done.new[0], by)

    expected = gathering.forecast(issuer, gathering.report_of(start(issuer, by, sample("zoom-two-parts.csv"))))

    assert expected.new == ()


def test_confirming_twice_is_one_confirmation_and_the_content_goes(issuer, by):
    file = start(issuer, by, sample("zoom-two-parts.csv"))

    assert gathering.confirm(file, by, told_before=0)
    assert not gathering.confirm(file, by, told_before=0)
    file.refresh_from_db()
    assert (bytes(file.content), file.report) == (b"", None)


def test_unreadable_file_is_refused_and_not_kept(issuer, by):
    with pytest.raises(importing.FileRefused):
        start(issuer, by, b"%PDF-1.7")

    assert not ActivityFile.objects.exists()


def test_large_file_is_checked_by_a_worker(issuer, by):
    truth = drawn(1, people=2_000)
    file = start(issuer, by, truth.text)
    assert file.report is None

    assert gathering.check_next()
    assert not gathering.check_next()
    file.refresh_from_db()
    assert gathering.report_of(file).asks == ("title",)


def test_file_that_stops_every_worker_is_given_up_and_told(issuer, by):
    file = start(issuer, by, drawn(1, people=2_000).text)
    ActivityFile.objects.filter(pk=file.pk).update(attempts=leasing.ATTEMPTS)

    assert not gathering.check_next()
    file.refresh_from_db()
    assert file.refusal["code"] == "not_checked"


def test_abandoned_file_goes_after_two_weeks(issuer):
    factories.ActivityFileFactory(issuer=issuer)
    old = factories.ActivityFileFactory(issuer=issuer)
    kept = factories.ActivityFileFactory(issuer=issuer, confirmed_at=timezone.now())
    for row in (old, kept):
        ActivityFile.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=15))

    assert gathering.forget_abandoned() == 1
    assert not ActivityFile.objects.filter(pk=old.pk).exists()


def test_ten_thousand_rows_are_checked_and_recorded_quickly(issuer, by):
    rows = "".join(f"Person {n},person{n}@north.example.edu,{n % 90 + 10}\n" for n in range(10_000))
    file = start(issuer, by, "Name (Original Name),User Email,Total Duration (Minutes)\n" + rows)
    began = time.process_time()

    assert gathering.check_next()
    file.refresh_from_db()
    _titled(issuer, file, "Freshers' day", at="2026-11-20T16:00")
    assert gathering.check_next()
    file.refresh_from_db()
    checked = time.process_time()
    done = record(issuer, file, by)

    assert (len(done.new), done.again, Recipient.objects.count()) == (10_000, 0, 10_000)
    # Of this process alone, since others share the machine. Measured: 1 s and 1 s.
    assert (checked - began < 5, time.process_time() - checked < 5) == (True, True)
    print("checked", checked - began, "recorded", time.process_time() - checked)
