"""The keys of other systems, as an owner or administrator uses them: making, changing over, withdrawing, last calls."""

import html
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers, scope
from recipients import connecting
from recipients.events import kinds, signing
from recipients.models import EventKey
from recipients.views import event_guide
from recipients.views.event_keys import DEEDS
from tests import factories
from tests.recipients.telling import event, send
from tests.verification.public import text
from verification import invariants

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


@pytest.fixture
def to(issuer):
    return lambda name, *rest: reverse(f"manage-event-key{name}", args=[issuer.slug, *rest])


@pytest.fixture
def key(issuer):
    return factories.EventKeyFactory(issuer=issuer)


@pytest.fixture
def proved(staff):
    """The owner has just typed the password again."""
    assert staff.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    return staff


def _keys(issuer):
    with scope(issuer):
        return list(EventKey.objects.order_by("id"))


def _make(client, to, **values):
    return client.post(
        to("-new"), {"name": "Door scanner", "way": "events", "request_key": "a" * 22} | values, follow=True
    )


def _shown(answer):
    return re.findall(r"whsec_[A-Za-z0-9+/=]+", html.unescape(answer.content.decode()))


# Making.


def test_owner_makes_a_key_whose_secret_is_shown_once_and_stored_sealed(issuer, proved, owner, to, client):
    answer = _make(proved, to)

    (key,) = _keys(issuer)
    (secret,) = _shown(answer)
    assert answer["Cache-Control"].count("no-store") == 1
    assert key.opened().decode() == secret
    assert signing._raw(secret) not in bytes(key.secret)
    assert secret not in proved.get(to("s")).content.decode()
    assert secret not in proved.get(to("", key.key_id)).content.decode()
    assert send(client, _told(key, secret), event()).status_code == 202
    with across_issuers("a test looks"):
        made = AuditEvent.objects.get(action="event_key.made")
    assert (made.actor, made.details) == (owner, {"kind": "events"})
    assert "made a key for another system (signed events)" in text(
        proved.get(reverse("manage-audit", args=[issuer.slug]))
    )


def _told(key, secret):
    key.told = secret
    return key


def test_key_for_xapi_is_shown_as_endpoint_user_and_password(issuer, proved, to):
    page = text(_make(proved, to, way="xapi", name="Moodle"))

    assert "Endpoint" in page and "User name" in page and "Password" in page
    assert "Python" not in page


def test_pressing_twice_makes_one_key(issuer, proved, to):
    first, again = _make(proved, to), _make(proved, to)

    assert len(_shown(first)) == 1
    assert _shown(again) == [] and "was made before" in text(again)
    assert len(_keys(issuer)) == 1


def test_nothing_is_made_before_the_password_is_typed_again(issuer, staff, to, key):
    for address in (to("-new"), to("-successor", key.key_id), to("-withdrawal", key.key_id)):
        answer = staff.post(address, {"name": "x", "way": "events", "request_key": "x"})
        assert answer["Location"].startswith(reverse("account_reauthenticate"))

    assert [row.withdrawn_at for row in _keys(issuer)] == [None]


def test_form_says_what_is_missing(issuer, proved, to):
    answer = _make(proved, to, name="", way="fax")

    assert answer.status_code == 422
    assert _keys(issuer) == []


def test_keys_are_made_twenty_times_a_day_at_most(issuer, proved, to):
    for _ in range(DEEDS.most):
        DEEDS.allows(str(issuer.pk))

    assert "Many keys were made today" in text(_make(proved, to))
    assert _keys(issuer) == []


@pytest.mark.parametrize("role", [Role.AWARDER, Role.DESIGNER, Role.REVIEWER, Role.VIEWER])
def test_others_see_nothing_of_it(issuer, client, to, key, role):
    client.force_login(factories.MembershipFactory(issuer=issuer, role=role).user)

    assert client.get(to("s")).status_code == client.get(to("", key.key_id)).status_code == 403
    assert "Other systems" not in client.get(reverse("manage-home", args=[issuer.slug])).content.decode()


# Changing over and withdrawing.


def test_second_key_stands_beside_the_first_until_that_is_withdrawn(issuer, proved, to, key, client):
    answer = proved.post(to("-successor", key.key_id), {"request_key": "b" * 22})
    first, second = _keys(issuer)
    _told(second, *_shown(answer))

    assert (second.name, second.way, second.origin) == (first.name, first.way, first.key_id)
    assert [send(client, one, event(str(n))).status_code for n, one in enumerate((key, second))] == [202, 202]
    third = proved.post(to("-successor", key.key_id), {"request_key": "c" * 22}, follow=True)
    assert "as many keys in use as there may be" in text(third)

    withdrawn = proved.post(to("-withdrawal", key.key_id), follow=True)
    assert "Nothing is taken with this key any more" in text(withdrawn)
    assert [send(client, one, event("3")).status_code for one in (key, second)] == [401, 202]
    first = _keys(issuer)[0]
    assert (bytes(first.secret), first.kek) == (b"", "")
    assert "withdrawn before" in text(proved.post(to("-withdrawal", key.key_id), follow=True))


def test_secret_is_erased_with_the_withdrawal_by_the_database(issuer, key):
    with (
        scope(issuer),
        pytest.raises(IntegrityError, match="only_event_keys_in_use_have_a_secret"),
        transaction.atomic(),
    ):
        EventKey.objects.filter(pk=key.pk).update(withdrawn_at="2026-11-20T12:00:00Z")


