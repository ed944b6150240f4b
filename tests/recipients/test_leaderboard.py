"""The leaderboard: off by default, only for those who ask, a pseudonym that hides, a neighbourhood, and one click to leave."""

import pytest
from django.test import Client
from django.urls import reverse

from issuers.models import Issuer
from issuers.tenancy import across_issuers
from recipients import competing
from recipients.models import LeaderboardEntry
from tests import factories
from tests.architecture.walk import signed_in
from tests.recipients.running import deed, holds, running
from tests.recipients.test_goals import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer():
    return factories.IssuerFactory(leaderboard=True)


def student(issuer, name, deeds=0):
    user = factories.UserFactory(name=name)
    row = factories.RecipientFactory(issuer=issuer, name=name, address=user.email, user=user)
    for number in range(deeds):
        deed(row, f"{name}-{number}")
    user.row = row
    return user


def url(issuer, name="wallet-leaderboard"):
    return reverse(name, args=[issuer.slug])


def join(issuer, user, pseudonym=""):
    return signed_in(user).post(url(issuer, "wallet-leaderboard-entry"), {"pseudonym": pseudonym})


def test_a20_leaderboard_shows_ones_neighbourhood_to_those_who_joined(issuer):
    """Seven people; the fourth sees two on either side, and nobody who did not ask."""
    users = [student(issuer, f"Student {number}", deeds=number) for number in range(1, 8)]
    student(issuer, "Never Asked", deeds=30)
    for user in users:
        join(issuer, user)

    said = text(signed_in(users[3]).get(url(issuer)))

    assert "You are in place 4 of 7" in said
    assert "You, as Student 4" in said
    assert [f"Student {number}" in said for number in range(1, 8)] == [False, True, True, True, True, True, False]
    assert "Never Asked" not in said
    assert "1 more, and you are level with the next one." in said


def test_leaderboard_is_off_until_the_institution_switches_it_on():
    issuer = factories.IssuerFactory()
    user = student(issuer, "Amal Student")

    assert Issuer().leaderboard is False
    assert signed_in(user).get(url(issuer)).status_code == 404
    assert join(issuer, user).status_code == 404
    assert "Leaderboard" not in text(signed_in(user).get(reverse("wallet-growth")))


def test_leaderboard_of_an_institution_that_does_not_know_one_is_not_found(issuer):
    stranger = factories.UserFactory()

    assert signed_in(stranger).get(url(issuer)).status_code == 404
    assert join(issuer, stranger).status_code == 404
    assert Client().get(url(issuer)).status_code == 302


def test_pseudonym_leaks_no_name(issuer):
    hidden = student(issuer, "Siân Wŷn Llywelyn", deeds=2)
    others = [student(issuer, "Bo Ek", deeds=1), student(issuer, "Cy Dee", deeds=3)]
    join(issuer, hidden, "Night Owl")
    for user in others:
        join(issuer, user)

    body = signed_in(others[0]).get(url(issuer)).content.decode()

    assert "Night Owl" in body
    for word in ("Siân", "Llywelyn", "Wŷn", hidden.email):
        assert word not in body


def test_nobody_sees_names_before_joining(issuer):
    for name in ("Ana Li", "Bo Ek", "Cy Dee"):
        join(issuer, student(issuer, name, deeds=1))
    onlooker = student(issuer, "On Looker")

    body = signed_in(onlooker).get(url(issuer)).content.decode()

    assert not any(name in body for name in ("Ana Li", "Bo Ek", "Cy Dee"))
    assert "You are not on it" in body


def test_two_people_see_no_places(issuer):
    first, second = student(issuer, "Ana Li", deeds=1), student(issuer, "Bo Ek", deeds=2)
    join(issuer, first, "Night Owl"), join(issuer, second)

    assert "Night Owl" not in signed_in(second).get(url(issuer)).content.decode()


def test_pseudonym_of_somebody_there_is_taken(issuer):
    join(issuer, student(issuer, "Ana Li"), "Night Owl")
    join(issuer, student(issuer, "Bo Ek"))

    for name in ("night owl", "BO EK"):
        answer = join(issuer, student(issuer, "Cy Dee"), name)
        assert answer.status_code == 422
        assert "Somebody stands there under this name" in text(answer)


def test_one_click_leaves_and_forgets_the_name(issuer):
    user = student(issuer, "Ana Li")
    join(issuer, user, "Night Owl")

    signed_in(user).post(url(issuer, "wallet-leaderboard-departure"))

    with across_issuers("a test looks"):
        entry = LeaderboardEntry.objects.get()
        assert (entry.pseudonym, entry.left_at is None) == ("", False)
        assert competing.entry_of(issuer, user) is None
    assert "You are not on it" in text(signed_in(user).get(url(issuer)))


def test_it_counts_credentials_and_different_activities_since_the_day(issuer):
    user = student(issuer, "Ana Li", deeds=2)
    for row in ("Ana Li-0", "Ana Li-1"):
        deed(user.row, row)  # the same sessions once more
    deed(user.row, "long ago", days_ago=120)
    deed(user.row, "only told", confirmed_at=None)
    holds(user.row, running(issuer, "Mentor"))
    join(issuer, user)

    with across_issuers("a test looks"):
        own = competing.board(issuer, user).own

    assert (own.credentials, own.activities, own.total) == (1, 2, 3)


def test_public_pages_say_nothing_of_it(issuer):
    join(issuer, student(issuer, "Ana Li", deeds=1), "Night Owl")

    assert "Night Owl" not in Client().get(reverse("issuer", args=[issuer.slug])).content.decode()
