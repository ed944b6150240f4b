"""Stage: other systems that want to be told: make an endpoint, change it, pause it, give it another secret, tell it again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from issuers import clock
from issuers.models import AuditEvent, Issuer, User
from issuers.waking import wake
from recipients import announcing
from recipients.events import signing
from recipients.models import WebhookDelivery, WebhookEndpoint, WebhookSecret

MOST = 10
# While a receiver changes over, each message carries the signatures of both secrets.
CHANGE_OVER = timedelta(hours=24)


class TooMany(Exception):
    """As many endpoints as there may be: delete one first."""


@transaction.atomic
def make(issuer: Issuer, by: User, *, request_key: str, **values: Any) -> tuple[WebhookEndpoint, str] | None:
    """An endpoint and its secret, which nobody sees again. None where this form has made one before. Raises TooMany."""
    Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)
    endpoints = WebhookEndpoint.objects.filter(issuer=issuer)
    if endpoints.filter(request_key=request_key).exists():
        return None
    if endpoints.count() >= MOST:
        raise TooMany
    endpoint = WebhookEndpoint.objects.create(issuer=issuer, made_by=by, request_key=request_key, **values)
    secret = _new_secret(endpoint)
    _note(endpoint, by, "made", address=endpoint.with_address)
    return endpoint, secret


def _note(endpoint: WebhookEndpoint, by: User | None, deed: str, **details: Any) -> None:
    """In the trail, with its name: the row itself may be gone when somebody reads it."""
    AuditEvent.objects.record(endpoint.issuer, by, f"webhook.{deed}", endpoint, name=endpoint.name, **details)


def _new_secret(endpoint: WebhookEndpoint) -> str:
    told = signing.new_secret()
    row = WebhookSecret(issuer=endpoint.issuer, endpoint=endpoint)
    row.seal(told.encode())
    row.save()
    return told


@transaction.atomic
def edit(endpoint: WebhookEndpoint, by: User, **values: Any) -> bool:
    """Change what it is told and where. False where nothing is different."""
    changed = {name: value for name, value in values.items() if getattr(endpoint, name) != value}
    if not changed:
        return False
    # Another address has failed at nothing yet.
    fresh = {"failures": 0, "slow_at": None} if "url" in changed else {}
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**changed, **fresh)
    _note(endpoint, by, "edited", fields=sorted(changed))
    return True


@transaction.atomic
def rotate(endpoint: WebhookEndpoint, by: User) -> str:
    """Another secret; the one before signs beside it for a day, and any older one no more."""
    WebhookEndpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    secrets = WebhookSecret.objects.filter(endpoint=endpoint)
    secrets.filter(until__isnull=False).delete()
    secrets.update(until=clock.now() + CHANGE_OVER)
    told = _new_secret(endpoint)
    _note(endpoint, by, "rotated")
    return told


@transaction.atomic
def end_old_secret(endpoint: WebhookEndpoint, by: User) -> bool:
    """The change-over is done, or somebody else knows the old secret: it signs no more. False where there is none."""
    old = WebhookSecret.objects.filter(endpoint=endpoint, until__isnull=False)
    ended = old.filter(until__gt=clock.now()).exists()
    old.delete()
    if ended:
        _note(endpoint, by, "old_secret_ended")
    return ended


@transaction.atomic
def end_secrets(endpoint: WebhookEndpoint, by: User | None) -> bool:
    """Somebody else knows all of them: none signs any more, and nothing is sent until there is another. False if none did.

    A new one is shown once, so that it is made by whoever can give it to the receiver: until then what there is to tell waits.
    """
    WebhookEndpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    ended, _by_model = WebhookSecret.objects.filter(endpoint=endpoint).delete()
    if ended:
        WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=True).update(**_paused())
        _note(endpoint, by, "secrets_ended")
    return bool(ended)


@transaction.atomic
def pause(endpoint: WebhookEndpoint, by: User) -> bool:
    """Nothing is sent until somebody resumes it; what there is to tell waits. False if nothing was sent anyway."""
    running = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=True)
    paused = running.update(**_paused()) == 1
    if paused:
        _note(endpoint, by, "paused")
    return paused


def _paused() -> dict[str, Any]:
    return {"disabled_at": clock.now(), "disabled_why": WebhookEndpoint.Disabled.PAUSED}


@transaction.atomic
def resume(endpoint: WebhookEndpoint, by: User) -> bool:
    """What waited leaves now, in order, with all its tries before it. False if it is running, or could not sign."""
    stopped = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=False)
    stopped = stopped.filter(Exists(WebhookSecret.objects.filter(endpoint=OuterRef("pk"), until__isnull=True)))
    resumed = stopped.update(disabled_at=None, disabled_why="", failures=0, slow_at=None) == 1
    if resumed:
        WebhookDelivery.objects.waiting().filter(endpoint=endpoint).update(**_from_the_start())
        _note(endpoint, by, "resumed")
        wake(announcing.POST)
    return resumed


def _from_the_start() -> dict[str, Any]:
    return {"not_before": clock.now(), "attempts": 0, "first_tried_at": None}


@transaction.atomic
def delete(endpoint: WebhookEndpoint, by: User) -> None:
    """It is told nothing any more; its secrets and its log go with it."""
    _note(endpoint, by, "deleted")
    WebhookDelivery.objects.filter(endpoint=endpoint).delete()
    endpoint.delete()


@transaction.atomic
def test(endpoint: WebhookEndpoint, by: User) -> WebhookDelivery:
    """Send it a message that tells of nothing."""
    _note(endpoint, by, "tested")
    return announcing.test(endpoint)


@transaction.atomic
def replay(endpoint: WebhookEndpoint, by: User, *, delivery: int | None = None, since: datetime | None = None) -> int:
    """Send again under the same number: one delivery that is over, or all that failed since a moment. How many."""
    over = WebhookDelivery.objects.filter(endpoint=endpoint)
    over = over.filter(pk=delivery).exclude(pk__in=over.waiting()) if delivery else over.failed()
    if since is not None:
        over = over.filter(failed_at__gte=since)
    now = clock.now()
    done = over.update(delivered_at=None, failed_at=None, lease_until=None, replayed_at=now, **_from_the_start())
    if done:
        _note(endpoint, by, "replayed", messages=done)
        wake(announcing.POST)
    return done


@transaction.atomic
def hurry(endpoint: WebhookEndpoint, delivery: int) -> bool:
    """A delivery that waits for its next try does not wait for it. False where it waits for nothing, or is under way."""
    trying = WebhookDelivery.objects.waiting().filter(pk=delivery, endpoint=endpoint, lease_until__isnull=True)
    hurried = trying.filter(not_before__gt=clock.now()).update(not_before=clock.now()) == 1
    if hurried:
        wake(announcing.POST)
    return hurried