def test_no_more_than_twenty_keys_are_in_use(issuer, owner):
    factories.EventKeyFactory.create_batch(connecting.MOST_IN_USE, issuer=issuer)

    with scope(issuer), pytest.raises(connecting.TooMany):
        connecting.make(issuer, owner, name="One more", way="events", request_key="x")


def test_key_of_another_institution_is_not_there(proved, to):
    foreign = factories.EventKeyFactory()

    assert proved.get(to("", foreign.key_id)).status_code == 404
    assert proved.post(to("-withdrawal", foreign.key_id)).status_code == 404
    assert proved.post(to("-successor", foreign.key_id), {"request_key": "x"}).status_code == 404
    assert _keys(foreign.issuer)[0].withdrawn_at is None


# What was sent.


def test_last_calls_say_what_was_recorded_and_why_something_was_refused(staff, to, key, client):
    send(client, key, [event("1"), event("2")])
    send(
        client,
        key,
        [event("2"), event("3", type="quizz.scored"), event("4", actor={"email": "x@example.org"}, at="noon")],
    )
    send(client, key, event(actor={"email": "stranger@example.org"}))
    send(client, key, b"{", message="broken")

    page = text(staff.get(to("", key.key_id)))

    assert "2 recorded." in page
    assert "/1/type “quizz.scored” is no kind of activity here." in page
    assert "/2/at noon is no moment." in page
    assert "Somebody is not known here yet, so that a name is needed." in page
    assert "The body is no JSON that can be read" in page and "broken" in page
    assert "stranger" not in page
    assert "Refused with status 422." in page


def test_pages_without_anything_say_what_to_do(issuer, staff, to, key):
    assert "Nothing has been sent yet" in text(staff.get(to("", key.key_id)))
    with scope(issuer):
        connecting.withdraw(key, None)
    page = text(staff.get(to("s")))
    assert "No system is connected yet" in page and "Withdrawn keys" in page


def test_list_costs_the_same_for_many_calls(staff, to, key, django_assert_max_num_queries):
    factories.EventCallFactory.create_batch(60, issuer=key.issuer, key=key)
    factories.EventKeyFactory.create_batch(9, issuer=key.issuer)

    with django_assert_max_num_queries(14):
        assert "Taken" in staff.get(to("s")).content.decode()
    with django_assert_max_num_queries(18):  # a list has a time limit of its own: three statements
        assert "?before=" in staff.get(to("", key.key_id)).content.decode()


# Secrets at rest.


def test_secrets_move_to_a_newer_key_encryption_key_with_the_others(issuer, key, settings, client):
    settings.KEY_ENCRYPTION_KEYS = ["newer:" + "B" * 43 + "=", *settings.KEY_ENCRYPTION_KEYS]
    out = StringIO()
    call_command("keys_reseal", stdout=out)
    settings.KEY_ENCRYPTION_KEYS = settings.KEY_ENCRYPTION_KEYS[:1]

    assert "1 keys are closed under 'newer' now" in out.getvalue()
    assert send(client, key, event()).status_code == 202


def test_sealed_secrets_cannot_be_swapped_between_rows(issuer, key, client):
    other = factories.EventKeyFactory()
    with across_issuers("a thief of the database swaps two secrets"):
        EventKey.objects.filter(pk=key.pk).update(secret=_keys(other.issuer)[0].secret, kek=other.kek)

    assert send(client, key, event()).status_code == 503
    assert send(client, key, event(), secret=other.told).status_code == 503


def test_operator_is_told_of_secrets_that_do_not_open(issuer, key, settings):
    with across_issuers("a test looks"):
        assert list(invariants.other_secrets_open()) == []
        settings.KEY_ENCRYPTION_KEYS = ["newer:" + "B" * 43 + "="]
        (said,) = invariants.other_secrets_open()

    assert key.key_id in said and "not in KEY_ENCRYPTION_KEYS" in said


def test_operator_withdraws_keys_by_name_or_all_of_them(issuer, key, client):
    other = factories.EventKeyFactory()
    with pytest.raises(CommandError, match="Name a key"):
        call_command("event_keys_withdraw")
    with pytest.raises(CommandError, match="uses no key"):
        call_command("event_keys_withdraw", other.key_id, issuer=issuer.slug)
    call_command("event_keys_withdraw", key.key_id, issuer=issuer.slug, stdout=StringIO())
    assert [send(client, one, event()).status_code for one in (key, other)] == [401, 202]

    call_command("event_keys_withdraw", every=True, stdout=StringIO())
    assert send(client, other, event()).status_code == 401


def test_reference_shows_the_program_of_the_page(settings):
    reference = (settings.ROOT / "docs" / "events.md").read_text()
    fields = [field.name for field in event_guide.FIELDS]

    assert event_guide.samples("ek_…")["python"].replace(settings.SITE_URL, "https://your.site") in reference
    assert [name for name in fields if name.split(".")[-1] not in reference] == []
    assert [kind for kind in event_guide.EXAMPLES if f"`{kind}`" not in reference] == []


def test_examples_of_the_page_are_kinds():
    for kind, examples in event_guide.EXAMPLES.items():
        assert {kinds.kind(name) for name in examples.split(", ")} == {kind}
