"""The key page, as an owner uses it: what each key is for, changing one, withdrawing one, and how far signing again is."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from issuers import keys
from issuers.models import AuditEvent, Role, SigningKey
from issuers.tenancy import across_issuers, scope
from recipients import delivering
from recipients.models import AchievementCredential
from recipients.views.keys import DEEDS
from tests.factories import IssuerFactory, MembershipFactory, UserFactory
from tests.published import claimed, issuer_with_keys, person, publish
from tests.verification.public import text

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


@pytest.fixture
def issuer(db):
    return issuer_with_keys(slug="north", name="North College")


@pytest.fixture
def to(issuer):
    return lambda name, *rest: reverse(name, args=[issuer.slug, *rest])


def signing(issuer, kind="ed25519"):
    with scope(issuer):
        return SigningKey.objects.signing().get(kind=kind)


def counted(issuer):
    with scope(issuer):
        return (SigningKey.objects.count(), SigningKey.objects.withdrawn().count())


@pytest.fixture
def proved(staff):
    """The owner has just typed the password again."""
    answer = staff.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert answer.status_code == 302
    return staff


def _rotate(client, to, key, reason="Every year"):
    return client.post(to("manage-key-rotation"), {"key": key.pk, "reason": reason}, follow=True)


def _withdraw(client, to, key, typed="north", reason="A laptop was stolen"):
    data = {"reason": reason, "confirmation": typed}
    return client.post(to("manage-key-compromise", key.pk), data, follow=True)


# What is shown.


def test_page_says_what_each_key_is_for_and_what_it_signed(issuer, staff, to):
    claimed(publish(issuer), person())
    with scope(issuer):
        keys.rotate(issuer, "ed25519", None, "Every year")

    page = text(staff.get(to("manage-keys")))

    assert "Signs every credential that you issue" in page
    assert "Signs a second form of a credential (JWT)" in page
    assert "Signed 0 credentials" in page
    assert "Earlier keys" in page and "Every year" in page and "Retired" in page
    with scope(issuer):
        assert all(key.multibase in page for key in SigningKey.objects.all())


def test_page_counts_the_credentials_of_this_institution_alone(issuer, staff, to):
    claimed(publish(issuer), person())
    other = publish(IssuerFactory(), name="Elsewhere")
    for number in range(2):
        claimed(other, person(f"Person {number}", f"p{number}@example.org"), key=str(number))

    assert "Signed 1 credential Public half" in text(staff.get(to("manage-keys")))


def test_admin_sees_keys_and_no_buttons(issuer, client, to):
    client.force_login(MembershipFactory(issuer=issuer, role=Role.ADMIN).user)

    page = client.get(to("manage-keys")).content.decode()

    assert "Owners can change keys" in page
    assert "Change the key" not in page and "<dialog" not in page


# Who must prove who they are.


@pytest.mark.parametrize("deed", [_rotate, _withdraw])
def test_nothing_happens_before_the_password_is_typed_again(issuer, staff, to, deed):
    before = counted(issuer)

    answer = deed(staff, to, signing(issuer))

    assert answer.redirect_chain[0][0].startswith(reverse("account_reauthenticate"))
    assert counted(issuer) == before


def test_form_goes_on_by_itself_once_the_password_is_typed(issuer, staff, to):
    old = signing(issuer)
    asked = staff.post(to("manage-key-rotation"), {"key": old.pk, "reason": "Every year"})

    wrong = staff.post(asked["Location"], {"password": "no", "next": to("manage-key-rotation")})
    assert wrong.status_code == 200 and signing(issuer) == old
    staff.post(asked["Location"], {"password": PASSWORD, "next": to("manage-key-rotation")})

    assert signing(issuer) != old


def test_account_without_anything_to_prove_it_with_is_told_so(issuer, client, to):
    user = MembershipFactory(issuer=issuer, role=Role.OWNER, user=UserFactory()).user
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    before = counted(issuer)

    answer = _withdraw(client, to, signing(issuer))

    assert "Set a password or a passkey first" in text(answer)
    assert counted(issuer) == before


# Changing.


def test_owner_changes_a_key_and_the_trail_says_who(issuer, proved, owner, to):
    old = signing(issuer)

    answer = _rotate(proved, to, old)

    assert "the old one stays published" in text(answer)
    assert signing(issuer) != old
    with across_issuers("a test looks"):
        event = AuditEvent.objects.get(action="key.rotated")
    assert (event.actor, event.details) == (owner, {"kind": "ed25519"})
    assert "changed the signing key (Ed25519)" in text(proved.get(reverse("manage-audit", args=[issuer.slug])))


def test_pressing_twice_changes_once(issuer, proved, to):
    old = signing(issuer)
    _rotate(proved, to, old)
    answer = _rotate(proved, to, old)

    assert "had been changed before" in text(answer)
    assert counted(issuer) == (3, 0)


@pytest.mark.parametrize("value", ["", "0", "x", "99999999999999999999"])
def test_key_that_is_none_changes_nothing(issuer, proved, to, value):
    answer = proved.post(to("manage-key-rotation"), {"key": value}, follow=True)

    assert "Nothing was changed" in text(answer)
    assert counted(issuer) == (2, 0)


def test_key_of_another_institution_is_neither_changed_nor_withdrawn(issuer, proved, to):
    other = issuer_with_keys(slug="south")
    foreign = signing(other)

    assert "Nothing was changed" in text(_rotate(proved, to, foreign))
    assert _withdraw(proved, to, foreign).status_code == 404
    assert (counted(issuer), counted(other)) == ((2, 0), (2, 0))


# Withdrawing.


@pytest.mark.parametrize(
    ("typed", "reason", "said"),
    [
        ("South", "x", "That is not the short name. Type north."),
        ("", "x", "To confirm"),
        ("north", "", "What happened"),
        ("north", "x" * 301, "What happened"),
    ],
)
def test_withdrawal_needs_its_reason_and_the_short_name(issuer, proved, to, typed, reason, said):
    answer = _withdraw(proved, to, signing(issuer), typed, reason)

    assert answer.status_code == 422
    assert said in text(answer)
    assert 'class="error' in answer.content.decode() or "error" in answer.content.decode()
    assert counted(issuer) == (2, 0)


def test_owner_withdraws_a_key_and_sees_how_far_signing_again_is(issuer, proved, owner, to, monkeypatch):
    monkeypatch.setattr(delivering, "SIGN_CHUNK", 1)
    version = publish(issuer)
    for number in range(3):
        claimed(version, person(f"Person {number}", f"p{number}@example.org"), key=str(number))
    key = signing(issuer)

    answer = _withdraw(proved, to, key)
    assert "is being signed again with the new one" in text(answer)
    assert "3 credentials wait to be signed again. 0 of 3 are done." in text(answer)
    assert "3 to sign again" in text(answer) and "A laptop was stolen" in text(answer)
    with across_issuers("a test looks"):
        assert AuditEvent.objects.get(action="key.compromised").actor == owner

    delivering.sign_again_chunk()
    part = proved.get(to("manage-keys-progress"), headers={"HX-Request": "true"})
    assert "2 credentials wait to be signed again. 1 of 3 are done." in text(part)
    assert "every 2s" in part.content.decode()

    while delivering.sign_again_chunk():
        continue
    part = proved.get(to("manage-keys-progress"), headers={"HX-Request": "true"})
    assert "3 credentials are signed again." in text(part)
    assert "every 2s" not in part.content.decode()
    assert "none left" in text(proved.get(to("manage-keys")))


def test_what_could_not_be_signed_again_says_why_and_is_tried_again_by_a_button(issuer, proved, to):
    row = claimed(publish(issuer), person())
    with scope(issuer):
        keys.compromise(signing(issuer), None, "x")
        good = row.document
        AchievementCredential.objects.filter(pk=row.pk).update(document=good.replace('"name":', '"nom":', 1))
    delivering.sign_again_chunk()

    page = text(proved.get(to("manage-keys")))
    assert "1 credential could not be signed again." in page and "NotPrepared" in page
    with scope(issuer):
        AchievementCredential.objects.filter(pk=row.pk).update(document=good)
    assert "tried again now" in text(proved.post(to("manage-keys-renewal"), follow=True))
    assert delivering.sign_again_chunk() == 1
    assert "1 credential is signed again." in text(proved.get(to("manage-keys")))


def test_progress_without_script_is_the_page_itself(staff, to):
    assert staff.get(to("manage-keys-progress"))["Location"] == to("manage-keys")


def test_keys_are_changed_five_times_a_day_at_most(issuer, proved, to):
    for _ in range(DEEDS.most):
        _rotate(proved, to, signing(issuer))
    before = signing(issuer)

    refused = (_rotate(proved, to, before), _withdraw(proved, to, before))

    assert all("Keys were changed five times today" in text(answer) for answer in refused)
    assert signing(issuer) == before
    cache.clear()
    _rotate(proved, to, before)
    assert signing(issuer) != before
