"""The evidence of a draft: add, describe, order, take out, put back; and its files, for the one whose they are."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from issuers.limits import Limit
from recipients import submitting
from recipients.artefacts import MEBIBYTE
from recipients.forms.work import ChangeForm, FileForm, LinkForm, TextForm
from recipients.models import Artefact, Submission
from recipients.views import reasons
from recipients.views.giving import given
from recipients.views.person import own_page
from recipients.views.work import done, own_or_404, work_page

# Files are examined while the page waits, and stored.
FILES = Limit("work-files", most=60, seconds=3600)
# Megabytes of one person: what is taken out again is kept for a day.
VOLUME = Limit("work-megabytes", most=500, seconds=24 * 3600)


def _piece_or_404(found: Submission, artefact: str) -> Artefact:
    rows = Artefact.objects.select_related("submission")
    return get_object_or_404(rows, submission=found, public_id=artefact)


def _within_limits(request: Any) -> bool:
    size = sum(sent.size or 0 for sent in request.FILES.values())
    person = str(request.user.pk)
    return FILES.allows(person) and VOLUME.allows(person, 1 + size // MEBIBYTE)


@require_POST
@own_page
def files(request: Any, public_id: str) -> HttpResponse:
    """Add a file."""
    found = own_or_404(request, public_id)
    if not _within_limits(request):
        return render(request, "429.html", status=429)
    form = FileForm(request.POST, request.FILES, auto_id="file_%s")
    if submitting.files_left(found) < 1:
        messages.error(request, reasons.work("many"))
        return work_page(request, found, 409)
    if not form.is_valid():
        return work_page(request, found, form.status, file_form=form, opened="file")
    told = {name: form.cleaned_data[name] for name in ("name", "description", "public")}
    return done(
        request, found, lambda: submitting.add_file(found, form.cleaned_data["file"], **told), _("The file is here.")
    )


@require_POST
@own_page
def links(request: Any, public_id: str) -> HttpResponse:
    """Add a link, to a page or to a video."""
    found = own_or_404(request, public_id)
    form = LinkForm(request.POST, auto_id="link_%s")
    if not form.is_valid():
        return work_page(request, found, 422, link_form=form, opened="link")
    return done(request, found, lambda: submitting.add(found, **form.cleaned_data), _("The link is here."))


@require_POST
@own_page
def texts(request: Any, public_id: str) -> HttpResponse:
    """Add a text."""
    found = own_or_404(request, public_id)
    form = TextForm(request.POST, auto_id="text_%s")
    if not form.is_valid():
        return work_page(request, found, 422, text_form=form, opened="text")
    told = {"kind": Artefact.Kind.TEXT, **form.cleaned_data}
    return done(request, found, lambda: submitting.add(found, **told), _("The text is here."))


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def piece(request: Any, public_id: str, artefact: str) -> HttpResponse:
    """One piece: what is said of it, and of a text the text."""
    found = own_or_404(request, public_id)
    row = _piece_or_404(found, artefact)
    if found.state != "begun":
        return redirect("work", public_id=found.public_id)
    form = ChangeForm(request.POST if request.method == "POST" else None, artefact=row)
    if request.method != "POST" or not form.is_valid():
        context = {"work": found, "issuer": found.issuer, "piece": row, "form": form}
        return render(request, "recipients/work/piece.html", context, status=422 if form.errors else 200)
    return done(request, found, lambda: submitting.change(row, **form.cleaned_data), _("Saved."))


@require_POST
@own_page
def order(request: Any, public_id: str, artefact: str) -> HttpResponse:
    """One place up, or down."""
    found = own_or_404(request, public_id)
    row, down = _piece_or_404(found, artefact), "down" in request.POST
    return done(request, found, lambda: submitting.move(row, down=down), _("Moved."))


@require_POST
@own_page
def removal(request: Any, public_id: str, artefact: str) -> HttpResponse:
    """Take it out; the page offers to put it back."""
    found = own_or_404(request, public_id)
    row = _piece_or_404(found, artefact)
    return done(request, found, lambda: submitting.remove(row), _("Taken out. You can put it back below."))


@require_POST
@own_page
def restoration(request: Any, public_id: str, artefact: str) -> HttpResponse:
    """Put it back."""
    found = own_or_404(request, public_id)
    row = _piece_or_404(found, artefact)
    return done(request, found, lambda: submitting.restore(row), _("It is back."))


@require_safe
@own_page
def file(request: Any, public_id: str, artefact: str) -> HttpResponse:
    """One's own file."""
    return given(_piece_or_404(own_or_404(request, public_id), artefact))
