"""The tab of the certificate: starters, and what can be said on them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from badges import designing, previewing
from badges.forms.certificate import CertificateForm
from badges.forms.pictures import status_of
from badges.models import Achievement
from badges.rendering import certificate as paper
from badges.views import editor
from badges.views.proofs import shown
from issuers.access import StaffRequest, member_required


def _starter(request: StaffRequest, stored: str, known: tuple[str, ...], first: str) -> str:
    """The design to show: the one asked for, the stored one, or the first."""
    asked = request.POST.get("starter") or request.GET.get("starter") or stored
    if asked and asked not in known:
        raise Http404
    return asked or first


def _choices(design: Any, starter: str) -> dict[str, Any]:
    """What was chosen; for another starter, what can be taken along."""
    choices = dict(design.choices) if design else {}
    if design is None or design.starter != starter:
        choices.pop("texts", None)
        choices.pop("level", None)
    return choices


def _certificate_form(request: StaffRequest, found: Achievement) -> CertificateForm:
    design = getattr(found, "certificate", None)
    starter = _starter(request, design.starter if design else "", paper.IDS, designing.FIRST_CERTIFICATE)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return CertificateForm(*sent, achievement=found, starter=starter, choices=_choices(design, starter))


def _certificate_page(
    request: StaffRequest, found: Achievement, form: CertificateForm, status: int = 200, **context: Any
) -> HttpResponse:
    design = getattr(found, "certificate", None)
    proofs = [shown(proof) for proof in previewing.proofs(found)[:1]]
    context |= {
        "form": form,
        "proof": proofs[0] if proofs else None,
        "auto_ask": bool(proofs) and proofs[0]["state"] == "missing",
        "starters": paper.starters(),
        "unsaved": design is None or design.starter != form.starter,
    }
    return editor.page(request, found, "certificate", status, **context)


@member_required("achievement.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: StaffRequest, public_id: str) -> HttpResponse:
    """A starter, its paper, its headings and who signs."""
    found = editor.find(public_id)
    form = _certificate_form(request, found)
    if request.method != "POST":
        return _certificate_page(request, found, form)
    if not form.is_valid():
        return _certificate_page(request, found, form, status=_refused(form))
    keys = {number: designing.keep_signature(png) for number, png in form.pictures().items()}
    told = {"starter": form.starter, "choices": form.choices(keys), "edits": form.cleaned_data["edits"]}
    return editor.save(
        request,
        found,
        form,
        "certificate",
        store=lambda: designing.dress_certificate(found, by=request.user, **told),
        again=_certificate_page,
    )


def _refused(form: CertificateForm) -> int:
    """413 or 415 where a signature's picture is what is wrong."""
    statuses = [status_of(form, name) for name in form.errors if name.endswith("_picture")]
    return max((status for status in statuses if status != 422), default=422)
