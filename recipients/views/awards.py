"""Batches: all of them, and one with its progress, its people, and its undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges import misprinting
from issuers import clock
from issuers.access import StaffRequest, member_required
from issuers.wording import people
from recipients import correcting, delivering, failing, reaching, states
from recipients.models import Award, OutgoingEmail
from recipients.views import mail_words
from recipients.views.paging import page


@require_safe
@member_required("credential.view")
def awards(request: StaffRequest) -> HttpResponse:
    """All batches, newest first."""
    found = page(request, with_counts(Award.objects.newest_first()), size=25)
    for award in found.rows:
        award.state = state_of(award)
    return render(request, "recipients/staff/awards.html", {"page": found})


def with_counts(awards: Any) -> Any:
    """Batches with how many are live, sent and claimed, and whether work goes on."""
    live = Q(credentials__cancelled_at__isnull=True)
    return awards.annotate(
        live=Count("credentials", filter=live),
        sent=Count("credentials", filter=live & Q(credentials__offered_at__isnull=False)),
        claimed=Count("credentials", filter=live & Q(credentials__claimed_at__isnull=False)),
        busy=Exists(_waiting_mails().filter(credential__award=OuterRef("pk"))),
    )


def _waiting_mails() -> Any:
    """Claim mails that will still leave: each person of a batch has one from the beginning."""
    mails = OutgoingEmail.objects.waiting().filter(kind=OutgoingEmail.Kind.OFFER)
    return mails.filter(credential__failed_at__isnull=True)


def state_of(award: Any) -> str:
    """cancelled, waiting (undo window), running or done; a pill's name."""
    if award.cancelled_at:
        return "cancelled"
    if award.release_at > clock.now():
        return "waiting"
    return "sending" if award.busy else "done"


def _award(public_id: str) -> Award:
    found: Award = get_object_or_404(
        Award.objects.select_related("achievement", "version", "made_by"), public_id=public_id
    )
    return found


@require_safe
@member_required("credential.view")
def award(request: StaffRequest, public_id: str) -> HttpResponse:
    """One batch: its progress, and everybody in it."""
    found = _award(public_id)
    rows = found.credentials.select_related("recipient")
    state = request.GET.get("state", "")
    words = request.GET.get("q", "").strip()[:100]
    if state in states.STATES:
        rows = states.in_state(rows, state)
    for word in words.split()[:6]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(recipient__address_key__icontains=word) | Q(recipient__student_id__iexact=word)
        )
    counts = states.counted(found.credentials.all())
    context = {
        **progress_of(found),
        "reach": _reach(found),
        "misprinted": misprinting.stands(found.version),
        "page": page(request, states.with_state(rows)),
        "q": words,
        "state": state,
        "states": [(key, states.STATES[key], number) for key, number in counts.items() if number],
    }
    return render(request, "recipients/staff/award.html", context)


def _reach(found: Award) -> list[tuple[str, Any, int]]:
    """Whom the offers of this batch have reached: (key, words, number), once mails leave."""
    if found.release_at > clock.now() or found.cancelled_at:
        return []
    counts = reaching.counted(found.credentials.all())
    return [(key, label, counts[key]) for key, label in reversed(reaching.REACH.items())]


def progress_of(found: Award) -> dict[str, Any]:
    """How far a batch is: five steps for components/stages.html, whether it still runs, whether it can be undone."""
    passed = states.steps(found.credentials.all())
    total = passed["written"]
    waits = found.release_at > clock.now() and not found.cancelled_at
    stopped = bool(passed["failed"]) and found.credentials.filter(failure=delivering.STOPPED).exists()
    running = not found.cancelled_at and _waiting_mails().filter(credential__award=found).exists()
    stages = [
        _stage(_("Written down"), total, total, _("Every row and its document is stored")),
        _stage(_("Signed"), passed["signed"], total),
        _stage(_("Certificates made"), passed["rendered"], total),
        _stage(_("Emails sent"), passed["sent"], total, _("Begins when the wait is over") if waits else ""),
        _stage(_("Claimed"), passed["claimed"], total),
    ]
    _mark_current(stages, running=running)
    held = found.credentials.filter(failed_at=None, cancelled_at=None).exclude(failure="")
    return {
        "award": found,
        "achievement": found.achievement,
        "stages": stages,
        "total": total,
        "waits": waits,
        "running": running,
        "failed": passed["failed"],
        "stopped": stopped,
        "refused": states.in_state(found.credentials.all(), "not_delivered").count(),
        "held": held.count(),
        "held_why": _why(held.values_list("failure", flat=True).first()),
        "followed": passed["followed"],
        "cancelled": passed["cancelled"],
        **mail_words.of_award(found, running=running and not waits),
        "pill": _pill(found, waits=waits, running=running, stopped=stopped),
    }


def _why(failure: str | None) -> str:
    """Why people wait, in the reader's language; what is told of a fault is the machine's own words."""
    told = {
        failing.NO_ROOM: _(
            "The disk is full, so no certificate can be stored. It goes on by itself when there is room again."
        ),
        failing.NO_STORAGE: _("The storage of files does not answer. It goes on by itself when it does."),
    }
    return told.get(failure or "", failure or "")


def _pill(found: Award, *, waits: bool, running: bool, stopped: bool) -> str:
    if found.cancelled_at:
        return "cancelled"
    if stopped:
        return "failed"
    return "waiting" if waits else "running" if running else "done"


def _stage(label: str, done: int, total: int, note: str = "") -> dict[str, Any]:
    return {"label": label, "done": done, "total": total, "note": note, "state": "done" if done >= total else ""}


def _mark_current(stages: list[dict[str, Any]], *, running: bool) -> None:
    """The first step that is not through is the one that goes on now; claiming is the people's own pace."""
    for stage in stages[:-1] if running else []:
        if stage["state"] != "done":
            stage["state"] = "now"
            return


@require_safe
@member_required("credential.view")
def progress(request: StaffRequest, public_id: str) -> HttpResponse:
    """The progress alone, asked for every two seconds; without script the page itself is loaded again."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("manage-award", slug=request.issuer.slug, public_id=public_id)
    return render(request, "recipients/staff/_progress.html", progress_of(_award(public_id)))


@require_POST
@member_required("credential.cancel")
def cancellation(request: StaffRequest, public_id: str) -> HttpResponse:
    """Take the batch back: everybody who has not claimed."""
    cancelled = correcting.cancel_award(_award(public_id), by=request.user)
    if cancelled:
        messages.success(request, _("Cancelled for %(people)s.") % {"people": people(cancelled)})
    else:
        messages.warning(request, _("Nothing was left to cancel: everybody has claimed, or it was cancelled before."))
    return redirect("manage-award", slug=request.issuer.slug, public_id=public_id)


@require_POST
@member_required("credential.award")
def release(request: StaffRequest, public_id: str) -> HttpResponse:
    """Send now instead of waiting."""
    if correcting.release(_award(public_id), by=request.user):
        messages.success(request, _("The mails leave now."))
    else:
        messages.warning(request, _("The wait was over, or the batch was cancelled."))
    return redirect("manage-award", slug=request.issuer.slug, public_id=public_id)
