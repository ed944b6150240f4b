"""One piece of work beside its rubric: read, mark, decide; a second assessor, a moderator, somebody from outside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from issuers.access import StaffRequest, member_required
from issuers.cleaning import address
from recipients import assessing, awarding, reviewing
from recipients.assessing import Assessor, NotPossible
from recipients.forms.marking import InviteForm, MarkingForm
from recipients.models import Artefact, ReviewerInvite, Submission
from recipients.views import reasons
from recipients.views.giving import addressed, given
from recipients.views.submissions import one_or_404

DECISIONS = {"demonstrated": True, "not_yet": False}
Turn = Submission.Turn


@require_safe
@member_required("submission.view")
def submission(request: StaffRequest, public_id: str) -> HttpResponse:
    """The evidence beside the rubric; a form for whoever has it in hand."""
    return _page(request, one_or_404(public_id))


def _page(request: StaffRequest, found: Submission, status: int = 200, **forms: Any) -> HttpResponse:
    own = found.assessor_id == request.user.pk and found.decided_at is None
    marking = assessing.marking_of(found)
    kept = marking if marking and marking.assessor_id == request.user.pk else None
    context = {
        **evidence_beside(found),
        "pieces": addressed(_pieces(found), "manage-submission-file", request.issuer.slug, found.public_id),
        "own": own,
        "form": MarkingForm(submission=found, marking=kept) if own else None,
        "invite_form": InviteForm(),
        "invites": ReviewerInvite.objects.filter(submission=found).select_related("invited_by").order_by("-id"),
        "outside": ReviewerInvite.objects.open().filter(submission=found).exists(),
        "markings": _readable(request, found),
        "members": assessing.assessors(request.issuer, found.turn),
        "may_manage": "submission.manage" in request.permissions,
        "may_take": assessing.NEEDS[Turn(found.turn)] in request.permissions,
        "objection": assessing.objection(found, request.user),
        **forms,
    }
    return render(request, "recipients/staff/submission.html", context, status=status)


def _pieces(found: Submission) -> Any:
    return Artefact.objects.there().filter(submission=found)


def evidence_beside(found: Submission) -> dict[str, Any]:
    """What every assessor's page has."""
    return {
        "work": found,
        "assessment": found.assessment,
        "rubric": found.rubric,
        "earlier": Submission.objects.decided()
        .listed()
        .filter(achievement=found.achievement_id, recipient=found.recipient_id, number__lt=found.number),
    }


def _readable(request: StaffRequest, found: Submission) -> list[Any]:
    """Decided markings. A second assessor does not see the first one's, so as to judge for themselves."""
    rows = found.markings.filter(decided_at__isnull=False).select_related("assessor").order_by("id")
    blind = found.turn == Turn.SECOND and found.decided_at is None and "submission.manage" not in request.permissions
    return [] if blind else list(rows)


@require_POST
@member_required("submission.assess")
def marking(request: StaffRequest, public_id: str) -> HttpResponse:
    """Save what was marked, or decide."""
    return _mark(request, one_or_404(public_id))


@require_POST
@member_required("submission.manage")
def moderation(request: StaffRequest, public_id: str) -> HttpResponse:
    """The same for a moderator, who need not be an assessor."""
    found = one_or_404(public_id)
    if found.turn != Turn.MODERATOR and "submission.assess" not in request.permissions:
        messages.error(request, _("It is an assessor’s turn."))
        return redirect("manage-submission", slug=request.issuer.slug, public_id=public_id)
    return _mark(request, found)


def _mark(request: StaffRequest, found: Submission) -> HttpResponse:
    form = MarkingForm(request.POST, submission=found)
    if not form.is_valid():
        return _page(request, found, 422, form=form)
    decision = DECISIONS.get(request.POST.get("decision", ""))
    try:
        assessing.mark(found, Assessor(user=request.user), form.told(), decision=decision)
    except NotPossible as refused:
        form.add_error(None, reasons.assessing(refused.code))
        return _page(request, one_or_404(found.public_id), 409, form=form)
    return _marked(request, found, decision)


def _marked(request: StaffRequest, found: Submission, decision: bool | None) -> HttpResponse:
    if decision is None:
        messages.success(request, _("Saved. The learner sees nothing of it yet."))
        return redirect("manage-submission", slug=request.issuer.slug, public_id=found.public_id)
    messages.success(request, said_of(Submission.objects.get(pk=found.pk)))
    return redirect("manage-submissions", slug=request.issuer.slug)


def said_of(now: Submission) -> str:
    """What a decision came to."""
    if now.decided_at is None:
        return _("Your decision stands. Next: %(turn)s.") % {"turn": now.get_turn_display().lower()}
    if now.demonstrated_at:
        return _("Demonstrated. The credential is on its way.")
    return _("Not yet. The learner gets your feedback.")


@require_POST
@member_required("submission.manage")
def invitations(request: StaffRequest, public_id: str) -> HttpResponse:
    """Mail a link to somebody outside."""
    found, form = one_or_404(public_id), InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, 422, invite_form=form)
    try:
        reviewing.invite(found, address(form.cleaned_data["email"]), by=request.user)
    except reviewing.NotPossible as refused:
        form.add_error("email", reasons.assessing(refused.code))
        return _page(request, found, 409, invite_form=form)
    messages.success(request, _("The link is on its way. It opens this one piece of work."))
    return redirect("manage-submission", slug=request.issuer.slug, public_id=public_id)


@require_POST
@member_required("submission.manage")
def invitation_withdrawal(request: StaffRequest, public_id: str, invite: int) -> HttpResponse:
    """Close a link."""
    found = get_object_or_404(
        ReviewerInvite.objects.select_related("submission", "issuer"), pk=invite, submission__public_id=public_id
    )
    if reviewing.withdraw(found, by=request.user):
        messages.success(request, _("The link opens nothing any more."))
    return redirect("manage-submission", slug=request.issuer.slug, public_id=public_id)


@require_POST
@member_required("submission.manage")
def award(request: StaffRequest, public_id: str) -> HttpResponse:
    """Try an award once more that could not be made."""
    if awarding.award_again(one_or_404(public_id)):
        messages.success(request, _("It is tried again now."))
    return redirect("manage-submission", slug=request.issuer.slug, public_id=public_id)


@require_safe
@member_required("submission.view")
def file(request: StaffRequest, public_id: str, artefact: str) -> HttpResponse:
    """One of its files."""
    return given(get_object_or_404(_pieces(one_or_404(public_id)), public_id=artefact))
