"""Long lists: every row once whatever the page, odd addresses, counts that stop, searches that end in time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse

from issuers import clock
from issuers.models import AuditEvent
from issuers.tenancy import across_issuers, scope
from recipients import exporting, states
from recipients.models import AchievementCredential, OutgoingEmail, Recipient
from recipients.views import paging
from recipients.views.paging import Total, counted, in_time, page
from tests.factories import AwardFactory, CredentialFactory, IssuerFactory, OutgoingEmailFactory, RecipientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(issuer):
    made = [RecipientFactory(issuer=issuer, name=f"Person {number}") for number in range(7)]
    RecipientFactory(name="Of another institution")
    with scope(issuer):
        yield made


def ask(query="", size=3):
    return page(RequestFactory().get(f"/list/{query}"), Recipient.objects.all(), size)


class TestPages:
    def test_each_row_stands_on_one_page_there_and_back(self, people):
        seen, query, pages = [], "", []
        while True:
            shown = ask(query)
            pages.append([row.pk for row in shown.rows])
            seen += pages[-1]
            if not shown.older:
                break
            query = shown.older
        assert seen == [row.pk for row in reversed(people)]
        for before in reversed(pages[:-1]):
            shown = ask(shown.newer)
            assert [row.pk for row in shown.rows] == before
        assert shown.newer == ""

    def test_rows_that_come_meanwhile_move_nothing(self, people, issuer):
        older = ask().older
        RecipientFactory(issuer=issuer)
        assert [row.pk for row in ask(older).rows] == [row.pk for row in people[3:0:-1]]

    def test_filters_go_along(self, people):
        assert ask("?q=person&state=claimed&before=9999999").older.startswith("?q=person&state=claimed&before=")

    @pytest.mark.parametrize(
        "query",
        [
            *(
                "?page=7",
                "?before=",
                "?before=-1",
                "?before=0",
                "?before=1e9",
                "?before=x",
                "?after=%00",
                "?before=%F0%9F%A6%86",
            ),
            *("?before=99999999999999999999999", "?after=½", "?before=1&before=x", "?after[]=1", "?before=1%00"),
        ],
    )
    def test_what_is_no_place_in_the_list_gives_the_newest(self, people, query):
        assert [row.pk for row in ask(query).rows] == [row.pk for row in people[:-4:-1]]

    def test_digits_of_other_scripts_and_the_largest_number_are_read(self, people):
        assert [row.pk for row in ask("?before=999999999999999999").rows] == [row.pk for row in people[:-4:-1]]
        assert ask("?after=٩٩٩٩٩٩").rows == []


class TestTotals:
    def test_counting_stops_and_says_so(self, people):
        assert str(counted(Recipient.objects.all(), most=5)) == "5+"
        assert str(counted(Recipient.objects.all(), most=7)) == "7"
        assert counted(Recipient.objects.all(), most=7) == Total(7)

    def test_what_the_page_shows_needs_no_counting(self, people, django_assert_num_queries):
        shown = ask(size=10)
        with django_assert_num_queries(0):
            assert counted(Recipient.objects.all(), shown) == Total(7)

    def test_thousands_are_written_as_thousands(self):
        assert str(Total(10_000, more=True)) == "10,000+"
        assert not Total(0)

    def test_a_search_that_takes_too_long_ends_and_the_next_one_has_its_time(self, people):
        def slow():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(5)")

        assert in_time(slow, patience=50) is None
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            usual = cursor.fetchone()[0]
            in_time(lambda: cursor.execute("SELECT 1"), patience=50)
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone()[0] == usual
            cursor.execute("SELECT pg_sleep(0.1)")

    def test_other_faults_of_the_database_are_not_hidden(self, people):
        with pytest.raises(Exception, match="division by zero"):
            in_time(lambda: connection.cursor().execute("SELECT 1 / 0"))

    def test_the_page_says_that_it_took_too_long(self, staff, issuer, monkeypatch):
        monkeypatch.setattr(paging, "in_time", lambda work: None)
        for name in ("manage-credentials", "manage-people", "manage-activities"):
            answer = staff.get(reverse(name, args=[issuer.slug]), {"q": "anybody"})
            assert "takes too long" in answer.content.decode(), name


@pytest.fixture
def one_of_each(issuer):
    """A credential in every state."""
    now = clock.now()
    past = {"offer_expires_at": now}
    moments = {
        "queued": {},
        "signed": {"signed_at": now, "signed": "x"},
        "declined": {"declined_at": now},
        "lapsed": past,
        "rendered": {"signed_at": now, "signed": "x", "rendered_at": now},
        "claimed": {"claimed_at": now, "accepted_at": now},
        "expired": {"claimed_at": now, "accepted_at": now, "expires_at": now, "valid_from": now - timedelta(days=9)},
        **{
            name: {f"{name}_at": now}
            for name in ("revoked", "cancelled", "suspended", "failed", "accepted", "followed")
        },
        "sent": {"offered_at": now},
        "not_delivered": {"offered_at": now},
    }
    made = {}
    for state, values in moments.items():
        award = AwardFactory(issuer=issuer)
        made[state] = CredentialFactory(issuer=issuer, award=award, **values)
    OutgoingEmailFactory(issuer=issuer, credential=made["not_delivered"], refused_at=now, sequence=0)
    # Refused once, and sent again.
    OutgoingEmailFactory(issuer=issuer, credential=made["sent"], refused_at=now, sequence=0)
    OutgoingEmailFactory(issuer=issuer, credential=made["sent"], sent_at=now, sequence=1)
    return made


class TestStates:
    def test_a_list_of_a_state_is_of_those_that_show_it(self, issuer, one_of_each):
        """Both ways of asking, in every state: the one that a page shows, and the one that an index serves."""
        with scope(issuer):
            every = AchievementCredential.objects.all()
            shown = {row.pk: row.state for row in states.with_state(every)}
            for state in states.STATES:
                asked = {row.pk for row in states.in_state(every, state)}
                assert asked == {pk for pk, name in shown.items() if name == state}, state
            assert sum(states.counted(every).values()) == len(one_of_each)
            assert shown[one_of_each["sent"].pk] == "sent"
            assert shown[one_of_each["not_delivered"].pk] == "not_delivered"

    def test_each_state_is_on_the_page_that_asks_for_it(self, staff, issuer, one_of_each):
        for state in states.STATES:
            answer = staff.get(reverse("manage-credentials", args=[issuer.slug]), {"state": state})
            assert answer.status_code == 200
            assert [row.state for row in answer.context["page"].rows] == [state] * len(answer.context["page"].rows)

    def test_mails_of_another_kind_are_no_matter(self, issuer, one_of_each):
        OutgoingEmailFactory(
            issuer=issuer,
            credential=one_of_each["followed"],
            kind=OutgoingEmail.Kind.CORRECTED,
            refused_at=clock.now(),
        )
        with scope(issuer):
            assert states.in_state(AchievementCredential.objects.all(), "not_delivered").count() == 1


class TestFiles:
    def test_more_than_a_file_holds_is_said_on_the_list(self, staff, issuer, monkeypatch):
        monkeypatch.setattr(exporting, "MOST", 2)
        award = AwardFactory(issuer=issuer)
        for _ in range(3):
            CredentialFactory(issuer=issuer, award=award)
        answer = staff.get(reverse("manage-export", args=[issuer.slug]), {"state": "queued"}, follow=True)
        assert answer.redirect_chain[0][0].endswith("/credentials/?state=queued")
        assert "A file holds 2 rows at most" in answer.content.decode()
        with across_issuers("a test looks"):
            assert not AuditEvent.objects.filter(action="credential.exported").exists()

    def test_another_institution_fills_no_file(self, staff, issuer):
        CredentialFactory(name="Canary Elsewhere", issuer=IssuerFactory())
        text = b"".join(staff.get(reverse("manage-export", args=[issuer.slug])).streaming_content).decode()
        assert "Canary" not in text
