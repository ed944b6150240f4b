"""The instructions of a compiled page, cut out where a person's words are drawn."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pikepdf

from badges.rendering.splicing.refusing import CannotSplice
from badges.rendering.splicing.shaping import UNITS

Instructions = Sequence[Any]


class Cut(NamedTuple):
    """A slot in the page.

    `mark` is the number of its marked content, `before` what its drawing begins with besides its colour, and `seen` the
    glyphs that everybody's texts show between the slot before and this one, by font and number, each with the size (in
    Pango's units) at which it comes first.
    """

    slot: int
    mark: int
    before: bytes
    seen: Mapping[tuple[str, int], int]


def colour(number: int) -> str:
    """A slot's own colour: no design has it by accident."""
    return f"#01{number // 200 + 20:02x}{number % 200 + 20:02x}"


def _number(instruction: Any) -> int | None:
    """The slot whose colour is chosen here."""
    if str(instruction.operator) != "rg":
        return None
    red, green, blue = (round(float(value) * 255) for value in instruction.operands)
    return (green - 20) * 200 + blue - 20 if red == 1 and green >= 20 and blue >= 20 else None


def cut(page: pikepdf.Page, texts: set[int], codes: set[int]) -> tuple[list[bytes], list[Cut]]:
    """Instructions before, between and after the slots, and the slots in the order in which they are drawn.

    A text goes with its marks; of a code goes only the square that stands for it. Raises CannotSplice when a slot is
    not in the page itself, once, and by itself.
    """
    instructions = list(pikepdf.parse_content_stream(page))
    pieces, cuts, done = [], [], 0
    opened, families = -1, _families(page)
    for place, instruction in enumerate(instructions):
        operator = str(instruction.operator)
        opened = place if operator in {"BDC", "BMC"} else opened
        number = _number(instruction)
        if number is None or number not in texts | codes:
            continue
        first = opened if number in texts else place
        last = _end(instructions, place, "EMC" if number in texts else "f")
        pieces.append(_written(instructions[done:first]))
        before = _written(instructions[opened + 1 : place]) if number in texts else b""
        seen = _seen(instructions[done:first], families)
        cuts.append(Cut(number, int(instructions[opened].operands[1]["/MCID"]), before, seen))
        done = last + 1
    if sorted(each.slot for each in cuts) != sorted(texts | codes):
        raise CannotSplice("a slot is not drawn by itself in the page")
    return [*pieces, _written(instructions[done:])], cuts


def _families(page: pikepdf.Page) -> dict[str, str]:
    """Names of our fonts by the names under which the page's instructions choose them."""
    return {key: str(font.DescendantFonts[0].FontDescriptor.FontFamily) for key, font in page.Resources.Font.items()}


def _seen(instructions: Instructions, families: Mapping[str, str]) -> dict[tuple[str, int], int]:
    found: dict[tuple[str, int], int] = {}
    family, size = "", 0
    for instruction in instructions:
        if str(instruction.operator) == "Tf":
            name, pixels = instruction.operands
            family, size = families[str(name)], round(float(pixels) * UNITS)
        elif str(instruction.operator) == "TJ":
            shown = b"".join(bytes(part) for part in instruction.operands[0] if isinstance(part, pikepdf.String))
            for (glyph,) in struct.iter_unpack(">H", shown):
                found.setdefault((family, glyph), size)
    return found


def _end(instructions: Instructions, place: int, operator: str) -> int:
    """Where the slot ends; what it draws until then is one text, or one square."""
    found = next(i for i in range(place, len(instructions)) if str(instructions[i].operator) == operator)
    drawn = [str(each.operator) for each in instructions[place + 1 : found]]
    if drawn not in (["BT", "Tm", "Tf", "TJ", "ET"], ["d", "J", "j", "M", "re"]):
        raise CannotSplice(f"a slot is drawn by {drawn}")
    return found


def _written(instructions: Instructions) -> bytes:
    return bytes(pikepdf.unparse_content_stream(instructions)) + b"\n"
