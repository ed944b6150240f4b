"""What other systems are told (docs/decisions/0032): one message a deed, written in the deed's own transaction, or none.

Stages say `tell(…)` where they have done something. Where nobody asked for it that is one small query. A message is thin: what
happened, when, and the addresses at which the rest can be had by whoever may. It names nobody, but for the address that a
credential was awarded to, and that only for endpoints that asked for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse

from issuers import clock, keys
from issuers.models import Issuer
from issuers.tenancy import across_issuers
from issuers.waking import wake
from recipients import states
from recipients.models import (
    AchievementCredential,
    Award,
    OutgoingEmail,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
    WebhookType,
)
from recipients.models.webhook import TEST

Json = dict[str, Any]
POST = "recipients.tasks.post_webhooks"
CHUNK = 100
_ONCE = {WebhookType.EXPIRED, WebhookType.ERASED}


def tell(kind: str, issuer: Issuer, credentials: Sequence[int]) -> int:
    """Write down that something happened to credentials, inside the transaction in which it did; how many messages.

    The caller has changed the rows of the credentials, and so holds their locks: messages about one are in order.
    """
    wanting = _wanting(issuer.pk, kind) if credentials else []
    if not wanting:
        return 0
    rows = states.with_state(AchievementCredential.objects.listed().filter(pk__in=credentials)).order_by("pk")
    if kind in _ONCE:
        told = WebhookMessage.objects.filter(issuer=issuer, type=kind, subject=OuterRef("public_id"))
        rows = rows.exclude(Exists(told))
    last = _last(issuer.pk, [row.public_id for row in rows])
    now = clock.now()
    return _deliver([_about(row, kind, now, last.get(row.public_id, 0), wanting) for row in rows], wanting)


def award_made(award: Award) -> None:
    """Remember to tell when everybody of a batch has been seen to (`complete_awards`)."""
    if _wanting(award.issuer_id, WebhookType.COMPLETED):
        WebhookMessage.objects.create(issuer_id=award.issuer_id, type=WebhookType.COMPLETED, subject=award.public_id)


def complete_awards() -> int:
    """Batches in which everybody is seen to: signed, printed and mailed, or set aside. Each is told once; how many."""
    with across_issuers("a worker looks which batches are complete"):
        pending = WebhookMessage.objects.filter(ready_at__isnull=True)
        over = Q(release_at__lte=Now()) | Q(cancelled_at__isnull=False)
        found = Award.objects.filter(over, ~Exists(_undone()), public_id__in=pending.values("subject"))
        awards = list(found.select_related("issuer", "version__achievement").order_by("pk")[:CHUNK])
        return sum(_complete(award) for award in awards)


def _undone() -> Any:
    """Of a batch: who still waits for a signature, a certificate or a mail, and is not set aside."""
    offer = OutgoingEmail.objects.waiting().filter(credential=OuterRef("pk"), kind=OutgoingEmail.Kind.OFFER)
    live = AchievementCredential.objects.live().filter(award=OuterRef("pk"), failed_at__isnull=True)
    return live.filter(Q(signed_at__isnull=True) | Q(rendered_at__isnull=True) | Exists(offer))


def _complete(award: Award) -> bool:
    rows = WebhookMessage.objects.filter(issuer_id=award.issuer_id, subject=award.public_id, ready_at__isnull=True)
    message = rows.select_for_update(skip_locked=True).first()
    if message is None:
        return False
    wanting = _wanting(award.issuer_id, WebhookType.COMPLETED)
    if not wanting:
        message.delete()
        return False
    counted = {state: number for state, number in states.counted(award.credentials.all()).items() if number}
    now = clock.now()
    about = {"id": award.public_id, "people": award.total, "already": award.already, "states": counted}
    message.sequence, message.ready_at = _next(now, 0), now
    data = {**_common(award.issuer, award.version.achievement, award.version.words["name"]), "award": about}
    message.payload = _text(message, now, data)
    message.save(update_fields=["sequence", "ready_at", "payload"])
    _hand_out([message], wanting)
    return True


def test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """A message to one endpoint, to see whether it arrives."""
    now = clock.now()
    message = WebhookMessage(issuer=endpoint.issuer, type=TEST, subject=endpoint.public_id, ready_at=now)
    message.sequence = _next(now, _last(endpoint.issuer_id, [endpoint.public_id]).get(endpoint.public_id, 0))
    issuer = {"id": keys.did(endpoint.issuer), "slug": endpoint.issuer.slug}
    message.payload = _text(message, now, {"issuer": issuer, "endpoint": {"id": endpoint.public_id}})
    message.save()
    (delivery,) = _hand_out([message], [endpoint])
    return delivery


def forget(credentials: Any) -> None:
    """Whatever was written about these credentials names nobody any more, nor do the answers to it."""
    messages = _about_any(credentials)
    messages.filter(named__gt="").update(named="")
    WebhookDelivery.objects.filter(message__in=messages, excerpt__gt="").update(excerpt="")


def told_of(credentials: Any) -> list[dict[str, Any]]:
    """Which systems were told the address of whoever has these credentials, as far as it is remembered."""
    named = _about_any(credentials).filter(named__gt="")
    rows = WebhookDelivery.objects.delivered().filter(message__in=named, endpoint__with_address=True).order_by("pk")
    told = rows.values("issuer__name", "message__type", "delivered_at", system=F("endpoint__name"))
    return [dict(row) for row in told]


def _about_any(credentials: Any) -> Any:
    pairs = list(credentials.order_by().values_list("issuer_id", "public_id"))
    issuers, subjects = {issuer for issuer, _ in pairs}, [subject for _, subject in pairs]
    return WebhookMessage.objects.filter(issuer__in=issuers, subject__in=subjects)


def _wanting(issuer: int, kind: str) -> list[WebhookEndpoint]:
    """Endpoints that want to be told, also disabled ones: it waits for them. Nobody looks after those of a closed institution."""
    asking = WebhookEndpoint.objects.filter(issuer_id=issuer, types__contains=[kind])
    return list(asking.filter(issuer__closed_at__isnull=True).order_by("pk"))


def _last(issuer: int, subjects: list[str]) -> Mapping[str, int]:
    found = WebhookMessage.objects.filter(issuer_id=issuer, subject__in=subjects).order_by().values_list("subject")
    return dict(found.annotate(last=Max("sequence")))


def _next(now: datetime, last: int) -> int:
    """Milliseconds, and in any case more than before: it grows on when older messages are forgotten."""
    return max(int(now.timestamp() * 1000), last + 1)


def _about(row: Any, kind: str, now: datetime, last: int, wanting: Sequence[WebhookEndpoint]) -> WebhookMessage:
    message = WebhookMessage(issuer_id=row.issuer_id, type=kind, subject=row.public_id, ready_at=now)
    message.sequence = _next(now, last)
    erased = kind == WebhookType.ERASED
    credential = {"id": row.url, "public_id": row.public_id, "revision": row.revision}
    data = {
        **_common(row.issuer, row.achievement, row.words["name"]),
        "award": {"id": row.award.public_id},
        "credential": {**credential, "state": "erased" if erased else row.state},
    }
    message.payload = _text(message, now, data)
    known = not erased and row.recipient.erased_at is None
    if known and any(endpoint.with_address for endpoint in wanting):
        message.named = _text(message, now, {**data, "recipient": {"email": row.recipient.address}})
    return message


def _common(issuer: Issuer, achievement: Any, name: str) -> Json:
    address = settings.SITE_URL + reverse("achievement", args=[issuer.slug, achievement.slug])
    return {
        "issuer": {"id": keys.did(issuer), "slug": issuer.slug},
        "achievement": {"id": address, "name": name},
    }


def _text(message: WebhookMessage, now: datetime, data: Json) -> str:
    """As Standard Webhooks has it: type, timestamp, data."""
    moment = now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    body = {"type": str(message.type), "timestamp": moment, "data": {"sequence": message.sequence, **data}}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _deliver(messages: list[WebhookMessage], wanting: Sequence[WebhookEndpoint]) -> int:
    WebhookMessage.objects.bulk_create(messages)
    _hand_out(messages, wanting)
    return len(messages)


def _hand_out(messages: Sequence[WebhookMessage], wanting: Sequence[WebhookEndpoint]) -> list[WebhookDelivery]:
    """A delivery of each to each."""
    now = clock.now()
    rows = [WebhookDelivery.of(message, to, not_before=now) for message in messages for to in wanting]
    if rows:
        wake(POST)
    return WebhookDelivery.objects.bulk_create(rows)
