"""From a mailed link to a claimed credential, and what a link, an address and a stranger may not do."""

import pytest
from django.test import Client
from django.urls import reverse

from issuers import clock, entrance
from issuers.cleaning import address
from issuers.tenancy import across_issuers
from recipients import claiming, correcting, links
from recipients.models import AchievementCredential, AutoAccept, Notice, OutgoingEmail, Recipient
from tests.architecture.walk import signed_in
from tests.factories import IssuerFactory, MembershipFactory, UserFactory
from tests.published import claimed, intend, issued, person, publish, reread

pytestmark = pytest.mark.django_db


def _link(credential):
    with across_issuers("a test reads a mail"):
        mail = OutgoingEmail.objects.get(credential=credential, kind="offer", sequence=0)
        return reverse("claim", args=[links.remember(mail, credential.pk, credential.issuer_id)])


@pytest.fixture
def offer():
    return issued()


def _opened(offer, client=None):
    client = client or Client()
    client.get(_link(offer))
    return client


def test_link_moves_into_the_session_and_out_of_the_address(offer, client):
    answer = client.get(_link(offer))

    assert (answer.status_code, answer.url) == (303, reverse("offer"))
    assert offer.public_id not in answer.url
    assert answer["Referrer-Policy"] == "same-origin"


def test_looking_at_an_offer_only_leaves_the_hint_that_it_was_opened(offer, client):
    for _look in range(3):
        client.get(_link(offer))
        client.get(reverse("offer"))

    now = reread(offer)
    assert now.followed_at is not None
    assert (now.accepted_at, now.claimed_at, now.declined_at) == (None, None, None)


def test_offer_says_what_is_offered_and_by_whom(offer):
    page = _opened(offer).get(reverse("offer")).content.decode()

    assert "You have earned Community Mentor" in page
    assert offer.issuer.name in page
    assert offer.recipient.address not in page


@pytest.mark.parametrize("token", ["x" * 43, "short", "%00"])
def test_unknown_link_is_answered_with_help(client, token):
    answer = client.get(f"/claim/{token}/")

    assert answer.status_code in {400, 404}


def test_offer_without_a_link_shows_nothing(client):
    assert client.get(reverse("offer")).status_code == 404


@pytest.mark.parametrize("visibility", ["public", "link", "private"])
def test_whoever_has_the_link_accepts_and_claims_it_as_they_choose(offer, visibility):
    user = UserFactory(email="somebody.else@example.org")
    client = _opened(offer, signed_in(user))

    assert client.post(reverse("offer-acceptance")).url == reverse("offer-visibility")
    answer = client.post(reverse("offer-visibility"), {"visibility": visibility})

    assert answer.url == reverse("share", args=[offer.public_id])
    assert (reread(offer).holder, reread(offer).visibility) == (user, visibility)


def test_claim_by_link_brings_nothing_else_of_that_address(offer):
    """The offered address is proved by a code, never by the link (it may have been forwarded)."""
    other = issued(
        publish(IssuerFactory(), name="Another"), person("Amal Student", offer.recipient.address), key="other"
    )
    user = UserFactory(email="somebody.else@example.org")
    client = _opened(offer, signed_in(user))
    client.post(reverse("offer-acceptance"))
    client.post(reverse("offer-visibility"), {"visibility": "link"})

    with across_issuers("a test looks"):
        assert list(claiming.offers_of(user)) == []
        assert Recipient.objects.get(pk=offer.recipient_id).user is None
    assert "not in your wallet yet" in client.get(reverse("share", args=[offer.public_id])).content.decode()
    assert reread(other).holder is None


def test_accepting_without_an_account_leads_to_one_field(offer):
    client = _opened(offer)

    assert client.post(reverse("offer-acceptance")).url == reverse("offer-account")
    page = client.get(reverse("offer-account")).content.decode()
    assert page.count('type="email"') == 1
    assert reread(offer).claimed_at is None


def test_claiming_needs_acceptance_first(offer):
    client = _opened(offer, signed_in(UserFactory()))

    assert client.post(reverse("offer-visibility"), {"visibility": "public"}).url == reverse("offer")
    assert reread(offer).claimed_at is None


def test_second_person_with_the_link_comes_too_late(offer):
    first, second = UserFactory(), UserFactory()
    clients = [_opened(offer, signed_in(user)) for user in (first, second)]
    for client in clients:
        client.post(reverse("offer-acceptance"))
        client.post(reverse("offer-visibility"), {"visibility": "link"})

    assert reread(offer).holder == first
    assert clients[1].get(reverse("share", args=[offer.public_id])).status_code == 404


