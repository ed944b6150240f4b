"""One JSON object while it is read: each value by its rule, and every fault noted with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from badges.pointing import escaped
from issuers import cleaning
from issuers.cleaning import Refused
from recipients import activities
from recipients.events.faults import Fault

Value = TypeVar("Value")
# A hostile key must not fill an answer.
_LONGEST_STEP = 60
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(?:\.([0-9]{1,12}))?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)


def step(pointer: str, name: object) -> str:
    """The place of a member."""
    return f"{pointer}/{escaped(str(name)[:_LONGEST_STEP])}"


def moment(text: str) -> datetime:
    """A moment as RFC 3339 writes it, with its zone. Raises Refused."""
    found = _MOMENT.fullmatch(text.strip())
    if not found or (found[5] or "").startswith("-00"):
        raise Refused("moment_invalid", value=text[:40])
    if not found[5]:
        raise Refused("moment_without_zone", value=text[:40])
    zone = "+00:00" if found[5] in "Zz" else found[5]
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or ':00'}.{(found[4] or '')[:6]:0<6}{zone}")
    except ValueError as error:
        raise Refused("moment_invalid", value=text[:40]) from error


def at(text: str, now: datetime) -> datetime:
    """When something was done: not in the future. Raises Refused."""
    found = moment(text)
    if found.year in {1, 9999}:  # such a moment may not be one in another zone
        raise Refused("date_out_of_range", value=text[:40])
    return activities.at(found, now=now).astimezone(UTC)


def line(most: int) -> Callable[[str], str]:
    """The rule of one line of text."""
    return lambda text: cleaning.line(text, most=most).value


def decimal_text(value: Any) -> str:
    """A JSON number as it is written out; no exponents within the range that counts. Raises Refused."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("json_number")
    return repr(value).removesuffix(".0")


class Object:
    """An object at its place. Faults go to a list that all objects of one body share."""

    def __init__(self, value: Mapping[str, Any], pointer: str, faults: list[Fault]) -> None:
        self.value, self.pointer, self.faults = value, pointer, faults

    def __contains__(self, name: str) -> bool:
        return name in self.value

    def fault(self, name: str, code: str, **params: Any) -> None:
        """Note that a member is wrong; '' is the object itself."""
        self.faults.append(Fault(step(self.pointer, name) if name else self.pointer, code, params))

    def only(self, names: Collection[str]) -> None:
        """Note every member that nobody asks for."""
        for name in self.value:
            if name not in names:
                self.fault(name, "unknown_field", value=name[:_LONGEST_STEP])

    def needs(self, name: str) -> bool:
        """Whether the member is there; noted where it is not."""
        if name in self.value:
            return True
        self.fault(name, "required")
        return False

    def text(self, name: str) -> str:
        """A member that is text; '' where it is absent or something else."""
        value = self.value.get(name, "")
        if isinstance(value, str):
            return value
        self.fault(name, "json_text")
        return ""

    def read(self, name: str, rule: Callable[[str], Value], default: Value) -> Value:
        """A text by its rule; the default where it is absent, empty or wrong."""
        text = self.text(name)
        return self.by_rule(name, lambda: rule(text), default) if text else default

    def needed(self, name: str, rule: Callable[[str], Value]) -> Value | None:
        """A text that must be there, by its rule; None where it is absent, empty or wrong."""
        if not self.needs(name):
            return None
        before = len(self.faults)
        found = self.read(name, rule, None)  # type: ignore[arg-type]
        if not found and len(self.faults) == before:
            self.fault(name, "required")
        return found or None

    def by_rule(self, name: str, rule: Callable[[], Value], default: Value) -> Value:
        """What a rule makes of a member; what it refuses is noted."""
        try:
            return rule()
        except Refused as refused:
            self.fault(name, refused.code, **refused.params)
            return default

    def inner(self, name: str) -> Object | None:
        """A member that is an object."""
        if name not in self.value:
            return None
        value = self.value[name]
        if isinstance(value, Mapping):
            return Object(value, step(self.pointer, name), self.faults)
        self.fault(name, "json_object")
        return None

    def items(self, name: str) -> list[Any]:
        """A member that is a list."""
        value = self.value.get(name, [])
        if isinstance(value, list):
            return value
        self.fault(name, "json_list")
        return []
