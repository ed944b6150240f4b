"""Everything issued: found by name, address, state or achievement; one credential with its whole story."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from badges.models import Achievement
from issuers import media
from issuers.access import StaffRequest, member_required
from recipients import reaching, searching, states
from recipients.forms.staff import CorrectionForm, ReasonForm
from recipients.models import AchievementCredential
from recipients.views.paging import Page, Total, counted, page
from recipients.views.story import events_of, printed

PUBLIC_ID = 22


def wanted(data: Any) -> QuerySet[Any]:
    """The rows that a query string or a form's hidden fields ask for."""
    rows = asked_for(AchievementCredential.objects.all(), data)
    return states.with_state(rows.select_related("recipient", "achievement", "version"))


def asked_for(rows: QuerySet[Any], data: Any) -> QuerySet[Any]:
    """The same without what a page shows beside, to be counted."""
    if data.get("state", "") in states.STATES:
        rows = states.in_state(rows, data["state"])
    if achievement := data.get("achievement", ""):
        rows = rows.filter(achievement__public_id=achievement)
    if award := data.get("award", ""):
        rows = rows.filter(award__public_id=award)
    if data.get("reach", "") in reaching.REACH:
        rows = reaching.with_reach(rows).filter(reach=data["reach"])
    return _named(rows, data.get("q", "").strip()[:100])


def _named(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """By name, address or number; or the one of a public address."""
    if len(words) == PUBLIC_ID and rows.filter(public_id=words).exists():
        return rows.filter(public_id=words)
    rows = searching.narrowed(rows, words, "recipient")
    for word in words.split()[:6]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(recipient__address_key__icontains=word) | Q(recipient__student_id__iexact=word)
        )
    return rows


def listed(request: HttpRequest) -> tuple[Page, Total]:
    """One page of them, and how many there are."""
    shown = page(request, wanted(request.GET))
    return shown, counted(asked_for(AchievementCredential.objects.all(), request.GET), shown)


def filters(request: HttpRequest) -> dict[str, str]:
    """What the page was asked for, to put into links and hidden fields."""
    return {key: request.GET[key] for key in ("q", "state", "achievement", "award") if request.GET.get(key)}


@require_safe
@member_required("credential.view")
def credentials(request: StaffRequest) -> HttpResponse:
    """The list."""
    shown, total = listed(request)
    context = {
        "page": shown,
        "total": total,
        "beginnings": bool(request.GET.get("q")) and searching.by_beginnings(),
        "filters": filters(request),
        "q": request.GET.get("q", ""),
        "state": request.GET.get("state", ""),
        "achievement": request.GET.get("achievement", ""),
        "states": states.STATES.items(),
        "achievements": Achievement.objects.filter(versions__isnull=False).distinct().order_by("name"),
    }
    return render(request, "recipients/staff/credentials.html", context)


def one(public_id: str) -> Any:
    """One credential with its state; 404 for other institutions' and unknown ones."""
    rows = AchievementCredential.objects.listed().select_related("holder", "award__made_by")
    return get_object_or_404(states.with_state(rows), public_id=public_id)


@require_safe
@member_required("credential.view")
def credential(request: StaffRequest, public_id: str) -> HttpResponse:
    """One credential: where it stands, what happened, what can be done."""
    return credential_page(request, one(public_id))


def credential_page(request: StaffRequest, found: Any, status: int = 200, **forms: Any) -> HttpResponse:
    """The page, with a form that was refused in its dialog's place."""
    context = {
        "credential": found,
        "badge_url": media.url(found.version.badge_small),
        "events": events_of(found),
        "facts": printed(found),
        "evidence": found.evidence.all(),
        "revisions": found.revisions.select_related("replaced_by").order_by("-number"),
        "mails": found.emails.order_by("-id"),
        "correction": CorrectionForm(initial={"name": found.name, "address": found.recipient.address}),
        "revocation": ReasonForm(prefix="revoke"),
        "suspension": ReasonForm(prefix="suspend"),
        **forms,
        "may": _possible(found),
    }
    return render(request, "recipients/staff/credential.html", context, status=status)


def _possible(found: AchievementCredential) -> dict[str, bool]:
    """Which deeds make sense now; the stages check again."""
    live = found.revoked_at is None and found.cancelled_at is None
    open_offer = live and found.claimed_at is None and found.declined_at is None
    return {
        "resend": open_offer,
        "cancel": live and found.claimed_at is None,
        "correct": live,
        "revoke": live,
        "suspend": live and found.version.status_purpose == "suspension" and found.suspended_at is None,
        "reinstate": live and found.suspended_at is not None,
        "again": found.failed_at is not None,
    }
