"""Goals that staff set for groups, and how far each group is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.criteria import rules
from badges.criteria.evaluating import Verdict, evaluate
from badges.models import Rule
from badges.wording import verdicts
from badges.wording.names import Names, in_quotes
from issuers import clock
from issuers.access import StaffRequest, member_required
from recipients import aiming, knowing
from recipients.forms.goals import GroupGoalForm
from recipients.models import AchievementCredential, Goal, GroupMember, Recipient
from recipients.views.paging import page


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("group.edit")
def goals(request: StaffRequest) -> HttpResponse:
    """Every goal that stands, and a form for a new one."""
    form = GroupGoalForm(request.POST or None, issuer=request.issuer)
    if request.method == "POST" and form.is_valid():
        try:
            goal = aiming.set_for_group(request.issuer, by=request.user, **form.cleaned_data)
        except aiming.SetAlready:
            form.add_error("achievement", _("This group has this goal already. End it first, or choose another."))
        else:
            messages.success(request, _("Set. Everybody in the group sees it in their wallet."))
            return redirect("manage-goal", slug=request.issuer.slug, public_id=goal.public_id)
    standing = page(request, Goal.objects.standing().of_groups())
    reached = _reached(standing.rows)
    rows = [(goal, *reached[goal.pk]) for goal in standing.rows]
    context = {"form": form, "rows": rows, "page": standing, "has_groups": form.has_groups}
    return render(request, "recipients/staff/goals.html", context, status=422 if form.errors else 200)


def _reached(goals: Sequence[Goal]) -> dict[int, tuple[int, int]]:
    """N of m by goal: people, and those of them who hold it. Two addresses of one person are one person."""
    members: dict[int, dict[int, int]] = {}
    groups = {goal.group_id for goal in goals}
    people = GroupMember.objects.filter(group__in=groups, recipient__erased_at__isnull=True)
    for group, recipient, user in people.values_list("group_id", "recipient_id", "recipient__user_id"):
        members.setdefault(group, {})[recipient] = -user if user else recipient
    holding = AchievementCredential.objects.standing(clock.now()).filter(
        achievement__in=[goal.achievement_id for goal in goals]
    )
    holders: dict[int, set[int]] = {}
    for achievement, recipient, user in holding.values_list("achievement_id", "recipient_id", "recipient__user_id"):
        holders.setdefault(achievement, set()).add(-user if user else recipient)
    counted = {}
    for goal in goals:
        everybody = set(members.get(goal.group_id or 0, {}).values())
        counted[goal.pk] = (len(everybody & holders.get(goal.achievement_id, set())), len(everybody))
    return counted


@dataclass(frozen=True)
class Member:
    """One person of the group, and how far they are."""

    person: Recipient
    held: bool
    verdict: Verdict | None
    names: Names

    @property
    def done(self) -> bool:
        return self.held or bool(self.verdict and self.verdict.met)

    @property
    def progress(self) -> str:
        return verdicts.overall(self.verdict) if self.verdict else ""

    @property
    def next_step(self) -> str:
        return verdicts.next_step(self.verdict, self.names) if self.verdict and not self.held else ""


@require_safe
@member_required("group.edit")
def goal(request: StaffRequest, public_id: str) -> HttpResponse:
    """One goal: who has reached it, who is how far, and what each still needs."""
    found = get_object_or_404(Goal.objects.of_groups(), public_id=public_id)
    listed = GroupMember.objects.filter(group=found.group_id, recipient__erased_at__isnull=True)
    shown = page(request, listed.select_related("recipient"))
    context = {
        "goal": found,
        "page": shown,
        "members": _members(request, found, [row.recipient for row in shown.rows]),
        "reached": _reached([found])[found.pk],
    }
    return render(request, "recipients/staff/goal.html", context)


def _members(request: StaffRequest, goal: Goal, people: list[Recipient]) -> list[Member]:
    """In the words of the rule that runs, if one does."""
    rule = Rule.objects.on().filter(achievement=goal.achievement).select_related("version").first()
    histories = knowing.histories(request.issuer, people) if people else {}
    read = rules.read(rule.version.document) if rule and rule.version else None
    issuer = request.issuer.pk
    names = knowing.names_asked([(issuer, read)], mark=in_quotes)[issuer] if read and people else Names()
    same = knowing.same_people(request.issuer, people)
    standing = AchievementCredential.objects.standing(clock.now()).filter(
        achievement=goal.achievement, recipient__in=same
    )
    holders = {same[pk] for pk in standing.values_list("recipient_id", flat=True)}
    return [
        Member(row, same[row.pk] in holders, evaluate(read, histories[row.pk]) if read else None, names)
        for row in people
    ]


@require_POST
@member_required("group.edit")
def ending(request: StaffRequest, public_id: str) -> HttpResponse:
    """The group has it no more."""
    found = get_object_or_404(Goal.objects.of_groups(), public_id=public_id)
    if aiming.end(found, request.user):
        messages.success(request, _("Ended. Nobody sees it in their wallet any more."))
    return redirect("manage-goal", slug=request.issuer.slug, public_id=public_id)


@require_POST
@member_required("group.edit")
def resumption(request: StaffRequest, public_id: str) -> HttpResponse:
    """Undo an end."""
    found = get_object_or_404(Goal.objects.of_groups(), public_id=public_id)
    if aiming.resume(found, request.user):
        messages.success(request, _("It goes on."))
    return redirect("manage-goal", slug=request.issuer.slug, public_id=public_id)
