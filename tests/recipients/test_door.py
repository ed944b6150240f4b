"""The door of a session as helpers have it: ticks, walk-ins, the window and the screen. One fact a person and session."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from issuers import clock
from issuers.models import AuditEvent
from issuers.tenancy import across_issuers
from recipients import arriving
from recipients.models import CheckIn
from tests import factories
from tests.architecture.walk import signed_in
from tests.recipients import doors
from tests.recipients.doors import facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(issuer):
    return doors.session(issuer)


@pytest.fixture
def to(issuer, session):
    """Address of a staff page of the session."""
    return lambda name: reverse(name, args=[issuer.slug, session.public_id])


@pytest.fixture
def ana(issuer):
    return factories.RecipientFactory(issuer=issuer, name="Ana Li", address="ana@example.org")


def test_one_tap_says_that_somebody_is_here_and_another_takes_it_back(staff, to, ana, session, owner):
    answer = staff.post(to("manage-door-arrival"), {"person": ana.pk, "q": "ana", "show": "missing"})

    assert answer["Location"] == f"{to('manage-door')}?q=ana&show=missing#p-{ana.pk}"
    (fact,) = facts()
    assert (fact.recipient, fact.key, fact.tags, str(fact.value), fact.unit) == (
        ana,
        session.key,
        ["webinar"],
        "1.5000",
        "hours",
    )
    assert fact.recorded_by == owner

    staff.post(to("manage-door-departure"), {"person": ana.pk})
    assert facts() == []
    staff.post(to("manage-door-arrival"), {"person": ana.pk})
    assert len(facts()) == 1


def test_two_helpers_tick_one_person_once_and_see_each_other(staff, to, ana, issuer):
    other = signed_in(factories.MembershipFactory(issuer=issuer, role="awarder").user)
    seen = re.search(r"seen=(\w+)", other.get(to("manage-door")).content.decode())[1]
    asks = {"headers": {"HX-Request": "true"}}
    assert other.get(to("manage-door-people"), {"seen": seen}, **asks).status_code == 204

    for client in (staff, other, staff):
        client.post(to("manage-door-arrival"), {"person": ana.pk})

    assert len(facts()) == 1
    changed = other.get(to("manage-door-people"), {"seen": seen}, **asks).content.decode()
    assert "door-here" in changed
    assert 'id="door-count"' in changed


def test_with_htmx_a_tap_answers_with_its_row_and_the_count(staff, to, ana):
    answer = staff.post(to("manage-door-arrival"), {"person": ana.pk}, headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert f'id="p-{ana.pk}"' in page
    assert "Undo" in page
    assert 'hx-swap-oob="true"' in page


def test_list_begins_with_the_group_that_is_expected_and_whoever_came(staff, to, ana, issuer):
    group = factories.GroupMemberFactory(issuer=issuer, recipient=ana).group
    stranger = factories.RecipientFactory(issuer=issuer, name="Bo Berg")
    staff.post(to("manage-door-expected"), {"group": group.pk})

    assert "Bo Berg" not in staff.get(to("manage-door")).content.decode()
    staff.post(to("manage-door-arrival"), {"person": stranger.pk})
    page = staff.get(to("manage-door")).content.decode()
    assert "Bo Berg" in page
    assert "Ana Li" in page
    assert "Ana Li" not in staff.get(to("manage-door"), {"show": "here"}).content.decode()
    assert "Bo Berg" not in staff.get(to("manage-door"), {"q": "ana"}).content.decode()


def test_walk_in_is_known_from_then_on_and_nobody_is_renamed(staff, to, ana):
    wrong = staff.post(to("manage-door-walk-in"), {"new-name": "Jo", "new-email": "jo-at-example.org"})
    assert wrong.status_code == 422
    assert "There is no @" in wrong.content.decode()

    staff.post(to("manage-door-walk-in"), {"new-name": "Jo Kim", "new-email": "jo@example.org"})
    staff.post(to("manage-door-walk-in"), {"new-name": "A. Li", "new-email": "ANA@example.org"})
    assert {fact.recipient.name for fact in facts()} == {"Jo Kim", "Ana Li"}


def test_people_and_groups_of_another_institution_cannot_be_ticked(staff, to, issuer):
    other = factories.GroupMemberFactory()

    staff.post(to("manage-door-arrival"), {"person": other.recipient.pk})
    assert staff.post(to("manage-door-expected"), {"group": other.group.pk}).status_code == 422
    assert facts() == []


def test_what_is_ticked_afterwards_counts_for_the_session(session):
    now = clock.now()
    session.starts_at, session.ends_at = now - timedelta(days=3), now - timedelta(days=3, hours=-2)
    assert arriving.moment_of(session, now) == session.ends_at
    session.ends_at = None
    assert arriving.moment_of(session, now) == session.starts_at
    session.starts_at = now + timedelta(minutes=10)
    assert arriving.moment_of(session, now) == now


# The window and the screen.


def test_door_opens_closes_and_says_so_in_the_trail(staff, to, issuer, session):
    soon, over = {"opens_at": "2020-01-01T10:00", "closes_at": "2999-01-01T10:00"}, {"closes_at": "2020-01-01T10:00"}
    assert staff.post(to("manage-door-opening"), soon | over).status_code == 422
    assert staff.post(to("manage-door-opening"), soon).status_code == 422  # longer than two days

    now = clock.now()
    window = {
        "opens_at": f"{now - timedelta(minutes=5):%Y-%m-%dT%H:%M}",
        "closes_at": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }
    staff.post(to("manage-door-opening"), window)
    page = staff.get(to("manage-screen")).content.decode()
    assert "<svg" in page
    assert "/here" in page
    assert "person is here" in page or "people are here" in page

    staff.post(to("manage-door-closing"))
    assert 'class="qr"' not in staff.get(to("manage-screen-code"), headers={"HX-Request": "true"}).content.decode()
    with across_issuers("a test looks"):
        said = list(
            AuditEvent.objects.filter(subject_kind="opportunity").order_by("id").values_list("action", flat=True)
        )
    assert said == ["check_in.opened", "check_in.closed"]


def test_window_is_read_where_the_institution_is(staff, to, issuer):
    issuer.time_zone = "Asia/Tokyo"
    issuer.save()
    tomorrow = clock.now() + timedelta(days=1)
    day = f"{tomorrow:%Y-%m-%d}"
    staff.post(to("manage-door-opening"), {"opens_at": f"{day}T09:00", "closes_at": f"{day}T10:00"})

    with across_issuers("a test looks"):
        assert CheckIn.objects.get().opens_at.strftime("%H:%M") == "00:00"
