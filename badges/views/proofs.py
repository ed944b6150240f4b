"""The last tab: what people will see, what is missing, what changes; and the files of the proofs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from badges import designing, misprinting, previewing, publishing
from badges.forms.faults import place
from badges.forms.words import WordsForm
from badges.models import CertificatePreview
from badges.views import comparing, editor
from issuers import media
from issuers.access import StaffRequest, member_required

PEOPLE = {
    "short": gettext_lazy("A short name"),
    "arabic": gettext_lazy("Arabic, right to left"),
    "japanese": gettext_lazy("Japanese"),
    "long": gettext_lazy("56 letters, set smaller to fit"),
    "longest": gettext_lazy("80 letters"),
    "ungraded": gettext_lazy("Without a grade"),
}


def _sentence(proof: previewing.Proof) -> str:
    """Why a proof could not be made, and what to do."""
    code, detail = proof.failure
    if code == "does_not_fit":
        where = {"place": place(detail)}
        return _("There is no room for %(place)s. Shorten it, or choose another design or paper.") % where
    if code == "missing_glyph":
        return _("No font we print with has “%(letters)s”. Leave it out.") % {"letters": detail}
    return _("It could not be made. Try again.")


def shown(proof: previewing.Proof) -> dict[str, Any]:
    """What templates/badges/_proof.html needs of one."""
    failed = proof.state == "failed"
    return {
        "state": proof.state,
        "fingerprint": proof.fingerprint,
        "caption": PEOPLE[proof.sample],
        "name": proof.name,
        "failure": _sentence(proof) if failed else "",
    }


@member_required("achievement.view")
@require_safe
def preview(request: StaffRequest, public_id: str) -> HttpResponse:
    """How it will look. Looking makes nothing: proofs are asked for by saving, or by the button."""
    found = editor.find(public_id)
    proofs = [shown(proof) for proof in previewing.proofs(found)]
    states = {proof["state"] for proof in proofs}
    dressed = hasattr(found, "badge") and hasattr(found, "certificate")
    versions = found.versions.select_related("published_by").annotate(issued=Count("credentials"))
    return editor.page(
        request,
        found,
        "preview",
        proofs=proofs,
        waiting="waiting" in states,
        unasked=bool(states & {"missing", "failed"}),
        auto_ask="missing" in states and "failed" not in states,
        changes=comparing.rows(publishing.changes(found)) if dressed else [],
        versions=versions.order_by("-number"),
        misprints=misprinting.standing(found),
        type_label=dict(_types()).get(found.achievement_type, found.achievement_type),
    )


def _types() -> list[tuple[str, str]]:
    return list(WordsForm.base_fields["achievement_type"].choices)  # type: ignore[attr-defined]


@member_required("achievement.edit")
@require_POST
def proofs(request: StaffRequest, public_id: str) -> HttpResponse:
    """Ask for proofs, of designs drawn again where the institution's name or colour has changed since."""
    found = editor.find(public_id)
    designing.redraw(found)
    previewing.ask(editor.find(public_id))
    tab = "certificate" if request.POST.get("tab") == "certificate" else "preview"
    if request.headers.get("HX-Request") != "true":
        messages.info(request, _("The pages are being made. Load this page again in a few seconds."))
    return redirect(editor.url(request, found, tab))


def _file(public_id: str, fingerprint: str, form: str) -> HttpResponse:
    found = editor.find(public_id)
    row = get_object_or_404(CertificatePreview, achievement=found, fingerprint=fingerprint, made_at__isnull=False)
    try:
        data = media.fetch(row.page if form == "png" else row.pdf)
    except media.MissingFile as error:
        raise Http404 from error
    answer = HttpResponse(data, content_type="image/png" if form == "png" else "application/pdf")
    # Named after what is in it: it never changes, but it is not for caches that strangers share.
    answer["Cache-Control"] = "private, max-age=604800, immutable"
    if form == "pdf":
        answer["Content-Disposition"] = f'attachment; filename="{found.slug}-preview.pdf"'
    return answer


@member_required("achievement.view")
@require_safe
def preview_image(request: StaffRequest, public_id: str, fingerprint: str) -> HttpResponse:
    """The page as a picture."""
    return _file(public_id, fingerprint, "png")


@member_required("achievement.view")
@require_safe
def preview_pdf(request: StaffRequest, public_id: str, fingerprint: str) -> HttpResponse:
    """The page as it would be printed."""
    return _file(public_id, fingerprint, "pdf")
