"""What rules may ask for, and what is known of people."""

import pytest

from badges.criteria.facts import HELD, MEMBER
from issuers.tenancy import scope
from recipients import knowing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer():
    made = factories.IssuerFactory()
    with scope(made):
        yield made


def _facts(issuer, recipient):
    history = knowing.histories(issuer, [recipient])[recipient.pk]
    return {(kind, dated.fact.key) for kind, some in history.by_kind.items() for dated in some}


def test_everything_of_one_person_is_known(issuer):
    person = factories.RecipientFactory(issuer=issuer)
    factories.ActivityFactory(issuer=issuer, recipient=person, key="one")
    factories.ActivityFactory(issuer=issuer, recipient=person, key="told", confirmed_at=None)
    factories.ActivityFactory(issuer=issuer, key="somebody-else")
    held = factories.CredentialFactory(issuer=issuer, recipient=person)
    group = factories.GroupMemberFactory(issuer=issuer, recipient=person).group

    assert _facts(issuer, person) == {("session", "one"), (HELD, held.achievement.public_id), (MEMBER, group.key)}


def test_two_addresses_of_one_person_are_one_history(issuer):
    user = factories.UserFactory()
    school = factories.RecipientFactory(issuer=issuer, user=user)
    home = factories.RecipientFactory(issuer=issuer, user=user)
    factories.ActivityFactory(issuer=issuer, recipient=school, key="one")
    factories.ActivityFactory(issuer=issuer, recipient=home, key="two")

    assert _facts(issuer, home) == {("session", "one"), ("session", "two")}
    assert knowing.histories(issuer, [school, home]).keys() == {school.pk, home.pk}


def test_names_and_known_things(issuer):
    achievement = factories.AchievementFactory(issuer=issuer, name="Mentor")
    factories.OpportunityFactory(issuer=issuer, key="quiz-2", kind="assessment", title="Quiz 2")
    factories.ActivityKindFactory(issuer=issuer, key="lab_visit", name="Lab visit")
    names, known = knowing.names(issuer), knowing.known(issuer, achievement)

    assert names.thing("assessment", "quiz-2") == "*Quiz 2*"
    assert names.credential(achievement.public_id) == "*Mentor*"
    assert names.kind("lab_visit") == "*Lab visit*"
    assert ("assessment", "quiz-2") in known.things
    assert {"session", "lab_visit"} <= set(known.kinds)
