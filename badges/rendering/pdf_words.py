"""Words of joined and stacked scripts written beside their glyphs, so that a PDF is read aloud, searched and copied right.

WeasyPrint gives every glyph the letters of its cluster, which come out in the wrong order or not at all where letters
join, stack or run to the left. ISO 32000-2, 14.9.4: replacement text of a marked content says what it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pikepdf

from badges.rendering import lettering
from badges.rendering.bidi import is_rtl

_TEXT = re.compile(r'<(p|h1|h2) lang="([^"]*)"[^>]*>(.*?)</\1>')


def _lines(html: str) -> list[tuple[str, str]]:
    """Every line of every text in reading order, with its language."""
    return [(unescape(line), found[2]) for found in _TEXT.finditer(html) for line in found[3].split("<br>")]


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
    if not any(hard(line) for line, _ in lines):
        return True
    spans = list(_spans(document.Root.StructTreeRoot.K))
    if len(spans) != len(lines):
        return False
    told = {}
    for span, (line, language) in zip(spans, lines, strict=True):
        if hard(line):
            span.ActualText, span.Lang = pikepdf.String(line), pikepdf.String(language)
            told[_mark(span)] = line
    _write(document, told)
    return True


def _mark(span: pikepdf.Dictionary) -> int:
    """Number of the marked content that a line is drawn by."""
    content = span.K[0] if isinstance(span.K, pikepdf.Array) else span.K
    return int(content.MCID if isinstance(content, pikepdf.Dictionary) else content)


def _write(document: pikepdf.Pdf, told: dict[int, str]) -> None:
    """In the page too: most readers look there and not into the structure."""
    page = document.pages[0]
    instructions = pikepdf.parse_content_stream(page)
    for instruction in instructions:
        about = instruction.operands[1] if str(instruction.operator) == "BDC" else None
        if isinstance(about, pikepdf.Dictionary) and (line := told.get(int(about.get("/MCID", -1)))) is not None:
            about.ActualText = pikepdf.String(line)
    page.Contents = document.make_stream(pikepdf.unparse_content_stream(instructions))
