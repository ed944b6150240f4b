"""A tutorial as its author writes it: one text, in which each heading of the second level begins a page. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The whole line: what stands around its words is taken off afterwards, since patterns would try every blank as an end.
_HEADING = re.compile(r"^##[ \t]+(\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """One page to read: its heading ('' where the text begins without one), and what stands below it, in Markdown."""

    title: str
    text: str


def split(text: str) -> list[Lesson]:
    """Pages in their order; a heading with nothing below it is no page, and neither is an empty text."""
    parts = _HEADING.split(text)
    pages = [Lesson("", parts[0].strip())]
    pages += [Lesson(_words(title), body.strip()) for title, body in zip(parts[1::2], parts[2::2], strict=True)]
    return [page for page in pages if page.text]


def _words(title: str) -> str:
    """A heading without the marks that may stand behind it; one of nothing else keeps one of them."""
    return title.rstrip().rstrip("#").rstrip() or "#"
