"""What an application asks, an answer as people give it, and whether it is one that earns the achievement. Pure.

A question is frozen into every application as it was asked (`Asked.to_json`): whatever becomes of the form, an answer is
read, shown and judged by the question it was given to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from issuers import cleaning
from issuers.cleaning import Refused
from recipients import fields

SHORT_MOST, LONG_MOST, OPTION_MOST = 300, 5000, 120
MOST_OPTIONS, MOST_ACCEPTED = 30, 30
YES, NO = "yes", "no"
_NUMBER = re.compile(r"([+-]?)0*([0-9]{1,8})(?:[.,]([0-9]{1,4}))?", re.ASCII)

# As JSON has it: a text, several texts, whether somebody agrees, or nothing.
Answer = str | list[str] | bool | None


class Kind(StrEnum):
    """What is asked for."""

    SHORT = "short"
    LONG = "long"
    NUMBER = "number"
    DATE = "date"
    ONE = "one"
    SEVERAL = "several"
    YES_NO = "yes_no"
    WEB = "web"
    AGREEMENT = "agreement"


CHOICES = frozenset({Kind.ONE, Kind.SEVERAL})
# Those of which somebody can say beforehand what earns the achievement.
JUDGED = frozenset({Kind.SHORT, Kind.NUMBER, Kind.ONE, Kind.SEVERAL, Kind.YES_NO})


@dataclass(frozen=True)
class Asked:
    """One question. `accepted` and `at_least` say which answers earn it; what is empty asks nothing."""

    key: str
    kind: Kind
    label: str
    hint: str = ""
    required: bool = True
    options: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    at_least: Decimal | None = None

    @property
    def judged(self) -> bool:
        """Whether an answer to it can be wrong."""
        if self.kind is Kind.AGREEMENT:
            return self.required
        return self.kind in JUDGED and bool(self.accepted or self.at_least is not None)

    def to_json(self) -> dict[str, Any]:
        """As it is frozen."""
        return {
            "key": self.key,
            "kind": self.kind.value,
            "label": self.label,
            "hint": self.hint,
            "required": self.required,
            "options": list(self.options),
            "accepted": list(self.accepted),
            "at_least": None if self.at_least is None else str(self.at_least),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Asked:
        """As it was frozen."""
        return cls(
            key=said["key"],
            kind=Kind(said["kind"]),
            label=said["label"],
            hint=said["hint"],
            required=said["required"],
            options=tuple(said["options"]),
            accepted=tuple(said["accepted"]),
            at_least=None if said["at_least"] is None else Decimal(said["at_least"]),
        )


def read(asked: Asked, given: Sequence[str]) -> Answer:
    """What somebody typed or ticked, as an answer. Raises Refused with a code of issuers/wording.py."""
    if asked.kind is Kind.AGREEMENT:
        return _agreed(asked, given)
    if asked.kind is Kind.SEVERAL:
        return _chosen(asked, given)
    text = _text(asked.kind, given[0] if given else "")
    if not text:
        if asked.required:
            raise Refused("required")
        return None
    if asked.kind is Kind.NUMBER:
        return str(number(text))
    if asked.kind is Kind.DATE:
        return fields.day(text).isoformat()
    if asked.kind is Kind.WEB:
        return cleaning.web_address(text)
    offered = {Kind.ONE: asked.options, Kind.YES_NO: (YES, NO)}.get(asked.kind)
    if offered is not None and text not in offered:
        raise Refused("not_offered", value=text[:OPTION_MOST])
    return text


def _text(kind: Kind, given: str) -> str:
    if kind is Kind.LONG:
        return cleaning.prose(given, most=LONG_MOST).value
    return cleaning.line(given, most=cleaning.URL_MOST if kind is Kind.WEB else SHORT_MOST).value


def _agreed(asked: Asked, given: Sequence[str]) -> bool:
    agreed = bool(given and given[0])
    if asked.required and not agreed:
        raise Refused("agreement_needed")
    return agreed


def _chosen(asked: Asked, given: Sequence[str]) -> list[str]:
    """In the order in which they were offered, each once."""
    wanted = [cleaning.line(text, most=OPTION_MOST).value for text in given if text]
    for text in wanted:
        if text not in asked.options:
            raise Refused("not_offered", value=text)
    if asked.required and not wanted:
        raise Refused("required")
    return [option for option in asked.options if option in wanted]


def number(text: str) -> Decimal:
    """A number as people write it: 72,5 and 72.5. Raises Refused('invalid_number')."""
    found = _NUMBER.fullmatch(text.replace(" ", "").replace("\u2212", "-"))
    if not found:
        raise Refused("invalid_number", value=text[:60])
    decimals = (found[3] or "").rstrip("0")
    made = Decimal(f"{found[1]}{found[2]}.{decimals}" if decimals else f"{found[1]}{found[2]}")
    return abs(made) if made == 0 else made


def accepts(asked: Asked, answer: Answer) -> bool:
    """Whether it is an answer that earns the achievement; where nothing is asked of it, every answer is."""
    if not asked.judged:
        return True
    if asked.kind is Kind.AGREEMENT:
        return answer is True
    if answer is None or answer in ("", []):
        return False
    if asked.kind is Kind.NUMBER:
        return _enough(asked, Decimal(str(answer)))
    if asked.kind is Kind.SEVERAL:
        ticked = [answer] if isinstance(answer, str) else list(answer)  # type: ignore[arg-type]
        return _right(asked, ticked)
    return folded(str(answer)) in {folded(text) for text in asked.accepted}


def _enough(asked: Asked, answer: Decimal) -> bool:
    named = {number(text) for text in asked.accepted}
    return (asked.at_least is None or answer >= asked.at_least) and (not named or answer in named)


def _right(asked: Asked, ticked: Sequence[str]) -> bool:
    """None of the wrong ones, and as many of the right ones as are asked for: all of them, where no number is said."""
    right = [text for text in ticked if not asked.accepted or text in asked.accepted]
    needed = asked.at_least if asked.at_least is not None else Decimal(len(asked.accepted))
    return len(right) == len(ticked) and len(right) >= needed


def folded(text: str) -> str:
    """How a typed answer is compared: without differences of case, width and spaces, or a full stop at the end."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(".")


@dataclass(frozen=True)
class Answered:
    """A question as it was asked, and what was answered."""

    asked: Asked
    answer: Answer

    @property
    def accepted(self) -> bool:
        """Whether it earns the achievement, as far as it was asked."""
        return accepts(self.asked, self.answer)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"question": self.asked.to_json(), "answer": self.answer}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Answered:
        """As it was stored."""
        return cls(Asked.from_json(said["question"]), said["answer"])


def missing(answered: Iterable[Answered]) -> list[str]:
    """Keys of the questions whose answers are not among those that earn it."""
    return [one.asked.key for one in answered if not one.accepted]
