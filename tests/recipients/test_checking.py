"""Lists of people on their way to be looked at: small ones at once, large ones by a worker, none for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from issuers import clock
from issuers.tenancy import across_issuers, scope
from recipients import checking
from recipients.models import RecipientList
from tests.conftest import COMMITTED
from tests.factories import AchievementFactory
from tests.published import publish
from tests.recipients.lists import SAMPLES
from tests.recipients.test_pipeline import rows

pytestmark = COMMITTED


@pytest.fixture
def achievement(db):
    return AchievementFactory()


def start(achievement, content, source="file", file_name="people.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    with scope(achievement.issuer):
        return checking.start(
            achievement.issuer, achievement, source=source, file_name=file_name, content=content, by=None
        )


def reread(made):
    with across_issuers("a test looks"):
        return RecipientList.objects.get(pk=made.pk)


LARGE = "name,email\n" + "".join(f"Person {n},p{n}@example.org\n" for n in range(3000))


def test_small_list_is_checked_at_once(achievement):
    made = start(achievement, (SAMPLES / "faulty.csv").read_bytes())

    report = checking.report_of(made)
    assert [len(report.people), len(report.faults)] == [4, 8]
    assert made.mapping["0"] == "recipient_name"
    assert not checking.check_next()


def test_large_list_waits_for_a_worker(achievement):
    made = start(achievement, LARGE)
    assert made.checked_at is None and checking.report_of(made) is None

    assert checking.check_next()
    assert not checking.check_next()
    assert len(checking.report_of(reread(made)).people) == 3000


def test_file_that_cannot_be_read_is_kept_with_its_reason(achievement):
    made = start(achievement, b'name,email\n"Ana,ana@example.org\n')

    assert made.refusal == {"code": "unclosed_quote", "line": 2, "params": {"line": 2}}
    assert made.report is None and made.checked_at is not None


def test_pasted_list_is_read_as_one(achievement):
    made = start(achievement, "Ana Li <ana@example.org>\nBo bo@example.org", source="paste")

    assert [person.name for person in checking.report_of(made).people] == ["Ana Li", "Bo"]


def test_columns_are_read_as_the_screen_says(achievement):
    made = start(achievement, "who,contact,when\nAna,ana@example.org,03/04/26\n")
    assert checking.report_of(made).people == ()

    with scope(achievement.issuer):
        assert checking.set_columns(made, {0: "recipient_name", 1: "email", 2: "issued_on"}, "MDY")
    person = checking.report_of(reread(made)).people[0]

    assert (person.name, person.issued_on.isoformat()) == ("Ana", "2026-03-04")


def test_confirmed_list_changes_no_more(achievement):
    made = start(achievement, "name,email\nAna,ana@example.org\n")
    with across_issuers("somebody confirmed it"):
        RecipientList.objects.update(confirmed_at=Now())

    with scope(achievement.issuer):
        assert not checking.set_columns(made, {0: "grade"}, "")
    assert len(checking.report_of(reread(made)).people) == 1


def test_list_that_takes_its_worker_down_is_given_up_after_three_times(achievement):
    made = start(achievement, LARGE)
    with across_issuers("its workers died"):
        RecipientList.objects.update(attempts=3, lease_until=Now() - timedelta(seconds=1))

    assert not checking.check_next()
    assert reread(made).refusal["code"] == "not_checked"


def test_list_in_another_workers_hands_is_left_alone(achievement):
    made = start(achievement, LARGE)
    with across_issuers("a worker has it"):
        RecipientList.objects.update(attempts=1, lease_until=Now() + timedelta(minutes=1))

    assert not checking.check_next()
    assert reread(made).checked_at is None


@pytest.mark.parametrize("at_once", [checking.AT_ONCE, 0])
def test_list_whose_dates_passed_before_it_was_confirmed_is_checked_again(staff, issuer, monkeypatch, at_once):
    monkeypatch.setattr(checking, "AT_ONCE", at_once)
    looked, confirmed = datetime(2026, 12, 20, 12, tzinfo=UTC), datetime(2027, 1, 2, 12, tzinfo=UTC)
    dates = "name,email,issued_on,expires_on\nAna,ana@example.org,2026-12-01,2026-12-31\nBo,bo@example.org,,\n"
    with clock.at(looked):
        made = start(publish(issuer).achievement, dates)
        checking.check_next()
    click = reverse("manage-list-confirmation", args=[issuer.slug, made.public_id])
    with clock.at(confirmed):
        answer = staff.post(click, {"people": 2})
        checking.check_next()
        page = staff.get(answer.url).content.decode()

    assert answer.url == reverse("manage-list", args=[issuer.slug, made.public_id])
    assert "Dates in this list have passed" in page
    assert [(fault.line, fault.code) for fault in checking.report_of(reread(made)).faults] == [(2, "expires_in_past")]
    with clock.at(confirmed):
        staff.post(click, {"people": 1})
    assert [row.name for row in rows()] == ["Bo"]
