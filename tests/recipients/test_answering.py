"""The answer to an application: by its own answers, by the rule, by staff; and never twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from badges.models import Rule
from issuers import clock
from issuers.tenancy import across_issuers, scope
from recipients import answering, correcting, deciding, holding, issuing, links
from recipients.models import AchievementCredential, Application, ApplicationForm, Award, OutgoingEmail
from recipients.questions import NO, YES, Answered, Asked, Kind
from recipients.tasks import award_earned
from tests import factories
from tests.architecture.walk import signed_in
from tests.published import deliver, intend, person, publish

pytestmark = pytest.mark.django_db
HER = "ines@example.org"
QUIZ = (
    Asked("aaaaaaaa", Kind.SHORT, "Which city had the great library?", accepted=("Alexandria",)),
    Asked("bbbbbbbb", Kind.NUMBER, "How many evenings?", at_least=Decimal(3)),
    Asked("cccccccc", Kind.YES_NO, "Have you read the rules?", accepted=(YES,)),
)
ByItself, ByRule, ByStaff = ApplicationForm.AnsweredBy.ANSWERS, ApplicationForm.AnsweredBy.RULE, "staff"


@pytest.fixture
def version(db):
    return publish(factories.IssuerFactory(slug="north", name="North College"), name="Library Guide")


def form_of(version, answered, **said):
    return factories.ApplicationFormFactory(
        issuer=version.issuer, achievement=version.achievement, answered=answered, **said
    )


def apply(form, *answers, who=HER):
    answered = [Answered(asked, answer).to_json() for asked, answer in zip(QUIZ, answers, strict=False)]
    return factories.ApplicationFactory(issuer=form.issuer, form=form, address=who, name="Ines Li", answers=answered)


def settle(application, times=1):
    with scope(application.issuer_id):
        for _time in range(times):
            answering.settle(Application.objects.with_form().get(pk=application.pk))
        return Application.objects.with_form().get(pk=application.pk)


def awarded(**said):
    with across_issuers("a test looks"):
        return list(AchievementCredential.objects.filter(**said).select_related("award"))


def mails_leave():
    """Everything is made and sent; the database's now is that of the test's one transaction."""
    with across_issuers("a test delivers"):
        OutgoingEmail.objects.update(not_before=timezone.now() - timedelta(hours=1))
    deliver()


def status(application):
    """The applicant's page, by the mailed link."""
    client = Client()
    link = reverse("application-link", args=[links.application_token(application)])
    return client, client.get(link, follow=True).content.decode()


# By its own answers


def test_c9_right_answers_issue_a_certificate_at_once_and_once(version):
    """The answers themselves decide: the right ones issue the certificate at once, and once however often they are sent."""
    application = apply(form_of(version, ByItself), "alexandria", "3", YES)

    done = settle(application, times=3)

    (credential,) = awarded()
    assert (done.state, done.credential, done.decided_by) == ("accepted", credential, None)
    assert (credential.award.source, credential.award_key) == (Award.Source.APPLIED, "once")
    assert credential.award.release_at <= timezone.now()
    mails_leave()
    assert [message.to for message in outbox.outbox] == [[HER]]
    client, page = status(application)
    assert "You have earned Library Guide" in page
    claim = client.post(reverse("application-offer", args=[application.public_id]), follow=True)
    assert claim.redirect_chain[-1][0] == reverse("offer")
    assert "Accept" in claim.content.decode()


def test_c9_other_answers_are_told_not_yet_and_which_they_were(version):
    """Whoever answers otherwise is told kindly, and which answers they were."""
    form = form_of(version, ByItself, most=2)
    application = apply(form, "Pergamon", "2", YES)

    done = settle(application, times=2)

    assert (done.state, done.missing) == ("declined", ["aaaaaaaa", "bbbbbbbb"])
    assert awarded() == []
    _client, page = status(application)
    assert "Not yet" in page
    assert "Which city had the great library?" in page
    assert "Alexandria" not in page
    assert "Apply again" in page
    with across_issuers("a test reads mails"):
        (mail,) = OutgoingEmail.objects.filter(kind="answer")
    mails_leave()
    (message,) = outbox.outbox
    assert "How many evenings?" in message.body
    assert "Have you read" not in message.body
    assert "Alexandria" not in message.body + message.alternatives[0][0]
    assert mail.to == HER


def test_answers_are_judged_by_the_questions_as_they_were_asked(version):
    form = form_of(version, ByItself)
    application = apply(form, "Alexandria", "3", YES)
    factories.QuestionFactory(issuer=form.issuer, form=form, key="aaaaaaaa", label="Which city?", accepted=["Rome"])

    assert settle(application).state == "accepted"


