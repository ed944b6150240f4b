"""What was earned and is held, and what is in doubt: shown with its reason, decided by staff, by two where two are asked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from badges import ruling
from badges.models import Rule
from issuers.models import Role
from issuers.tenancy import scope
from recipients import knowing, noticing, recording
from recipients.activities import Deed
from recipients.models import AchievementCredential, Earning
from recipients.tasks import award_earned
from tests import factories
from tests.architecture.walk import signed_in
from tests.published import issuer_with_keys, publish
from tests.recipients.test_rule_pages import words

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 9, 10, 16, tzinfo=UTC)


def work():
    while noticing.look_at_everybody() + noticing.evaluate_chunk() + award_earned():
        continue


@pytest.fixture
def issuer():
    return issuer_with_keys()


@pytest.fixture
def olga(issuer):
    return factories.MembershipFactory(issuer=issuer, role=Role.OWNER, user__name="Olga Owner").user


@pytest.fixture
def rule(issuer, olga):
    """Three webinars, switched on; one person has been at all of them."""
    version = publish(issuer, name="Curious Learner")
    rule = factories.RuleFactory(issuer=issuer, achievement=version.achievement)
    ana = factories.RecipientFactory(issuer=issuer, name="Ana Li")
    for n in range(3):
        at = DAY + timedelta(days=n)
        factories.OpportunityFactory(issuer=issuer, key=f"webinar-{n}", title=f"Webinar {n + 1}")
        factories.ActivityFactory(issuer=issuer, recipient=ana, key=f"webinar-{n}", at=at)
    with scope(issuer):
        ruling.switch_on(rule, olga, known=knowing.known(issuer, rule.achievement))
    return rule


def ask(rule, approval):
    with scope(rule.issuer):
        Rule.objects.filter(pk=rule.pk).update(approval=approval)
    work()


def at(rule, name):
    return reverse(name, args=[rule.issuer.slug])


def only_earning(rule):
    with scope(rule.issuer):
        return Earning.objects.select_related("recipient", "credential").get()


def credentials(rule):
    with scope(rule.issuer):
        return AchievementCredential.objects.count()


def test_rules_page_says_what_runs_and_how_many_earned(rule, olga):
    work()

    page = words(signed_in(olga).get(at(rule, "manage-rules")))

    assert "Attended at least 3 different sessions tagged webinar." in page
    assert "1 earned it" in page
    assert "Held" in page


def test_held_earning_is_shown_with_its_facts_and_approved(rule, olga):
    ask(rule, "one")
    client = signed_in(olga)
    page = words(client.get(at(rule, "manage-held")))
    assert "Ana Li" in page
    assert "Done on 12 September 2026." in page
    assert "Session attended: Webinar 2, 11 September 2026" in page
    assert "held: It waits for approval." in words(client.get(at(rule, "manage-rules")))
    assert credentials(rule) == 0

    assert "Approved for 1 person." in words(
        client.post(at(rule, "manage-held-approval"), {"earning": only_earning(rule).pk}, follow=True)
    )
    work()

    assert credentials(rule) == 1
    assert "Nothing waits for you" in words(client.get(at(rule, "manage-held")))


def test_second_approval_by_the_same_person_is_refused(rule, olga):
    ask(rule, "two")
    first, chosen = signed_in(olga), {"earning": only_earning(rule).pk}

    for _ in range(2):
        page = words(first.post(at(rule, "manage-held-approval"), chosen, follow=True))
        assert "1 person still wait for a second person" in page
    work()
    assert credentials(rule) == 0
    assert "Approved by Olga Owner; a second person is needed." in page

    other = signed_in(factories.MembershipFactory(issuer=rule.issuer, role=Role.AWARDER).user)
    other.post(at(rule, "manage-held-approval"), chosen)
    work()
    assert credentials(rule) == 1


def test_refusal_needs_its_reason_and_lasts(rule, olga):
    ask(rule, "one")
    client, chosen = signed_in(olga), {"earning": only_earning(rule).pk}

    assert client.post(at(rule, "manage-held-refusal"), chosen).status_code == 422
    client.post(at(rule, "manage-held-refusal"), {**chosen, "reason": "A test account."})
    work()

    assert only_earning(rule).refusal == "A test account."
    assert credentials(rule) == 0


def test_somebody_elses_earning_is_nobodys_here(rule, olga):
    ask(rule, "one")
    other = factories.EarningFactory()

    signed_in(olga).post(at(rule, "manage-held-approval"), {"earning": [other.pk, "x", "9" * 30]})

    with scope(other.issuer):
        assert Earning.objects.get(pk=other.pk).approved_at is None


@pytest.fixture
def doubted(rule, olga):
    """Awarded; then one of the facts was put right, and another taken back."""
    work()
    ana = only_earning(rule).recipient
    with scope(rule.issuer):
        second, third = ana.activities.order_by("at")[1:3]
        recording.withdraw(second, olga)
        address = knowing.Recipient.objects.get(pk=ana.pk)
        deed = Deed(
            address=cleaned(address.address),
            kind="session",
            key=third.key,
            at=third.at + timedelta(days=9),
            name="Ana Li",
        )
        recording.correct(third, deed, olga)
    work()
    return only_earning(rule)


def cleaned(address):
    from issuers import cleaning

    return cleaning.address(address)


def test_doubt_is_told_with_its_difference_and_nothing_changes_by_itself(rule, doubted, olga):
    page = words(signed_in(olga).get(at(rule, "manage-doubts")))

    assert "Ana Li" in page
    assert "Webinar 2: 11 September 2026 taken back" in page
    assert "Webinar 3: 12 September 2026 21 September 2026" in page
    assert "1 of 3 so far." in page
    assert doubted.credential.revoked_at is None
    assert "1 in doubt" in words(signed_in(olga).get(at(rule, "manage-rules")))


def test_doubt_ends_by_keeping(rule, doubted, olga):
    client = signed_in(olga)
    client.post(at(rule, "manage-doubts-keeping"), {"earning": doubted.pk})

    assert "Nobody is in doubt" in words(client.get(at(rule, "manage-doubts")))
    assert only_earning(rule).credential.revoked_at is None


def test_doubt_ends_by_revoking_with_a_reason(rule, doubted, olga):
    client, chosen = signed_in(olga), {"earning": doubted.pk}

    assert client.post(at(rule, "manage-doubts-revocation"), chosen).status_code == 422
    client.post(at(rule, "manage-doubts-revocation"), {**chosen, "reason": "The attendance list was wrong."})

    assert only_earning(rule).credential.revocation_reason == "The attendance list was wrong."
    assert "Nobody is in doubt" in words(client.get(at(rule, "manage-doubts")))
