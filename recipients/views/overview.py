"""The first page of staff: from issued to shared, what waits for somebody, the newest batches, claims a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
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
from recipients import states
from recipients.models import AchievementCredential, Application, Award, Submission
from recipients.views.awards import state_of, with_counts

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
    since = clock.now() - timedelta(days=PERIODS[period][0])
    batches = list(with_counts(Award.objects.newest_first())[:6])
    for award in batches:
        award.state = state_of(award)
    context = {
        "funnel": _funnel(since),
        "refused_url": f"{reverse('manage-credentials', args=[request.issuer.slug])}?state=not_delivered",
        "since": since,
        "period": period,
        "periods": [(key, label) for key, (_days, label) in PERIODS.items()],
        "todo": _todo(request),
        "batches": batches,
        "weeks": _weeks(request),
        "hour": clock.now().astimezone(ZoneInfo(request.user.time_zone or request.issuer.time_zone)).hour,
        "has_achievements": Achievement.objects.exists(),
        "has_published": Achievement.objects.published().exists(),
    }
    return render(request, "recipients/staff/overview.html", context)


def _funnel(since: datetime) -> list[dict[str, Any]]:
    """Six numbers, each with its part of the first; the views of a page are counted right of here, by its own relation."""
    rows = AchievementCredential.objects.filter(created_at__gte=since, cancelled_at__isnull=True)
    counts = rows.aggregate(
        issued=Count("pk", distinct=True),
        delivered=Count("pk", filter=Q(offered_at__isnull=False), distinct=True),
        opened=Count("pk", filter=Q(followed_at__isnull=False) | Q(claimed_at__isnull=False), distinct=True),
        claimed=Count("pk", filter=Q(claimed_at__isnull=False), distinct=True),
        shared=Count("pk", filter=Q(shares__isnull=False), distinct=True),
        viewed=Count("pk", filter=Q(views__isnull=False), distinct=True),
    )
    whole = counts["issued"] or 1
    steps: dict[str, dict[str, Any]] = {
        key: {"label": label, "shade": shade, "number": counts[key], "percent": _percent(counts[key], whole)}
        for key, (label, shade) in STEPS.items()
    }
    refused = states.counted(rows)["not_delivered"]
    steps["delivered"] |= {"lost": refused, "lost_percent": _percent(refused, whole)}
    return list(steps.values())


def _percent(number: int, whole: int) -> float | int:
    """With one decimal where there is something to see in it."""
    percent = round(100 * number / whole, 1)
    return int(percent) if percent == int(percent) else percent


def _todo(request: StaffRequest) -> list[dict[str, Any]]:
    """What only a person can move on."""
    slug = request.issuer.slug
    credentials = reverse("manage-credentials", args=[slug])
    counts = states.counted(AchievementCredential.objects.all())
    soon = AchievementCredential.objects.live().claimed()
    expiring = soon.filter(expires_at__range=(clock.now(), clock.now() + timedelta(days=30))).count()
    drafts = Achievement.objects.current().filter(versions__isnull=True).count()
    asking = Application.objects.waiting().count() if "application.decide" in request.permissions else 0
    items = [
        (asking, "inbox", _applications, reverse("manage-applications", args=[slug])),
        (counts["not_delivered"], "mail-x", _refused, reverse("manage-delivery", args=[slug])),
        (counts["failed"], "alert-triangle", _failed, f"{credentials}?state=failed"),
        (counts["lapsed"], "hourglass", _lapsed, f"{credentials}?state=lapsed"),
        (expiring, "hourglass", _expiring, f"{credentials}?state=claimed"),
        (drafts, "pencil", _drafts, reverse("manage-achievements", args=[slug])),
        (_to_assess(request), "checklist", _works, reverse("manage-submissions", args=[slug])),
    ]
    return [_waiting(number, icon, say(number), url) for number, icon, say, url in items if number]


def _to_assess(request: StaffRequest) -> int:
    """Work in one's own hand or in nobody's, for those who see work at all."""
    if "submission.view" not in request.permissions:
        return 0
    return Submission.objects.waiting().filter(Q(assessor=request.user) | Q(assessor__isnull=True)).count()


def _waiting(number: int, icon: str, said: tuple[str, str], url: str) -> dict[str, Any]:
    shown = {"number": intcomma(number)}
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


def _weeks(request: StaffRequest) -> dict[str, Any]:
    """Claims of the last twelve weeks as bars, and the same as a table."""
    zone = ZoneInfo(request.issuer.time_zone)
    today = clock.now().astimezone(zone).date()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    rows = AchievementCredential.objects.filter(claimed_at__date__gte=first)
    found = rows.annotate(week=TruncWeek("claimed_at", tzinfo=zone)).values("week").annotate(number=Count("pk"))
    numbers = {row["week"].date(): row["number"] for row in found.order_by()}
    weeks = [first + timedelta(weeks=week) for week in range(WEEKS)]
    most = max([numbers.get(week, 0) for week in weeks], default=0)
    bars = [_bar(place, week, numbers.get(week, 0), most) for place, week in enumerate(weeks)]
    return {"bars": bars, "most": most, "half": round(most / 2), "total": sum(bar.number for bar in bars)}


def _bar(place: int, week: date, number: int, most: int) -> Bar:
    height = round(177 * number / most, 2) if most else 0
    label = date_format(week, "j M")
    return Bar(56 + place * 76, round(190 - height, 2), height, number, label, best=bool(number and number == most))
