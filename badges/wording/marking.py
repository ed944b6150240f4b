"""Sentences as a page shows them: the names of the institution's things in italics, and each in its own direction."""

from __future__ import annotations

from dataclasses import replace

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from badges.wording.names import Names

# A character for private use: no text that we take from anybody has one (issuers.cleaning).
_EDGE = "\ue000"


def for_page(names: Names) -> Names:
    """The same names, marked for `on_page`."""
    return replace(names, mark=_edged)


def _edged(text: str) -> str:
    return f"{_EDGE}{text}{_EDGE}"


def on_page(sentence: str) -> SafeString:
    """A sentence made with names `for_page`, escaped, as HTML."""
    parts = sentence.split(_EDGE)
    marked = (format_html("<em><bdi>{}</bdi></em>", part) if at % 2 else part for at, part in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in marked))


def quoted(names: Names) -> Names:
    """The same names for files, messages and faults: “Quiz 2”."""
    return replace(names, mark="“{}”".format)
