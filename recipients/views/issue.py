"""Beginning an award: which achievement, and to whom: one person, a pasted list, a file."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from badges.models import Achievement
from issuers import media
from issuers.access import StaffRequest, member_required
from issuers.wording import sentence
from recipients import checking, importing, issuing
from recipients.forms.staff import FileForm, OnePersonForm, PasteForm
from recipients.importing import Person
from recipients.models import Award, RecipientList
from recipients.views import reasons


@require_safe
@member_required("credential.award")
def choose(request: StaffRequest) -> HttpResponse:
    """Which achievement."""
    found = list(Achievement.objects.published().listed())
    for achievement in found:
        latest = achievement.latest
        achievement.badge_url = media.url(latest.badge_small) if latest else ""  # type: ignore[attr-defined]
    return render(request, "recipients/staff/choose.html", {"achievements": found})


def _forms() -> dict[str, Any]:
    return {
        "person": OnePersonForm(initial={"request_key": secrets.token_urlsafe(16)}),
        "paste": PasteForm(),
        "file": FileForm(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("credential.award")
def issue_to(request: StaffRequest, public_id: str) -> HttpResponse:
    """To whom. The tab that was sent decides which form is read."""
    achievement = get_object_or_404(Achievement.objects.current(), public_id=public_id)
    forms = _forms()
    tab = request.POST.get("tab") or request.GET.get("tab") or "file"
    tab = tab if tab in forms else "file"
    problem = _problem(request, achievement)
    if request.method == "POST" and not problem:
        form = forms[tab] = type(forms[tab])(request.POST, request.FILES)
        done = _TAKE[tab](request, achievement, form) if form.is_valid() else None
        if done is not None:
            return done
    context = {
        "achievement": achievement,
        "version": achievement.latest,
        "badge_url": media.url(achievement.latest.badge_small) if achievement.latest else "",
        "forms": forms,
        "form": forms[tab],
        "tab": tab,
        "tabs": [{"url": f"?tab={key}", "label": label, "current": key == tab} for key, label in _tabs()],
        "problem": problem,
    }
    return render(request, "recipients/staff/issue.html", context, status=422 if request.method == "POST" else 200)


def _tabs() -> list[tuple[str, str]]:
    return [("file", _("A file")), ("paste", _("A pasted list")), ("person", _("One person"))]


def _problem(request: StaffRequest, achievement: Achievement) -> str:
    """Why nothing can be issued now, or ''."""
    try:
        issuing.refuse_unless_allowed(request.issuer, achievement)
    except issuing.NotAllowed as refused:
        return reasons.not_allowed(refused.code)
    return ""


def _take_person(request: StaffRequest, achievement: Achievement, form: OnePersonForm) -> HttpResponse | None:
    """One person, at once: the undo window is the second look."""
    person = _person(request, achievement, form)
    if person is None:
        return None
    if already := issuing.forecast(achievement, [person]).already:
        credential = already[0][1]
        if credential.award.request_key != form.cleaned_data["request_key"]:
            form.add_error("email", _("This person has it already. Open the credential to send its link again."))
            form.already = credential  # type: ignore[attr-defined]
            return None
    version = achievement.latest
    assert version is not None
    award = issuing.intend(
        request.issuer,
        version,
        [person],
        source=Award.Source.FORM,
        by=request.user,
        request_key=form.cleaned_data["request_key"],
    )
    return redirect("manage-award", slug=request.issuer.slug, public_id=award.public_id)


def _person(request: StaffRequest, achievement: Achievement, form: OnePersonForm) -> Person | None:
    """The form read by the rules that files are read by; what they refuse stands at its field."""
    report = checking.check_one(request.issuer, achievement, {name: form.cleaned_data[name] for name in form.READ})
    for fault in report.faults:
        form.add_error(fault.column if fault.column in form.fields else None, sentence(fault.code, **fault.params))
    return report.people[0] if report.people else None


def _take_paste(request: StaffRequest, achievement: Achievement, form: PasteForm) -> HttpResponse | None:
    content = form.cleaned_data["text"].encode("utf-8", "replace")
    return _start(request, achievement, form, "text", source=RecipientList.Source.PASTE, file_name="", content=content)


def _take_file(request: StaffRequest, achievement: Achievement, form: FileForm) -> HttpResponse | None:
    file = form.cleaned_data["file"]
    source = RecipientList.Source.FILE
    return _start(request, achievement, form, "file", source=source, file_name=file.name, content=file.read())


def _start(request: StaffRequest, achievement: Achievement, form: Any, field: str, **kept: Any) -> HttpResponse | None:
    """Keep the list and have it checked; what is no table at all is refused at its field and not kept."""
    try:
        checking.refuse_unreadable(kept["source"], kept["file_name"], kept["content"])
    except importing.FileRefused as refused:
        form.add_error(field, sentence(refused.code, **refused.params))
        return None
    made = checking.start(request.issuer, achievement, by=request.user, **kept)
    return redirect("manage-list", slug=request.issuer.slug, public_id=made.public_id)


_TAKE: dict[str, Any] = {"person": _take_person, "paste": _take_paste, "file": _take_file}
