"""Work that was handed in: the list of it by age, who has it in hand, and giving it out fairly."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from badges.models import Achievement
from issuers import clock
from issuers.access import StaffRequest, member_required
from issuers.models import User
from recipients import assessing
from recipients.models import ReviewerInvite, Submission
from recipients.views import reasons
from recipients.views.paging import page

_WAITING = Q(submitted_at__isnull=False, withdrawn_at__isnull=True, decided_at__isnull=True)
# From so many days on a row says that it has waited long.
LONG = 14


def one_or_404(public_id: str) -> Submission:
    """Work that was handed in here; what is still in the learner's hand, or was taken back, is not ours to see."""
    rows = Submission.objects.listed().select_related("user", "credential", "issuer")
    return get_object_or_404(rows, public_id=public_id, submitted_at__isnull=False, withdrawn_at__isnull=True)


def _filters(request: StaffRequest) -> dict[str, tuple[str, Q]]:
    outside = Q(outside=True)
    return {
        "mine": (_("Mine"), _WAITING & Q(assessor=request.user)),
        "unassigned": (_("In nobody’s hand"), _WAITING & Q(assessor__isnull=True) & ~outside),
        "": (_("All that waits"), _WAITING),
        "decided": (_("Decided"), Q(decided_at__isnull=False)),
    }


def _rows(request: StaffRequest) -> Any:
    """What the search finds, whoever has it."""
    invited = ReviewerInvite.objects.open().filter(submission=OuterRef("pk"))
    rows = Submission.objects.listed().annotate(outside=Exists(invited))
    rows = rows.filter(submitted_at__isnull=False, withdrawn_at__isnull=True)
    if achievement := request.GET.get("achievement", ""):
        rows = rows.filter(achievement__public_id=achievement)
    for word in request.GET.get("q", "").strip()[:100].split()[:6]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(recipient__address_key__icontains=word) | Q(achievement__name__icontains=word)
        )
    return rows


def _tabs(request: StaffRequest, rows: Any, state: str) -> list[dict[str, Any]]:
    named = _filters(request)
    counts = rows.aggregate(**{key or "all": Count("pk", filter=rule) for key, (_label, rule) in named.items()})
    here = reverse("manage-submissions", args=[request.issuer.slug])
    return [
        {
            "label": label,
            "url": f"{here}?state={key}" if key else here,
            "current": key == state,
            "count": counts[key or "all"],
        }
        for key, (label, _rule) in named.items()
    ]


@require_safe
@member_required("submission.view")
def submissions(request: StaffRequest) -> HttpResponse:
    """The list; what waits longest is what the oldest page ends with, and says its age."""
    state = request.GET.get("state", "")
    state = state if state in _filters(request) else ""
    rows = _rows(request)
    shown = page(request, rows.filter(_filters(request)[state][1]))
    for row in shown.rows:
        row.days = (clock.now() - row.submitted_at).days
        row.long = row.decided_at is None and row.days >= LONG
    context = {
        "page": shown,
        "tabs": _tabs(request, rows, state),
        "state": state,
        "q": request.GET.get("q", ""),
        "achievement": request.GET.get("achievement", ""),
        "achievements": Achievement.objects.filter(basis=Achievement.Basis.MASTERY).order_by("name"),
        "may_manage": "submission.manage" in request.permissions,
        "load": _load() if "submission.manage" in request.permissions else [],
    }
    return render(request, "recipients/staff/submissions.html", context)


def _load() -> list[tuple[str, int]]:
    """Who has work in hand, and how much."""
    held = Submission.objects.waiting().filter(assessor__isnull=False)
    counted = held.values("assessor").annotate(held=Count("id")).order_by("-held")
    numbers = {row["assessor"]: row["held"] for row in counted}
    users = User.objects.in_bulk(numbers)
    return [(str(users[key]), held) for key, held in numbers.items()]


@require_POST
@member_required("submission.manage")
def distribution(request: StaffRequest) -> HttpResponse:
    """Give out what is in nobody's hand, oldest first, to whoever has fewest."""
    given = assessing.distribute(request.issuer)
    if given:
        text = ngettext("%(count)s piece of work has an assessor now.", "%(count)s pieces have an assessor now.", given)
        messages.success(request, text % {"count": given})
    else:
        messages.info(request, _("There was nothing to give out, or nobody who may assess it."))
    return redirect("manage-submissions", slug=request.issuer.slug)


@require_POST
@member_required("submission.view")
def taking(request: StaffRequest, public_id: str) -> HttpResponse:
    """Take it in hand, whoever may have this turn."""
    found = one_or_404(public_id)
    if assessing.NEEDS[Submission.Turn(found.turn)] not in request.permissions:
        messages.error(request, _("Your role does not allow this. Ask an administrator."))
    else:
        _try(request, lambda: assessing.take(found, request.user), _("You have it in hand."))
    return redirect("manage-submission", slug=request.issuer.slug, public_id=public_id)


@require_POST
@member_required("submission.view")
def giving_back(request: StaffRequest, public_id: str) -> HttpResponse:
    """Give it back to the list."""
    if assessing.hand_back(one_or_404(public_id), request.user):
        messages.success(request, _("It is back in the list."))
    return redirect("manage-submissions", slug=request.issuer.slug)


@require_POST
@member_required("submission.manage")
def assignment(request: StaffRequest, public_id: str) -> HttpResponse:
    """Put it into a member's hand, or into nobody's."""
    found, chosen = one_or_404(public_id), request.POST.get("member", "")
    may = {str(row.pk): row for row in assessing.assessors(request.issuer, found.turn)}
    if chosen and chosen not in may:
        messages.error(request, _("Choose one of the members who may assess."))
    else:
        to = may[chosen].user if chosen else None
        _try(request, lambda: assessing.assign(found, to, request.user), _("Noted."))
    return redirect("manage-submission", slug=request.issuer.slug, public_id=public_id)


def _try(request: StaffRequest, deed: Any, said: str) -> None:
    try:
        deed()
    except assessing.NotPossible as refused:
        messages.error(request, reasons.assessing(refused.code))
    else:
        messages.success(request, said)
