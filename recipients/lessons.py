"""A tutorial as its author writes it: one text, in which each heading of the second level begins a page. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """One page to read: its heading ('' where the text begins without one), and what stands below it, in Markdown."""

    title: str
    text: str


def split(text: str) -> list[Lesson]:
    """Pages in their order; a heading with nothing below it is no page, and neither is an empty text."""
    parts = _HEADING.split(text)
    pages = [Lesson("", parts[0].strip())]
    pages += [Lesson(title, body.strip()) for title, body in zip(parts[1::2], parts[2::2], strict=True)]
    return [page for page in pages if page.text]
