"""Analytics: what was issued, claimed, shared and looked at, by achievement, tag and kind, in a time; from tallies alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges.forms.words import TYPES
from badges.models import Achievement
from issuers import clock
from issuers.access import StaffRequest, member_required
from issuers.models import AuditEvent
from recipients import charting, exporting, tallying
from recipients.charting import Span
from recipients.forms.analytics import AnalyticsForm
from recipients.models import Tally


@dataclass(frozen=True)
class Numbers:
    """What is said of some tallies. `issued` is what was not undone, and `taken` how many of these were claimed since."""

    issued: int = 0
    taken: int = 0
    claimed: int = 0
    shares: int = 0
    looks: int = 0

    @classmethod
    def of(cls, row: dict[str, Any]) -> Numbers:
        named = {name: row[f"sum_{name}"] for name in ("taken", "claimed", "shares", "looks")}
        return cls(row["sum_issued"] - row["sum_undone"], **named)

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__dataclass_fields__)

    @property
    def share(self) -> int | None:
        """Of a hundred issued, so many were claimed; None where none was issued."""
        return round(100 * self.taken / self.issued) if self.issued > 0 else None


@dataclass(frozen=True)
class Line:
    """One row of a table, and what it was in the other time."""

    label: str
    now: Numbers
    then: Numbers | None
    public_id: str = ""

    @property
    def change(self) -> int:
        """More or fewer issued than then."""
        return self.now.issued - (self.then.issued if self.then else 0)


class Found:
    """The numbers of one time and, where asked for, of another."""

    def __init__(self, said: dict[str, Any], achievements: list[Achievement]) -> None:
        self.span: Span = said["span"]
        other = {"before": self.span.before, "year": self.span.year_before}.get(said["compare"])
        self.other = other() if other else None
        self.achievements = [one for one in achievements if _asked_for(one, said)]
        # Everybody's rows are asked for by the days alone.
        self._only = [one.pk for one in self.achievements] if len(self.achievements) < len(achievements) else None
        self._now = self._by_achievement(self.span)
        self._then = self._by_achievement(self.other) if self.other else None

    def _tallies(self, span: Span) -> Any:
        return tallying.between(span.first, span.last, self._only)

    def _by_achievement(self, span: Span) -> dict[int, Numbers]:
        rows = tallying.summed(self._tallies(span), "achievement")
        return {row["achievement"]: Numbers.of(row) for row in rows}

    def total(self) -> Line:
        then = None if self._then is None else sum(self._then.values(), Numbers())
        return Line(_("Altogether"), sum(self._now.values(), Numbers()), then)

    def lines(self, of: Callable[[Achievement], Iterable[str]]) -> list[Line]:
        """By what `of` says of an achievement; what is said of several counts in each. The most issued first."""
        now: dict[str, Numbers] = {}
        then: dict[str, Numbers] = {}
        for one in self.achievements:
            for label in of(one):
                now[label] = now.get(label, Numbers()) + self._now.get(one.pk, Numbers())
                then[label] = then.get(label, Numbers()) + (self._then or {}).get(one.pk, Numbers())
        return _sorted(Line(label, now[label], then[label] if self._then is not None else None) for label in now)

    def by_achievement(self) -> list[Line]:
        """Each with its list of credentials, also where two have one name."""
        return _sorted(Line(one.name, *self._both(one), one.public_id) for one in self.achievements)

    def _both(self, one: Achievement) -> tuple[Numbers, Numbers | None]:
        then = None if self._then is None else self._then.get(one.pk, Numbers())
        return self._now.get(one.pk, Numbers()), then

    def parts(self) -> list[tuple[Span, Numbers]]:
        """The time, cut for a chart."""
        days = {row["day"]: Numbers.of(row) for row in tallying.summed(self._tallies(self.span), "day")}
        cut = self.span.parts()
        return [
            (part, sum((numbers for day, numbers in days.items() if part.first <= day <= part.last), Numbers()))
            for part in cut
        ]


def _sorted(lines: Iterable[Line]) -> list[Line]:
    """Without those of which nothing is to be said."""
    shown = [line for line in lines if line.now or line.then]
    return sorted(shown, key=lambda line: (-line.now.issued, line.label))


def _asked_for(one: Achievement, said: dict[str, Any]) -> bool:
    return (
        (not said["achievement"] or one.public_id == said["achievement"])
        and (not said["tag"] or said["tag"] in one.tags)
        and (not said["kind"] or one.achievement_type == said["kind"])
    )


def _kind(name: str) -> str:
    return str(dict(TYPES).get(name, name))


def _form(request: StaffRequest, achievements: list[Achievement]) -> AnalyticsForm:
    tags = sorted({tag for one in achievements for tag in one.tags})
    kinds = sorted({one.achievement_type for one in achievements})
    today = clock.now().astimezone(ZoneInfo(request.issuer.time_zone)).date()
    named = [(kind, _kind(kind)) for kind in kinds]
    return AnalyticsForm(request.GET, achievements=achievements, tags=tags, kinds=named, today=today)


def _achievements() -> list[Achievement]:
    """What was ever published, put away or not."""
    return list(Achievement.objects.filter(versions__isnull=False).distinct().order_by("name"))


@require_safe
@member_required("credential.view")
def analytics(request: StaffRequest) -> HttpResponse:
    """The numbers, a chart of them, and a table for each way to cut them."""
    achievements = _achievements()
    form = _form(request, achievements)
    context: dict[str, Any] = {"form": form, "any": Tally.objects.exists()}
    if not form.is_valid():
        return render(request, "recipients/staff/analytics.html", context, status=422)
    found = Found(form.cleaned_data, achievements)
    context |= {
        "span": found.span,
        "other": found.other,
        "total": found.total(),
        "chart": _chart(found),
        "tables": [table for table in _tables(found) if table["lines"]],
    }
    return render(request, "recipients/staff/analytics.html", context)


def _tables(found: Found) -> list[dict[str, Any]]:
    return [
        {"id": "achievements", "title": _("By achievement"), "head": _("Achievement"), "lines": found.by_achievement()},
        {"id": "tags", "title": _("By tag"), "head": _("Tag"), "lines": found.lines(lambda one: one.tags)},
        {
            "id": "kinds",
            "title": _("By kind"),
            "head": _("Kind"),
            "lines": found.lines(lambda one: [_kind(one.achievement_type)]),
        },
    ]


def _chart(found: Found) -> dict[str, Any]:
    parts = found.parts()
    series = [[max(numbers.issued, 0) for _part, numbers in parts], [numbers.claimed for _part, numbers in parts]]
    drawn = charting.columns([part for part, _numbers in parts], series)
    rows = [(_said(part), numbers, column) for (part, numbers), column in zip(parts, drawn, strict=True)]
    return {"rows": rows, "most": charting.highest(series), "unit": _unit(found.span)}


def _unit(span: Span) -> str:
    if span.days < charting.WEEKS_FROM:
        return _("By day")
    return _("By week") if span.days < charting.MONTHS_FROM else _("By month")


def _said(part: Span) -> dict[str, str]:
    """What a part is called in the chart, and in the table."""
    if part.days == 1:
        return {"short": date_format(part.first, "j M"), "long": date_format(part.first, "D j M Y")}
    if part.first.day == 1 and (part.last + timedelta(days=1)).day == 1:
        return {"short": date_format(part.first, "M y"), "long": date_format(part.first, "F Y")}
    span = f"{date_format(part.first, 'j M Y')} – {date_format(part.last, 'j M Y')}"
    return {"short": date_format(part.first, "j M"), "long": span}


HEADER = ("By", "What", "From", "To", "Issued", "Claimed of these", "Claimed in this time", "Shares", "Looks")


@require_safe
@member_required("credential.export")
def export(request: StaffRequest) -> HttpResponse:
    """The same numbers as CSV, both times one below the other. It names nobody."""
    achievements = _achievements()
    form = _form(request, achievements)
    if not form.is_valid():
        return render(request, "recipients/staff/analytics.html", {"form": form, "any": True}, status=422)
    found = Found(form.cleaned_data, achievements)
    AuditEvent.objects.record(request.issuer, request.user, "analytics.exported", request.issuer)
    text = "".join(exporting.csv_text(HEADER, list(_rows(found))))
    response = HttpResponse(text.encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.issuer.slug}-analytics.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _rows(found: Found) -> Iterable[tuple[object, ...]]:
    parts = [(_("Altogether"), [found.total()]), *((table["head"], table["lines"]) for table in _tables(found))]
    for span, which in ((found.span, "now"), (found.other, "then")):
        if span is None:
            continue
        for by, lines in parts:
            yield from (_cells(by, line.label, span, getattr(line, which)) for line in lines)
    yield from (_cells(_unit(found.span), _said(part)["long"], part, numbers) for part, numbers in found.parts())


def _cells(by: str, label: str, span: Span, numbers: Numbers) -> tuple[object, ...]:
    days = (span.first.isoformat(), span.last.isoformat())
    return by, label, *days, numbers.issued, numbers.taken, numbers.claimed, numbers.shares, numbers.looks
