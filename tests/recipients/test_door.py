"""The door of a session: ticks of helpers, scans of phones, with and without an account. One fact a person and session."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from issuers import clock
from issuers.models import AuditEvent
from issuers.tenancy import across_issuers
from recipients import arriving, codes, delivering, emails, noticing, tasks
from recipients.models import AchievementCredential, Activity, Award, CheckIn, ClaimLink, OutgoingEmail, Recipient
from recipients.views import here
from tests import factories
from tests.architecture.walk import signed_in
from tests.published import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(issuer):
    return factories.OpportunityFactory(
        issuer=issuer, title="Writing a résumé", tags=["webinar"], place="Room 4", value="1.5", unit="hours"
    )


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


def _facts(**conditions):
    with across_issuers("a test looks"):
        return list(Activity.objects.counting().filter(**conditions).select_related("recipient"))


def _token(door, back=0):
    step = codes.step_at(clock.now()) - back
    return codes.token(door.opportunity.public_id, door.key, step)


def _scan(client, token, **options):
    return client.get(reverse("scan", args=[token]), **options)


def _mails():
    with across_issuers("a test reads mails"):
        return [emails.compose(row) for row in OutgoingEmail.objects.order_by("pk")]


def _code():
    return re.search(r"\b\d{6}\b", _mails()[-1].body)[0]


# Helpers tick.


def test_one_tap_says_that_somebody_is_here_and_another_takes_it_back(staff, to, ana, session, owner):
    answer = staff.post(to("manage-door-arrival"), {"person": ana.pk, "q": "ana", "show": "missing"})

    assert answer["Location"] == f"{to('manage-door')}?q=ana&show=missing#p-{ana.pk}"
    (fact,) = _facts()
    assert (fact.recipient, fact.key, fact.tags, str(fact.value), fact.unit) == (
        ana,
        session.key,
        ["webinar"],
        "1.5000",
        "hours",
    )
    assert fact.recorded_by == owner

    staff.post(to("manage-door-departure"), {"person": ana.pk})
    assert _facts() == []
    staff.post(to("manage-door-arrival"), {"person": ana.pk})
    assert len(_facts()) == 1


def test_two_helpers_tick_one_person_once_and_see_each_other(staff, to, ana, issuer):
    other = signed_in(factories.MembershipFactory(issuer=issuer, role="awarder").user)
    seen = re.search(r"seen=(\w+)", other.get(to("manage-door")).content.decode())[1]
    asks = {"headers": {"HX-Request": "true"}}
    assert other.get(to("manage-door-people"), {"seen": seen}, **asks).status_code == 204

    for client in (staff, other, staff):
        client.post(to("manage-door-arrival"), {"person": ana.pk})

    assert len(_facts()) == 1
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
    assert {fact.recipient.name for fact in _facts()} == {"Jo Kim", "Ana Li"}


def test_people_and_groups_of_another_institution_cannot_be_ticked(staff, to, issuer):
    other = factories.GroupMemberFactory()

    staff.post(to("manage-door-arrival"), {"person": other.recipient.pk})
    assert staff.post(to("manage-door-expected"), {"group": other.group.pk}).status_code == 422
    assert _facts() == []


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


# Phones scan.


def test_scan_of_somebody_who_is_known_is_one_tap_and_one_fact(door, ana, session):
    user = factories.UserFactory(email="ana@example.org", name="Ana")
    phone = signed_in(user)

    answer = _scan(phone, _token(door))
    assert (answer.status_code, answer["Location"]) == (303, reverse("check-in"))
    page = phone.get(reverse("check-in")).content.decode()
    assert "I am here" in page
    assert 'name="name"' not in page.split("<details")[0]
    assert _facts() == []  # looking writes nothing

    assert phone.post(reverse("check-in"))["Location"] == reverse("checked-in")
    for _ in range(3):
        _scan(phone, _token(door))
        phone.post(reverse("check-in"))
    (fact,) = _facts()
    assert (fact.recipient_id, fact.recipient.user_id) == (ana.pk, user.pk)


def test_scan_and_tick_meet_in_one_fact(staff, to, door, ana):
    phone = signed_in(factories.UserFactory(email="ana@example.org"))
    staff.post(to("manage-door-arrival"), {"person": ana.pk})
    _scan(phone, _token(door))
    phone.post(reverse("check-in"))
    assert len(_facts()) == 1

    staff.post(to("manage-door-departure"), {"person": ana.pk})
    _scan(phone, _token(door))
    phone.post(reverse("check-in"))
    assert len(_facts()) == 1


def test_address_that_the_institution_knows_is_chosen_of_several(door, ana):
    user = factories.UserFactory(email="private@example.com")
    user.emailaddress_set.create(email="ana@example.org", verified=True, primary=False)
    phone = signed_in(user)
    _scan(phone, _token(door))

    assert "ana@example.org" in phone.get(reverse("check-in")).content.decode()
    phone.post(reverse("check-in"))
    assert [fact.recipient_id for fact in _facts()] == [ana.pk]


def test_who_is_not_known_yet_says_a_name(door):
    phone = signed_in(factories.UserFactory(email="new@example.org", name=""))
    _scan(phone, _token(door))

    assert phone.post(reverse("check-in")).status_code == 422
    phone.post(reverse("check-in"), {"name": "Nele Neu"})
    assert [(fact.recipient.name, fact.recipient.address) for fact in _facts()] == [("Nele Neu", "new@example.org")]


def test_without_an_account_a_code_by_mail_proves_the_address(client, door):
    _scan(client, _token(door))
    asked = client.post(reverse("check-in-address"), {"name": "Jo Kim", "email": "Jo@Example.org"})
    assert asked["Location"] == reverse("check-in-code")
    assert _facts() == []

    code = _code()
    assert _mails()[-1].subject == f"Your code for Writing a résumé: {code}"
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert client.post(reverse("check-in-code"), {"code": wrong}).status_code == 422
    assert client.post(reverse("check-in-code"), {"code": code})["Location"] == reverse("checked-in")
    (fact,) = _facts()
    assert (fact.recipient.name, fact.recipient.address, fact.recipient.user) == ("Jo Kim", "Jo@example.org", None)


def test_five_tries_at_a_code_then_only_a_new_one_helps(client, door):
    _scan(client, _token(door))
    client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"})
    code = _code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        client.post(reverse("check-in-code"), {"code": wrong})

    assert client.post(reverse("check-in-code"), {"code": code}).status_code == 422
    client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"})
    assert client.post(reverse("check-in-code"), {"code": _code()}).status_code == 302


def test_answer_is_the_same_whether_or_not_an_address_is_known(door, ana):
    factories.UserFactory(email="holder@example.org")
    pages = []
    for email in ("ana@example.org", "holder@example.org", "nobody@example.org"):
        phone = Client()
        _scan(phone, _token(door))
        phone.post(reverse("check-in-address"), {"name": "X", "email": email})
        page = phone.get(reverse("check-in-code")).content.decode().replace(email, "…")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))

    assert pages[0] == pages[1] == pages[2]
    assert len({re.sub(r"\d{6}|https?://\S+", "", message.body) for message in _mails()}) == 1
    with across_issuers("a test looks"):
        assert Recipient.objects.count() == 1


def test_codes_to_one_address_are_few(client, door):
    for _ in range(here.CODES_TO.most):
        _scan(client, _token(door))
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
    for token in (_token(door, back=2), _token(door, back=-1), forged, unknown, "x" * 43, "%00"):
        answer = client.get(f"/here/{token}/")
        assert answer.status_code in {400, 404}, token
        if answer.status_code == 404:
            assert "The code has changed" in answer.content.decode()
    assert client.get(reverse("check-in")).status_code == 404
    assert client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"}).status_code == 404
    assert _scan(client, _token(door, back=1)).status_code == 303


def test_closed_doors_open_for_no_code(client, door, issuer):
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
        assert _scan(client, _token(door)).status_code == 404, window


def test_scan_is_kept_while_the_code_changes_and_the_door_closes_but_ten_minutes_only(client, door):
    _scan(client, _token(door))
    with across_issuers("a test closes the door"):
        CheckIn.objects.update(closed_at=clock.now())

    with clock.at(clock.now() + timedelta(minutes=9)):
        client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"})
        assert client.get(reverse("check-in-code")).status_code == 200
    code = _code()
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert client.post(reverse("check-in-code"), {"code": code}).status_code == 404
    assert _facts() == []


def test_one_scan_checks_in_one_person(client, door):
    _scan(client, _token(door))
    client.post(reverse("check-in-address"), {"name": "Jo", "email": "jo@example.org"})
    client.post(reverse("check-in-code"), {"code": _code()})

    assert client.post(reverse("check-in-address"), {"name": "Mo", "email": "mo@example.org"}).status_code == 404


def test_scan_of_one_institution_writes_nothing_at_another(door, issuer):
    factories.CheckInFactory()
    phone = signed_in(factories.UserFactory(email="ana@example.org", name="Ana"))
    _scan(phone, _token(door))
    phone.post(reverse("check-in"), {"name": "Ana"})

    assert [fact.issuer_id for fact in _facts()] == [issuer.pk]


# What it counts for.


@pytest.fixture
def rule(issuer):
    made = factories.RuleVersionFactory(issuer=issuer, rule__achievement__name="Curious Learner").rule
    with across_issuers("a test switches a rule on"):
        type(made).objects.filter(pk=made.pk).update(version=made.versions.get(), switched_on_at=clock.now())
    return made


def test_phone_says_in_the_rules_words_what_it_counts_for(client, door, ana, rule):
    factories.ActivityFactory(issuer=door.issuer, recipient=ana, key="earlier")
    _scan(client, _token(door))
    client.post(reverse("check-in-address"), {"name": "Ana", "email": "ana@example.org"})
    page = client.post(reverse("check-in-code"), {"code": _code()}, follow=True).content.decode()

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
    _scan(client, _token(door))
    client.post(reverse("check-in-address"), {"name": "Jo Kim", "email": "jo@example.org"})
    client.post(reverse("check-in-code"), {"code": _code()})
    client.waiting = client.get(reverse("checked-in")).content.decode()
    while noticing.evaluate_chunk() + tasks.award_earned() + delivering.sign_chunk():
        continue
    return client


def test_a4_attendance_that_was_checked_in_issues_by_itself_and_once(phone_that_earned):
    with across_issuers("a test looks"):
        made = AchievementCredential.objects.listed().get()
        assert (made.recipient.name, made.award.source) == ("Jo Kim", Award.Source.RULE)
        assert OutgoingEmail.objects.get(kind=OutgoingEmail.Kind.OFFER).to == "jo@example.org"


def test_a19_phone_hears_of_it_in_real_time_and_takes_it_there(phone_that_earned):
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
