"""Markdown of staff, as safe HTML: no raw HTML, no pictures, no styles; links say that they lead away."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image", "html_block", "html_inline"])
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "h3", "h4", "hr"}
# A page has its own headings above; those of the text go below them.
_LOWER = str.maketrans({"1": "3", "2": "3", "3": "4", "4": "4", "5": "4", "6": "4"})


def _lowered(html: str) -> str:
    for level in "654321":
        new = level.translate(_LOWER)
        html = html.replace(f"<h{level}>", f"<h{new}>").replace(f"</h{level}>", f"</h{new}>")
    return html


def to_html(text: str) -> str:
    """CommonMark to HTML that holds only the tags above; addresses are http, https or mailto."""
    return nh3.clean(
        _lowered(_markdown.render(text)),
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
