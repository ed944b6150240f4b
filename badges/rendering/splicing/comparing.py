"""A spliced certificate beside the one that WeasyPrint made: do they look the same, and say the same?"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pikepdf
import pypdfium2
from PIL import Image, ImageChops

from badges.rendering import lettering

_SCALE = 96 / 72  # pixels to a point
FAR = 64  # of 255: two pixels are as different as that where something else is drawn
MOST_PIXELS = 0.0003  # of the page: subpixel places are rounded otherwise here and there
MOST_IN_BLOCK = 0.3  # of a block of 16 by 16 pixels: a single wrong letter fills more
_BLOCK = 16


class Said(NamedTuple):
    """What a certificate says to programs and to readers that do not see."""

    title: str
    bookmarks: tuple[str, ...]
    alternatives: tuple[str, ...]
    replaced: str  # without blanks: WeasyPrint says it by the line
    attached: bytes
    paper: bytes


_SAID = ("title", "bookmarks", "alternatives", "replaced text", "attachment", "paper")


def difference(spliced: bytes, reference: bytes) -> str:
    """What is different, in a few words for people who run the site; nothing where they are alike."""
    (ours, spliced), (theirs, reference) = _said(spliced), _said(reference)
    for name, our, their in zip(_SAID, ours, theirs, strict=True):
        if our != their:
            return f"not the same {name}"
    (ours_page, ours_letters), (theirs_page, theirs_letters) = _page(spliced), _page(reference)
    if ours_letters != theirs_letters:
        return "not the same letters"
    if ours_page.size != theirs_page.size:
        return "not the same size of page"
    return _far(ours_page, theirs_page)


def _far(ours: Image.Image, theirs: Image.Image) -> str:
    bands = ImageChops.difference(ours, theirs).split()
    worst = bands[0]
    for band in bands[1:]:
        worst = ImageChops.lighter(worst, band)
    far = worst.point([0] * (FAR + 1) + [255] * (255 - FAR))
    count, pixels = far.histogram()[255], ours.width * ours.height
    if count > MOST_PIXELS * pixels:
        return f"{count} of {pixels} pixels are far apart"
    most = far.reduce(_BLOCK).getextrema()[1]
    if isinstance(most, int) and most > MOST_IN_BLOCK * 255:
        return "something else is drawn in one place"
    return ""


def _page(data: bytes) -> tuple[Image.Image, Counter[str]]:
    """The first page as it is seen, and how often every letter stands on it that its glyph alone tells."""
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        text = page.get_textpage()
        letters = Counter(char for char in text.get_text_range() if lettering.plain(char) and not char.isspace())
        picture = page.render(scale=_SCALE).to_pil().convert("RGB")
        text.close()
        page.close()
    finally:
        document.close()
    return picture, letters


def _said(data: bytes) -> tuple[Said, bytes]:
    """And the file without its paper: that is the same drawing for both, and takes longer to draw than all the rest."""
    with pikepdf.open(io.BytesIO(data)) as document:
        elements = list(_elements(document.Root.StructTreeRoot.K))
        attached = [each.get_file().read_bytes() for each in document.attachments.values()]
        bookmarks = _titles(document.Root.Outlines) if "/Outlines" in document.Root else ()
        paper = document.pages[0].Resources.XObject.Paper
        said = Said(
            str(document.docinfo.get("/Title", "")),
            tuple(bookmarks),
            tuple(str(each.Alt) for each in elements if "/Alt" in each),
            "".join("".join(str(each.ActualText).split()) for each in elements if "/ActualText" in each),
            b"".join(attached),
            paper.read_bytes(),
        )
        paper.write(b"")
        bare = io.BytesIO()
        document.save(bare, compress_streams=False)
        return said, bare.getvalue()


def _elements(node: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """Of the structure, in reading order."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _elements(child)
    elif isinstance(node, pikepdf.Dictionary):
        yield node
        yield from _elements(node.get("/K", pikepdf.Array()))


def _titles(parent: pikepdf.Object) -> Iterator[str]:
    each = parent.get("/First")
    while each is not None:
        yield str(each.Title)
        yield from _titles(each)
        each = each.get("/Next")
