"""The queue of applications: found by achievement, state and age; one with its answers; accepted or declined."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from badges.wording import verdicts
from issuers import clock
from issuers.access import StaffRequest, member_required
from recipients import answering, deciding, issuing, knowing
from recipients.forms.staff import DeclineForm
from recipients.models import Application, ApplicationForm
from recipients.views import reasons
from recipients.views.applied import lines
from recipients.views.paging import counted, page

STATES = {
    "waiting": gettext_lazy("Waiting for an answer"),
    "accepted": gettext_lazy("Accepted"),
    "declined": gettext_lazy("Declined"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "all": gettext_lazy("All states"),
}
AGES = {
    "3": gettext_lazy("Older than 3 days"),
    "7": gettext_lazy("Older than a week"),
    "30": gettext_lazy("Older than 30 days"),
}


def wanted(data: Any) -> QuerySet[Any]:
    """The rows that a query string or a form's hidden fields ask for; those that wait, where they ask for nothing."""
    rows = Application.objects.proved().with_form().matching(data.get("q", "").strip()[:100])
    state = data.get("state", "waiting")
    if state in {"accepted", "declined"}:
        rows = rows.filter(decision=state)
    elif state == "withdrawn":
        rows = rows.filter(withdrawn_at__isnull=False)
    elif state != "all":
        rows = rows.waiting()
    if achievement := data.get("achievement", ""):
        rows = rows.filter(form__achievement__public_id=achievement)
    if data.get("age", "") in AGES:
        rows = rows.filter(proved_at__lt=clock.now() - timedelta(days=int(data["age"])))
    return rows


def aged(application: Any) -> Any:
    """With how long it waits; '' within the first hour."""
    now = clock.now()
    waits = now - application.proved_at >= timedelta(hours=1)
    application.age = timesince(application.proved_at, now, depth=1) if waits else ""
    return application


@require_safe
@member_required("application.decide")
def applications(request: StaffRequest) -> HttpResponse:
    """The queue."""
    rows = wanted(request.GET)
    found = page(request, rows)
    forms = ApplicationForm.objects.select_related("achievement", "issuer").order_by("achievement__name")
    state = request.GET.get("state", "waiting")
    context = {
        "page": found,
        "rows": [aged(row) for row in found.rows],
        "total": counted(rows, found),
        "forms": list(forms),
        "states": STATES.items(),
        "ages": AGES.items(),
        "state": state if state in STATES else "waiting",
        "asked": {key: request.GET[key] for key in ("q", "state", "achievement", "age") if request.GET.get(key)},
    }
    return render(request, "recipients/staff/applications.html", context)


def one(public_id: str) -> Application:
    """One application; 404 for other institutions' and for what nobody proved."""
    return get_object_or_404(Application.objects.proved().with_form(), public_id=public_id)


@require_safe
@member_required("application.decide")
def application(request: StaffRequest, public_id: str) -> HttpResponse:
    """What was sent, what speaks for it, and the two buttons."""
    return application_page(request, one(public_id))


def application_page(
    request: StaffRequest, found: Application, status: int = 200, form: DeclineForm | None = None
) -> HttpResponse:
    """The page, with a reason that was refused in its dialog's place."""
    own = Application.objects.proved().filter(address_key=found.address_key).exclude(pk=found.pk)
    context = {
        "application": aged(found),
        "achievement": found.form.achievement,
        "answers": found.answered(),
        "judged": found.form.answered == ApplicationForm.AnsweredBy.ANSWERS or bool(found.missing),
        "form": form or DeclineForm(),
        "others": own.with_form().order_by("-id")[:20],
        "may_reopen": bool(found.decision) and deciding.can_reopen(found),
        "taken_back": found.state == "waiting" and answering.taken_back(found),
        "problem": _problem(request, found),
        **_rule(found),
    }
    return render(request, "recipients/staff/application.html", context, status=status)


def _problem(request: StaffRequest, found: Application) -> str:
    """Why nothing can be awarded now, or ''."""
    try:
        issuing.refuse_unless_allowed(request.issuer, found.form.achievement)
    except issuing.NotAllowed as refused:
        return reasons.not_allowed(refused.code)
    return ""


def _rule(found: Application) -> dict[str, Any]:
    """What the achievement's rule says of this person, whoever answers."""
    rule = answering.rule_of(found.form) if found.state == "waiting" else None
    if rule is None:
        return {}
    said, names = answering.verdict(found, rule), knowing.names(found.issuer)
    return {"rule": lines(said, names), "rule_met": said.met, "next_step": verdicts.next_step(said, names)}


@require_POST
@member_required("application.decide")
def acceptance(request: StaffRequest, public_id: str) -> HttpResponse:
    """Yes: it is awarded."""
    found = one(public_id)
    told_accepted(request, [found.pk])
    return redirect("manage-application", request.issuer.slug, public_id)


def told_accepted(request: StaffRequest, numbers: list[int]) -> None:
    """Accept, and say what came of it."""
    try:
        done = answering.accept(numbers, request.user)
    except issuing.NotAllowed as refused:
        messages.error(request, reasons.not_allowed(refused.code))
        return
    if done:
        minutes = request.issuer.undo_minutes
        said = _(
            "Accepted: %(count)s. The claim links leave in %(minutes)s minutes; until then the award can be undone."
        )
        messages.success(request, said % {"count": f"{done:,}", "minutes": minutes})
    if done < len(numbers):
        messages.warning(request, _("The others were answered or withdrawn before."))


@require_POST
@member_required("application.decide")
def decline(request: StaffRequest, public_id: str) -> HttpResponse:
    """No, with the reason that the person reads."""
    found, form = one(public_id), DeclineForm(request.POST)
    if not form.is_valid():
        return application_page(request, found, status=422, form=form)
    if deciding.decline(found, request.user, reason=form.cleaned_data["reason"]):
        said = _("Declined. The mail leaves in %(minutes)s minutes; until then you can take the answer back.")
        messages.success(request, said % {"minutes": request.issuer.undo_minutes})
    else:
        messages.warning(request, _("It was answered or withdrawn before."))
    return redirect("manage-application", request.issuer.slug, public_id)


@require_POST
@member_required("application.decide")
def reopening(request: StaffRequest, public_id: str) -> HttpResponse:
    """Take an answer back that the person has not got yet, or whose award was undone."""
    if deciding.reopen(one(public_id), request.user):
        messages.success(request, _("It waits for an answer again."))
    else:
        messages.warning(request, _("The answer has left, so it stays."))
    return redirect("manage-application", request.issuer.slug, public_id)
