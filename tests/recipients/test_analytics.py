"""The page of analytics: its numbers, its periods, its file; and the arithmetic of its chart."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from issuers import clock
from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers, scope
from recipients import charting
from recipients.charting import Span
from recipients.models import AchievementCredential
from tests.factories import (
    AchievementVersionFactory,
    AwardFactory,
    CredentialFactory,
    IssuerFactory,
    MembershipFactory,
    PublicViewFactory,
    ShareFactory,
    UserFactory,
)

TODAY = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def at_noon():
    with clock.at(TODAY):
        yield


def award(issuer, count, days_ago=0, claimed=0, **words):
    """`count` credentials of a new achievement; `claimed` of them were claimed a day after."""
    version = AchievementVersionFactory(issuer=issuer, **{f"achievement__{key}": value for key, value in words.items()})
    batch = AwardFactory(issuer=issuer, version=version, achievement=version.achievement)
    at = TODAY - timedelta(days=days_ago)
    made = [CredentialFactory(issuer=issuer, award=batch, created_at=at) for _ in range(count)]
    with scope(issuer):
        took = AchievementCredential.objects.filter(pk__in=[row.pk for row in made[:claimed]])
        took.update(accepted_at=at, claimed_at=at + timedelta(days=1))
    return version.achievement, made


@pytest.fixture
def page(staff, issuer, at_noon):
    return lambda **asked: staff.get(reverse("manage-analytics", args=[issuer.slug]), asked)


@pytest.mark.django_db
class TestNumbers:
    def test_what_was_issued_claimed_shared_and_looked_at(self, page, issuer):
        mentor, made = award(issuer, 10, days_ago=5, claimed=4, name="Mentor", tags=["leadership"])
        award(issuer, 2, days_ago=3, name="Helper", tags=["teaching"])
        award(IssuerFactory(), 50, days_ago=5, name="Elsewhere")
        ShareFactory(issuer=issuer, credential=made[0])
        PublicViewFactory(issuer=issuer, credential=made[0], day=date(2026, 11, 25), count=7)
        total = page().context["total"].now
        assert (total.issued, total.taken, total.share, total.claimed, total.looks) == (12, 4, 33, 4, 7)
        achievements, tags, _kinds = page().context["tables"]
        assert [(line.label, line.now.issued, line.now.share) for line in achievements["lines"]] == [
            ("Mentor", 10, 40),
            ("Helper", 2, 0),
        ]
        assert [(line.label, line.now.issued) for line in tags["lines"]] == [("leadership", 10), ("teaching", 2)]
        only = page(achievement=mentor.public_id).context["total"].now
        assert (only.issued, only.looks) == (10, 7)
        assert page(tag="teaching").context["total"].now.issued == 2

    def test_what_was_undone_was_not_issued(self, page, issuer):
        _mentor, made = award(issuer, 3, days_ago=1)
        with scope(issuer):
            AchievementCredential.objects.filter(pk=made[0].pk).update(cancelled_at=TODAY)
        assert page().context["total"].now.issued == 2

    def test_a_time_is_compared_with_the_one_before_and_the_one_a_year_before(self, page, issuer):
        award(issuer, 5, days_ago=2)
        award(issuer, 3, days_ago=30)
        award(issuer, 2, days_ago=370)
        for compare, then in (("before", 3), ("year", 2), ("", None)):
            total = page(period="4w", compare=compare).context["total"]
            assert total.now.issued == 5
            assert (total.then.issued if total.then else None) == then

    def test_dates_go_before_a_period(self, page, issuer):
        award(issuer, 5, days_ago=2)
        award(issuer, 3, days_ago=30)
        found = page(period="4w", begins="2026-10-20", ends="2026-10-31").context
        assert (found["span"], found["total"].now.issued) == (Span(date(2026, 10, 20), date(2026, 10, 31)), 3)

    def test_days_are_those_of_the_institution(self, page, issuer):
        with scope(issuer):
            issuer.time_zone = "Pacific/Kiritimati"
            issuer.save()
        award(issuer, 1)
        assert page(begins="2026-11-27", ends="2026-11-27").context["total"].now.issued == 1


@pytest.mark.django_db
class TestPage:
    def test_nothing_yet_says_what_will_be_here(self, page):
        text = page().content.decode()
        assert "Nothing to count yet" in text
        assert '<svg class="chart"' not in text

    def test_nothing_in_this_time_is_said(self, page, issuer):
        award(issuer, 1, days_ago=300)
        assert "Nothing was issued, claimed or looked at in this time" in page(period="4w").content.decode()

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"begins": "2026-11-20", "ends": "2026-11-01"}, "before the first one"),
            ({"begins": "1000-01-01"}, "ten years at most"),
            ({"begins": "0001-01-01", "ends": "0001-01-02", "compare": "year"}, "ten years at most"),
            ({"begins": "31.2.2026"}, "valid date"),
            ({"period": "always"}, "not one of the available choices"),
            ({"achievement": "of-somebody-else"}, "not one of the available choices"),
        ],
    )
    def test_what_cannot_be_asked_is_said_at_its_field(self, page, issuer, asked, said):
        award(issuer, 1)
        answer = page(**asked)
        assert answer.status_code == 422
        assert said in answer.content.decode()

    def test_achievements_of_others_are_no_choice(self, page, issuer):
        award(issuer, 1)
        other, _made = award(IssuerFactory(), 1, name="Canary of others")
        assert "Canary" not in page().content.decode()
        assert page(achievement=other.public_id).status_code == 422

    def test_an_unclaimed_and_a_whole_number_need_no_script(self, page, issuer):
        award(issuer, 1_234 // 100, days_ago=2)
        text = page().content.decode()
        assert "<script>" not in text
        assert text.count("<rect") >= 24


@pytest.mark.django_db
class TestFile:
    def test_the_same_numbers_for_both_times(self, staff, issuer, at_noon):
        award(issuer, 4, days_ago=2, claimed=1, name="=Mentor", tags=["leadership"])
        award(issuer, 3, days_ago=30, name="Helper")
        answer = staff.get(
            reverse("manage-analytics-export", args=[issuer.slug]), {"period": "4w", "compare": "before"}
        )
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0][:3] == ["By", "What", "From"]
        assert ["Altogether", "Altogether", "2026-10-30", "2026-11-26", "4", "1", "1", "0", "0"] in rows
        assert ["Altogether", "Altogether", "2026-10-02", "2026-10-29", "3", "0", "0", "0", "0"] in rows
        assert any(row[1] == "'=Mentor" for row in rows)
        assert sum(row[0] == "By day" for row in rows) == 28
        with across_issuers("a test looks"):
            assert AuditEvent.objects.filter(action="analytics.exported", issuer=issuer).exists()

    def test_who_may_look_but_not_take_gets_no_file(self, client, issuer, at_noon):
        award(issuer, 1)
        client.force_login(MembershipFactory(issuer=issuer, role=Role.VIEWER, user=UserFactory()).user)
        assert "analytics.csv" not in client.get(reverse("manage-analytics", args=[issuer.slug])).content.decode()
        assert client.get(reverse("manage-analytics-export", args=[issuer.slug])).status_code == 403

    def test_what_cannot_be_asked_gives_no_file(self, staff, issuer):
        award(issuer, 1)
        answer = staff.get(reverse("manage-analytics-export", args=[issuer.slug]), {"begins": "soon"})
        assert answer.status_code == 422
        assert answer["Content-Type"].startswith("text/html")


DAYS = st.dates(date(1900, 1, 1), date(9000, 1, 1))


class TestSpans:
    @given(DAYS, st.integers(1, 3_660))
    def test_parts_follow_each_other_and_are_the_whole(self, first, days):
        span = Span(first, first + timedelta(days=days - 1))
        parts = span.parts()
        assert span.days == days
        assert (parts[0].first, parts[-1].last) == (span.first, span.last)
        assert all(one.last + charting.DAY == other.first for one, other in zip(parts, parts[1:], strict=False))
        assert sum(part.days for part in parts) == days
        assert len(parts) <= 122

    @given(DAYS, st.integers(1, 3_660))
    def test_the_time_before_is_as_long_and_ends_where_this_begins(self, first, days):
        span = Span(first, first + timedelta(days=days - 1))
        assert (span.before().days, span.before().last) == (days, first - charting.DAY)
        assert span.year_before().first.year == first.year - 1

    def test_leap_days_have_a_year_before(self):
        assert Span(date(2028, 2, 29), date(2028, 2, 29)).year_before() == Span(date(2027, 2, 28), date(2027, 2, 28))

    def test_weeks_begin_on_monday_and_months_on_the_first(self):
        weeks = Span(date(2026, 9, 2), date(2026, 11, 26)).parts()
        assert all(part.first.weekday() == 0 for part in weeks[1:])
        months = Span(date(2025, 11, 27), date(2026, 11, 26)).parts()
        assert all(part.first.day == 1 for part in months[1:])
        assert len(months) == 13

    @given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=122))
    def test_bars_stay_in_the_picture_and_do_not_overlap(self, pairs):
        series = [[one for one, _ in pairs], [other for _, other in pairs]]
        parts = [Span(date(2026, 1, 1), date(2026, 1, 1))] * len(pairs)
        bars = [bar for column in charting.columns(parts, series) for bar in column.bars]
        assert all(0 <= bar.x and bar.x + bar.width <= charting.RIGHT for bar in bars)
        assert all(
            bar.y >= charting.BOTTOM - charting.HIGHEST - 0.01 and bar.height <= charting.HIGHEST for bar in bars
        )
        assert all(one.x + one.width <= other.x + 0.02 for one, other in zip(bars, bars[1:], strict=False))
        if top := charting.highest(series):
            assert max(bar.height for bar in bars) == charting.HIGHEST and top > 0

    def test_numbers_are_gathered_into_their_parts(self):
        parts = Span(date(2026, 1, 1), date(2026, 3, 31)).parts()
        numbers = charting.gathered(
            {date(2026, 1, 1): 2, date(2026, 1, 4): 3, date(2026, 1, 5): 4, date(2027, 1, 1): 9}, parts
        )
        assert numbers[:2] == [5, 4]
        assert sum(numbers) == 9
