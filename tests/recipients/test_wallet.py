"""Holding: who may see it, addresses, notices, the export, being forgotten; and finding what one has lost."""

import json
import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from issuers.models import Role, User
from issuers.tenancy import across_issuers
from recipients import claiming, correcting, links
from recipients.models import AchievementCredential, MailStop, OutgoingEmail
from tests.architecture.walk import signed_in
from tests.factories import IssuerFactory, MembershipFactory, UserFactory
from tests.published import claimed, issued, person, publish, reread
from verification import listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder():
    return UserFactory(email="amal@example.org", name="Amal Student")


@pytest.fixture
def held(holder):
    return claimed(user=holder)


@pytest.fixture
def wallet(holder):
    return signed_in(holder)


def _offered(*who):
    """Something offered whose mail has left."""
    offer = issued(publish(IssuerFactory()), *who)
    with across_issuers("a test sends"):
        AchievementCredential.objects.filter(pk=offer.pk).update(offered_at=offer.created_at)
    return offer


def _page(credential, client=None):
    return (client or Client()).get(reverse("credential", args=[credential.public_id]))


@pytest.mark.parametrize(("visibility", "status"), [("public", 200), ("link", 200), ("private", 404)])
def test_holder_decides_who_may_see_it_at_any_time(wallet, held, visibility, status):
    wallet.post(reverse("wallet-visibility", args=[held.public_id]), {"visibility": visibility})

    assert _page(held).status_code == status
    assert _page(held, wallet).status_code == 200


def test_stranger_changes_nothing_in_a_wallet(held):
    stranger = signed_in(UserFactory())

    for name in ("wallet-visibility", "wallet-evidence", "wallet-auto-accept"):
        assert stranger.post(reverse(name, args=[held.public_id]), {"visibility": "private"}).status_code == 404
    assert reread(held).visibility == "public"


def test_hidden_evidence_leaves_the_page(wallet, held):
    assert "Poster" in _page(held).content.decode()

    wallet.post(reverse("wallet-evidence", args=[held.public_id]), {"shown": []})

    assert "poster/1" not in _page(held).content.decode().split("Every signed field")[0]


def test_offer_accepted_in_a_wallet_is_in_nobody_elses_hand(wallet, holder):
    offer = _offered(person("Amal Student", holder.email))
    wallet.post(reverse("wallet-offer-acceptance", args=[offer.public_id]))
    other = signed_in(UserFactory())
    session = other.session
    session["own_offer"] = offer.pk
    session.save()

    assert wallet.get(reverse("offer-visibility")).status_code == 200
    assert other.get(reverse("offer-visibility")).status_code == 404
    other.post(reverse("offer-visibility"), {"visibility": "public"})
    assert reread(offer).claimed_at is None


def test_wallet_shows_offers_to_proved_addresses_and_takes_them(wallet, holder):
    offer = _offered(person("Amal Student", holder.email))
    assert "is waiting for you" in wallet.get(reverse("wallet")).content.decode()

    step = wallet.post(reverse("wallet-offer-acceptance", args=[offer.public_id])).url
    assert step == reverse("offer-visibility")
    page = wallet.get(step).content.decode()
    wallet.post(step, {"visibility": "private"})

    assert (reread(offer).holder, reread(offer).visibility) == (holder, "private")
    assert "Prove it is you" not in page
    assert "Use another account" not in page
    assert wallet.get(step).url == reverse("share", args=[offer.public_id])


def test_filters_show_what_they_say(wallet, held):
    assert held.words["name"] in wallet.get(reverse("wallet") + "?show=public").content.decode()
    assert held.words["name"] not in wallet.get(reverse("wallet") + "?show=private").content.decode()


def test_skills_add_up_over_what_counts_today(wallet, holder):
    """Each once a credential; a revoked one adds nothing."""
    issuer = IssuerFactory()
    for number, tags in enumerate([["Listening", "listening", "SQL"], ["LISTENING"], ["Welding"]]):
        version = publish(issuer, name=f"Number {number}", tags=tags)
        last = claimed(version, user=holder, key=f"skills-{number}")
    with across_issuers("a test"):
        correcting.revoke(last, reason="By mistake", by=None)

    page = wallet.get(reverse("wallet")).content.decode()

    assert 'LISTENING</span><span class="quiet">2 credentials' in page
    assert 'SQL</span><span class="quiet">1 credential<' in page
    assert "Welding" not in page


def test_wallet_asks_before_an_offer_is_declined(wallet, holder):
    offer = _offered(person("Amal Student", holder.email))

    page = wallet.get(reverse("wallet")).content.decode()

    assert f'href="#decline-{offer.public_id}"' in page
    assert "It cannot be taken back from here" in page
    wallet.post(reverse("wallet-offer-decline", args=[offer.public_id]))
    assert reread(offer).declined_at is not None


# Addresses


def _add(wallet, email):
    wallet.post(reverse("wallet-address-new"), {"email": email})
    with across_issuers("a test reads a mail"):
        return OutgoingEmail.objects.get(kind="address_code", to=email).context["code"]


