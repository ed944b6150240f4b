"""How a rule runs: its options, and switching it on and off. Switching on names the number of people who get it by that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from badges import ruling
from badges.criteria import soundness
from badges.editing import EditedMeanwhile
from badges.forms.rule_options import OptionsForm
from issuers.access import StaffRequest, member_required
from issuers.wording import people
from recipients import checking, issuing, rehearsing
from recipients.views import reasons
from recipients.views.rule_desk import Desk


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("rule.switch")
def running(request: StaffRequest, public_id: str) -> HttpResponse:
    """The options, and what a press would do."""
    desk = Desk(request, public_id)
    rule = desk.rule
    if rule is None:  # nothing to run yet
        return redirect("manage-rule", slug=request.issuer.slug, public_id=public_id)
    if request.method != "POST":
        return _page(desk, OptionsForm(rule=rule))
    form = OptionsForm(request.POST, rule=rule)
    if not form.is_valid():
        return _page(desk, form, status=422)
    try:
        ruling.save_options(rule, request.user, edits=form.cleaned_data["edits"], **form.chosen())
    except EditedMeanwhile:
        fresh = Desk(request, public_id)
        form.take_over(fresh.begun())
        return _page(fresh, form, status=409, meanwhile=fresh.meanwhile())
    messages.success(request, _("Saved. It counts from now on."))
    return _back(desk)


def _page(desk: Desk, form: OptionsForm, status: int = 200, **context: Any) -> HttpResponse:
    rule = desk.begun()
    faults = soundness.check(rule.draft, desk.known)
    told = {
        "form": form,
        "faults": faults,
        "expected": None if faults else rehearsing.expected(rule),
        "sentence": desk.sentence(rule.draft),
        "draft": ruling.digest(rule.draft or {}),
        "problem": _problem(desk),
        "ended": rule.ends_on is not None and rule.ends_on < checking.today_of(desk.issuer),
    }
    return desk.page("rule_running", status, **told, **context)


def _problem(desk: Desk) -> str:
    """Why nothing can be awarded now; the rule may be on all the same, and begins to award once it is gone."""
    try:
        issuing.refuse_unless_allowed(desk.issuer, desk.achievement)
    except issuing.NotAllowed as refused:
        return reasons.not_allowed(refused.code)
    return ""


def _back(desk: Desk) -> HttpResponse:
    return redirect("manage-rule-running", slug=desk.issuer.slug, public_id=desk.achievement.public_id)


@require_POST
@member_required("rule.switch")
def switching_on(request: StaffRequest, public_id: str) -> HttpResponse:
    """Run the draft. The button named a number of people; if that has changed meanwhile, it asks again."""
    desk = Desk(request, public_id)
    rule = desk.begun()
    if soundness.check(rule.draft, desk.known):
        messages.error(request, _("The rule still has something to mend. It is said at its row."))
        return redirect("manage-rule", slug=request.issuer.slug, public_id=public_id)
    expected = rehearsing.expected(rule)
    if request.POST.get("people") != str(expected):
        messages.warning(request, _("The number has changed to %(people)s. Look again.") % {"people": people(expected)})
        return _back(desk)
    try:
        version = ruling.switch_on(rule, request.user, known=desk.known, seen=request.POST.get("draft", ""))
        messages.success(request, _("Version %(number)s of the rule is on.") % {"number": version.number})
    except EditedMeanwhile:
        messages.warning(
            request, _("Somebody has changed the rule since you read it. Read it again, then switch it on.")
        )
    return _back(desk)


def _done(desk: Desk, happened: Callable[[], bool], done: str) -> HttpResponse:
    if happened():
        messages.success(desk.request, done)
    else:
        messages.warning(desk.request, _("Somebody did that already. See below where it stands."))
    return _back(desk)


@require_POST
@member_required("rule.switch")
def pause(request: StaffRequest, public_id: str) -> HttpResponse:
    """Nothing is awarded until it goes on."""
    desk = Desk(request, public_id)
    said = _("Paused. What people do is kept, and looked at when it goes on.")
    return _done(desk, lambda: ruling.pause(desk.begun(), request.user), said)


@require_POST
@member_required("rule.switch")
def resumption(request: StaffRequest, public_id: str) -> HttpResponse:
    """End the pause."""
    desk = Desk(request, public_id)
    said = _("It goes on. Who has met it meanwhile gets it now.")
    return _done(desk, lambda: ruling.go_on(desk.begun(), request.user), said)


@require_POST
@member_required("rule.switch")
def switching_off(request: StaffRequest, public_id: str) -> HttpResponse:
    """Award nothing by it any more."""
    desk = Desk(request, public_id)
    said = _("Switched off. What was awarded stays with its people.")
    return _done(desk, lambda: ruling.switch_off(desk.begun(), request.user), said)
