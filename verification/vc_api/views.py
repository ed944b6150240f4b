"""The endpoints of the VC-API that the public suites call, and the status list of what is issued."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from issuers import clock
from verification.vc_api import issuing, status, verifying
from verification.vc_api.problems import Problem
from verification.vc_api.requests import Body, for_machines, is_on, object_in
from verification.views.machine import machine_response

# The libraries of the suites read as JSON what says so in its type.
_LIST_TYPES = ["application/vc+ld+json", "application/vc", "application/ld+json", "application/json"]
_LIST_SECONDS = 300


@for_machines
def issue(request: HttpRequest, body: Body) -> HttpResponse:
    """201 with the credential, or 400 with the errors."""
    try:
        made = issuing.issue(object_in(body, "credential"), object_in(body, "options", optional=True))
    except Problem as problem:
        return JsonResponse({"errors": [problem.json()]}, status=400)
    return JsonResponse({"verifiableCredential": made}, status=201)


@for_machines
def verify_credential(request: HttpRequest, body: Body) -> HttpResponse:
    """200 when all that was asked for holds; anything else is 400, as the suites take every 200 for a yes."""
    try:
        wanted = verifying.asked(object_in(body, "options", optional=True), "assertionMethod")
        verifying.credential(object_in(body, "verifiableCredential"), wanted)
    except Problem as problem:
        return _not_verified(problem)
    return _verified(wanted)


@for_machines
def verify_presentation(request: HttpRequest, body: Body) -> HttpResponse:
    """Likewise, for what a holder presents."""
    try:
        wanted = verifying.asked(object_in(body, "options", optional=True), "authentication")
        verifying.presentation(object_in(body, "verifiablePresentation"), wanted)
    except Problem as problem:
        return _not_verified(problem)
    return _verified(wanted)


def _verified(wanted: verifying.Asked) -> HttpResponse:
    return JsonResponse({"verified": True, "checks": list(wanted.checks), "warnings": [], "errors": []})


def _not_verified(problem: Problem) -> HttpResponse:
    return JsonResponse({"verified": False, "checks": [], "warnings": [], "errors": [problem.json()]}, status=400)


@require_safe
def status_list(request: HttpRequest) -> HttpResponse:
    """Public, as every status list: whoever holds a credential may ask."""
    if not is_on():
        raise Http404
    wanted = request.get_preferred_type(_LIST_TYPES) or _LIST_TYPES[0]
    response = machine_response(request, status.signed_list(clock.now()), wanted, _LIST_SECONDS)
    response["Vary"] = "Accept"
    return response