def test_who_has_it_is_not_awarded_again(version):
    intend(version, person("Ines Li", HER))
    application = apply(form_of(version, ByItself), "no", "0", NO)

    done = settle(application)

    assert (done.state, len(awarded())) == ("accepted", 1)
    with across_issuers("a test looks"):
        assert Award.objects.count() == 1


def test_what_was_revoked_is_not_given_back_by_itself(version):
    award = intend(version, person("Ines Li", HER))
    with across_issuers("a test"):
        correcting.revoke(AchievementCredential.objects.get(award=award), reason="By mistake", by=None)
    application = apply(form_of(version, ByItself), "Alexandria", "3", YES)

    assert settle(application).state == "waiting"
    assert len(awarded()) == 1


def test_where_nothing_can_be_issued_it_waits_for_staff(version):
    application = apply(form_of(version, ByItself), "Alexandria", "3", YES)
    with scope(version.issuer):
        version.achievement.archived_at = timezone.now()
        version.achievement.save(update_fields=["archived_at"])

    assert settle(application).state == "waiting"


def test_what_staff_were_asked_is_not_answered_by_answers_that_nobody_judged(version):
    form = form_of(version, ByStaff)
    unjudged = [Answered(Asked("dddddddd", Kind.SHORT, "Why?"), "Because").to_json()]
    made = factories.ApplicationFactory(issuer=version.issuer, form=form, address=HER, answers=unjudged)
    with scope(version.issuer):
        ApplicationForm.objects.update(answered=ByItself)

    assert settle(made).state == "waiting"
    assert awarded() == []


# By the rule


@pytest.fixture
def rule(version):
    made = factories.RuleFactory(issuer=version.issuer, achievement=version.achievement)
    made.version = factories.RuleVersionFactory(issuer=version.issuer, rule=made)
    made.switched_on_at = timezone.now()
    with scope(version.issuer):
        made.save(update_fields=["version", "switched_on_at"])
    return made


def _attend(version, *keys):
    with across_issuers("a test looks"):
        known = version.issuer.recipients.filter(address_key=HER).first()
    known = known or factories.RecipientFactory(issuer=version.issuer, address=HER, name="Ines Li")
    for key in keys:
        factories.ActivityFactory(issuer=version.issuer, recipient=known, key=key)


def test_c9_rule_says_what_is_missing_and_awards_when_it_is_done(version, rule):
    """An application answered by the rule says what is missing in the rule’s words, and is awarded when that is done."""
    application = apply(form_of(version, ByRule))
    _attend(version, "one")

    assert settle(application).state == "waiting"
    client, page = status(application)
    assert "Not there yet" in page
    assert "1 of 3" in page
    assert "2 more" in page

    _attend(version, "two", "three")
    with clock.at(timezone.now() + timedelta(minutes=1)):
        assert answering.waiting()
        assert answering.settle_chunk() == 1
        assert answering.settle_chunk() == 0
        page = client.get(reverse("application", args=[application.public_id])).content.decode()
    (credential,) = awarded()
    assert (credential.award_key, credential.award.rule_version_id) == ("once", rule.version.pk)
    assert "You have earned" in page


def test_stranger_to_the_institution_is_told_what_it_takes(version, rule):
    application = apply(form_of(version, ByRule))

    assert settle(application).state == "waiting"
    assert "Nothing yet" in status(application)[1]
    assert not answering.waiting()
    with clock.at(timezone.now() + timedelta(days=2)):
        assert answering.waiting()


@pytest.mark.parametrize(
    "held",
    [
        {"switched_on_at": None},
        {"approval": Rule.Approval.ONE},
        {"paused_at": timezone.now()},
        {"ends_on": "2020-01-01"},
        {"cap": 1},
    ],
)
def test_rule_that_is_held_leaves_the_answer_to_staff(version, rule, held):
    with scope(version.issuer):
        Rule.objects.update(**held)
        if "cap" in held:
            award = issuing.intend(
                version.issuer, version, [person()], source="rule", by=None, request_key="first", skip_undo=True
            )
            Award.objects.filter(pk=award.pk).update(rule_version=rule.version)
    application = apply(form_of(version, ByRule))
    _attend(version, "one", "two", "three")

    assert settle(application).state == "waiting"
    assert awarded(recipient__address_key=HER) == []


