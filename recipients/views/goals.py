"""One's own goals: what is to be earned this week, later, and what was reached."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges.models import Achievement
from recipients import aiming, digesting, oneself, planning, recognising
from recipients.models import Digest, Goal
from recipients.views.person import PersonRequest, own_page, tabbed

REACHED_MOST = 10


@require_safe
@own_page
def goals(request: Any) -> HttpResponse:
    """Everything one has set out to earn."""
    me = oneself.look(request.user)
    plan = planning.make(me)
    own = [line.goal.pk for line in (*plan.week, *plan.later) if not line.goal.group_id]
    context = {
        "plan": plan,
        "reached": plan.reached[:REACHED_MOST],
        "first": own[0] if own else None,
        "last": own[-1] if own else None,
        "removed": _removed(request, me),
        "digest": Digest.objects.filter(user=request.user).first(),
        **tabbed(request, "goals"),
    }
    return render(request, "recipients/wallet/goals.html", context)


def _removed(request: PersonRequest, me: oneself.Oneself) -> Goal | None:
    """What was taken away a moment ago, and can be put back."""
    away = Goal.objects.filter(recipient__in=me.rows, removed_at__isnull=False)
    return away.filter(public_id=request.GET.get("removed", "")).select_related("achievement").first()


def _own(request: PersonRequest, public_id: str) -> Goal:
    """A goal of one's own; 404 for those of groups and of other people."""
    rows = oneself.known_as(request.user)
    found: Goal = get_object_or_404(Goal.objects.select_related("issuer"), recipient__in=rows, public_id=public_id)
    return found


def _back(request: PersonRequest, **query: str) -> HttpResponse:
    """To the catalogue, for whoever comes from there, and otherwise to the goals."""
    if request.POST.get("from") == "catalogue":
        return redirect(reverse("wallet-catalogue") + _kept(request))
    more = "&".join(f"{key}={value}" for key, value in query.items())
    return redirect(reverse("wallet-goals") + (f"?{more}" if more else ""))


def _kept(request: PersonRequest) -> str:
    """The search as it was, if it is one."""
    query = request.POST.get("query", "")[:300]
    return query if query.startswith("?") else ""


@require_POST
@own_page
def choose(request: Any, public_id: str) -> HttpResponse:
    """Make it a goal; without more it is for later."""
    issuers = {row.issuer_id: row for row in reversed(oneself.known_as(request.user))}
    found = Achievement.objects.published().filter(issuer__in=issuers, issuer__approved_at__isnull=False)
    achievement = get_object_or_404(found, public_id=public_id)
    recognising.recognise(request.user)
    try:
        goal = aiming.choose(issuers[achievement.issuer_id], achievement)
    except aiming.TooMany:
        messages.warning(request, _("You have thirty goals. Take one away before you choose another."))
        return _back(request)
    if "week" in request.POST:
        aiming.plan(goal, this_week=True)
    messages.success(request, _("“%(name)s” is one of your goals.") % {"name": achievement.name})
    return _back(request)


@require_POST
@own_page
def removal(request: Any, public_id: str) -> HttpResponse:
    """Take it away; the next page offers to put it back."""
    goal = _own(request, public_id)
    aiming.remove(goal)
    return _back(request, removed=goal.public_id)


@require_POST
@own_page
def restoration(request: Any, public_id: str) -> HttpResponse:
    """Put it back where it was."""
    if aiming.put_back(_own(request, public_id)):
        messages.success(request, _("It is back among your goals."))
    return _back(request)


@require_POST
@own_page
def week(request: Any, public_id: str) -> HttpResponse:
    """For this week, or not."""
    aiming.plan(_own(request, public_id), this_week=request.POST.get("week") == "1")
    return _back(request)


@require_POST
@own_page
def position(request: Any, public_id: str) -> HttpResponse:
    """One place up or down, among what is shown: this week's first, then the others."""
    goal = _own(request, public_id)
    plan = planning.make(oneself.look(request.user), near=0)
    own = [line.goal for line in (*plan.week, *plan.later) if not line.goal.group_id]
    if goal in own:
        aiming.move(goal, own, by=-1 if request.POST.get("move") == "up" else 1)
    return redirect(reverse("wallet-goals") + f"#goal-{goal.public_id}")


@require_POST
@own_page
def digest(request: Any) -> HttpResponse:
    """A mail on Monday mornings, or none."""
    on = request.POST.get("on") == "1"
    digesting.answer(request.user, on=on)
    said = _("You get a short mail on Mondays when there is something to say.") if on else _("You get no weekly mail.")
    messages.success(request, said)
    return redirect("wallet" if request.POST.get("from") == "wallet" else "wallet-goals")
