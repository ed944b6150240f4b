"""Every starter with the names that try a design hardest, on every paper, read back from the printed PDF."""

import functools
import io
import itertools

import pikepdf
import pytest

from badges.rendering import certificate
from tests.badges.rendering import papers
from tests.badges.rendering.papers import NAMES, Sheet

PAPERS = list(itertools.product(("A4", "Letter"), ("landscape", "portrait")))
# Longer than what a box is high by: the ink of stacked accents and of tails, in shares of the size of the type.
INK = 0.6  # mm
TEXTS = {"text", "number", "signature", "table"}


@functools.cache
def made(starter, name, paper=None, locale="en"):
    """Layout, values, PDF and the page read back: once for all that is asked of it."""
    size, orientation = paper or ("A4", own_orientation(starter))
    design = papers.layout(starter, size, orientation, locale=locale)
    told = papers.bare(NAMES[name]) if name == "Japanese" else papers.values(NAMES[name])
    data = papers.printed(design, told)
    return design, told, data, Sheet(data)


@functools.cache
def own_orientation(starter):
    return next(o for o in ("landscape", "portrait") if native(starter, o))


def native(starter, orientation):
    raw = certificate.starter(starter, orientation=orientation)
    other = "portrait" if orientation == "landscape" else "landscape"
    return raw["elements"][0]["box"] != certificate.starter(starter, orientation=other)["elements"][0]["box"] and (
        raw == {**raw, "page": {"size": "A4", "orientation": orientation}}
    )


def frames(design, told):
    return {frame["id"]: frame for frame in certificate.frames(design, told) if frame["drawn"]}


def box(frame):
    return frame["x"], frame["y"], frame["w"], frame["h"]


def outside(ink, frame):
    """Millimetres by which a letter's ink leaves a frame."""
    x, y, w, h = box(frame)
    left, top, right, bottom = ink
    return max(x - left, y - top, right - x - w, bottom - y - h)


def check_printed(design, told, data, sheet):
    standing = frames(design, told)
    assert papers.boxes_for_missing_letters(data) == []
    assert all(papers.fonts_of(data).values())
    texts = [frame for frame in standing.values() if frame["type"] in TEXTS]
    for letter, ink in sheet.inks():
        left, top, right, bottom = ink
        assert left >= 0 and top >= 0 and right <= sheet.w and bottom <= sheet.h, letter
        assert min(outside(ink, frame) for frame in texts) <= INK, (letter, ink)
    for element, words in (("name", told.recipient_name), ("achievement", told.achievement_name)):
        assert papers.letters(sheet.within(box(standing[element]))) == papers.letters(words), element
    assert papers.ADDRESS.removeprefix("https://") in sheet.within(box(standing["check"])).replace("\r\n", "")