def test_place_that_an_application_took_is_nobody_elses(version, rule):
    with scope(version.issuer):
        Rule.objects.update(cap=1)
    application = apply(form_of(version, ByRule))
    _attend(version, "one", "two", "three")
    assert settle(application).state == "accepted"

    with scope(version.issuer):
        factories.EarningFactory(issuer=version.issuer, rule_version=rule.version)
    assert award_earned() == 0
    assert len(awarded()) == 1
    with scope(version.issuer):
        Rule.objects.update(cap=2)
    assert award_earned() == 1


def test_award_by_another_way_answers_what_waits(version):
    application = apply(form_of(version, ByStaff))
    settle(application)
    with clock.at(timezone.now() + timedelta(minutes=1)):
        intend(version, person("Ines Li", HER))
        answering.settle_chunk()

    with across_issuers("a test looks"):
        assert Application.objects.get(pk=application.pk).state == "accepted"


# By staff


@pytest.fixture
def decider(version):
    return factories.MembershipFactory(issuer=version.issuer).user


def test_accepting_awards_with_the_undo_window_and_once(version, decider):
    rows = [apply(form_of(version, ByStaff))]
    with scope(version.issuer):
        assert answering.accept([row.pk for row in rows], decider) == 1
        assert answering.accept([row.pk for row in rows], decider) == 0
        done = Application.objects.with_form().get(pk=rows[0].pk)

    assert (done.state, done.told) == ("accepted", "waiting")
    assert done.release_at == done.credential.award.release_at > timezone.now()
    assert "It is being looked at" in status(done)[1]
    with clock.at(timezone.now() + timedelta(minutes=11)):
        assert done.told == "accepted"


def test_many_are_one_batch(version, decider):
    form = form_of(version, ByStaff)
    rows = [apply(form, who=f"p{number}@example.org") for number in range(3)]
    with scope(version.issuer):
        assert answering.accept([row.pk for row in rows], decider) == 3
        assert [award.total for award in Award.objects.all()] == [3]


def test_undone_award_can_be_answered_anew(version, decider):
    application = apply(form_of(version, ByStaff))
    with scope(version.issuer):
        answering.accept([application.pk], decider)
        correcting.cancel_award(Award.objects.get(), by=decider)
        done = Application.objects.with_form().get(pk=application.pk)
        assert done.told == "waiting"
        assert deciding.reopen(done, decider)
        assert answering.accept([application.pk], decider) == 1
        assert Award.objects.count() == 2


def test_declining_is_mailed_after_the_minutes_in_which_it_can_be_taken_back(version, decider):
    application = apply(form_of(version, ByStaff))
    with scope(version.issuer):
        assert deciding.decline(application, decider, reason="The evening is not listed.")
        assert not deciding.decline(application, decider, reason="Twice")
        declined = Application.objects.with_form().get(pk=application.pk)
        mail = OutgoingEmail.objects.get(application=application)
    assert mail.not_before > timezone.now() + timedelta(minutes=9)
    assert "not listed" not in status(application)[1]

    with scope(version.issuer):
        assert deciding.reopen(declined, decider)
        mail.refresh_from_db()
        assert mail.cancelled_at is not None
        assert Application.objects.get(pk=application.pk).state == "waiting"
        deciding.decline(application, decider, reason="The evening is not listed.")
    with clock.at(timezone.now() + timedelta(hours=1)):
        assert "not listed" in status(application)[1]
        with scope(version.issuer):
            assert not deciding.reopen(Application.objects.get(pk=application.pk), decider)


def test_two_institutions_do_not_see_each_others_applications(version):
    application = apply(form_of(version, ByStaff))
    other = factories.MembershipFactory()
    south = signed_in(other.user)
    with scope(other.issuer):
        assert not Application.objects.exists()
        assert answering.accept([application.pk], other.user) == 0

    ids = [other.issuer.slug, application.public_id]
    assert south.post(reverse("manage-application-acceptance", args=ids)).status_code == 404
    assert south.get(reverse("manage-application", args=ids)).status_code == 404
    said = {"deed": "accept", "application": application.public_id, "people": "1"}
    south.post(reverse("manage-applications-selection", args=ids[:1]), said)
    with across_issuers("a test looks"):
        assert Application.objects.get(pk=application.pk).state == "waiting"


def test_erased_account_takes_its_applications_along(version):
    user = factories.UserFactory(email=HER)
    application = apply(form_of(version, ByStaff), "Alexandria", "3", YES)
    told = holding.everything_about(user)["applications"]
    assert told[0]["answers"]["How many evenings?"] == "3"

    holding.forget(user)
    with across_issuers("a test looks"):
        left = Application.objects.get(pk=application.pk)
    assert (left.name, left.answers, HER in left.address_key) == ("", [], False)
