"""xAPI 1.0.3, as far as it takes statements in: PUT and POST of statements, and what this is (decision 0020).

What is taken are facts, not statements: there is nothing to GET. Such a system "is not considered to be an LRS" (part
three, 2.0), and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps

from django.http import HttpRequest, HttpResponse

from issuers import clock
from recipients import receiving
from recipients.events import reading, signing, xapi
from recipients.events.faults import Fault, Faulty
from recipients.events.signing import NotSigned
from recipients.models import EventKey
from recipients.views import machines
from recipients.views.machines import Problem

SCHEME = 'Basic realm="xAPI", charset="UTF-8"'
_PARAMETER = "statementId"
View = Callable[[HttpRequest], HttpResponse]


def _versioned(view: View) -> View:
    """Part three, 3.3: every answer says the version; 2.1.3: and until when everything is there."""

    @wraps(view)
    def versioned(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response["X-Experience-API-Version"] = xapi.VERSION
        response["X-Experience-API-Consistent-Through"] = clock.now().isoformat()
        return response

    return versioned


@_versioned
@machines.for_machines("PUT", "POST")
def statements(request: HttpRequest) -> HttpResponse:
    """200 with the ids of what was posted, 204 for what was put."""
    content = machines.content(request, most=reading.MOST_BYTES, wrong_type=400)
    key = _key(request)
    try:
        xapi.version(request.headers.get("X-Experience-API-Version"))
        number = _number(request)
        body = machines.parsed(content, reading.MOST_BYTES)
        if request.method == "PUT" and isinstance(body, list):
            raise Faulty([Fault("", "json_object")])
        machines.admitted(key, body)
        taken = receiving.take_statements(key, body, number=number, status=204 if number else 200)
        return HttpResponse(status=204) if number else machines.answer(taken)
    except Faulty as faulty:
        problem = Problem(_status(faulty), "not_recorded", faults=faulty.faults, more=faulty.more)
    except Problem as found:
        problem = found
    raise machines.noted(key, problem)


def _key(request: HttpRequest) -> EventKey:
    """Whose statements they are. Raises Problem."""
    key = None
    try:
        name, password = signing.basic(request.headers.get("Authorization"))
        key = receiving.key_of(name, EventKey.Way.XAPI)
        if key is None or not signing.same(password, key.opened().decode()):
            raise NotSigned("key_unknown")
    except NotSigned as error:
        raise machines.not_admitted(request, key, error, SCHEME) from error
    return key


def _number(request: HttpRequest) -> str:
    """The statementId of a PUT; no other parameter is known here, and none at all of a POST (3.2). Raises Faulty."""
    _only(request, {_PARAMETER} if request.method == "PUT" else set())
    return xapi.statement_id(request.GET.get(_PARAMETER, "")) if request.method == "PUT" else ""


def _only(request: HttpRequest, names: Collection[str]) -> None:
    unknown = [name for name in request.GET if name not in names]
    if unknown:
        raise Faulty([Fault("", "unknown_parameter", {"value": name[:40]}) for name in unknown])


def _status(faulty: Faulty) -> int:
    """Section 3.2 knows 400 for whatever is wrong in a statement."""
    if isinstance(faulty, receiving.Conflict):
        return 409
    return 413 if faulty.faults[0].code == "too_many_events" else 400


@_versioned
@machines.for_machines("GET", "HEAD")
def about(request: HttpRequest) -> HttpResponse:
    """Section 2.8; nobody has to say who they are, or which version they speak."""
    return machines.answer({"version": [xapi.VERSION]})
