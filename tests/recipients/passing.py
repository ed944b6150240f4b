"""Days that pass for one institution's rows: every moment of its mails and offers moves into the past."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db.models import F

from issuers import clock
from issuers.tenancy import across_issuers
from recipients.models import AchievementCredential, OutgoingEmail, Recipient
from tests.factories import CredentialFactory, IssuerFactory, OutgoingEmailFactory, RecipientFactory, UserFactory
from tests.published import reread

# What the clock of a test transaction has lagged behind the rows it wrote.
MARGIN = timedelta(seconds=20)


def mailed(issuer=None, address="amal@example.org", name="Amal Student", **values):
    """An offer whose claim mail has left a moment ago. Rows alone: what is signed and printed matters to no reminder."""
    issuer, now = issuer or IssuerFactory(), clock.now()
    recipient = _known(issuer, address) or RecipientFactory(issuer=issuer, name=name, address=address)
    values = {"signed_at": now, "signed": "{}", "rendered_at": now, "offered_at": now, **values}
    made = CredentialFactory(issuer=issuer, recipient=recipient, **values)
    values = {"to": address, "sending_at": now, "sent_at": now, "response": "250"}
    # As the product numbers its mails; providers repeat the part before the @.
    number = f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>"
    OutgoingEmailFactory(issuer=issuer, credential=made, message_id=number, **values)
    return reread(made)


def _known(issuer, address):
    with across_issuers("a test arranges"):
        return Recipient.objects.filter(issuer=issuer, address_key=address).first()


def taken(user=None, **values):
    """One that its person claimed a moment ago."""
    now = clock.now()
    return mailed(accepted_at=now, claimed_at=now, holder=user or UserFactory(), **values)


def days_pass(days):
    """As if it were `days` later: nothing is sent meanwhile."""
    by = timedelta(days=days) + MARGIN
    moments = {
        OutgoingEmail: ("sent_at", "not_before", "bounced_at", "delivered_at"),
        AchievementCredential: ("offered_at", "offer_expires_at", "claimed_at", "accepted_at", "followed_at"),
    }
    with across_issuers("a test lets days pass"):
        for model, names in moments.items():
            model.objects.update(**{name: F(name) - by for name in names})


def ends_in(credential, days):
    """The credential expires so many days from now; it has been good for years."""
    now = clock.now()
    with across_issuers("a test lets days pass"):
        rows = AchievementCredential.objects.filter(pk=credential.pk)
        rows.update(expires_at=now + timedelta(days=days) - MARGIN, valid_from=now - timedelta(days=1000))
