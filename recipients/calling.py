"""Stage: what other systems are told leaves by HTTP (docs/decisions/0032), again and again until it is taken or given up.

One worker sends many at once, on lanes: threads that only talk, while this thread alone takes rows and writes what came of
them. Nobody waits for a slow receiver: one that failed or dawdled lately gets one try at a time, on half of the lanes. An
answer that was not written down, because the worker died, is asked for again under the same `webhook-id` when the lease ends.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from issuers import clock, sealing
from issuers.fetched import Answer
from issuers.models import AuditEvent, Membership
from issuers.tenancy import across_issuers, scope
from issuers.waking import wake
from recipients import destinations, retrying
from recipients.events import signing
from recipients.models import OutgoingEmail, WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret

log = structlog.get_logger()
LANES, SUSPECT_LANES = destinations.AT_ONCE, destinations.AT_ONCE // 2
PER_ENDPOINT, PER_ISSUER = 4, 6
# Longer than a try ever takes: a worker that died gives its rows back after it.
LEASE = timedelta(seconds=60)
# A run takes rows for so long, and looks so often for new ones while its lanes are busy.
RUN, LOOK_AGAIN = 30.0, 1.0
SLOW_MILLISECONDS, SLOW_FOR = 5_000, timedelta(minutes=10)
# Where a secret does not open it is our fault, and costs the receiver no try.
OUR_FAULT = timedelta(minutes=5)
KEPT, FORGET_CHUNK = timedelta(days=30), 5_000
_EXCERPT = 500

_FREE = "d.delivered_at IS NULL AND d.failed_at IS NULL AND (d.lease_until IS NULL OR d.lease_until < statement_timestamp())"
# The first of its subject that waits: written so that the index of turns answers it, whatever is known of the table.
_DUE = f"""
  {_FREE} AND d.not_before <= statement_timestamp() AND d.attempts < {retrying.TRIES} AND d.sequence = (
    SELECT first.sequence FROM recipients_webhookdelivery first
    WHERE first.endpoint_id = d.endpoint_id AND first.subject = d.subject
      AND first.delivered_at IS NULL AND first.failed_at IS NULL
    ORDER BY first.sequence LIMIT 1
  )
"""  # noqa: S608 -- put together from our own constants
# Whatever one institution has under way counts against it: the next of every other one comes first.
_TAKE = f"""
WITH busy AS (
  SELECT issuer_id, endpoint_id, count(*) AS number FROM recipients_webhookdelivery
  WHERE delivered_at IS NULL AND failed_at IS NULL AND lease_until IS NOT NULL AND lease_until >= statement_timestamp()
  GROUP BY issuer_id, endpoint_id
), ready AS (
  SELECT found.id, found.not_before, coalesce(own.number, 0)
    + row_number() OVER (PARTITION BY e.issuer_id ORDER BY found.not_before, found.id) AS turn
  FROM recipients_webhookendpoint e
  LEFT JOIN busy here ON here.endpoint_id = e.id
  LEFT JOIN (SELECT issuer_id, sum(number) AS number FROM busy GROUP BY issuer_id) own ON own.issuer_id = e.issuer_id
  CROSS JOIN LATERAL (
    SELECT d.id, d.not_before FROM recipients_webhookdelivery d WHERE d.endpoint_id = e.id AND {_DUE}
    ORDER BY d.not_before, d.id
    LIMIT greatest(0, CASE WHEN %(suspect)s THEN 1 ELSE {PER_ENDPOINT} END - coalesce(here.number, 0))
  ) found
  WHERE e.disabled_at IS NULL
    AND (e.failures > 0 OR coalesce(e.slow_at > statement_timestamp() - %(slow)s::interval, false)) = %(suspect)s
)
UPDATE recipients_webhookdelivery SET lease_until = statement_timestamp() + %(lease)s::interval, attempts = attempts + 1,
  tried_at = statement_timestamp(), first_tried_at = coalesce(first_tried_at, statement_timestamp())
