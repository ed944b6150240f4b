"""Stage: what a mail provider tells of mails that have left: delivered, put off, bounced, complained of (decision 0030).

Each of these is a moment on the mail's own row, set by one conditional update: told twice, or in another order, it is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from anymail.signals import AnymailTrackingEvent, EventType
from django.conf import settings
from django.db.models import Q

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import mail_answers, mail_marks, noting
from recipients.models import Digest, MailStop, OutgoingEmail
from recipients.models.email import AT_MOST_ONCE

log = structlog.get_logger()
_BOUNCED = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}
_UNWANTED = {EventType.COMPLAINED, EventType.UNSUBSCRIBED}
_MOMENTS = {
    **dict.fromkeys(_BOUNCED, "bounced_at"),
    EventType.DEFERRED: "deferred_at",
    EventType.DELIVERED: "delivered_at",
    EventType.COMPLAINED: "complained_at",
    EventType.UNSUBSCRIBED: "",
}


@dataclass(frozen=True)
class Heard:
    """One event of a provider, as far as we read it. `name` is what it calls the mail, `mark` what we call it."""

    kind: str
    at: datetime
    name: str
    mark: str
    said: str


def read(event: AnymailTrackingEvent) -> Heard:
    """A normalised event in our words. Raises TypeError, ValueError or AttributeError on what is none."""
    said = _clean(event.mta_response or event.description or event.reject_reason or "")
    kind = event.event_type
    # Some call every bounce by one name; the answer says whether it is for good.
    if kind == EventType.BOUNCED and mail_answers.for_now(said):
        kind = EventType.DEFERRED
    now = clock.now()
    at = event.timestamp if isinstance(event.timestamp, datetime) else now
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Heard(
        kind, min(at, now), _clean(event.message_id or "")[:200], _clean(mail_marks.mark(event.metadata)), said[:300]
    )


def _clean(text: object) -> str:
    """One line, without what PostgreSQL or a page could not keep."""
    printable = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return " ".join(printable.encode(errors="ignore").decode().split())


def take(events: Iterable[AnymailTrackingEvent]) -> int:
    """Write down what is new; the number of events that were. What names no mail of ours, or nothing we keep, is passed over."""
    return sum(_take(heard) for heard in map(read, events) if heard.kind in _MOMENTS)


def _take(heard: Heard) -> bool:
    with across_issuers("a mail provider names a mail by its number"):
        mail = _find(heard)
        if mail is None:
            log.info("mail_event_of_nobody", kind=heard.kind)
            return False
        new = _note(mail, heard)
        if heard.kind in _UNWANTED:
            _stop(mail)
        if heard.kind in _BOUNCED | _UNWANTED:
            _stop_reminders(mail)
        return new


def _find(heard: Heard) -> OutgoingEmail | None:
    named = Q()
    if heard.name:
        named |= Q(message_id=f"<{heard.name.strip('<>')}>") | Q(provider_id=heard.name)
    if heard.mark:
        named |= Q(message_id=f"<{heard.mark}@{settings.MAIL_DOMAIN}>")
    if not named:
        return None
    return OutgoingEmail.objects.select_related("issuer").filter(named).first()


def _note(mail: OutgoingEmail, heard: Heard) -> bool:
    rows = OutgoingEmail.objects.filter(pk=mail.pk)
    if heard.name and heard.name.strip("<>") != mail.message_id.strip("<>"):
        rows.filter(provider_id="").update(provider_id=heard.name)
    moment = _MOMENTS[heard.kind]
    if not moment:
        return False
    values: dict[str, Any] = {moment: heard.at}
    if heard.kind in _BOUNCED:
        values["diagnostic"] = noting.unless_erased(heard.said)
    new = rows.filter(**{f"{moment}__isnull": True}).update(**values) == 1
    if heard.kind == EventType.DEFERRED and mail.bounced_at is None:
        rows.update(diagnostic=noting.unless_erased(heard.said))
    return new


def _stop(mail: OutgoingEmail) -> None:
    """Whoever calls our mail spam, or wants no more of it, gets no more of it."""
    if mail.issuer is not None and mail.address_key:
        MailStop.objects.get_or_create(address_key=mail.address_key, issuer=mail.issuer)
    elif mail.kind == OutgoingEmail.Kind.DIGEST and mail.user_id:
        going = Digest.objects.filter(user=mail.user_id, on_at__isnull=False)
        going.update(on_at=None, stopped_at=clock.now(), next_at=None)


def _stop_reminders(mail: OutgoingEmail) -> None:
    waiting = OutgoingEmail.objects.waiting().filter(kind__in=AT_MOST_ONCE, address_key=mail.address_key)
    if mail.credential_id:
        waiting.filter(credential=mail.credential_id).update(cancelled_at=clock.now(), response="bounced or unwanted")
