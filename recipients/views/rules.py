"""Every rule of the institution: what it says, whether it runs, how many earned by it, who waits and who is in doubt."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges.criteria.drafting import readable
from badges.models import Rule
from badges.wording import marking
from issuers.access import StaffRequest, member_required
from recipients import earning, knowing
from recipients.models import Earning
from recipients.views.paging import counted, page
from recipients.views.rule_desk import said, state_of

STATES = {
    "on": Q(switched_on_at__isnull=False, paused_at__isnull=True),
    "paused": Q(switched_on_at__isnull=False, paused_at__isnull=False),
    "off": Q(switched_on_at__isnull=True),
}


def tabs(request: StaffRequest, current: str) -> list[dict[str, Any]]:
    """Rules, what waits for approval, and doubts: for those who may decide them."""
    slug = request.issuer.slug
    found: list[tuple[str, Any, Any]] = [("manage-rules", _("All rules"), "")]
    if "credential.award" in request.permissions:
        found.append(("manage-held", _("Held"), counted(waiting()) or ""))
    if "credential.revoke" in request.permissions:
        found.append(("manage-doubts", _("Doubts"), counted(earning.doubts(request.issuer)) or ""))
    return [
        {"url": reverse(name, args=[slug]), "label": label, "count": count, "current": name == current}
        for name, label, count in found
    ]


def waiting() -> Any:
    """Earnings that somebody must approve: the first time, or by a second person."""
    rule = "rule_version__rule__approval"
    first = Q(approved_at__isnull=True) & ~Q(**{rule: Rule.Approval.NONE})
    second = Q(approved_at__isnull=False, seconded_at__isnull=True, **{rule: Rule.Approval.TWO})
    return Earning.objects.open().filter(first | second, recipient__erased_at__isnull=True)


@require_safe
@member_required("rule.edit")
def rules(request: StaffRequest) -> HttpResponse:
    """The list, by name and state."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()[:100]
    rows = Rule.objects.filter(achievement__archived_at__isnull=True).select_related("achievement", "version", "issuer")
    rows = rows.filter(STATES[state]) if state in STATES else rows
    for word in words.split()[:6]:
        rows = rows.filter(achievement__name__icontains=word)
    found = page(request, rows, size=25)
    context = {
        "page": found,
        "rules": _lines(request, found.rows),
        "tabs": tabs(request, "manage-rules"),
        "state": state,
        "states": list(STATES),
        "q": words,
    }
    return render(request, "recipients/staff/rules.html", context)


def _lines(request: StaffRequest, rows: list[Rule]) -> list[dict[str, Any]]:
    names = marking.for_page(knowing.names(request.issuer))
    counts = {row["rule_version__rule"]: row for row in _counted(rows)}
    return [
        {
            "rule": row,
            "state": state_of(row),
            "sentence": said(readable(_document(row)), names),
            "held": [(hold.label, number) for hold, number in earning.held(row).items()]
            if counts.get(row.pk, {}).get("open")
            else [],
            **counts.get(row.pk, {}),
        }
        for row in rows
    ]


def _document(row: Rule) -> dict[str, Any]:
    """What runs, else what is written."""
    document: dict[str, Any] = (row.version.document if row.version and row.switched_on_at else row.draft) or {}
    return document


def _counted(rows: list[Rule]) -> Any:
    doubted = Q(doubted_at__isnull=False, doubt_settled_at__isnull=True, credential__revoked_at__isnull=True)
    return (
        Earning.objects.filter(rule_version__rule__in=rows)
        .values("rule_version__rule")
        .annotate(
            earned=Count("pk", filter=Q(credential__isnull=False, credential__cancelled_at__isnull=True)),
            open=Count("pk", filter=Q(settled_at__isnull=True)),
            doubted=Count("pk", filter=doubted & Q(credential__isnull=False, credential__cancelled_at__isnull=True)),
        )
    )
