"""Designs as files: one to give away, and one to look at before it is taken."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges import exchanging, lending, previewing, receiving
from badges.exchanging import Design, NotADesign
from badges.forms.exchange import DesignFileForm
from badges.forms.words import TYPES, languages
from badges.rendering import badge as drawing
from badges.rendering import certificate as paper
from badges.views import editor
from issuers import media
from issuers.access import StaffRequest, member_required


@member_required("achievement.edit")
@require_safe
def design_file(request: StaffRequest, public_id: str) -> HttpResponse:
    """The draft's words and looks, to share with another institution."""
    found = editor.find(public_id)
    try:
        data = exchanging.write(lending.lend(found))
    except media.MissingFile:
        messages.error(request, _("A picture of this design cannot be read. Choose it again, then download the file."))
        return redirect(editor.url(request, found, "badge"))
    answer = HttpResponse(data, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{found.slug}.laurel-design.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@member_required("achievement.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def design_import(request: StaffRequest) -> HttpResponse:
    """Hand in a file; then `?file=` shows how it would look here."""
    if request.method != "POST":
        design = receiving.waiting(request.issuer, request.GET.get("file", ""))
        return _look(request, design) if design else _ask(request, DesignFileForm(issuer=request.issuer))
    form = DesignFileForm(request.POST, request.FILES, issuer=request.issuer)
    if not form.is_valid():
        return _ask(request, form, status=form.status)
    token = receiving.receive(request.issuer, form.cleaned_data["file"])
    return redirect(f"{reverse('manage-design-import', args=[request.issuer.slug])}?file={token}")


def _ask(request: StaffRequest, form: DesignFileForm, status: int = 200) -> HttpResponse:
    gone = "file" in request.GET
    return render(request, "badges/design_import.html", {"form": form, "gone": gone}, status=status)


def _look(request: StaffRequest, design: Design) -> HttpResponse:
    keep = request.GET.get("colours") == "theirs"
    seen = lending.looks(request.issuer, design, keep_colours=keep)
    context = {
        "design": design,
        "token": request.GET["file"],
        "keep": keep,
        "large": drawing.draw(seen.spec) if seen.spec else "",
        "picture": seen.picture,
        "alt": seen.alt,
        "paper": _paper(request, seen, receiving.page(request.issuer, request.GET["file"], keep_colours=keep)),
        "type_label": dict(TYPES)[design.words["achievement_type"]],
        "language": dict(languages())[design.words["language"]],
    }
    return render(request, "badges/design_look.html", context)


def _paper(request: StaffRequest, seen: lending.Looks, page: receiving.Page) -> dict[str, Any]:
    """The certificate as a worker drew it; until then the picture of its design, or of a free layout what it consists of."""
    size = seen.layout["page"]
    said = {
        "size": size["size"],
        "portrait": size["orientation"] == "portrait",
        "elements": len(seen.layout["elements"]),
        "state": page.state,
        "made": page.picture,
    }
    if not seen.starter:
        return said
    title = next(one.title for one in paper.starters() if one.id == seen.starter)
    sample = page.picture or previewing.sample(seen.starter, request.issuer.brand)
    return said | {"title": title, "made": sample, "static": static(f"img/certificates/{seen.starter}.png")}


@member_required("achievement.edit")
@require_POST
def design_taking(request: StaffRequest) -> HttpResponse:
    """Begin a draft with the file that was looked at."""
    token = request.POST.get("file", "")
    design = receiving.waiting(request.issuer, token)
    if design is None:
        messages.warning(request, _("The file is not here any more. Choose it again."))
        return redirect(reverse("manage-design-import", args=[request.issuer.slug]))
    try:
        made = lending.take(request.issuer, request.user, design, keep_colours=request.POST.get("colours") == "theirs")
    except NotADesign:  # a design that was good an hour ago: this edition draws it otherwise
        messages.warning(request, _("The file cannot be drawn any more. Choose it again to see why."))
        return redirect(reverse("manage-design-import", args=[request.issuer.slug]))
    receiving.forget(request.issuer, token)
    previewing.ask(editor.find(made.public_id))
    messages.success(request, _("The design is yours now, as a draft. Change what is different with you."))
    return redirect(editor.url(request, made, "words"))
