"""Words of joined and stacked scripts written beside their glyphs, so that a PDF is read aloud, searched and copied right.

WeasyPrint gives every glyph the letters of its cluster, which come out in the wrong order or not at all where letters
join, stack or run to the left. ISO 32000-2, 14.9.4: replacement text of a marked content says what it stands for. Readers
turn what runs to the left around by themselves, letter by letter, so that there every letter is told by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, NamedTuple

import pikepdf

from badges.rendering import lettering
from badges.rendering.bidi import is_rtl
from badges.rendering.splicing import shaping
from badges.rendering.splicing.refusing import CannotSplice

_TEXT = re.compile(r"""<(p|h1|h2) lang="([^"]*)" dir="([^"]*)"[^>]*?pt/[\d.]+ '([^']+)'[^>]*>(.*?)</\1>""")


class Line(NamedTuple):
    """A line of a text, with the language, the direction and the first font of it."""

    words: str
    language: str
    direction: str
    font: str


def _lines(html: str) -> list[Line]:
    """Every line of every text in reading order."""
    return [
        Line(unescape(line), *found.groups()[1:4]) for found in _TEXT.finditer(html) for line in found[5].split("<br>")
    ]


def hard(line: str) -> bool:
    """Whether glyphs alone do not tell the letters."""
    return not lettering.plain(line) and (not lettering.bends(line) or any(is_rtl(character) for character in line))


def _spans(node: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """Structure elements of lines, in reading order."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _spans(child)
    elif isinstance(node, pikepdf.Dictionary) and "/K" in node:
        if node.get("/S") == "/Span":
            yield node
        else:
            yield from _spans(node.K)


def spell_out(document: pikepdf.Pdf, html: str) -> bool:
    """Say what hard lines stand for. False if the lines of the page are not those of the PDF: then nothing is said."""
    lines = _lines(html)
    if not any(hard(line.words) for line in lines):
        return True
    spans = list(_spans(document.Root.StructTreeRoot.K))
    if len(spans) != len(lines):
        return False
    told = {}
    for span, line in zip(spans, lines, strict=True):
        if hard(line.words):
            span.ActualText, span.Lang = pikepdf.String(line.words), pikepdf.String(line.language)
            told[_mark(span)] = line
    _write(document, told)
    return True


def _mark(span: pikepdf.Dictionary) -> int:
    """Number of the marked content that a line is drawn by."""
    content = span.K[0] if isinstance(span.K, pikepdf.Array) else span.K
    return int(content.MCID if isinstance(content, pikepdf.Dictionary) else content)


def _write(document: pikepdf.Pdf, told: dict[int, Line]) -> None:
    """In the page too: most readers look there and not into the structure."""
    page = document.pages[0]
    out: list[Any] = []
    instructions = iter(pikepdf.parse_content_stream(page))
    for instruction in instructions:
        about = instruction.operands[1] if str(instruction.operator) == "BDC" else None
        line = told.get(int(about.get("/MCID", -1))) if isinstance(about, pikepdf.Dictionary) else None
        out.append(instruction)
        if line is not None and about is not None:
            own = _until_end(instructions)
            letters = _letters(line, own)
            if letters is None:
                about.ActualText = pikepdf.String(line.words)
            out += own if letters is None else _by_letter(own, letters)
    page.Contents = document.make_stream(pikepdf.unparse_content_stream(out))


def _until_end(instructions: Iterator[Any]) -> list[Any]:
    own = []
    for instruction in instructions:
        own.append(instruction)
        if str(instruction.operator) == "EMC":
            break
    return own


def _glyphs(own: list[Any]) -> Iterator[int]:
    for instruction in own:
        if str(instruction.operator) == "TJ":
            for part in instruction.operands[0]:
                if isinstance(part, pikepdf.String):
                    shown = bytes(part)
                    yield from (int.from_bytes(shown[i : i + 2]) for i in range(0, len(shown), 2))


def _letters(line: Line, own: list[Any]) -> list[str] | None:
    """What every glyph of a line that runs to the left stands for; None where it does not, or where this is not certain."""
    size = next((float(each.operands[1]) for each in own if str(each.operator) == "Tf"), 0)
    if line.direction != "rtl" or not size:
        return None
    try:
        shaped = shaping.line(line.words, shaping.Look(line.font, size), line.language, rtl=True)
    except CannotSplice:
        return None
    if [glyph for stretch in shaped.stretches for glyph in stretch.glyphs] != list(_glyphs(own)):
        return None
    return [letters for stretch in shaped.stretches for letters in shaping.spelled(stretch)]


def _by_letter(own: list[Any], letters: list[str]) -> Iterator[Any]:
    """The instructions with a marked content around every glyph."""
    left = iter(letters)
    for instruction in own:
        if str(instruction.operator) != "TJ":
            yield instruction
            continue
        for part in instruction.operands[0]:
            if not isinstance(part, pikepdf.String):
                yield _instruction([pikepdf.Array([part])], "TJ")
                continue
            shown = bytes(part)
            for start in range(0, len(shown), 2):
                told = pikepdf.Dictionary(ActualText=pikepdf.String(next(left)))
                yield _instruction([pikepdf.Name.Span, told], "BDC")
                yield _instruction([pikepdf.Array([pikepdf.String(shown[start : start + 2])])], "TJ")
                yield _instruction([], "EMC")


def _instruction(operands: list[Any], operator: str) -> pikepdf.ContentStreamInstruction:
    return pikepdf.ContentStreamInstruction(operands, pikepdf.Operator(operator))