WHERE id = ANY (ARRAY(
  SELECT d.id FROM recipients_webhookdelivery d
  WHERE d.id = ANY(ARRAY(SELECT id FROM ready WHERE turn <= {PER_ISSUER} ORDER BY turn, not_before, id LIMIT %(limit)s))
    AND {_FREE}
  FOR UPDATE SKIP LOCKED
)) RETURNING id
"""  # noqa: S608 -- put together from our own constants
_ANY_DUE = f"""
SELECT EXISTS (
  SELECT 1 FROM recipients_webhookendpoint e WHERE e.disabled_at IS NULL
    AND EXISTS (SELECT 1 FROM recipients_webhookdelivery d WHERE d.endpoint_id = e.id AND {_DUE})
)
"""  # noqa: S608


@dataclass(frozen=True)
class Call:
    """One try: everything that a lane needs, so that it asks the database nothing."""

    row: WebhookDelivery
    suspect: bool
    content: bytes
    headers: dict[str, str]

    def make(self) -> tuple[Answer, int]:
        """What was answered, and after how many milliseconds."""
        began = time.monotonic()
        try:
            answer = destinations.post(self.row.endpoint.url, self.content, self.headers)
        except Exception:
            log.exception("webhook_failed", delivery=self.row.pk)
            answer = Answer(problem="unreachable")
        return answer, int((time.monotonic() - began) * 1000)


def post(seconds: float = RUN) -> int:
    """Send what is due, and what becomes due meanwhile, for so many seconds; how many tries were made."""
    tries, end = 0, time.monotonic() + seconds
    flying: dict[Future[tuple[Answer, int]], Call] = {}
    with ThreadPoolExecutor(LANES, thread_name_prefix="webhook") as lanes:
        while True:
            if time.monotonic() < end:
                for call in _take(flying.values()):
                    flying[lanes.submit(call.make)] = call
            if not flying:
                return tries
            for future in wait(flying, timeout=LOOK_AGAIN, return_when=FIRST_COMPLETED).done:
                _settle(flying.pop(future), *future.result())
                tries += 1


def waiting() -> bool:
    """Whether something could be sent now."""
    with across_issuers("sweep"), connection.cursor() as cursor:
        cursor.execute(_ANY_DUE)
        return bool(cursor.fetchone()[0])


def _take(flying: Collection[Call]) -> list[Call]:
    """As many as there are free lanes; those that failed or were slow lately share half of them."""
    suspects = sum(call.suspect for call in flying)
    calls = _lease(LANES - len(flying), suspect=False)
    free = min(LANES - len(flying) - len(calls), SUSPECT_LANES - suspects)
    return calls + _lease(free, suspect=True)


def _lease(limit: int, *, suspect: bool) -> list[Call]:
    if limit <= 0:
        return []
    with across_issuers("a worker takes what is due of every institution"):
        with connection.cursor() as cursor:
            given: dict[str, bool | int | str] = {
                "suspect": suspect,
                "limit": limit,
                "lease": str(LEASE),
                "slow": str(SLOW_FOR),
            }
            cursor.execute(_TAKE, given)
            taken = [row[0] for row in cursor.fetchall()]
        rows = list(WebhookDelivery.objects.listed().filter(pk__in=taken).order_by("not_before", "pk")) if taken else []
        signing_now: dict[int, list[WebhookSecret]] = defaultdict(list)
        for secret in WebhookSecret.objects.signing().filter(endpoint__in={row.endpoint_id for row in rows}):
            signing_now[secret.endpoint_id].append(secret)
        calls = [_call(row, signing_now[row.endpoint_id], suspect=suspect) for row in rows]
        return [call for call in calls if call is not None]


def _call(row: WebhookDelivery, in_use: list[WebhookSecret], *, suspect: bool) -> Call | None:
    """The try of a row that was taken; None where its secret does not open, which is tried again later."""
    try:
        keys = [secret.opened().decode() for secret in in_use]
    except sealing.NotOpened:
        log.exception("webhook_secret_not_opened", endpoint=row.endpoint.public_id)
        later = {"lease_until": None, "not_before": clock.now() + OUR_FAULT, "problem": "secret"}
        WebhookDelivery.objects.filter(pk=row.pk).update(attempts=F("attempts") - 1, **later)
        return None
    content = row.text.encode()
    headers = signing.signing_headers(keys, row.message.message_id, int(clock.now().timestamp()), content)
    return Call(row, suspect, content, headers)


def _settle(call: Call, answer: Answer, milliseconds: int) -> None:
    """Write down what came of a try, once: whoever came too late to its own lease leaves the row as it finds it."""
    row, now = call.row, clock.now()
    said = {
        "lease_until": None,
        "status": answer.status,
        "problem": "" if answer.taken else answer.problem or _refusal(answer.status),
        "excerpt": _excerpt(answer.body),
        "milliseconds": milliseconds,
    }
    with scope(row.issuer_id):
        mine = WebhookDelivery.objects.waiting().filter(pk=row.pk, attempts=row.attempts)
        if milliseconds >= SLOW_MILLISECONDS:
            WebhookEndpoint.objects.filter(pk=row.endpoint_id).update(slow_at=now)
        if not answer.taken:
            _refused(row, mine, answer, said, now)
        elif mine.update(delivered_at=now, **said):
            _took(row.endpoint_id, now)


def _refusal(status: int) -> str:
    if status == 410:
        return "gone"
    return "redirect" if 300 <= status < 400 else "status"


def _excerpt(body: bytes) -> str:
    """The beginning of an answer as text that a page and PostgreSQL can hold."""
    text = body[: 4 * _EXCERPT].decode(errors="replace")
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)[:_EXCERPT]


def _took(endpoint: int, now: datetime) -> None:
    """It is alive; noted to the minute, for many at once need not wait for one another here."""
    stale = Q(failures__gt=0) | Q(delivered_at__isnull=True) | Q(delivered_at__lt=now - timedelta(minutes=1))
    WebhookEndpoint.objects.filter(stale, pk=endpoint).update(failures=0, delivered_at=now)


def _refused(row: WebhookDelivery, mine: Any, answer: Answer, said: dict[str, Any], now: datetime) -> None:
    first = row.first_tried_at or now
    end = first + retrying.LONGEST
    pause = retrying.pause(row.attempts, random.random(), retrying.patience(answer.retry_after, now))  # noqa: S311 -- jitter
    gone = answer.status == 410
    if not gone and pause is not None and now < end:
        written = mine.update(not_before=min(now + pause, end), **said)
    else:
        written = mine.update(failed_at=now, **said)
    if not written:
        return
    endpoints = WebhookEndpoint.objects.filter(pk=row.endpoint_id)
    endpoints.update(failures=F("failures") + 1)
    if gone:
        _disable(endpoints, WebhookEndpoint.Disabled.GONE)
    elif pause is None or now >= end:
        # One message that it cannot stomach is that message's fault, as long as it takes others.
        _disable(endpoints.exclude(delivered_at__gte=first), WebhookEndpoint.Disabled.FAILING)


def _disable(endpoints: Any, why: str) -> None:
    """Nothing is sent there any more, and its owners are told; once."""
    endpoint = endpoints.filter(disabled_at__isnull=True).select_related("issuer").first()
    values = {"disabled_at": clock.now(), "disabled_why": why}
    if endpoint is None or not endpoints.filter(disabled_at__isnull=True).update(**values):
        return
    AuditEvent.objects.record(endpoint.issuer, None, "webhook.disabled", endpoint, name=endpoint.name, why=why)
    address = settings.SITE_URL + reverse("manage-webhook", args=[endpoint.issuer.slug, endpoint.public_id])
    context = {"endpoint": endpoint.name, "why": why, "url": address}
    owners = Membership.objects.filter(issuer=endpoint.issuer).owners().select_related("user")
    kind, now = OutgoingEmail.Kind.WEBHOOK_OFF, clock.now()
    mails = [OutgoingEmail.to_member(kind, endpoint.issuer, to.user, not_before=now, context=context) for to in owners]
    OutgoingEmail.objects.bulk_create(mails)
    wake("recipients.tasks.send")


def give_up_crashed() -> int:
    """Tries that took their worker down each time. The number of deliveries given up."""
    with across_issuers("sweep"):
        dead = WebhookDelivery.objects.waiting().filter(attempts__gte=retrying.TRIES, lease_until__lt=Now())
        return dead.update(failed_at=clock.now(), problem="crashed", lease_until=None)


def forget() -> int:
    """Messages and their deliveries go after 30 days, and secrets that sign no more at once. How many messages."""
    gone = 0
    with across_issuers("what was told is kept for some days"):
        WebhookSecret.objects.filter(until__lt=Now()).delete()
    while True:
        with across_issuers("what was told is kept for some days"), transaction.atomic():
            old = WebhookMessage.objects.filter(created_at__lt=clock.now() - KEPT).order_by("created_at")
            chunk = list(old.values_list("pk", flat=True)[:FORGET_CHUNK])
            WebhookDelivery.objects.filter(message__in=chunk).delete()
            WebhookMessage.objects.filter(pk__in=chunk).delete()
        gone += len(chunk)
        if len(chunk) < FORGET_CHUNK:
            return gone