def test_address_is_ones_own_only_after_its_code(wallet, holder):
    other = _offered(person("Amal Student", "private@example.org"))
    code = _add(wallet, "private@example.org")
    with across_issuers("a test looks"):
        assert list(claiming.offers_of(holder)) == []

    wrong = wallet.post(reverse("wallet-address-code"), {"code": "000000" if code != "000000" else "111111"})
    assert wrong.status_code == 422
    wallet.post(reverse("wallet-address-code"), {"code": code})

    assert EmailAddress.objects.get(email="private@example.org").verified
    with across_issuers("a test looks"):
        assert list(claiming.offers_of(holder)) == [other]


def test_code_of_five_digits_is_named(wallet):
    _add(wallet, "private@example.org")

    answer = wallet.post(reverse("wallet-address-code"), {"code": "12345"})

    assert answer.status_code == 422
    assert "5 digits" in answer.content.decode()


def test_five_wrong_codes_end_a_code(wallet):
    code = _add(wallet, "private@example.org")
    wrong = "000000" if code != "000000" else "111111"
    for _try in range(5):
        wallet.post(reverse("wallet-address-code"), {"code": wrong})

    wallet.post(reverse("wallet-address-code"), {"code": code})

    assert not EmailAddress.objects.filter(email="private@example.org", verified=True).exists()


def test_credentials_stay_when_the_primary_address_changes_and_the_old_one_goes(wallet, holder, held):
    wallet.post(reverse("wallet-address-code"), {"code": _add(wallet, "private@example.org")})
    wallet.post(reverse("wallet-address-primary"), {"email": "private@example.org"})
    wallet.post(reverse("wallet-address-removal"), {"email": "amal@example.org"})

    assert User.objects.get(pk=holder.pk).email == "private@example.org"
    assert reread(held).holder == holder
    assert held.words["name"] in wallet.get(reverse("wallet")).content.decode()


# Finding


def _find(client, email):
    client.post(reverse("find"), {"email": email})
    return re.sub(r"[\w.]+@example\.org|csrf\w*.{0,200}", "", client.get(reverse("find-sent")).content.decode())


def test_finding_says_the_same_for_known_and_unknown_addresses(held):
    known, unknown = _find(Client(), "amal@example.org"), _find(Client(), "nobody@example.org")

    assert known == unknown
    with across_issuers("a test looks"):
        assert list(OutgoingEmail.objects.filter(kind="links").values_list("to", flat=True)) == ["amal@example.org"]


def test_finding_asks_for_an_address():
    answer = Client().post(reverse("find"), {"email": "amal"})

    assert answer.status_code == 422
    assert "There is no @ in this address" in answer.content.decode()


def test_one_click_stops_mails_and_nothing_else(held):
    with across_issuers("a test reads a mail"):
        token = links.stop_token(OutgoingEmail.objects.get(credential=held, kind="offer"))
    client = Client(enforce_csrf_checks=True)
    assert client.get(reverse("stop", args=[token])).status_code == 200
    assert not MailStop.objects.exists()

    assert client.post(reverse("stop", args=[token]), {"List-Unsubscribe": "One-Click"}).status_code == 200

    assert MailStop.objects.get().issuer == held.issuer


# Data


def test_export_holds_everything_about_oneself_and_nothing_of_others(wallet, held):
    other = claimed(publish(IssuerFactory(), name="Of another"), person("Bo Ek", "bo@example.org"))

    text = wallet.get(reverse("wallet-export")).content.decode()
    data = json.loads(text)

    assert [entry["address"] for entry in data["credentials"]] == [held.url]
    assert json.loads(data["credentials"][0]["signed"])["id"] == held.url
    assert other.public_id not in text


def test_erasure_removes_pages_and_data_and_keeps_the_status_bit(wallet, holder, held):
    with across_issuers("a test revokes"):
        AchievementCredential.objects.filter(pk=held.pk).update(revoked_at=held.claimed_at)

    answer = wallet.post(reverse("wallet-erasure"), {"email": "AMAL@example.org"})

    assert answer.url == reverse("home")
    assert not User.objects.filter(pk=holder.pk).exists()
    assert _page(held).status_code == 404
    left = reread(held)
    assert (left.name, left.document, left.signed, left.holder) == ("", "", "erased", None)
    with across_issuers("a test looks"):
        assert left.status_index in listing.set_indexes(left.status_list)


def test_erasure_asks_for_the_right_address(wallet, holder):
    assert wallet.post(reverse("wallet-erasure"), {"email": "other@example.org"}).status_code == 422
    assert User.objects.filter(pk=holder.pk).exists()


def test_only_owner_is_not_erased_before_somebody_else_owns(wallet, holder):
    MembershipFactory(user=holder, role=Role.OWNER, issuer__name="Harbour College")

    answer = wallet.post(reverse("wallet-erasure"), {"email": holder.email})

    assert answer.status_code == 409
    assert "Harbour College" in answer.content.decode()
    assert User.objects.filter(pk=holder.pk).exists()
