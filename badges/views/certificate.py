"""The certificate's tab: a design to choose and word, or, once made one's own, the page on which it is laid out freely."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from badges import editing, keeping, laying_out, previewing
from badges.forms.certificate import CertificateForm
from badges.forms.element import ElementForm, OwnForm
from badges.forms.faults import sentence
from badges.forms.fields import DraftForm
from badges.forms.page import PageForm
from badges.forms.pictures import status_of
from badges.models import Achievement, CertificateDesign
from badges.rendering import certificate as paper
from badges.views import drafting, editor
from badges.views.proofs import shown
from issuers.access import StaffRequest, member_required


def _design(found: Achievement) -> CertificateDesign | None:
    return getattr(found, "certificate", None)


def _is_own(request: StaffRequest, found: Achievement) -> bool:
    """Laid out freely, and nobody asks for a design to begin with again."""
    design = _design(found)
    return design is not None and design.is_own and not (request.POST.get("starter") or request.GET.get("starter"))


def _choices(design: CertificateDesign | None, starter: str) -> dict[str, Any]:
    """What was chosen; for another starter, what can be taken along."""
    if design is None:
        return {}
    if design.is_own:
        return {**design.layout["page"], "signatories": design.layout.get("signers", [])}
    choices = dict(design.choices)
    if design.starter != starter:
        choices.pop("texts", None)
    return choices


def _form(request: StaffRequest, found: Achievement) -> CertificateForm:
    design = _design(found)
    starter = editor.starter(request, design.starter if design else "", paper.IDS, laying_out.FIRST)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return CertificateForm(*sent, achievement=found, starter=starter, choices=_choices(design, starter))


def _page(
    request: StaffRequest, found: Achievement, form: CertificateForm, status: int = 200, **context: Any
) -> HttpResponse:
    """A design to choose and word."""
    design = _design(found)
    proofs = [shown(proof) for proof in previewing.proofs(found)[:1]]
    context |= {
        "form": form,
        "page_form": None,
        "proof": proofs[0] if proofs else None,
        "auto_ask": bool(proofs) and proofs[0]["state"] == "missing",
        "starters": paper.starters(),
        "unsaved": design is None or design.is_own or design.starter != form.starter,
        "replaces": design is not None and design.is_own,
        "own": OwnForm(achievement=found) if design and not design.is_own else None,
    }
    return editor.page(request, found, "certificate", status, **context)


def own_page(
    request: StaffRequest, found: Achievement, form: DraftForm | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    """The page on which it is laid out; `form` came back: of an element, or of the page, for those without a script."""
    element = form if isinstance(form, ElementForm) else None
    context |= {
        "desk": drafting.context(request, found),
        "offers": drafting.choices(found),
        "form": element or ElementForm(achievement=found, element=request.GET.get("element", "")),
        "page_form": form if isinstance(form, PageForm) else PageForm(achievement=found),
        "layout": found.certificate.layout,
        "starters": paper.starters(),
        **_printed(found),
    }
    return editor.page(request, found, "certificate", status, **context)


def _printed(found: Achievement) -> dict[str, Any]:
    """The pages that workers make."""
    proofs = [shown(proof) for proof in previewing.proofs(found)]
    states = {proof["state"] for proof in proofs}
    return {
        "proofs": proofs,
        "waiting": "waiting" in states,
        "unasked": bool(states & {"missing", "failed"}),
        "auto_ask": "missing" in states and "failed" not in states,
    }


def _printed_pages(request: StaffRequest, found: Achievement) -> HttpResponse:
    """The pages alone, while the designer waits for them."""
    context = {"achievement": found, "here": editor.url(request, found, "certificate"), "may_edit": True}
    return render(request, "badges/_certificate_proofs.html", context | _printed(found))


@member_required("achievement.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: StaffRequest, public_id: str) -> HttpResponse:
    """A starter, its paper, its headings and who signs; or the free layout."""
    found = editor.find(public_id)
    if _is_own(request, found):
        polled = request.headers.get("HX-Request") == "true"
        return _printed_pages(request, found) if polled else own_page(request, found)
    form = _form(request, found)
    if request.method != "POST":
        return _page(request, found, form)
    if not form.is_valid():
        return _page(request, found, form, status=_refused(form))
    return _save(request, found, form)


def _save(request: StaffRequest, found: Achievement, form: CertificateForm) -> HttpResponse:
    def store() -> None:
        told = form.cleaned_data
        keys = {
            number: keeping.keep_signature(found.issuer, request.user, png, told[f"signer_{number}_name"])
            for number, png in form.pictures().items()
        }
        choices = form.choices(keys)
        laying_out.from_starter(found, starter=form.starter, choices=choices, by=request.user, edits=told["edits"])

    return editor.save(request, found, form, "certificate", store=store, again=_page)


def _refused(form: CertificateForm) -> int:
    """413 or 415 where a signature's picture is what is wrong."""
    statuses = [status_of(form, name) for name in form.errors if name.endswith("_picture")]
    return max((status for status in statuses if status != 422), default=422)


@member_required("achievement.edit")
@require_POST
def certificate_own(request: StaffRequest, public_id: str) -> HttpResponse:
    """Make a design one's own: from now on its layout is edited itself."""
    found = editor.find(public_id)
    form = OwnForm(request.POST, achievement=found)
    if _design(found) is None:
        raise Http404
    if not form.is_valid():
        return _page(request, found, _form_of(found), status=422)
    told = {"by": request.user, "edits": form.cleaned_data["edits"], "layout": found.certificate.layout}
    try:
        laying_out.freely(found, **told)
    except editing.EditedMeanwhile:
        messages.warning(
            request, _("Somebody saved this achievement after you opened the page. Look at it, and press again.")
        )
    except laying_out.FaultyLayout as error:
        messages.error(request, sentence(error.problems[0], found.certificate.layout))
    return redirect(editor.url(request, found, "certificate"))


def _form_of(found: Achievement) -> CertificateForm:
    design = found.certificate
    starter = design.starter or laying_out.FIRST
    return CertificateForm(achievement=found, starter=starter, choices=_choices(design, starter))


@member_required("achievement.edit")
@require_POST
def certificate_element(request: StaffRequest, public_id: str) -> HttpResponse:
    """One element of a free layout in exact values: for those who work without a script, or by form alone."""
    found = _own(public_id)
    return _kept(request, found, ElementForm(request.POST, achievement=found, element=request.POST.get("element", "")))


@member_required("achievement.edit")
@require_POST
def certificate_page(request: StaffRequest, public_id: str) -> HttpResponse:
    """The page of a free layout in exact values: paper, background, border, who signs."""
    found = _own(public_id)
    return _kept(request, found, PageForm(request.POST, achievement=found))


def _own(public_id: str) -> Achievement:
    """A draft whose certificate is laid out freely, or 404."""
    found = editor.find(public_id)
    design = _design(found)
    if design is None or not design.is_own:
        raise Http404
    return found


def _kept(request: StaffRequest, found: Achievement, form: ElementForm | PageForm) -> HttpResponse:
    if not form.is_valid():
        return own_page(request, found, form, status=422)
    told = {"by": request.user, "edits": form.cleaned_data["edits"], "layout": form.layout()}
    return editor.save(
        request, found, form, "certificate", store=lambda: laying_out.freely(found, **told), again=own_page
    )
