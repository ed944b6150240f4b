"""What other systems are told: each deed once, in its own transaction, to who asked for it, naming nobody who need not be."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from issuers import cleaning, clock
from issuers.tenancy import across_issuers
from recipients import announcing, claiming, correcting, holding, noticing
from recipients.models import (
    AchievementCredential,
    Award,
    OutgoingEmail,
    Recipient,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
    WebhookType,
)
from tests import factories
from tests.published import intend, people, publish, reread

pytestmark = pytest.mark.django_db
HER = "ana.li@example.org"
NOW = timezone.now()


@pytest.fixture
def award(issuer):
    return factories.AwardFactory(issuer=issuer, version__achievement__name="Community Mentor")


@pytest.fixture
def endpoint(issuer):
    return factories.WebhookEndpointFactory(issuer=issuer)


def _offered(award, name="Amal Student", address="amal@example.org", **values):
    recipient = factories.RecipientFactory(issuer=award.issuer, name=name, address=address)
    done = {"signed_at": NOW, "signed": "{}", "rendered_at": NOW, "offered_at": NOW, **values}
    return factories.CredentialFactory(issuer=award.issuer, award=award, recipient=recipient, **done)


def _claimed(award, *who, user=None, **values):
    """Claimed by the stage that tells of it."""
    made = _offered(award, *who, **values)
    with across_issuers("a test claims"):
        assert claiming.accept(made)
        assert claiming.claim(made, user or factories.UserFactory(), visibility="link")
    return made


def _messages(**wanted):
    with across_issuers("a test looks"):
        return list(WebhookMessage.objects.filter(**wanted).order_by("id"))


def _deliveries(**wanted):
    with across_issuers("a test looks"):
        return list(WebhookDelivery.objects.filter(**wanted).listed().order_by("id"))


def _said(kind):
    (message,) = _messages(type=kind)
    return json.loads(message.payload)


# Each deed.


def test_claim_is_told_with_addresses_and_without_any_name(endpoint, award):
    credential = _claimed(award, "Ana Li", HER)

    said = _said("credential.claimed")
    assert said["type"] == "credential.claimed"
    assert said["timestamp"].endswith("Z") and len(said["timestamp"]) == 27
    data = said["data"]
    assert data["credential"] == {
        "id": f"http://localhost:8000/c/{credential.public_id}",
        "public_id": credential.public_id,
        "revision": 1,
        "state": "claimed",
    }
    slug = endpoint.issuer.slug
    assert data["issuer"] == {"id": f"did:web:localhost%3A8000:i:{slug}", "slug": slug}
    address = f"http://localhost:8000/i/{slug}/a/{award.achievement.slug}/"
    assert data["achievement"] == {"id": address, "name": "Community Mentor"}
    assert data["award"] == {"id": award.public_id}
    assert set(data) == {"sequence", "issuer", "achievement", "award", "credential"}
    (message,) = _messages(type="credential.claimed")
    assert "Ana" not in message.payload and HER not in message.payload and message.named == ""


def test_address_is_named_only_where_somebody_asked_for_it(issuer, endpoint, award):
    asking = factories.WebhookEndpointFactory(issuer=issuer, with_address=True)
    _claimed(award, "Ana Li", HER)

    thin, named = _deliveries(message__type="credential.claimed")
    assert (thin.endpoint, named.endpoint) == (endpoint, asking)
    assert HER not in thin.text and "recipient" not in json.loads(thin.text)["data"]
    assert json.loads(named.text)["data"]["recipient"] == {"email": HER}
    assert "Ana" not in named.text


def test_every_deed_is_told_in_order(issuer, endpoint):
    version = publish(issuer)
    award = factories.AwardFactory(issuer=issuer, version=version)
    suspendable = factories.AwardFactory(
        issuer=issuer, version=factories.AchievementVersionFactory(issuer=issuer, status_purpose="suspension")
    )
    credential, other = _claimed(award), _claimed(suspendable, "Bo Wu", "bo@example.org")
    with across_issuers("a test"):
        assert correcting.suspend(other, reason="Checked", by=None)
        assert correcting.reinstate(other, by=None)
        held = AchievementCredential.objects.get(pk=credential.pk)
        correcting.correct(held, name="Amal Li", address=cleaning.address("amal@example.org"), by=None)
        assert correcting.revoke(credential, reason="Ana cheated", by=None)

    told = {one.public_id: _messages(subject=one.public_id) for one in (credential, other)}
    assert [message.type.removeprefix("credential.") for message in told[credential.public_id]] == [
        "claimed", "corrected", "revoked",
    ]  # fmt: skip
    assert [message.type.removeprefix("credential.") for message in told[other.public_id]] == [
        "claimed", "suspended", "reinstated",
    ]  # fmt: skip
    for messages in told.values():
        said = [json.loads(message.payload)["data"] for message in messages]
        sequences = [message.sequence for message in messages]
        assert sequences == sorted(set(sequences)) == [one["sequence"] for one in said]
        # Reasons are for the person; they may name somebody.
        assert not any("cheated" in message.payload for message in messages)
    said = [json.loads(message.payload)["data"]["credential"] for message in _messages(subject=credential.public_id)]
    assert [(one["state"], one["revision"]) for one in said] == [("claimed", 1), ("claimed", 2), ("revoked", 2)]


def test_deed_that_did_not_happen_is_not_told(endpoint, award):
    credential = _claimed(award)
    with across_issuers("a test"):
        assert correcting.revoke(credential, reason="", by=None)
        assert not correcting.revoke(credential, reason="", by=None)

    assert len(_messages(type="credential.revoked")) == 1


def test_message_goes_with_the_transaction_of_its_deed(endpoint, award):
    credential = _claimed(award)
    with pytest.raises(RuntimeError), across_issuers("a test"), transaction.atomic():
        correcting.revoke(credential, reason="", by=None)
        assert WebhookMessage.objects.filter(type="credential.revoked").exists()
        raise RuntimeError("the machine stops")

    assert _messages(type="credential.revoked") == []
    assert reread(credential).revoked_at is None


def test_nobody_is_told_what_they_did_not_ask_for(issuer, award):
    factories.WebhookEndpointFactory()  # of somebody else, and wants everything
    factories.WebhookEndpointFactory(issuer=issuer, types=["credential.revoked"])
    _claimed(award)

    assert _messages() == []


def test_closed_institution_tells_nothing_more(issuer, endpoint, award):
    issuer.closed_at = NOW
    issuer.save()
    _claimed(award)

    assert _messages() == []


def test_deed_without_any_endpoint_costs_one_small_query(award, django_assert_num_queries):
    credential = _claimed(award)
    # Two of them open the scope and close it.
    with across_issuers("a test"), django_assert_num_queries(1):
        assert announcing.tell(WebhookType.REVOKED, credential.issuer, [credential.pk]) == 0


def test_many_credentials_cost_as_many_queries_as_one(endpoint, award, django_assert_max_num_queries):
    numbers = [_offered(award, f"P {n}", f"p{n}@example.org").pk for n in range(20)]
    with across_issuers("a test"), django_assert_max_num_queries(6):
        assert announcing.tell(WebhookType.REVOKED, endpoint.issuer, numbers) == 20


def test_what_is_told_waits_for_an_endpoint_that_is_paused(issuer, award):
    factories.WebhookEndpointFactory(issuer=issuer, disabled_at=NOW, disabled_why="paused")
    _claimed(award)

    assert [row.state for row in _deliveries()] == ["waiting"]


def test_sequence_goes_on_when_older_messages_are_forgotten(endpoint, award):
    credential = _claimed(award)
    (first,) = _messages(type="credential.claimed")
    with across_issuers("a test"):
        WebhookDelivery.objects.all().delete()
        WebhookMessage.objects.all().delete()
        correcting.revoke(credential, reason="", by=None)

    (then,) = _messages(type="credential.revoked")
    assert then.sequence > first.sequence


# By the clock.


def test_expiry_is_told_once_and_only_of_what_stood(endpoint, award):
    soon = timezone.now() + timedelta(hours=1)
    standing, revoked = (_claimed(award, f"P {n}", f"p{n}@example.org", expires_at=soon) for n in range(2))
    forever = _claimed(award, "P", "p@example.org")
    with across_issuers("a test"):
        correcting.revoke(revoked, reason="", by=None)
    _notice()
    assert _messages(type="credential.expired") == []

    with clock.at(soon + timedelta(minutes=1)):
        _notice()
        with across_issuers("a test lets it be looked at again"):
            AchievementCredential.objects.exclude(pk=forever.pk).update(seen_standing=True)
        _notice()

    (message,) = _messages(type="credential.expired")
    assert message.subject == standing.public_id
    assert json.loads(message.payload)["data"]["credential"]["state"] == "expired"


def _notice():
    while noticing.evaluate_chunk():
        continue


# Batches.


def _mailed(credentials, **outcome):
    with across_issuers("a mail server answers"):
        rows = AchievementCredential.objects.filter(pk__in=[row.pk for row in credentials])
        OutgoingEmail.objects.filter(credential__in=rows).update(**(outcome or {"sent_at": NOW}))
        rows.update(offered_at=None if outcome else NOW)


@pytest.fixture
def batch(issuer, endpoint):
    """Three people, intended by the stage."""
    award = intend(publish(issuer), *people(3))
    with across_issuers("a test looks"):
        return award, list(AchievementCredential.objects.filter(award=award).order_by("pk"))


def _worked(credentials, **done):
    with across_issuers("workers work"):
        AchievementCredential.objects.filter(pk__in=[row.pk for row in credentials]).update(**done)


def test_batch_is_told_once_when_everybody_is_seen_to(batch):
    award, rows = batch
    told = [announcing.complete_awards()]
    for done in ({"signed_at": NOW, "signed": "{}"}, {"rendered_at": NOW}):
        _worked(rows, **done)
        told.append(announcing.complete_awards())
    for one in (rows[:2], rows):
        _mailed(one)
        told.append(announcing.complete_awards())

    assert [*told, announcing.complete_awards()] == [0, 0, 0, 0, 1, 0]
    said = _said("award.completed")["data"]
    assert said["award"] == {"id": award.public_id, "people": 3, "already": 0, "states": {"sent": 3}}
    assert len(_deliveries(message__type="award.completed")) == 1
    assert not any(f"p{n}@" in _messages()[0].payload for n in range(3))


def test_batch_is_complete_when_mails_are_refused_and_rows_set_aside(batch):
    _, (broken, refused, fine) = batch
    _worked([broken], failed_at=NOW)
    _worked([refused, fine], signed_at=NOW, signed="{}", rendered_at=NOW)
    _mailed([fine])
    assert announcing.complete_awards() == 0
    _mailed([refused], refused_at=NOW)

    assert announcing.complete_awards() == 1
    assert _said("award.completed")["data"]["award"]["states"] == {"failed": 1, "not_delivered": 1, "sent": 1}


def test_batch_waits_for_its_undo_window_and_is_told_when_it_was_undone(issuer, endpoint):
    award = intend(publish(issuer), *people(2), skip_undo=False)
    with across_issuers("a test"):
        _worked(award.credentials.all(), failed_at=NOW)
    assert announcing.complete_awards() == 0

    with across_issuers("a test"):
        correcting.cancel_award(Award.objects.get(pk=award.pk), by=None)
    assert announcing.complete_awards() == 1
    assert _said("award.completed")["data"]["award"]["states"] == {"cancelled": 2}


def test_batch_in_which_everybody_had_it_before_is_complete_at_once(batch, issuer):
    award, _ = batch
    again = intend(award.version, *people(3), key="again")

    assert announcing.complete_awards() == 1
    (message,) = _messages(ready_at__isnull=False)
    said = json.loads(message.payload)["data"]["award"]
    assert (said["id"], said["people"], said["already"], said["states"]) == (again.public_id, 0, 3, {})


def test_batch_is_forgotten_where_nobody_wants_to_know_any_more(batch, endpoint):
    _, rows = batch
    _worked(rows, failed_at=NOW)
    with across_issuers("a test"):
        WebhookEndpoint.objects.filter(pk=endpoint.pk).delete()

    assert announcing.complete_awards() == 0
    assert _messages() == []


# Forgetting a person.


def test_person_can_see_which_systems_were_told_their_address(issuer, award):
    asking = factories.WebhookEndpointFactory(issuer=issuer, with_address=True)
    factories.WebhookEndpointFactory(issuer=issuer, name="Thin")
    ana, bo = factories.UserFactory(), factories.UserFactory()
    _claimed(award, "Ana Li", HER, user=ana)
    _claimed(award, "Bo Wu", "bo@example.org", user=bo)
    assert holding.everything_about(ana)["systems_told_the_address"] == []
    with across_issuers("it arrives"):
        WebhookDelivery.objects.update(delivered_at=NOW)

    (told,) = holding.everything_about(ana)["systems_told_the_address"]
    assert told == {
        "issuer__name": issuer.name,
        "message__type": "credential.claimed",
        "delivered_at": NOW,
        "system": asking.name,
    }


def test_erasure_is_told_and_leaves_no_text_that_names_the_person(issuer, award):
    factories.WebhookEndpointFactory(issuer=issuer, with_address=True)
    ana = factories.UserFactory(email=HER)
    credential = _claimed(award, "Ana Li", HER, user=ana)
    bo = _claimed(award, "Bo Wu", "bo@example.org")
    # Offered to an address of hers, and never opened.
    second = factories.AwardFactory(issuer=issuer)
    with across_issuers("a test"):
        her = Recipient.objects.get(address=HER)
        offered = factories.CredentialFactory(issuer=issuer, award=second, recipient=her)
        announcing.tell(WebhookType.REVOKED, issuer, [offered.pk])
        WebhookDelivery.objects.update(excerpt="stored for somebody")
    assert sum(HER in message.named for message in _messages()) == 2

    holding.forget(ana)

    assert not any(HER in message.named + message.payload for message in _messages())
    assert {row.subject for row in _deliveries(excerpt__gt="")} == {bo.public_id}
    assert any("bo@example.org" in message.named for message in _messages())
    erased = _messages(type="credential.erased")
    assert {message.subject for message in erased} == {credential.public_id, offered.public_id}
    assert {json.loads(message.payload)["data"]["credential"]["state"] for message in erased} == {"erased"}
    assert {message.named for message in erased} == {""}
    with across_issuers("staff revoke what was erased"):
        correcting.revoke(reread(credential), reason="", by=None)
    assert [message.named for message in _messages(type="credential.revoked", subject=credential.public_id)] == [""]