def test_declined_offer_is_nobodys(offer):
    client = _opened(offer, signed_in(UserFactory()))

    client.post(reverse("offer-decline"))
    client.post(reverse("offer-acceptance"))

    assert reread(offer).declined_at is not None
    assert reread(offer).accepted_at is None
    assert "You declined this" in client.get(reverse("offer")).content.decode()


def test_cancelled_offer_cannot_be_taken(offer):
    client = _opened(offer, signed_in(UserFactory()))
    with across_issuers("a test"):
        correcting.cancel(offer, by=None)

    client.post(reverse("offer-acceptance"))

    assert reread(offer).accepted_at is None
    assert "withdrawn" in client.get(reverse("offer")).content.decode()


def test_lapsed_offer_says_so(offer):
    with across_issuers("a test"):
        AchievementCredential.objects.update(offer_expires_at=offer.created_at)

    assert "This offer has ended" in _opened(offer).get(reverse("offer")).content.decode()


def test_person_who_takes_everything_is_not_asked_again():
    version = publish(IssuerFactory())
    user = UserFactory(email="amal@example.org")
    offer = issued(version, person("Amal Student", user.email))
    client = _opened(offer, signed_in(user))
    client.post(reverse("offer-acceptance"))
    client.post(reverse("offer-visibility"), {"visibility": "public", "take_all": "on"})
    with across_issuers("a test looks"):
        assert AutoAccept.objects.filter(user=user, issuer=version.issuer).count() == 1

    second = publish(version.issuer, name="Second")
    award = intend(second, person("Amal Student", user.email), key="second")
    with across_issuers("a test delivers"):
        row = AchievementCredential.objects.get(award=award)
        AchievementCredential.objects.filter(pk=row.pk).update(rendered_at=row.created_at)
        OutgoingEmail.objects.filter(credential=row).update(not_before=user.date_joined)
    claiming.take_for_those_who_asked()

    assert reread(row).holder == user
    with across_issuers("a test looks"):
        assert Notice.objects.filter(user=user, kind="claimed", credential=row).count() == 1
        assert OutgoingEmail.objects.get(credential=row).cancelled_at is not None


def test_revoked_credential_stays_revoked_when_somebody_claims_at_the_same_time(offer):
    client = _opened(offer, signed_in(UserFactory()))
    client.post(reverse("offer-acceptance"))
    with across_issuers("a test"):
        correcting.revoke(offer, reason="By mistake", by=None)

    client.post(reverse("offer-visibility"), {"visibility": "public"})

    assert reread(offer).claimed_at is None
    assert reread(offer).revoked_at is not None


def test_corrected_address_closes_links_to_the_old_one(offer):
    old = _link(offer)
    with across_issuers("a test"):
        correcting.correct(offer, name=offer.name, address=address("new@example.org"), by=None)

    assert Client().get(old).status_code == 404


def test_claimed_credential_belongs_to_the_person_not_to_the_address():
    credential = claimed(user=UserFactory(email="amal@example.org"))
    stranger = UserFactory(email="stranger@example.org")

    assert signed_in(stranger).get(reverse("wallet-credential", args=[credential.public_id])).status_code == 404
    assert (
        signed_in(credential.holder).get(reverse("wallet-credential", args=[credential.public_id])).status_code == 200
    )


# On the way in


def _asked_to_sign_in(offer):
    client = _opened(offer)
    client.post(reverse("offer-acceptance"))
    client.get(reverse("offer-account"))
    return client


@pytest.mark.parametrize("page", ["account_login", "account_signup", "account_request_login_code"])
def test_pages_of_signing_in_bear_the_institution_and_the_step_while_claiming(offer, page):
    client = _asked_to_sign_in(offer)

    said = client.get(reverse(page)).content.decode()

    assert f"<b>{offer.issuer.name}</b>" in said
    assert '<li aria-current="step">Prove it is you</li>' in said
    assert offer.issuer.name not in Client().get(reverse(page)).content.decode()


def test_signing_in_leads_back_to_the_offer_once_and_then_to_the_wallet(offer):
    client = _asked_to_sign_in(offer)
    client.force_login(UserFactory())

    assert client.get(reverse("after-sign-in")).url == reverse("offer-visibility")
    assert client.get(reverse("after-sign-in")).url == reverse("wallet")


def test_way_in_is_forgotten_after_half_an_hour(offer):
    with clock.at(clock.now() - entrance.LIFETIME):
        client = _asked_to_sign_in(offer)

    assert offer.issuer.name not in client.get(reverse("account_login")).content.decode()
    staff = MembershipFactory(issuer=offer.issuer).user
    client.force_login(staff)
    assert client.get(reverse("after-sign-in")).url == reverse("manage")


