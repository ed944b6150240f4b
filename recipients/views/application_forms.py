"""The application form of one achievement, as staff make it: its questions, how it looks, opened and closed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges.editing import EditedMeanwhile
from badges.models import Achievement
from badges.views import editor
from issuers.access import StaffRequest, member_required
from recipients import asking
from recipients.composing import absolute
from recipients.forms.applying import ApplyForm
from recipients.forms.asking import ApplicationFormForm
from recipients.forms.question_rows import arranged
from recipients.models import Application, ApplicationForm
from recipients.views import reasons
from recipients.views.apply import apply_context, lesson_context


def _page(
    request: StaffRequest, found: Achievement, form: ApplicationFormForm, status: int = 200, **context: Any
) -> HttpResponse:
    stored = form.form
    sent = Application.objects.proved().filter(form=stored) if stored.pk else Application.objects.none()
    shown = {
        **editor.frame(request, found, "application"),
        "form": form,
        "stored": stored,
        "problem": _problem(stored),
        "apply_url": absolute(reverse("apply", args=[request.issuer.slug, found.slug])),
        "may_decide": "application.decide" in request.permissions,
        "waiting": sent.waiting().count(),
        "sent": sent.count(),
        **context,
    }
    return render(request, "recipients/staff/application_form.html", shown, status=status)


def _problem(stored: ApplicationForm) -> str:
    """Why it cannot be opened now, or ''."""
    try:
        asking.refuse_unless_openable(stored)
    except asking.NotOpenable as refused:
        return reasons.not_openable(refused.code)
    return ""


def _form(found: Achievement, data: Any = None, **options: Any) -> ApplicationFormForm:
    return ApplicationFormForm(data, form=asking.form_of(found), has_rule=asking.has_rule(found), **options)


@require_safe
@member_required("achievement.view")
def application_form(request: StaffRequest, public_id: str) -> HttpResponse:
    """Its questions, whether it is open, and its address."""
    found = editor.find(public_id)
    return _page(request, found, _form(found))


@require_POST
@member_required("achievement.edit")
def questions(request: StaffRequest, public_id: str) -> HttpResponse:
    """Save it; the buttons of the rows only change the page."""
    found = editor.find(public_id)
    if (moved := arranged(request.POST)) is not None:
        return _page(request, found, _form(found, initial=moved))
    form = _form(found, request.POST, may_decide="application.decide" in request.permissions)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    return _save(request, found, form)


def _save(request: StaffRequest, found: Achievement, form: ApplicationFormForm) -> HttpResponse:
    names = ("intro", "tutorial", "answered", "most", "opens_on", "closes_on")
    values = {name: form.cleaned_data[name] for name in names}
    try:
        asking.save(found, request.user, edits=form.cleaned_data["edits"], questions=form.questions(), **values)
    except EditedMeanwhile:
        form.form = asking.form_of(found)
        form.take_over(form.form.edits)
        return _page(request, found, form, status=409, meanwhile=str(editor.last_by(found) or _("Somebody else")))
    messages.success(request, _("Saved. What was sent before keeps the questions that were asked then."))
    return redirect("manage-achievement-application", request.issuer.slug, found.public_id)


@require_safe
@member_required("achievement.view")
def preview(request: StaffRequest, public_id: str) -> HttpResponse:
    """As applicants see it, without effect."""
    stored = asking.form_of(editor.find(public_id))
    if stored.pk is None:
        raise Http404
    if lesson := lesson_context(request, stored):
        return render(request, "recipients/apply/lesson.html", {**apply_context(stored), **lesson, "preview": True})
    form = ApplyForm(form=stored, asked=stored.asked())
    return render(request, "recipients/apply/form.html", {**apply_context(stored), "form": form, "preview": True})


def _edits(request: StaffRequest) -> int:
    text = request.POST.get("edits", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


@require_POST
@member_required("application.decide")
def opening(request: StaffRequest, public_id: str) -> HttpResponse:
    """People can apply from now on."""
    found = editor.find(public_id)
    try:
        asking.open_(asking.form_of(found), request.user, edits=_edits(request))
        messages.success(request, _("The form is open."))
    except EditedMeanwhile:
        messages.warning(request, _("Somebody has changed the form since you read it. Read it again, then open it."))
    except asking.NotOpenable as refused:
        messages.error(request, reasons.not_openable(refused.code))
    return redirect("manage-achievement-application", request.issuer.slug, found.public_id)


@require_POST
@member_required("application.decide")
def closing(request: StaffRequest, public_id: str) -> HttpResponse:
    """Nobody can apply any more."""
    found = editor.find(public_id)
    if asking.close(asking.form_of(found), request.user):
        messages.success(request, _("The form is closed. What was sent is still answered."))
    return redirect("manage-achievement-application", request.issuer.slug, found.public_id)
