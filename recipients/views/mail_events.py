"""`POST /mail-events/<provider>/`: what a mail provider tells of our mails. Only calls that prove who sends them count."""

from __future__ import annotations

import hashlib
import time
from importlib import import_module
from typing import Any

import structlog
from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from issuers.limits import Limit, caller
from recipients import bouncing

log = structlog.get_logger()
REFUSED = Limit("mail-events-refused", most=60, seconds=60)
MOST = 2_000
# Mailgun signs a number and a moment but not what it says: each number opens the door once, while its moment is young enough.
# It tries for eight hours to tell us something.
YOUNG = 24 * 3600
# What the readers of a library may meet in text that nobody has checked.
_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    AnymailError,
)


# Provider → Anymail's class that checks and reads its calls.
READERS = {
    "brevo": "BrevoTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
}


class Refused(Exception):
    """A call that is not listened to: its status and why, in words for the provider's own log."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def mail_events(request: HttpRequest, provider: str) -> HttpResponse:
    """200 once it is written down, whether or not it was new. Providers ask by HEAD whether somebody is at home."""
    receiver = _receiver(provider)
    if request.method == "HEAD":
        return HttpResponse()
    if REFUSED.spent(caller(request, settings.TRUSTED_PROXY_COUNT)):
        # Before we look: whoever guesses would otherwise learn by a 200 that a guess was right.
        return _turned_away(429, "Too many.")
    try:
        new = _hear(request, receiver)
    except Refused as refused:
        return _answer(request, refused)
    log.info("mail_events", provider=provider, new=new)
    return HttpResponse("Noted.", content_type="text/plain")


def _receiver(provider: str) -> Any:
    """Anymail's reader for this provider; 404 unless it is switched on, and has a secret to be known by."""
    if provider not in READERS or provider not in settings.MAIL_EVENTS or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    return getattr(import_module(f"anymail.webhooks.{provider}"), READERS[provider])()


def _hear(request: HttpRequest, receiver: Any) -> int:
    try:
        receiver.run_validators(request)
        events = receiver.parse_events(request)
        once = _once(events, receiver.esp_name)
    except AnymailWebhookValidationFailure as error:
        raise Refused(401, "Not signed as agreed.") from error
    except RequestDataTooBig as error:
        raise Refused(413, "Too large.") from error
    except _UNREADABLE as error:
        raise Refused(400, "Not readable.") from error
    if len(events) > MOST:
        raise Refused(413, f"At most {MOST} events at once.")
    try:
        with transaction.atomic():
            return bouncing.take(events)
    except Exception as error:
        if once:  # nothing was written down: it may be told again
            cache.delete(once)
        if isinstance(error, _UNREADABLE) and not isinstance(error, DatabaseError):
            raise Refused(400, "Not readable.") from error
        raise


def _once(events: list[Any], provider: str) -> str:
    """Where a signature covers no content, the key under which its number is kept. Raises Refused for one that was used."""
    if provider != "Mailgun" or not events:
        return ""
    signed = events[0].esp_event["signature"]
    if not abs(time.time() - float(signed["timestamp"])) <= YOUNG:  # nor where it is no number at all
        raise Refused(406, "Signed too long ago.")
    key = "mail-event:" + hashlib.sha256(str(signed["token"]).encode()).hexdigest()
    if not cache.add(key, 1, 2 * YOUNG):
        raise Refused(406, "Heard before.")
    return key


def _answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    status, why = refused.status, refused.why
    if not REFUSED.allows(caller(request, settings.TRUSTED_PROXY_COUNT)):
        status, why = 429, "Too many."
    return _turned_away(status, why)


def _turned_away(status: int, why: str) -> HttpResponse:
    log.warning("mail_event_refused", status=status, why=why)
    response = HttpResponse(why, status=status, content_type="text/plain")
    if status == 401:
        response["WWW-Authenticate"] = 'Basic realm="mail events"'
    if status == 429:
        response["Retry-After"] = str(REFUSED.seconds)
    return response
