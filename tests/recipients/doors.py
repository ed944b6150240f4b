"""A session with a door, and what phones do there."""

import re

from django.urls import reverse

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import codes, emails
from recipients.models import Activity, OutgoingEmail
from tests import factories


def session(issuer):
    return factories.OpportunityFactory(
        issuer=issuer, title="Writing a résumé", tags=["webinar"], place="Room 4", value="1.5", unit="hours"
    )


def facts(**conditions):
    with across_issuers("a test looks"):
        return list(Activity.objects.counting().filter(**conditions).select_related("recipient"))


def token(door, back=0):
    """What the screen shows, or showed some half minutes ago."""
    step = codes.step_at(clock.now()) - back
    return codes.token(door.opportunity.public_id, door.key, step)


def scan(client, seen):
    return client.get(reverse("scan", args=[seen]))


def mails():
    with across_issuers("a test reads mails"):
        return [emails.compose(row) for row in OutgoingEmail.objects.order_by("pk")]


def mailed_code():
    return re.search(r"\b\d{6}\b", mails()[-1].body)[0]
