"""Phones at a door: scans and letters, with and without an account, what it counts for, and what it earns."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import codes, delivering, noticing, tasks
from recipients.models import AchievementCredential, Award, CheckIn, ClaimLink, OutgoingEmail, Recipient
from recipients.views import here
from tests import factories
from tests.architecture.walk import signed_in
from tests.published import publish
from tests.recipients import doors
from tests.recipients.doors import facts, mailed_code, mails, scan, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(issuer):
    return doors.session(issuer)


@pytest.fixture
def door(session):
    return factories.CheckInFactory(issuer=session.issuer, opportunity=session)


@pytest.fixture
def to(issuer, session):
    """Address of a staff page of the session."""
    return lambda name: reverse(name, args=[issuer.slug, session.public_id])


@pytest.fixture
def ana(issuer):
    return factories.RecipientFactory(issuer=issuer, name="Ana Li", address="ana@example.org")


def test_scan_of_somebody_who_is_known_is_one_tap_and_one_fact(door, ana, session):
    user = factories.UserFactory(email="ana@example.org", name="Ana")
    phone = signed_in(user)

    answer = scan(phone, token(door))
    assert (answer.status_code, answer["Location"]) == (303, reverse("check-in"))
    page = phone.get(reverse("check-in")).content.decode()
    assert "I am here" in page
    assert 'name="name"' not in page.split("<details")[0]
    assert facts() == []  # looking writes nothing

    assert phone.post(reverse("check-in"))["Location"] == reverse("checked-in")
    for _ in range(3):
        scan(phone, token(door))
        phone.post(reverse("check-in"))
    (fact,) = facts()
    assert (fact.recipient_id, fact.recipient.user_id) == (ana.pk, user.pk)


def test_scan_and_tick_meet_in_one_fact(staff, to, door, ana):
    phone = signed_in(factories.UserFactory(email="ana@example.org"))
    staff.post(to("manage-door-arrival"), {"person": ana.pk})
    scan(phone, token(door))
    phone.post(reverse("check-in"))
    assert len(facts()) == 1

    staff.post(to("manage-door-departure"), {"person": ana.pk})
    scan(phone, token(door))
    phone.post(reverse("check-in"))
    assert len(facts()) == 1


def test_address_that_the_institution_knows_is_chosen_of_several(door, ana):
    user = factories.UserFactory(email="private@example.com")
    user.emailaddress_set.create(email="ana@example.org", verified=True, primary=False)
    phone = signed_in(user)
    scan(phone, token(door))

    assert "ana@example.org" in phone.get(reverse("check-in")).content.decode()
    phone.post(reverse("check-in"))
    assert [fact.recipient_id for fact in facts()] == [ana.pk]


def test_who_is_not_known_yet_says_a_name(door):
    phone = signed_in(factories.UserFactory(email="new@example.org", name=""))
    scan(phone, token(door))

    assert phone.post(reverse("check-in")).status_code == 422
    phone.post(reverse("check-in"), {"name": "Nele Neu"})
    assert [(fact.recipient.name, fact.recipient.address) for fact in facts()] == [("Nele Neu", "new@example.org")]


def test_without_an_account_a_code_by_mail_proves_the_address(client, door):
    scan(client, token(door))
    asked = client.post(reverse("check-in-address"), {"name": "Jo Kim", "email": "Jo@Example.org"})
    assert asked["Location"] == reverse("check-in-code")
    assert facts() == []

    code = mailed_code()
    assert mails()[-1].subject == f"Your code for Writing a résumé: {code}"
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert client.post(reverse("check-in-code"), {"code": wrong}).status_code == 422
    assert client.post(reverse("check-in-code"), {"code": code})["Location"] == reverse("checked-in")
    (fact,) = facts()
    assert (fact.recipient.name, fact.recipient.address, fact.recipient.user) == ("Jo Kim", "Jo@example.org", None)


def test_five_tries_at_a_code_then_only_a_new_one_helps(client, door):
    scan(client, token(door))
    client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"})
    code = mailed_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        client.post(reverse("check-in-code"), {"code": wrong})

    assert client.post(reverse("check-in-code"), {"code": code}).status_code == 422
    client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"})
    assert client.post(reverse("check-in-code"), {"code": mailed_code()}).status_code == 302


def test_answer_is_the_same_whether_or_not_an_address_is_known(door, ana):
    factories.UserFactory(email="holder@example.org")
    pages = []
    for email in ("ana@example.org", "holder@example.org", "nobody@example.org"):
        phone = Client()
        scan(phone, token(door))
        phone.post(reverse("check-in-address"), {"name": "X", "email": email})
        page = phone.get(reverse("check-in-code")).content.decode().replace(email, "…")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))

    assert pages[0] == pages[1] == pages[2]
    assert len({re.sub(r"\d{6}|https?://\S+", "", message.body) for message in mails()}) == 1
    with across_issuers("a test looks"):
        assert Recipient.objects.count() == 1


def test_codes_to_one_address_are_few(client, door):
    for _ in range(here.CODES_TO.most):
        scan(client, token(door))
        assert client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"}).status_code == 302

    again = client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"})
    assert again.status_code == 429
    assert "Wait an hour" in again.content.decode()


def test_letters_are_as_good_as_a_scan_and_wrong_ones_few(client, door):
    said = codes.letters(door.opportunity.public_id, door.key, codes.step_at(clock.now()))
    assert client.post(reverse("here"), {"letters": "BBBBBB"}).status_code == 422
    assert client.post(reverse("here"), {"letters": f"{said[:3]} {said[3:].lower()}"})["Location"] == reverse(
        "check-in"
    )

    answers = [client.post(reverse("here"), {"letters": "BBBBBB"}).status_code for _ in range(here.LETTERS.most)]
    assert answers[-1] == 429


def test_old_forged_and_foreign_codes_say_that_the_code_has_changed(client, door, session):
    other = factories.CheckInFactory()
    forged = codes.token(session.public_id, other.key, codes.step_at(clock.now()))
    unknown = codes.token(factories.OpportunityFactory().public_id, door.key, codes.step_at(clock.now()))
    for tried in (token(door, back=2), token(door, back=-1), forged, unknown, "x" * 43, "%00"):
        answer = client.get(f"/here/{tried}/")
        assert answer.status_code in {400, 404}, tried
        if answer.status_code == 404:
            assert "The code has changed" in answer.content.decode()
    assert client.get(reverse("check-in")).status_code == 404
    assert client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"}).status_code == 404
    assert scan(client, token(door, back=1)).status_code == 303


def test_closed_doors_open_for_nomailed_code(client, door, issuer):
    now = clock.now()
    windows = [
        {"opens_at": now + timedelta(hours=1), "closes_at": now + timedelta(hours=2)},
        {"opens_at": now - timedelta(hours=2), "closes_at": now},
        {"opens_at": None, "closes_at": None},
        {"closed_at": now},
    ]
    for window in windows:
        kept = {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(hours=1), "closed_at": None}
        with across_issuers("a test sets a window"):
            CheckIn.objects.update(**{**kept, **window})
        assert scan(client, token(door)).status_code == 404, window


def test_scan_is_kept_while_the_code_changes_and_the_door_closes_but_ten_minutes_only(client, door):
    scan(client, token(door))
    with across_issuers("a test closes the door"):
        CheckIn.objects.update(closed_at=clock.now())

    with clock.at(clock.now() + timedelta(minutes=9)):
        client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"})
        assert client.get(reverse("check-in-code")).status_code == 200
    code = mailed_code()
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert client.post(reverse("check-in-code"), {"code": code}).status_code == 404
    assert facts() == []


def test_one_scan_checks_in_one_person(client, door):
    scan(client, token(door))
    client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"})
    client.post(reverse("check-in-code"), {"code": mailed_code()})

    assert client.post(reverse("check-in-address"), {"name": "Mo", "email": "mo@example.org"}).status_code == 404


def test_scan_of_one_institution_writes_nothing_at_another(door, issuer):
    factories.CheckInFactory()
    phone = signed_in(factories.UserFactory(email="ana@example.org", name="Ana"))
    scan(phone, token(door))
    phone.post(reverse("check-in"), {"name": "Ana"})

    assert [fact.issuer_id for fact in facts()] == [issuer.pk]


# What it counts for.


@pytest.fixture
def rule(issuer):
    made = factories.RuleVersionFactory(issuer=issuer, rule__achievement__name="Curious Learner").rule
    with across_issuers("a test switches a rule on"):
        type(made).objects.filter(pk=made.pk).update(version=made.versions.get(), switched_on_at=clock.now())
    return made


def test_phone_says_in_the_rules_words_what_it_counts_for(client, door, ana, rule):
    factories.ActivityFactory(issuer=door.issuer, recipient=ana, key="earlier")
    scan(client, token(door))
    client.post(reverse("check-in-address"), {"name": "Ana", "email": "ana@example.org"})
    page = client.post(reverse("check-in-code"), {"code": mailed_code()}, follow=True).content.decode()

    assert "Curious Learner" in page
    assert "Attended at least 3 different sessions tagged" in page
    assert "2 of 3" in page
    assert "Attend 1 more session" in page
    assert reverse("checked-in-news") in page


def test_page_after_checking_in_is_nobody_elses(client, door):
    assert client.get(reverse("checked-in"))["Location"] == reverse("here")
    assert client.post(reverse("checked-in-offer"), {"credential": "x"})["Location"] == reverse("here")
    with across_issuers("a test looks"):
        assert not ClaimLink.objects.exists()


@pytest.fixture
def phone_that_earned(client, issuer):
    """Somebody without an account checks in, and workers look, award and sign."""
    version = publish(issuer, name="Resume Builder Pro")
    needs = {"of": "all", "conditions": [{"type": "count", "kind": "session", "at_least": 1}]}
    made = factories.RuleVersionFactory(
        issuer=issuer, rule__achievement=version.achievement, document={"format": "rule/1", "needs": needs}
    ).rule
    session = factories.OpportunityFactory(issuer=issuer, title="Résumé workshop")
    door = factories.CheckInFactory(issuer=issuer, opportunity=session)
    with across_issuers("a test switches a rule on"):
        type(made).objects.filter(pk=made.pk).update(version=made.versions.get(), switched_on_at=clock.now())
    scan(client, token(door))
    client.post(reverse("check-in-address"), {"name": "Jo Kim", "email": "jo@example.org"})
    client.post(reverse("check-in-code"), {"code": mailed_code()})
    client.waiting = client.get(reverse("checked-in")).content.decode()
    while noticing.evaluate_chunk() + tasks.award_earned() + delivering.sign_chunk():
        continue
    return client


def test_a4_attendance_that_was_checked_in_issues_by_itself_and_once(phone_that_earned):
    """Having been checked in at a verified event issues by itself, and once however often one was ticked or scanned."""
    with across_issuers("a test looks"):
        made = AchievementCredential.objects.listed().get()
        assert (made.recipient.name, made.award.source) == ("Jo Kim", Award.Source.RULE)
        assert OutgoingEmail.objects.get(kind=OutgoingEmail.Kind.OFFER).to == "jo@example.org"


def test_a19_phone_hears_of_it_in_real_time_and_takes_it_there(phone_that_earned):
    """The page that waits after checking in hears of the credential, and it is taken right there."""
    waiting = phone_that_earned.waiting
    assert "Being made" in waiting
    seen = re.search(r"seen=(\w+)", waiting)[1]
    asks = {"headers": {"HX-Request": "true"}}
    page = phone_that_earned.get(reverse("checked-in-news"), {"seen": seen}, **asks).content.decode()
    assert "You earned it" in page
    assert "a link goes to jo@example.org in a moment" in page
    seen = re.search(r"seen=(\w+)", page)[1]
    assert phone_that_earned.get(reverse("checked-in-news"), {"seen": seen}, **asks).status_code == 204

    with across_issuers("a test sends the mail"):
        AchievementCredential.objects.update(offered_at=clock.now())
        made = AchievementCredential.objects.get()
    other = factories.CredentialFactory(offered_at=clock.now())
    take = reverse("checked-in-offer")
    assert phone_that_earned.post(take, {"credential": other.public_id}).status_code == 404
    answer = phone_that_earned.post(take, {"credential": made.public_id}, follow=True)
    assert "You have earned Resume Builder Pro" in answer.content.decode()


def test_award_that_waits_to_be_undone_is_not_told_yet(phone_that_earned):
    with across_issuers("a test sets the undo window"):
        Award.objects.update(release_at=clock.now() + timedelta(minutes=10))

    assert "You earned it" not in phone_that_earned.get(reverse("checked-in")).content.decode()


def test_who_proved_one_address_of_a_person_cannot_take_what_came_to_another(phone_that_earned, issuer):
    user = factories.UserFactory(email="private@example.com")
    other = factories.RecipientFactory(issuer=issuer, user=user, address="private@example.com")
    with across_issuers("a test makes two addresses one person"):
        Recipient.objects.filter(address_key="jo@example.org").update(user=user)
        AchievementCredential.objects.update(offered_at=clock.now(), recipient=other)
        made = AchievementCredential.objects.get()

    page = phone_that_earned.get(reverse("checked-in")).content.decode()
    assert "You earned it" in page
    assert "Take it" not in page
    assert "private@example.com" not in page
    assert phone_that_earned.post(reverse("checked-in-offer"), {"credential": made.public_id}).status_code == 404
