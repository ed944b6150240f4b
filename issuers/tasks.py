"""Mails of invitations go out in the background; the rows are the queue."""

from __future__ import annotations

import structlog
from celery import shared_task

from issuers import emails, inviting, proving
from issuers.models import Invitation
from issuers.tenancy import scope

log = structlog.get_logger()


@shared_task
def send_invitations() -> None:
    """Send what is due; what the mail server refuses is tried again later, and shown on the members page."""
    for invitation in inviting.take_due():
        _send(invitation)


def _send(invitation: Invitation) -> None:
    with scope(invitation.issuer):
        message = emails.invitation(invitation, inviting.remember(invitation))
    try:
        message.send()
    except OSError as error:  # every fault of SMTP is one
        log.warning("invitation_not_sent", invitation=invitation.pk, error=type(error).__name__)
        inviting.mark_failed(invitation, f"{type(error).__name__}: {error}")
    else:
        inviting.mark_sent(invitation)


@shared_task
def sweep() -> None:
    """Every 30 s: send what was forgotten, and forget codes that nobody typed."""
    send_invitations()
    proving.forget_old_codes()
