"""A layout as the designer sends it: JSON from anywhere, read with care before anything looks at it."""

from __future__ import annotations

import json
import unicodedata
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from badges import laying_out, previewing
from badges.models import Achievement
from badges.rendering import certificate as paper
from badges.rendering.certificate import Problem

MOST_BYTES = 1_000_000  # a layout of 80 elements has some twenty thousand
MOST_DEPTH = 12


class Unreadable(ValueError):
    """What was sent is no JSON object, or holds what no layout does."""

    def __init__(self, pointer: str, code: str, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(pointer, code, message)


def _no_number(token: str) -> NoReturn:
    raise Unreadable("", "not-a-number", _("%(token)s is not a number that can be printed.") % {"token": token})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("", "twice", _("An object says the same key twice."))
    return found


def read(body: bytes) -> dict[str, Any]:
    """The object in a request's body. Raises Unreadable."""
    try:
        sent = json.loads(body, parse_constant=_no_number, object_pairs_hook=_once)
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable("", "not-json", _("This is not JSON. Load the page again.")) from error
    if not isinstance(sent, dict):
        raise Unreadable("", "not-an-object", _("This is no layout. Load the page again."))
    _look_through(sent)
    return sent


def _look_through(sent: Any) -> None:
    """Refuse what would be drawn as nothing or not be stored: control characters, halves of letters, endless nesting."""
    waiting = [("", sent, 0)]
    while waiting:
        pointer, value, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise Unreadable(pointer, "too-deep", _("This is nested deeper than any layout."))
        if isinstance(value, str):
            _check_text(pointer, value)
        elif isinstance(value, dict):
            for step, inner in value.items():
                _check_text(pointer, step)
                waiting.append((f"{pointer}/{step.replace('~', '~0').replace('/', '~1')}", inner, depth + 1))
        elif isinstance(value, list):
            waiting.extend((f"{pointer}/{step}", inner, depth + 1) for step, inner in enumerate(value))


def _check_text(pointer: str, text: str) -> None:
    if any(unicodedata.category(letter) in {"Cc", "Cs"} and letter != "\n" for letter in text):
        raise Unreadable(
            pointer, "control-character", _("This holds a character that cannot be printed. Type it anew.")
        )


def edits(sent: dict[str, Any]) -> int:
    """The count that the page was opened with; a page that does not say was opened before everything."""
    value = sent.get("edits")
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else -1


def faults(achievement: Achievement, layout: Any) -> list[Problem]:
    """Why a layout cannot be kept: its form, somebody else's picture, or no room even for a short name."""
    return laying_out.faults(layout) or troubles(achievement, layout, previewing.PEOPLE["short"])


def troubles(achievement: Achievement, layout: dict[str, Any], person: previewing.Person) -> list[Problem]:
    """What of a sound layout could not be printed for this person."""
    drawn = paper.draw_proof(bare(layout), previewing.values(achievement, person), {}, fonts="")
    return [Problem(each["pointer"], each["code"], each["what"]) for each in drawn.troubles]


def bare(layout: dict[str, Any]) -> dict[str, Any]:
    """A sound layout on plain paper: an engraved border takes half a second to draw, and never keeps a text from fitting."""
    plain = {"background": {"colour": layout["background"]["colour"]}}
    return {key: value for key, value in layout.items() if key != "border"} | plain
