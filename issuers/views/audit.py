"""What was done in an institution, newest first."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from issuers.access import StaffRequest, member_required
from issuers.forms.members import TrailForm
from issuers.models import AuditEvent
from issuers.views import trail

PAGE = 50


def _key(request: StaffRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 18 else None


def _page(request: StaffRequest, events: Any) -> tuple[list[AuditEvent], int | None, int | None]:
    """One page by key, and the keys of the newer and the older one."""
    before, after = _key(request, "before"), _key(request, "after")
    if after is not None:
        found = list(events.filter(id__gt=after).order_by("id")[: PAGE + 1])
        more, shown = len(found) > PAGE, found[:PAGE][::-1]
        return shown, shown[0].pk if more else None, shown[-1].pk if shown else None
    found = list((events.filter(id__lt=before) if before is not None else events)[: PAGE + 1])
    shown = found[:PAGE]
    older = shown[-1].pk if len(found) > PAGE else None
    return shown, shown[0].pk if shown and before is not None else None, older


@require_safe
@member_required("audit.view")
def audit(request: StaffRequest) -> HttpResponse:
    """The trail, by action and by person."""
    form = TrailForm(request.GET, actions=trail.actions())
    form.is_valid()
    events = AuditEvent.objects.newest_first()
    if action := form.cleaned_data.get("action"):
        events = events.filter(action=action)
    if person := form.cleaned_data.get("person"):
        events = events.filter(actor=person)
    shown, newer, older = _page(request, events)
    context = {"form": form, "lines": trail.lines(request.issuer.slug, shown), "newer": newer, "older": older}
    return render(request, "issuers/audit.html", context)
