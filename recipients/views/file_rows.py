"""The rows of a file's tabs: to mend, new, told before, left out, and what was put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from badges.wording.names import amount
from issuers.wording import sentence
from recipients.gathering import Forecast
from recipients.importing import DeedReport, Entry, Fault, Left, Notice
from recipients.views.listed import Rows, rows_of, tabs_of

# What must be said before rows can be read.
ASKS: dict[str, Any] = {
    "email": gettext_lazy(
        "No column was recognised as the email address or the student number. Choose it among the columns."
    ),
    "score": gettext_lazy("No column was recognised as scores. Choose at least one among the columns."),
    "title": gettext_lazy("Choose what people took part in, or say what it is called."),
    "at": gettext_lazy("The file does not say when it was. Say it; it cannot lie in the future."),
    "date_order": gettext_lazy("Dates in this file can be read in two ways. Say whether day or month comes first."),
}


def faults(report: DeedReport, expected: Forecast) -> tuple[Fault, ...]:
    """All that is to mend: what the check found, and people who are neither known nor named."""
    strange = [
        Fault(entry.lines[0], "recipient_name", "name_missing", "", params={"address": entry.deed.address.mail_to})
        for entry in expected.strangers
    ]
    return tuple(sorted([*report.faults, *strange], key=lambda fault: fault.line))


@dataclass(frozen=True)
class Shown:
    """What one review shows, and in which tab."""

    report: DeedReport
    expected: Forecast
    wanted: str

    @property
    def faults(self) -> tuple[Fault, ...]:
        return faults(self.report, self.expected)

    @property
    def faulty(self) -> int:
        """Rows that need a look."""
        return len({fault.line for fault in self.faults})

    def items(self) -> dict[str, tuple[Any, ...]]:
        """What each tab holds."""
        return {
            "errors": self.faults,
            "ready": self.expected.new,
            "told": self.expected.told,
            "left": self.report.left_out,
            "notices": self.report.notices,
        }

    def counts(self) -> dict[str, int]:
        return {tab: len(items) for tab, items in self.items().items()}

    @property
    def tab(self) -> str:
        """The tab asked for, else the first that has something to look at."""
        counts = self.counts()
        if self.wanted in counts:
            return self.wanted
        return "errors" if counts["errors"] else "ready"

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """For components/tabs.html."""
        words = {
            "errors": _("To mend"),
            "ready": _("New"),
            "told": _("Told before"),
            "left": _("Left out"),
            "notices": _("Changed while reading"),
        }
        return tabs_of(words, self.counts(), self.tab)


def rows(shown: Shown, page: str) -> Rows:
    """The page of the chosen tab."""
    return rows_of(shown.tab, shown.items()[shown.tab], page, _ROW[shown.tab])


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "line": fault.line,
        "name": fault.who,
        "column": fault.heading,
        "code": fault.code,
        "value": fault.value,
        "sentence": sentence(fault.code, **fault.params),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    deed = entry.deed
    return {
        "line": ", ".join(f"{line}" for line in entry.lines[:4]) + (" …" if len(entry.lines) > 4 else ""),
        "name": deed.name,
        "email": deed.address.mail_to,
        "title": deed.title,
        "at": deed.at,
        "amount": amount(deed.value, deed.unit) if deed.value is not None else "",
    }


def _left(left: Left) -> dict[str, Any]:
    said = _("Held the meeting.")
    if left.code == "too_short":
        minutes = ngettext("%(n)s minute", "%(n)s minutes", left.minutes) % {"n": left.minutes}
        said = _("Stayed for %(minutes)s only.") % {"minutes": minutes}
    return {"line": left.line, "name": left.name, "sentence": said}


def _notice(notice: Notice) -> dict[str, Any]:
    return {"line": notice.line, "value": notice.value, "sentence": sentence(notice.code)}


_ROW: dict[str, Any] = {"errors": _fault, "ready": _entry, "told": _entry, "left": _left, "notices": _notice}
