"""The first page of staff: from issued to shared, what waits for somebody, the newest batches, claims a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from badges.models import Achievement
from issuers import clock
from issuers.access import StaffRequest, member_required
from recipients import charting, states, tallying
from recipients.models import AchievementCredential, Application, Award, Submission
from recipients.views.awards import state_of, with_counts
from recipients.views.paging import Total, counted

# What each step is called, and its shade: pairs, so that three levels show at a glance (DESIGN §2, chart-1 … 3).
STEPS = {
    "issued": (gettext_lazy("Issued"), "c1"),
    "delivered": (gettext_lazy("Mail sent"), "c1"),
    "opened": (gettext_lazy("Link opened"), "c2"),
    "claimed": (gettext_lazy("Claimed"), "c2"),
    "shared": (gettext_lazy("Shared"), "c3"),
    "viewed": (gettext_lazy("Viewed"), "c3"),
}
PERIODS = {"12w": (84, gettext_lazy("Last 12 weeks")), "1y": (365, gettext_lazy("Last 12 months"))}
WEEKS = 12


@require_safe
@member_required("issuer.view")
def overview(request: StaffRequest) -> HttpResponse:
    """What is going on."""
    period = request.GET.get("period", "12w")
    period = period if period in PERIODS else "12w"
    today = _today(request)
    since = today - timedelta(days=PERIODS[period][0])
    batches = list(with_counts(Award.objects.newest_first())[:6])
    for award in batches:
        award.state = state_of(award)
    context = {
        "funnel": _funnel(since, today),
        "refused_url": f"{reverse('manage-credentials', args=[request.issuer.slug])}?state=not_delivered",
        "since": since,
        "period": period,
        "periods": [(key, label) for key, (_days, label) in PERIODS.items()],
        "todo": _todo(request),
        "batches": batches,
        "weeks": _weeks(today),
        "hour": clock.now().astimezone(ZoneInfo(request.user.time_zone or request.issuer.time_zone)).hour,
        "has_achievements": Achievement.objects.exists(),
        "has_published": Achievement.objects.published().exists(),
    }
    return render(request, "recipients/staff/overview.html", context)


def _today(request: StaffRequest) -> date:
    """Where the institution is."""
    return clock.now().astimezone(ZoneInfo(request.issuer.time_zone)).date()


def _funnel(since: date, today: date) -> list[dict[str, Any]]:
    """Six numbers of what was issued since and not undone, each with its part of the first; from tallies."""
    found = tallying.summed(tallying.between(since, today))
    counts = {step: found[f"sum_{name}"] for step, name in _TALLIED.items()}
    counts["issued"] -= found["sum_undone"]
    whole = counts["issued"] or 1
    steps: dict[str, dict[str, Any]] = {
        key: {"label": label, "shade": shade, "number": counts[key], "percent": _percent(counts[key], whole)}
        for key, (label, shade) in STEPS.items()
    }
    refused = counted(
        states.in_state(AchievementCredential.objects.filter(created_at__date__gte=since), "not_delivered")
    )
    steps["delivered"] |= {"lost": refused, "lost_percent": _percent(min(refused.number, whole), whole)}
    return list(steps.values())


_TALLIED = {
    "issued": "issued",
    "delivered": "reached",
    "opened": "opened",
    "claimed": "taken",
    "shared": "passed_on",
    "viewed": "seen",
}


def _percent(number: int, whole: int) -> float | int:
    """With one decimal where there is something to see in it."""
    percent = round(100 * number / whole, 1)
    return int(percent) if percent == int(percent) else percent


def _todo(request: StaffRequest) -> list[dict[str, Any]]:
    """What only a person can move on."""
    slug = request.issuer.slug
    credentials = reverse("manage-credentials", args=[slug])
    every = AchievementCredential.objects.all()
    refused, failed, lapsed = (counted(states.in_state(every, name)) for name in ("not_delivered", "failed", "lapsed"))
    soon = every.live().claimed().filter(expires_at__range=(clock.now(), clock.now() + timedelta(days=30)))
    drafts = counted(Achievement.objects.current().filter(versions__isnull=True))
    asking = counted(Application.objects.waiting()) if "application.decide" in request.permissions else Total(0)
    items = [
        (asking, "inbox", _applications, reverse("manage-applications", args=[slug])),
        (refused, "mail-x", _refused, reverse("manage-delivery", args=[slug])),
        (failed, "alert-triangle", _failed, f"{credentials}?state=failed"),
        (lapsed, "hourglass", _lapsed, f"{credentials}?state=lapsed"),
        (counted(soon), "hourglass", _expiring, f"{credentials}?state=claimed"),
        (drafts, "pencil", _drafts, reverse("manage-achievements", args=[slug])),
        (_to_assess(request), "checklist", _works, reverse("manage-submissions", args=[slug])),
    ]
    return [_waiting(total, icon, say(total.number), url) for total, icon, say, url in items if total]


def _to_assess(request: StaffRequest) -> Total:
    """Work in one's own hand or in nobody's, for those who see work at all."""
    if "submission.view" not in request.permissions:
        return Total(0)
    return counted(Submission.objects.waiting().filter(Q(assessor=request.user) | Q(assessor__isnull=True)))


def _waiting(total: Total, icon: str, said: tuple[str, str], url: str) -> dict[str, Any]:
    shown = {"number": str(total)}
    return {"icon": icon, "text": said[0] % shown, "next": said[1], "url": url}


def _applications(number: int) -> tuple[str, str]:
    text = ngettext("%(number)s application waits", "%(number)s applications wait", number)
    return text, _("Accept or decline it")


def _refused(number: int) -> tuple[str, str]:
    text = ngettext("%(number)s address refused the mail", "%(number)s addresses refused the mail", number)
    return text, _("Correct it, and the mail goes out again")


def _failed(number: int) -> tuple[str, str]:
    return ngettext("%(number)s needs a look", "%(number)s need a look", number), _("Making the certificate failed")


def _lapsed(number: int) -> tuple[str, str]:
    text = ngettext("%(number)s offer ended unclaimed", "%(number)s offers ended unclaimed", number)
    return text, _("Resending opens it again")


def _expiring(number: int) -> tuple[str, str]:
    return ngettext("%(number)s expires within 30 days", "%(number)s expire within 30 days", number), _(
        "Claimed and valid"
    )


def _drafts(number: int) -> tuple[str, str]:
    text = ngettext("%(number)s draft not published", "%(number)s drafts not published", number)
    return text, _("It can be awarded once it is")


def _works(number: int) -> tuple[str, str]:
    text = ngettext("%(number)s piece of work waits", "%(number)s pieces of work wait", number)
    return text, _("Handed in to be assessed")


@dataclass(frozen=True)
class Bar:
    """One week of the chart, in the units of its view box (960 × 190)."""

    x: int
    y: float
    height: float
    number: int
    label: str
    best: bool

    @property
    def middle(self) -> int:
        """Where its label stands."""
        return self.x + 22

    @property
    def over(self) -> float:
        """Where its number stands."""
        return round(self.y - 6, 2)


def _weeks(today: date) -> dict[str, Any]:
    """Claims of the last twelve weeks as bars, and the same as a table."""
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    parts = charting.Span(first, first + timedelta(weeks=WEEKS) - charting.DAY).parts()
    days = {row["day"]: row["sum_claimed"] for row in tallying.summed(tallying.between(first, today), "day")}
    numbers = charting.gathered(days, parts)
    most = max(numbers, default=0)
    bars = [
        _bar(place, part.first, number, most) for place, (part, number) in enumerate(zip(parts, numbers, strict=True))
    ]
    return {"bars": bars, "most": most, "half": round(most / 2), "total": sum(numbers)}


def _bar(place: int, week: date, number: int, most: int) -> Bar:
    height = round(177 * number / most, 2) if most else 0
    label = date_format(week, "j M")
    return Bar(56 + place * 76, round(190 - height, 2), height, number, label, best=bool(number and number == most))
