"""Sending a link again, and deeds to a selection."""

import re

import pytest
from django.core import mail

from issuers import clock
from issuers.tenancy import across_issuers, scope
from recipients import claiming, correcting, links
from recipients.models import AchievementCredential
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import claimed, deliver, intend, issued, people, person, publish, reread
from tests.recipients.test_correcting import act, bits, code_of, told, trail

pytestmark = COMMITTED


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


# Sending again.


def test_link_sent_again_leaves_the_first_one_good(version):
    row = issued(version, person())
    act(correcting.resend, row)
    deliver()

    tokens = [re.findall(r"/claim/([\w-]+)/", message.body)[0] for message in mail.outbox]
    assert len(set(tokens)) == 2
    with across_issuers("a test looks"):
        assert {links.find(token).credential_id for token in tokens} == {row.pk}
    assert trail("credential.resent") == 1


def test_pressing_twice_sends_one_more_mail(version):
    row = issued(version, person())

    assert act(correcting.resend, row) == act(correcting.resend, row)
    deliver()
    assert len(mail.outbox) == 2


def test_link_sent_again_opens_an_offer_that_had_ended(version):
    row = issued(version, person())
    with across_issuers("a test"):
        AchievementCredential.objects.filter(pk=row.pk).update(offer_expires_at=row.created_at)
    assert claiming.standing(reread(row)) == "lapsed"

    act(correcting.resend, row)

    days = (reread(row).offer_expires_at - clock.now()).days
    assert claiming.standing(reread(row)) == "open"
    assert days in {version.issuer.offer_days - 1, version.issuer.offer_days}


def test_link_is_not_sent_again_when_there_is_nothing_to_take(version):
    row = claimed(version, person(), key="one")
    gone = issued(version, person("Bo", "bo@example.org"), key="two")
    act(correcting.revoke, gone, reason="x")

    assert code_of(correcting.resend, row) == "claimed"
    assert code_of(correcting.resend, gone) == "revoked"
    assert trail("credential.resent") == 0


# Selections.


def test_selection_is_done_one_by_one_and_says_who_was_left(version):
    award = intend(version, *people(4))
    deliver()
    with across_issuers("a test looks"):
        chosen = list(award.credentials.listed().select_related("status_list").order_by("id"))
    act(correcting.revoke, chosen[0], reason="before")

    with scope(version.issuer):
        done, left = correcting.each(chosen, lambda row: correcting.revoke(row, reason="All of them", by=None))

    assert (done, left) == (3, [chosen[0]])
    assert trail("credential.revoked") == told("revoked") == 4
    assert bits(chosen[0].status_list) == {row.status_index for row in chosen}


def test_selection_goes_on_when_one_cannot_be_done(version):
    award = intend(version, *people(3))
    deliver()
    with across_issuers("a test looks"):
        chosen = list(award.credentials.listed().order_by("id"))
    act(correcting.cancel, chosen[1])

    with scope(version.issuer):
        done, left = correcting.each(chosen, lambda row: correcting.resend(row, by=None))

    assert (done, left) == (2, [chosen[1]])
