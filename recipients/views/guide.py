"""Getting started: five steps from an opportunity to something that people show, and packs that begin all of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from badges import previewing, starting
from badges.models import Achievement, Opportunity, Rule
from badges.packs import BY_KEY, PACKS, Pack
from badges.views import editor
from issuers.access import StaffRequest, member_required
from recipients import asking
from recipients.models import ApplicationForm, Award
from recipients.questions import Asked, Kind


@dataclass(frozen=True)
class Step:
    """One of the five: what it is about, where it is done, and whether something is there already."""

    title: str
    text: str
    done: bool
    url: str
    action: str
    permission: str


@require_safe
@member_required("achievement.view")
def guide(request: StaffRequest) -> HttpResponse:
    """The five steps as they stand, and the packs."""
    steps = _steps(request)
    begun = BY_KEY.get(request.GET.get("begun", ""))
    context = {
        "steps": steps,
        "done": sum(step.done for step in steps),
        "current": next((step for step in steps if not step.done), None),
        "packs": PACKS if {"achievement.edit", "rule.edit"} <= request.permissions else (),
        "begun": begun,
        "made": _made(begun) if begun else [],
    }
    return render(request, "recipients/staff/guide.html", context)


def _made(begun: Pack) -> list[Achievement]:
    """The newest drafts of these names: what the pack has just made."""
    found = [
        Achievement.objects.current().filter(name=str(draft.name)).order_by("-id").first() for draft in begun.drafts
    ]
    return [one for one in found if one is not None]


def _steps(request: StaffRequest) -> list[Step]:
    def to(name: str) -> str:
        return reverse(name, args=[request.issuer.slug])

    awarded = Award.objects.exists()
    return [
        Step(
            _("Find an opportunity"),
            _(
                "What do people do with you that deserves to be seen? A webinar series, helping each other, a piece of work."
            ),
            Opportunity.objects.exists() or awarded,
            to("manage-opportunities"),
            _("Name what people can do"),
            "activity.view",
        ),
        Step(
            _("Decide what to recognise"),
            _("A skill, a task or an achievement, and whether taking part is enough or mastery must be shown."),
            Achievement.objects.exists(),
            to("manage-achievements"),
            _("Begin an achievement"),
            "achievement.view",
        ),
        Step(
            _("Design the badge"),
            _("Choose a design; it takes your colours and the name by itself. Then publish."),
            Achievement.objects.published().exists(),
            to("manage-achievements"),
            _("Design and publish"),
            "achievement.view",
        ),
        Step(
            _("Say what earns it"),
            _("A rule that awards by itself, a rubric for assessors, a form that people fill in, or your own list."),
            awarded or Rule.objects.on().exists() or ApplicationForm.objects.opened().exists() or _assessed(),
            to("manage-rules"),
            _("Write a rule"),
            "rule.edit",
        ),
        Step(
            _("Issue and promote"),
            _("Award it, and tell people that they can earn it: every published achievement has a promotion kit."),
            awarded,
            to("manage-issue"),
            _("Award somebody"),
            "credential.award",
        ),
    ]


def _assessed() -> bool:
    """Whether somebody can hand in work for something that is published."""
    return Achievement.objects.published().filter(assessment__isnull=False, basis=Achievement.Basis.MASTERY).exists()


@require_POST
@member_required("achievement.edit")
def pack(request: StaffRequest) -> HttpResponse:
    """Begin with a pack: everything it needs, as drafts."""
    chosen = BY_KEY.get(request.POST.get("pack", ""))
    if chosen is None:
        raise Http404
    with transaction.atomic():
        made = starting.begin(request.issuer, request.user, chosen)
        if chosen.tutorial:
            _tutorial(request, made[0], chosen)
    for achievement in made:
        previewing.ask(editor.find(achievement.public_id))
    drafts = ngettext("%(count)s draft is there.", "%(count)s drafts are there.", len(made)) % {"count": len(made)}
    messages.success(request, f"{drafts} " + _("Nothing is published or awarded by it."))
    return redirect(reverse("manage-guide", args=[request.issuer.slug]) + f"?begun={chosen.key}#begun")


def _tutorial(request: StaffRequest, achievement: Achievement, chosen: Pack) -> None:
    """The tutorial and its questions, answered by the answers themselves."""
    questions = [_asked(said) for said in chosen.tutorial["questions"]]
    asking.save(
        achievement,
        request.user,
        edits=0,
        questions=questions,
        tutorial=str(chosen.tutorial["text"]),
        answered=ApplicationForm.AnsweredBy.ANSWERS,
        most=10,
    )


def _asked(said: dict[str, Any]) -> Asked:
    return Asked(
        key=secrets.token_hex(4),
        kind=Kind(said["kind"]),
        label=str(said["label"]),
        options=tuple(str(one) for one in said.get("options", ())),
        accepted=tuple(str(one) for one in said["accepted"]),
    )
