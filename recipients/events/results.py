"""The result of an xAPI statement (part two, 2.4.5): a score or a duration, as a value with its unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from badges.criteria.rules import PERCENT
from issuers.cleaning import Refused
from recipients import activities
from recipients.events import objects
from recipients.events.objects import Object

POINTS, MINUTES = "points", "minutes"
_RESULT = ("score", "success", "completion", "response", "duration", "extensions")
_SCORE = ("scaled", "raw", "min", "max")
_DURATION = re.compile(
    r"P(?:([0-9]{1,6})W|(?=.)(?:([0-9]{1,6})Y)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})D)?"
    r"(?:T(?=.)(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?)"
)
_MOST_DIGITS = Decimal("0.0001")


@dataclass(frozen=True)
class Outcome:
    """What came of it. `incomplete` says that it was not completed, whatever the verb."""

    percent: Decimal | None = None
    points: Decimal | None = None
    minutes: Decimal | None = None
    incomplete: bool = False

    def amount(self, kind: str) -> tuple[Decimal | None, str]:
        """The one value of a deed of this kind: time for sessions and the like, a score for what is scored."""
        score = [(self.percent, PERCENT), (self.points, POINTS)]
        time = [(self.minutes, MINUTES)]
        order = [*time, *score] if kind in {"session", "volunteering", "mentoring", "help"} else [*score, *time]
        return next(((value, unit) for value, unit in order if value is not None), (None, ""))


def read(result: Object) -> Outcome:
    """Every part by its rule; what is wrong is noted."""
    result.only(_RESULT)
    for name in ("success", "completion"):
        if name in result and not isinstance(result.value[name], bool):
            result.fault(name, "json_bool")
    percent, points = _score(result.inner("score"))
    minutes = result.read("duration", _minutes, None)
    return Outcome(percent, points, minutes, incomplete=result.value.get("completion") is False)


def _score(score: Object | None) -> tuple[Decimal | None, Decimal | None]:
    if score is None:
        return None, None
    score.only(_SCORE)
    before = len(score.faults)
    scaled, raw, least, most = (score.by_rule(name, partial(_number, score, name), None) for name in _SCORE)
    if scaled is not None and not -1 <= scaled <= 1:
        score.fault("scaled", "scaled_range")
    bottom = Decimal(0) if least is None else least
    if most is not None and most <= bottom:
        score.fault("max", "score_range")
    if raw is not None and ((least is not None and raw < least) or (most is not None and raw > most)):
        score.fault("raw", "score_range")
    if len(score.faults) > before:
        return None, None
    if scaled is not None:
        return _rounded(max(scaled, Decimal(0)) * 100), None
    if raw is None:
        return None, None
    if most is not None:
        return _rounded(max(raw - bottom, Decimal(0)) / (most - bottom) * 100), None
    return None, _rounded(raw) if 0 <= raw <= activities.MOST_VALUE else None


def _number(score: Object, name: str) -> Decimal | None:
    if name not in score:
        return None
    number = Decimal(objects.decimal_text(score.value[name]))
    if abs(number) > 1_000_000_000:
        raise Refused("number_out_of_range", value=str(number)[:40], most="1,000,000,000")
    return number


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(_MOST_DIGITS, ROUND_HALF_UP)


def _minutes(text: str) -> Decimal | None:
    """ISO 8601. How long a month is, nobody can say: such a duration counts for nothing."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise Refused("duration_invalid", value=text[:40])
    weeks, years, months, days, hours, minutes, seconds = (Decimal(part or 0) for part in found.groups())
    if years or months:
        return None
    total = weeks * 7 * 1440 + days * 1440 + hours * 60 + minutes + seconds / 60
    return _rounded(total) if total <= activities.MOST_VALUE else None
