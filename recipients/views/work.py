"""A learner's own work: begin, plan, hand in, read what assessors found, work on it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.models import Achievement
from issuers import media
from issuers.limits import Limit
from recipients import assessing, submitting
from recipients.artefacts import MOST_FILES
from recipients.forms.work import DraftForm, FileForm, LinkForm, PlanForm, TextForm
from recipients.models import Artefact, Submission
from recipients.submitting import NotPossible
from recipients.views import reasons
from recipients.views.giving import addressed
from recipients.views.person import own_page, tabbed

# Somebody who begins everything at once is nobody who learns.
STARTS = Limit("work-start", most=20, seconds=24 * 3600)


def own_or_404(request: Any, public_id: str) -> Submission:
    """One's own work; 404 for everybody else's."""
    found: Submission = get_object_or_404(submitting.of(request.user), public_id=public_id)
    return found


@require_safe
@own_page
def works(request: Any) -> HttpResponse:
    """Everything one works on, and has handed in."""
    rows = list(submitting.of(request.user))
    for row in rows:
        row.badge_url = media.url(row.version.badge_small)
    return render(request, "recipients/work/list.html", {"works": rows, **tabbed(request, "work")})


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def start(request: Any, slug: str, achievement: str) -> HttpResponse:
    """Begin: the name, the way, the day. Whoever has begun before goes on."""
    rows = Achievement.objects.select_related("issuer").prefetch_related("versions")
    found = get_object_or_404(rows, issuer__slug=slug, slug=achievement, issuer__approved_at__isnull=False)
    try:
        submitting.refuse_unless_open(found)
        if begun := submitting.open_one(found, request.user):
            return redirect("work", public_id=begun.public_id)
        return _start(request, found)
    except NotPossible as refused:
        context = {"achievement": found, "issuer": found.issuer, "why": reasons.work(refused.code)}
        return render(request, "recipients/work/closed.html", context, status=409)


def _start(request: Any, found: Achievement) -> HttpResponse:
    latest = found.latest
    assert latest is not None
    known = submitting.known_as(found.issuer, request.user)
    name = (known.name if known else "") or request.user.name
    form = PlanForm(request.POST or None, assessment=latest.content["assessment"], initial={"name": name})
    if request.method != "POST" or not form.is_valid():
        context = {"achievement": found, "version": latest, "issuer": found.issuer, "form": form}
        context["badge_url"] = media.url(latest.badge_picture)
        return render(request, "recipients/work/start.html", context, status=422 if form.errors else 200)
    if not STARTS.allows(str(request.user.pk)):
        return render(request, "429.html", status=429)
    begun = submitting.start(found, request.user, **form.told())
    return redirect("work", public_id=begun.public_id)


@require_safe
@own_page
def work(request: Any, public_id: str) -> HttpResponse:
    """The draft, or what became of it."""
    return work_page(request, own_or_404(request, public_id))


def work_page(request: Any, found: Submission, status: int = 200, **forms: Any) -> HttpResponse:
    """The page, with a form that was refused in its place."""
    context = {
        "work": found,
        "issuer": found.issuer,
        "assessment": found.assessment,
        "rubric": found.rubric,
        "pieces": addressed(Artefact.objects.there().filter(submission=found), "work-file", found.public_id),
        "tab": "work",
        **_before(found),
        **(_drafting(found) if found.state == "begun" else _handed_in(found)),
        **forms,
    }
    return render(request, "recipients/work/work.html", context, status=status)


def _drafting(found: Submission) -> dict[str, Any]:
    told = {name: getattr(found, name) for name in ("name", "route", "due_on", "levels_public")}
    return {
        "form": DraftForm(assessment=found.assessment, initial=told),
        "file_form": FileForm(auto_id="file_%s"),
        "link_form": LinkForm(auto_id="link_%s"),
        "text_form": TextForm(auto_id="text_%s"),
        "files_left": submitting.files_left(found),
        "most_files": MOST_FILES,
        "removed": Artefact.objects.filter(submission=found, removed_at__isnull=False).order_by("-removed_at")[:3],
    }


def _handed_in(found: Submission) -> dict[str, Any]:
    return {"findings": assessing.findings(found), "left": submitting.tries_left(found)}


def _before(found: Submission) -> dict[str, Any]:
    """Earlier tries, and what was found in the last of them."""
    rows = (
        Submission.objects.decided()
        .listed()
        .filter(achievement=found.achievement_id, recipient=found.recipient_id, number__lt=found.number)
    )
    earlier = list(rows.order_by("-number"))
    told = assessing.findings(earlier[0]) if earlier and found.state == "begun" else []
    return {"earlier": earlier, "last_findings": told, "last_try": earlier[0] if earlier else None}


@require_POST
@own_page
def plan(request: Any, public_id: str) -> HttpResponse:
    """Save what is said of the work."""
    found = own_or_404(request, public_id)
    form = DraftForm(request.POST, assessment=found.assessment, initial={"due_on": found.due_on})
    if not form.is_valid():
        return work_page(request, found, 422, form=form)
    return done(request, found, lambda: submitting.save(found, **form.told()), _("Saved."))


def done(request: Any, found: Submission, deed: Any, said: str) -> HttpResponse:
    """Do it and say so, or say why it was not possible; back to the work."""
    try:
        deed()
    except NotPossible as refused:
        messages.error(request, reasons.work(refused.code))
    else:
        messages.success(request, said)
    return redirect("work", public_id=found.public_id)


@require_POST
@own_page
def submission(request: Any, public_id: str) -> HttpResponse:
    """Hand it in; where the institution gives work out at once, somebody has it from now on."""
    found = own_or_404(request, public_id)

    def deed() -> None:
        submitting.submit(found)
        if found.assessment["distributed"]:
            assessing.distribute(found.issuer, only=found)

    return done(request, found, deed, _("Handed in. You get a mail when it has been read."))


@require_POST
@own_page
def withdrawal(request: Any, public_id: str) -> HttpResponse:
    """Take it back; a try is not used up by it."""
    found = own_or_404(request, public_id)
    if submitting.withdraw(found):
        messages.success(request, _("Taken back. Nobody reads it, and no try is used up."))
    else:
        messages.warning(request, _("It was decided or taken back before."))
    return redirect("works")


@require_POST
@own_page
def again(request: Any, public_id: str) -> HttpResponse:
    """The next try, from where the last one stood."""
    found = own_or_404(request, public_id)
    try:
        made = submitting.again(found)
    except NotPossible as refused:
        messages.error(request, reasons.work(refused.code))
        made = found
    return redirect("work", public_id=made.public_id)
