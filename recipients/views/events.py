"""`POST /api/v1/events`: other systems tell what people did. Signed, all or nothing, and as often as one likes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from issuers import clock
from recipients import receiving
from recipients.events import reading, signing
from recipients.events.faults import Faulty
from recipients.events.signing import NotSigned, Signed
from recipients.models import EventKey
from recipients.views import machines
from recipients.views.machines import Problem

SCHEME = 'Webhook-Signature realm="events"'
_TOO_MANY = "too_many_events"


@machines.for_machines("POST")
def events(request: HttpRequest) -> HttpResponse:
    """202 with what became of each event; nothing of a call that is refused is kept."""
    content = machines.content(request, most=reading.MOST_BYTES)
    key, signed = _signed(request, content)
    try:
        body = machines.parsed(content, reading.MOST_BYTES)
        machines.admitted(key, body)
        return machines.answer(receiving.take_message(key, signed.message, content, body), 202)
    except Faulty as faulty:
        problem = Problem(_status(faulty), "not_recorded", faults=faulty.faults, more=faulty.more)
    except Problem as found:
        problem = found
    raise machines.noted(key, problem, signed.message)


def _signed(request: HttpRequest, content: bytes) -> tuple[EventKey, Signed]:
    """Whose message it is. Raises Problem."""
    key = None
    try:
        signed = signing.headers(request.headers.get)
        key = receiving.key_of(signed.key, EventKey.Way.EVENTS)
        if key is None:
            raise NotSigned("key_unknown")
        signing.check(signed, content, key.opened().decode(), clock.now())
    except NotSigned as error:
        raise machines.not_admitted(request, key, error, SCHEME) from error
    return key, signed


def _status(faulty: Faulty) -> int:
    if isinstance(faulty, receiving.Conflict):
        return 409
    return 413 if faulty.faults[0].code == _TOO_MANY else 422
