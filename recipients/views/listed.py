"""The rows of a review's tabs: to mend, already awarded, ready, and what was changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from issuers.wording import sentence
from recipients import importing
from recipients.forms.staff import FIELD_LABELS
from recipients.issuing import Forecast

SIZE = 100


@dataclass(frozen=True)
class Shown:
    """What one review shows, and in which tab."""

    report: importing.Report
    expected: Forecast
    wanted: str

    def counts(self) -> dict[str, int]:
        """Rows of each tab."""
        return {
            "errors": len(self.report.faults),
            "already": len(self.expected.already),
            "ready": len(self.expected.new),
            "notices": len(self.report.notices),
        }

    @property
    def tab(self) -> str:
        """The tab asked for, else the first that has something to look at."""
        counts = self.counts()
        if self.wanted in counts:
            return self.wanted
        return next((tab for tab in ("errors", "already") if counts[tab]), "ready")

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """For components/tabs.html."""
        words = {
            "errors": _("To mend"),
            "already": _("Already have it"),
            "ready": _("Ready"),
            "notices": _("Changed while reading"),
        }
        return tabs_of(words, self.counts(), self.tab)


@dataclass(frozen=True)
class Rows:
    """One page of a tab's rows, and the numbers of the pages beside."""

    rows: list[dict[str, Any]]
    first: int
    last: int
    total: int
    newer: str
    older: str


def rows_of(tab: str, items: Sequence[Any], page: str, made: Callable[[Any], dict[str, Any]]) -> Rows:
    """The page of a tab; `made` is what the table shows of one item."""
    pages = max(1, -(-len(items) // SIZE))
    number = min(int(page), pages) if page.isdecimal() and len(page) < 6 and int(page) else 1
    first = (number - 1) * SIZE
    rows = [made(item) for item in items[first : first + SIZE]]
    address = "?show={}&page={}#rows"
    return Rows(
        rows,
        first + 1 if rows else 0,
        first + len(rows),
        len(items),
        address.format(tab, number - 1) if number > 1 else "",
        address.format(tab, number + 1) if number < pages else "",
    )


def tabs_of(words: Mapping[str, str], counts: Mapping[str, int], current: str) -> list[dict[str, Any]]:
    """For components/tabs.html: what holds something, and always what is to mend and what is ready."""
    return [
        {
            "url": f"?show={key}#rows",
            "label": words[key],
            "count": f"{counts[key]:,}",
            "current": key == current,
            "bad": _("rows need mending") if key == "errors" and counts[key] else "",
        }
        for key in words
        if counts[key] or key in {"errors", "ready"}
    ]


def shown_rows(shown: Shown, page: str) -> Rows:
    """The page of the chosen tab."""
    names = {person.line: person.name for person in shown.report.people}
    make = _ROW[shown.tab]
    return rows_of(shown.tab, list(_ITEMS[shown.tab](shown)), page, lambda item: make(item, names))


_ITEMS: dict[str, Any] = {
    "errors": lambda shown: shown.report.faults,
    "already": lambda shown: shown.expected.already,
    "ready": lambda shown: shown.expected.new,
    "notices": lambda shown: shown.report.notices,
}


def _fault(fault: importing.Fault, names: dict[int, str]) -> dict[str, Any]:
    label = FIELD_LABELS.get(fault.column or "", fault.heading or fault.column or "")
    params = {**fault.params, **({"other_line": fault.other_line} if fault.other_line else {})}
    return {
        "line": fault.line,
        "name": fault.who,
        "column": fault.heading or str(label),
        "code": fault.code,
        "value": fault.value,
        "sentence": sentence(fault.code, **params),
    }


def _already(pair: Any, names: dict[int, str]) -> dict[str, Any]:
    person, credential = pair
    return {"line": person.line, "name": person.name, "email": person.address.mail_to, "credential": credential}


def _ready(person: importing.Person, names: dict[int, str]) -> dict[str, Any]:
    extras = [person.grade, person.student_id, person.license_number, person.role, person.term]
    extras += [_("%(number)s credits") % {"number": person.credits}] if person.credits else []
    days = (person.activity_start, person.activity_end)
    extras += [" – ".join(date_format(day, "SHORT_DATE_FORMAT") if day else "…" for day in days)] if any(days) else []
    extras += person.custom.values()
    return {
        "line": person.line,
        "name": person.name,
        "email": person.address.mail_to,
        "issued_on": person.issued_on,
        "more": " · ".join(text for text in extras if text),
        "evidence": bool(person.evidence),
    }


def _notice(notice: importing.Notice, names: dict[int, str]) -> dict[str, Any]:
    return {
        "line": notice.line,
        "name": names.get(notice.line, ""),
        "column": FIELD_LABELS.get(notice.column or "", notice.column or ""),
        "value": notice.value,
        "sentence": sentence(notice.code),
    }


_ROW: dict[str, Any] = {"errors": _fault, "already": _already, "ready": _ready, "notices": _notice}
