"""What an institution calls its things, how a page marks them, and how numbers, days and lists are said."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from badges.criteria.facts import HELD, MEMBER
from badges.criteria.rules import PERCENT


def starred(text: str) -> str:
    """Emphasis of Markdown, which criteria are written in."""
    return f"*{text}*"


def in_quotes(text: str) -> str:
    """A name within a sentence of plain text, in its own direction (FSI … PDI), so that pages and mails can take it."""
    return f"“\u2068{text}\u2069”"


def day_of(day: date) -> str:
    """Every date of ours: 20 December 2026."""
    return date_format(day, "j F Y")


@dataclass(frozen=True)
class Names:
    """`titles` by (kind, key); a kind of the institution's own is ("kind", itself). What has none is called by its key.

    Titles come back as they are: a page that marks them with HTML escapes them first.
    """

    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)
    mark: Callable[[str], str] = starred
    day: Callable[[date], str] = day_of

    def thing(self, kind: str, key: str) -> str:
        """A session, a quiz."""
        return self.mark(self.titles.get((kind, key), key))

    def credential(self, key: str) -> str:
        """By the achievement's public id."""
        return self.thing(HELD, key)

    def group(self, key: str) -> str:
        """People who are listed together."""
        return self.thing(MEMBER, key)

    def kind(self, kind: str) -> str:
        """One that the institution made itself."""
        return self.thing("kind", kind)

    def until(self, day: date | None, clock: time | None) -> str:
        """20 December, or 17:00 on 20 December; nothing where there is no end."""
        if day is None or clock is None:
            return self.day(day) if day else ""
        hour = date_format(datetime.combine(day, clock), "H:i")
        return gettext("%(time)s on %(day)s") % {"time": hour, "day": self.day(day)}


NAMES = Names()


def number(value: Decimal | int) -> str:
    """3, 2.5, 1,000: without zeros that say nothing."""
    plain = Decimal(value).normalize()
    return str(number_format(format(plain, "f"), use_l10n=True, force_grouping=True))


def many(value: Decimal | int) -> int:
    """What a catalogue chooses the form by: a fraction is never one."""
    return int(value) if value == int(value) else max(2, math.ceil(value))


def counted(said: Any, value: Decimal | int, **filled: Any) -> str:
    """A sentence of ngettext_lazy(…, "many"), with its number as people write it."""
    return str(said % {**filled, "many": many(value), "n": number(value)})


_HOURS = ngettext_lazy("%(n)s hour", "%(n)s hours", "many")
_MINUTES = ngettext_lazy("%(n)s minute", "%(n)s minutes", "many")
_POINTS = ngettext_lazy("%(n)s point", "%(n)s points", "many")
_UNITS = {"hours": _HOURS, "minutes": _MINUTES, "points": _POINTS}


def amount(value: Decimal, unit: str) -> str:
    """20 hours."""
    if unit == PERCENT:
        return gettext("%(n)s%%") % {"n": number(value)}
    if said := _UNITS.get(unit):
        return counted(said, value)
    return gettext("%(n)s %(unit)s") % {"n": number(value), "unit": unit} if unit else number(value)


_AND, _OR = _("%(before)s and %(last)s"), _("%(before)s or %(last)s")


def _listed(texts: Sequence[str], joined: Any) -> str:
    *before, last = texts
    return str(joined) % {"before": ", ".join(before), "last": last} if before else last


def each_of(texts: Sequence[str]) -> str:
    """A, B and C."""
    return _listed(texts, _AND)


def one_of(texts: Sequence[str]) -> str:
    """A, B or C."""
    return _listed(texts, _OR)
