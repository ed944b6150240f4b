"""The delivery doctor: who has not been reached and why, one person's whole story, and what helps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from issuers import clock
from issuers.access import StaffRequest, member_required
from issuers.models import AuditEvent
from recipients import exporting, handing_out, reaching, states
from recipients.composing import absolute
from recipients.models import AchievementCredential, Award, ClaimLink, OutgoingEmail
from recipients.views import causes
from recipients.views.credentials import one, wanted
from recipients.views.paging import page
from recipients.views.story import events_of

_CHUNK = 500


def _reach(request: StaffRequest) -> str:
    asked = request.GET.get("reach", "unreachable")
    return asked if asked in reaching.REACH else "unreachable"


def _asked(request: StaffRequest) -> Any:
    """What the search asks for, whichever of the three lists is open."""
    data = request.GET.copy()
    data.pop("reach", None)
    return wanted(data)


def _listed(request: StaffRequest, reach: str) -> Any:
    return reaching.with_reach(_asked(request)).select_related("award", "issuer").filter(reach=reach)


@require_safe
@member_required("credential.view")
def delivery(request: StaffRequest) -> HttpResponse:
    """Whom mail has not reached, with the reason of each; the newest first."""
    reach = _reach(request)
    found = page(request, _listed(request, reach))
    _explain(found.rows)
    award = Award.objects.select_related("achievement").filter(public_id=request.GET.get("award", "")).first()
    context = {
        "page": found,
        "reach": reach,
        "tabs": _tabs(request, reach),
        "award": award,
        "q": request.GET.get("q", ""),
        "filters": {key: request.GET[key] for key in ("q", "award") if request.GET.get(key)},
        "active": "manage-credentials",
    }
    return render(request, "recipients/staff/delivery.html", context)


def _tabs(request: StaffRequest, reach: str) -> list[dict[str, Any]]:
    counts = reaching.counted(_asked(request))
    tabs = []
    for key, label in reaching.REACH.items():
        query = request.GET.copy()
        for gone in ("before", "after"):
            query.pop(gone, None)
        query["reach"] = key
        tabs.append({"url": f"?{query.urlencode()}", "label": label, "current": key == reach, "count": counts[key]})
    return tabs


def _explain(rows: list[Any]) -> None:
    mails = reaching.newest_mails(rows)
    for row in rows:
        row.mail = mails.get(row.pk)
        row.finding = causes.find(row, row.mail)


HEADER = (
    "Name",
    "Email",
    "Student number",
    "Achievement",
    "Issued on",
    "Reached",
    "Why",
    "What helps",
    "The server said",
    "Page",
)


@require_safe
@member_required("credential.export")
def export(request: StaffRequest) -> Any:
    """The same as CSV, for the office that knows other ways to people; the trail says that it was taken, and how many."""
    found = list(_listed(request, _reach(request)).order_by("-pk"))
    AuditEvent.objects.record(request.issuer, request.user, "credential.exported", request.issuer, people=len(found))
    lines = list(exporting.csv_text(HEADER, list(_lines(found))))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.issuer.slug}-not-reached.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(rows: list[Any]) -> Iterator[tuple[object, ...]]:
    for first in range(0, len(rows), _CHUNK):
        some = rows[first : first + _CHUNK]
        _explain(some)
        for row in some:
            yield (
                row.name,
                row.recipient.address,
                row.recipient.student_id,
                row.words["name"],
                row.created_at.date().isoformat(),
                str(reaching.REACH[row.reach]),
                row.finding.why,
                row.finding.remedy,
                row.mail_response or "",
                absolute(reverse("manage-credential-delivery", args=[row.issuer.slug, row.public_id])),
            )


@require_safe
@member_required("credential.view")
def person(request: StaffRequest, public_id: str) -> HttpResponse:
    """One person and one credential: what happened to every mail, why it did not arrive, what to do."""
    found = one(public_id)
    mail = reaching.newest_mails([found]).get(found.pk)
    live = found.revoked_at is None and found.cancelled_at is None
    reached = reaching.with_reach(states.with_state(AchievementCredential.objects.filter(pk=found.pk))).first()
    found.reach, found.mail_stopped = (reached.reach, reached.mail_stopped) if live and reached else ("", False)
    finding = causes.find(found, mail)
    context = {
        "credential": found,
        "finding": finding,
        "reach": found.reach,
        "reach_word": reaching.REACH.get(found.reach, ""),
        "mail": mail,
        "said": found.mail_response if found.reach == "unreachable" else "",
        "events": events_of(found),
        "slips": ClaimLink.objects.slips().filter(credential=found),
        "slip_problem": handing_out.problem(found),
        "words_to_tell": _words_to_tell(found),
        "words_for_operator": _words_for_operator(mail) if mail else "",
        "active": "manage-credentials",
    }
    return render(request, "recipients/staff/delivery_of_person.html", context)


def _words_to_tell(found: AchievementCredential) -> str:
    """For a chat, a letter, the learning platform: without the link, which is only for who holds the mailbox or the slip."""
    return _(
        "Hello %(name)s, you have earned “%(achievement)s” at %(issuer)s. We wrote to %(address)s, and it may not have arrived. "
        "Look into your spam folder, or have the link sent to you again at %(find)s. "
        "If that address is no longer yours, tell us another one."
    ) % {
        "name": found.name,
        "achievement": found.words["name"],
        "issuer": found.issuer.name,
        "address": found.recipient.address,
        "find": absolute(reverse("find")),
    }


def _words_for_operator(mail: OutgoingEmail) -> str:
    told = _("Message-ID %(number)s, tries %(tries)s, last on %(at)s: %(said)s")
    at = mail.bounced_at or mail.refused_at or mail.failed_at or mail.sent_at or mail.not_before
    said = mail.diagnostic if mail.bounced_at else mail.response
    words = {"number": mail.message_id, "tries": mail.attempts, "at": f"{at:%Y-%m-%d %H:%M UTC}", "said": said or "–"}
    return f"{settings.SITE_URL} · {told % words}"


@require_POST
@member_required("credential.award")
def reminders(request: StaffRequest, public_id: str) -> HttpResponse:
    """Remind nobody of this batch any more, or go on."""
    award = get_object_or_404(Award, public_id=public_id)
    on = request.POST.get("on") == "1"
    rows = Award.objects.filter(pk=award.pk, reminders_stopped_at__isnull=not on)
    if rows.update(reminders_stopped_at=None if on else clock.now()):
        deed = "award.reminders_resumed" if on else "award.reminders_stopped"
        AuditEvent.objects.record(request.issuer, request.user, deed, award)
    messages.success(
        request, _("People of this batch are reminded.") if on else _("Nobody of this batch is reminded any more.")
    )
    return redirect("manage-award", slug=request.issuer.slug, public_id=public_id)
