"""The tab that says what an achievement rests on, and how it is assessed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from badges import assessing
from badges.forms.assessment import AssessmentForm
from badges.models import Achievement
from badges.views import editor
from issuers.access import StaffRequest, member_required


def _page(
    request: StaffRequest, found: Achievement, form: AssessmentForm, status: int = 200, **context: Any
) -> HttpResponse:
    return editor.page(request, found, "assessment", status, form=form, **context)


@member_required("achievement.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request: StaffRequest, public_id: str) -> HttpResponse:
    """Attendance or mastery, and the rubric; `more_…` gives another row and saves nothing."""
    found = editor.find(public_id)
    if request.method != "POST":
        return _page(request, found, AssessmentForm(achievement=found))
    form = AssessmentForm(request.POST, achievement=found)
    valid = form.is_valid()
    if "more_criteria" in request.POST or "more_resources" in request.POST:
        form.errors.clear()
        return _page(request, found, form)
    if not valid:
        return _page(request, found, form, status=422)
    told = {name: form.cleaned_data[name] for name in ("edits", "basis")}
    return editor.save(
        request,
        found,
        form,
        "assessment",
        store=lambda: assessing.save_assessment(found, request.user, plan=form.plan(), **told),
        again=_page,
    )
