"""What a rule says of people, in words: each condition with its reason, the next step, and the facts behind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString

from badges.criteria import rules
from badges.criteria.evaluating import Verdict, evaluate
from badges.criteria.facts import STATES, Fact, History
from badges.criteria.periods import named
from badges.wording import marking, sentences, verdicts
from badges.wording.kinds import KINDS
from badges.wording.names import Names, amount
from recipients.models import Earning


@dataclass(frozen=True)
class Reason:
    """One condition: what it asks, and why it stands where it stands."""

    met: bool
    asks: SafeString
    why: str


@dataclass(frozen=True)
class Told:
    """One verdict, ready for a page; made with names for pages."""

    reasons: tuple[Reason, ...]
    step: SafeString
    progress: str
    done: Decimal
    goal: Decimal
    met: bool
    open: bool


def verdict_of_earning(row: Earning, history: History) -> Verdict:
    """What the version that found it says now, of the same period."""
    read = rules.read(row.rule_version.document)
    return evaluate(read, history, named(read, row.award_key))


def told(verdict: Verdict, names: Names) -> Told:
    """In words for a page."""
    done, goal = verdict.progress
    reasons = [
        Reason(
            found.met,
            marking.on_page(sentences.condition_sentence(found.condition, names)),
            verdicts.why(found, names),
        )
        for found in verdict.whole.findings()
    ]
    step = marking.on_page(verdicts.next_step(verdict, names))
    return Told(tuple(reasons), step, verdicts.overall(verdict), done, goal, verdict.met, verdict.open)


def lines(verdict: Verdict, names: Names) -> tuple[str, str, str]:
    """Progress, reasons and next step as plain text; made with names for files."""
    reasons = [
        f"{sentences.condition_sentence(found.condition, names)}: {verdicts.why(found, names)}"
        for found in verdict.whole.findings()
    ]
    return verdicts.overall(verdict), " ".join(reasons), verdicts.next_step(verdict, names)


def facts(verdict: Verdict, names: Names, zone: Any) -> list[dict[str, Any]]:
    """What a verdict rests on, oldest first."""
    return [_fact(fact, names, zone) for fact in verdict.evidence()]


def _fact(fact: Fact, names: Names, zone: Any) -> dict[str, Any]:
    words = KINDS.get(fact.kind)
    kind = (
        "" if fact.kind in STATES else str(words.label) if words else names.titles.get(("kind", fact.kind), fact.kind)
    )
    return {
        "kind": kind,
        "title": names.titles.get((fact.kind, fact.key), fact.key),
        "day": date_format(fact.at.astimezone(zone), "j F Y"),
        "amount": "" if fact.value is None else amount(fact.value, fact.unit),
        "peer": fact.peer,
    }