@pytest.mark.parametrize("end", ["decline", "another link", "claim"])
def test_way_in_is_forgotten_when_the_claim_is_over_or_another_begins(offer, end):
    other = issued(publish(IssuerFactory(name="Elsewhere"), name="Another"), key="other")
    client = _asked_to_sign_in(offer)

    if end == "decline":
        client.post(reverse("offer-decline"))
    elif end == "another link":
        client.get(_link(other))
    else:
        client.force_login(UserFactory())
        client.post(reverse("offer-visibility"), {"visibility": "link"})
        assert reread(offer).claimed_at is not None

    assert "entrance" not in client.session


def test_way_in_leads_only_to_a_page_that_we_named(offer):
    """Nothing that a visitor sends becomes the next page."""
    client = _opened(offer)
    client.post(reverse("offer-acceptance"))

    client.get(reverse("offer-account") + "?next=https://evil.example/&page=mailbox")

    assert client.session["entrance"]["page"] == "offer-visibility"
    assert "evil" not in str(dict(client.session))


def test_account_is_asked_for_only_once_the_offer_is_accepted(offer):
    client = _opened(offer)

    assert client.get(reverse("offer-account")).url == reverse("offer")
    assert "entrance" not in client.session


def test_another_account_is_used_with_the_same_link(offer):
    """One press signs out, and the offer stays in hand; a look does not."""
    first, second = UserFactory(), UserFactory()
    client = _opened(offer, signed_in(first))
    client.post(reverse("offer-acceptance"))
    assert client.get(reverse("offer-account")).url == reverse("offer-visibility")

    assert client.post(reverse("offer-account")).url == reverse("offer-account")

    assert "_auth_user_id" not in client.session
    assert client.get(reverse("offer-account")).status_code == 200
    client.force_login(second)
    client.post(reverse("offer-visibility"), {"visibility": "link"})
    assert reread(offer).holder == second


def test_last_step_says_that_the_offered_address_is_not_proved_by_a_link(offer):
    theirs, others = UserFactory(email=offer.recipient.address), UserFactory(email="somebody.else@example.org")
    pages = []
    for user in (theirs, others):
        client = _opened(offer, signed_in(user))
        client.post(reverse("offer-acceptance"))
        pages.append(client.get(reverse("offer-visibility")).content.decode())

    assert ["only once you type a code" in page for page in pages] == [False, True]
    assert all(offer.recipient.address not in page for page in pages[1:])


@pytest.mark.parametrize(
    ("email", "before", "after"),
    [
        ("amal@example.org", "", "Amal Student"),
        ("amal@example.org", "A. Student", "A. Student"),
        ("somebody.else@example.org", "", ""),
    ],
)
def test_account_without_a_name_is_called_as_the_award_to_its_own_address_says(email, before, after):
    offer = issued(publish(IssuerFactory()), person("Amal Student", "amal@example.org"))
    user = UserFactory(email=email, name=before)
    client = _opened(offer, signed_in(user))
    client.post(reverse("offer-acceptance"))
    client.post(reverse("offer-visibility"), {"visibility": "link"})

    user.refresh_from_db()
    assert user.name == after


def test_claim_without_a_choice_is_asked_again(offer):
    client = _opened(offer, signed_in(UserFactory()))
    client.post(reverse("offer-acceptance"))

    answer = client.post(reverse("offer-visibility"), {"visibility": "everybody"})

    assert answer.status_code == 422
    assert reread(offer).claimed_at is None


def test_second_press_and_back_find_what_the_first_press_did(offer):
    client = _opened(offer, signed_in(UserFactory()))
    client.post(reverse("offer-acceptance"))
    share = reverse("share", args=[offer.public_id])

    presses = [client.post(reverse("offer-visibility"), {"visibility": choice}).url for choice in ("link", "public")]

    assert presses == [share, share]
    assert reread(offer).visibility == "link"
    assert client.get(reverse("offer-visibility")).url == share
    assert share in client.get(reverse("offer")).content.decode()


def test_somebody_else_at_a_claimed_link_is_not_told_that_it_is_theirs(offer):
    first, second = (_opened(offer, signed_in(UserFactory())) for _person in range(2))
    first.post(reverse("offer-acceptance"))
    first.post(reverse("offer-visibility"), {"visibility": "link"})

    page = second.get(reverse("offer")).content.decode()

    assert "This is claimed already" in page
    assert reverse("share", args=[offer.public_id]) not in page
