"""One deed for many: chosen rows, or everything that a search finds; looked at, then confirmed by naming the number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from issuers.access import StaffRequest, member_required
from issuers.cleaning import address
from issuers.wording import people
from recipients import correcting, delivering
from recipients.forms.staff import CorrectionForm, ReasonForm
from recipients.models import AchievementCredential
from recipients.views import reasons, slips
from recipients.views.credentials import wanted

MOST = 2_000
MOST_CORRECTED = 50

# deed → (permission, question, word on the button)
DEEDS: dict[str, tuple[str, Any, Any]] = {
    "slip": ("credential.resend", gettext_lazy("Print claim slips"), ""),
    "resend": ("credential.resend", gettext_lazy("Send the claim link again?"), gettext_lazy("Send to %(people)s")),
    "cancel": ("credential.cancel", gettext_lazy("Cancel these offers?"), gettext_lazy("Cancel for %(people)s")),
    "correct": (
        "credential.correct",
        gettext_lazy("Correct names and addresses"),
        gettext_lazy("Correct what differs"),
    ),
    "revoke": ("credential.revoke", gettext_lazy("Revoke these credentials?"), gettext_lazy("Revoke for %(people)s")),
    "suspend": ("credential.suspend", gettext_lazy("Suspend these?"), gettext_lazy("Suspend for %(people)s")),
    "reinstate": ("credential.suspend", gettext_lazy("Reinstate these?"), gettext_lazy("Reinstate for %(people)s")),
}


def _chosen(request: StaffRequest) -> list[Any]:
    """The ticked rows, or all that the search behind the page finds; never more than 2,000."""
    rows = wanted(request.POST) if request.POST.get("all") else wanted({})
    if not request.POST.get("all"):
        rows = rows.filter(public_id__in=request.POST.getlist("credential")[:MOST])
    return list(rows.order_by("-pk")[: MOST + 1])


@require_POST
@member_required("credential.resend")
def selection(request: StaffRequest) -> HttpResponse:
    """First the question with its number, then the deed."""
    deed = request.POST.get("deed", "")
    if deed not in DEEDS:
        return _back(request, _("Choose what to do with the rows you ticked."))
    if DEEDS[deed][0] not in request.permissions:
        raise PermissionDenied
    rows = _chosen(request)
    most = MOST_CORRECTED if deed == "correct" else MOST
    if not rows:
        return _back(request, _("Tick the people it is for, then choose again."))
    if len(rows) > most:
        return _back(request, _("These are more than %(most)s. Narrow the search first.") % {"most": f"{most:,}"})
    if deed == "slip":
        return slips.ask(request, rows)
    return _correct(request, rows) if deed == "correct" else _do(request, deed, rows)


def _back(request: StaffRequest, why: str) -> HttpResponse:
    messages.warning(request, why)
    return redirect("manage-credentials", slug=request.issuer.slug)


def _context(request: StaffRequest, deed: str, rows: list[Any]) -> dict[str, Any]:
    return {
        "deed": deed,
        "question": DEEDS[deed][1],
        "button": str(DEEDS[deed][2]) % {"people": people(len(rows))},
        "rows": rows,
        "hidden": [(key, value) for key in _KEPT for value in request.POST.getlist(key)],
        "danger": deed in {"cancel", "revoke", "suspend"},
    }


_KEPT = ("credential", "all", "q", "state", "achievement", "award", "reach")


def _do(request: StaffRequest, deed: str, rows: list[Any]) -> HttpResponse:
    confirmed = request.POST.get("people") == str(len(rows))
    form = ReasonForm(request.POST if confirmed else None) if deed in {"revoke", "suspend"} else None
    if not confirmed or (form is not None and not form.is_valid()):
        context = {**_context(request, deed, rows), "form": form}
        return render(request, "recipients/staff/selection.html", context, status=422 if confirmed else 200)
    reason = form.cleaned_data["reason"] if form else ""
    done, left = correcting.each(rows, _deed(deed, request, reason))
    return _told(request, done, left)


def _deed(deed: str, request: StaffRequest, reason: str) -> Callable[[AchievementCredential], Any]:
    by = request.user
    return {
        # What was set aside is tried again; its mail leaves after that.
        "resend": lambda row: delivering.try_again(row) if row.failed_at else correcting.resend(row, by=by),
        "cancel": lambda row: correcting.cancel(row, by=by),
        "revoke": lambda row: correcting.revoke(row, reason=reason, by=by),
        "suspend": lambda row: correcting.suspend(row, reason=reason, by=by),
        "reinstate": lambda row: correcting.reinstate(row, by=by),
    }[deed]


def _told(request: StaffRequest, done: int, left: list[AchievementCredential]) -> HttpResponse:
    if done:
        messages.success(request, _("Done for %(people)s.") % {"people": people(done)})
    if left:
        names = ", ".join(row.name for row in left[:5]) + (" …" if len(left) > 5 else "")
        messages.warning(
            request,
            _("Not possible for %(people)s, whose state does not allow it: %(names)s")
            % {"people": people(len(left)), "names": names},
        )
    address_of_list = reverse("manage-credentials", args=[request.issuer.slug])
    award = request.POST.get("award", "")
    return redirect("manage-award", request.issuer.slug, award) if award else redirect(address_of_list)


def _correct(request: StaffRequest, rows: list[Any]) -> HttpResponse:
    """A table of names and addresses; what differs is corrected, what is refused stays on the page with its reason."""
    sent = request.POST.get("people") == str(len(rows))
    forms = [_row_form(request, row, sent=sent) for row in rows]
    context = {**_context(request, "correct", rows), "pairs": list(zip(rows, forms, strict=True)), "forms": forms}
    valid = sent and not [form for form in forms if not form.is_valid()]  # each is asked, so that each shows its errors
    if not valid:
        return render(request, "recipients/staff/selection_correct.html", context, status=422 if sent else 200)
    done = 0
    for row, form in zip(rows, forms, strict=True):
        done += _correct_one(request, row, form)
    if any(form.errors for form in forms):
        return render(request, "recipients/staff/selection_correct.html", context, status=409)
    return _told(request, done, []) if done else _back(request, _("Nothing was changed, so nothing was corrected."))


def _row_form(request: StaffRequest, row: Any, *, sent: bool) -> CorrectionForm:
    initial = {"name": row.name, "address": row.recipient.address}
    form = CorrectionForm(request.POST if sent else None, prefix=row.public_id, initial=initial)
    del form.fields["reason"]
    return form


def _correct_one(request: StaffRequest, row: Any, form: CorrectionForm) -> bool:
    name, to = form.cleaned_data["name"], address(form.cleaned_data["address"])
    if name == row.name and to.key == row.recipient.address_key:
        return False
    try:
        correcting.correct(row, name=name, address=to, by=request.user)
    except correcting.NotPossible as refused:
        form.add_error(None, reasons.not_possible(refused.code))
        return False
    return True
