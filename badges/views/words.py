"""Two tabs of writing: the words, and the criteria with their skills."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges import designing
from badges.forms.criteria import CriteriaForm
from badges.forms.words import WordsForm
from badges.models import Achievement
from badges.views import editor
from issuers.access import StaffRequest, member_required


@member_required("achievement.view")
@require_safe
def achievement(request: StaffRequest, public_id: str) -> HttpResponse:
    """The words, for those who may change them; everybody else sees how it looks."""
    found = editor.find(public_id)
    if "achievement.edit" not in request.permissions:
        return redirect(editor.url(request, found, "preview"))
    return _words_page(request, found, WordsForm(achievement=found))


def _words_page(
    request: StaffRequest, found: Achievement, form: WordsForm, status: int = 200, **context: Any
) -> HttpResponse:
    return editor.page(request, found, "words", status, form=form, **context)


@member_required("achievement.edit")
@require_POST
def words(request: StaffRequest, public_id: str) -> HttpResponse:
    """Save the words."""
    found = editor.find(public_id)
    form = WordsForm(request.POST, achievement=found)
    if not form.is_valid():
        return _words_page(request, editor.find(public_id), form, status=422)
    edits = form.cleaned_data["edits"]
    return editor.save(
        request,
        found,
        form,
        "words",
        store=lambda: designing.save_words(found, request.user, edits=edits, **form.words()),
        again=_words_page,
    )


def _criteria_page(
    request: StaffRequest, found: Achievement, form: CriteriaForm, status: int = 200, **context: Any
) -> HttpResponse:
    reads = str(form["criteria"].value() or "")
    return editor.page(request, found, "criteria", status, form=form, reads=reads, **context)


@member_required("achievement.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def criteria(request: StaffRequest, public_id: str) -> HttpResponse:
    """What it takes; `look` shows how it reads and `more` gives another row, and neither saves."""
    found = editor.find(public_id)
    if request.method != "POST":
        return _criteria_page(request, found, CriteriaForm(achievement=found))
    form = CriteriaForm(request.POST, achievement=found)
    if not form.is_valid():
        return _criteria_page(request, found, form, status=422)
    if "look" in request.POST or "more" in request.POST:
        return _criteria_page(request, found, form)
    told = {name: form.cleaned_data[name] for name in ("edits", "criteria")}
    return editor.save(
        request,
        found,
        form,
        "criteria",
        store=lambda: designing.save_criteria(found, request.user, rows=form.alignments(), **told),
        again=_criteria_page,
    )
