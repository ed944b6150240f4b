"""Every starter with the names that try a design hardest, on every paper, read back from the printed PDF."""

import functools
import io
import itertools

import pikepdf
import pytest

from badges.rendering import certificate
from badges.rendering.certificate_page import size_of
from tests.badges.rendering import papers
from tests.badges.rendering.papers import NAMES, Sheet, outside

PAPERS = list(itertools.product(("A4", "Letter"), ("landscape", "portrait")))
INK = 1.0  # mm that a tail or a stacked accent may leave its box by: an italic f begins before it
TEXTS = {"text", "number", "signature", "table"}
# The paper that a design was drawn on.
OWN = {starter: "portrait" if starter in {"transcript", "charter"} else "landscape" for starter in certificate.IDS}


@functools.cache
def made(starter, name, size="A4", orientation=None, locale="en"):
    """Layout, values, PDF and the page read back: once for all that is asked of it."""
    design = papers.layout(starter, size, orientation or OWN[starter], locale=locale)
    told = papers.bare(NAMES[name]) if name == "Japanese" else papers.values(NAMES[name])
    data = papers.printed(design, told, papers.PLAIN)
    return design, told, data, Sheet(data)


def standing(design, told):
    found = {}
    for frame in certificate.frames(design, told):
        if frame["drawn"]:
            found[frame["id"]] = (frame["type"], (frame["x"], frame["y"], frame["w"], frame["h"]))
    return found


def check_printed(design, told, data, sheet):
    """One page, no letter outside its box, none missing, and every word read back where it belongs."""
    frames = standing(design, told)
    assert sheet.pages == 1
    assert papers.boxes_for_missing_letters(data) == []
    assert all(papers.fonts_of(data).values())
    texts = [box for kind, box in frames.values() if kind in TEXTS]
    pictures = [box for kind, box in frames.values() if kind in {"qr", "badge"}]
    for ink in sheet.inks:
        assert outside(ink, (0, 0, sheet.w, sheet.h)) <= 0
        assert min(outside(ink, box) for box in texts) <= INK, (ink, texts)
        assert all(apart(ink, box) for box in pictures), (ink, pictures)
    assert "".join(sheet.within(frames["name"][1]).split()) == "".join(told.recipient_name.split())
    assert told.achievement_name in sheet.within(frames["achievement"][1])
    assert papers.ADDRESS.removeprefix("https://") in sheet.within(frames["check"][1])


def apart(ink, box):
    (left, top, right, bottom), (x, y, w, h) = ink, box
    return right <= x or left >= x + w or bottom <= y or top >= y + h


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("starter", certificate.IDS)
def test_starter_prints_every_name_inside_its_box(starter, name):
    check_printed(*made(starter, name))


@pytest.mark.parametrize(("size", "orientation"), PAPERS)
@pytest.mark.parametrize("starter", certificate.IDS)
def test_starter_prints_the_longest_name_on_every_paper(starter, size, orientation):
    check_printed(*made(starter, "80 characters", size, orientation))


@pytest.mark.parametrize("starter", certificate.IDS)
def test_starter_prints_a_page_from_right_to_left(starter):
    check_printed(*made(starter, "Arabic", "Letter", None, "ar"))


@pytest.mark.parametrize("starter", certificate.IDS)
def test_starter_is_tagged_with_title_language_and_alternative_texts(starter):
    design, told, data, _ = made(starter, "short")

    with pikepdf.open(io.BytesIO(data)) as document:
        assert str(document.Root.Lang) == "en"
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as about:
            assert about["dc:title"] == f"{told.achievement_name}: {told.recipient_name}"
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")
    found = papers.tags(data)
    assert len(found["/H1"]) == len(found["/H2"]) == 1
    pictures = [kind for kind, _ in standing(design, told).values() if kind in {"badge", "qr"}]
    assert len(found["/Figure"]) == len(pictures)
    assert f"QR code: {papers.ADDRESS.removeprefix('https://')}" in found["/Figure"]
    assert all(found["/Figure"])


@pytest.mark.parametrize("starter", certificate.IDS)
def test_starter_leaves_no_label_alone_where_a_value_is_missing(starter):
    design, told, _, sheet = made(starter, "Japanese")

    text = " ".join(word for word, _ in sheet.words)
    for label in ("Hours", "hours", "Valid until", "Grade", "None"):
        assert label not in text
    assert {e["id"] for e in design["elements"] if e.get("when") in {"award.hours", "results"}} & set(
        standing(design, told)
    ) == set()


@pytest.mark.parametrize("starter", certificate.IDS)
def test_starter_stays_off_the_margin_that_printers_leave(starter):
    told = papers.values()
    for size, orientation in PAPERS:
        design = papers.layout(starter, size, orientation)
        w, h = size_of(design["page"])
        for element, (kind, (x, y, wide, tall)) in standing(design, told).items():
            if kind in TEXTS | {"qr", "badge", "seal"}:
                assert min(x, y, w - x - wide, h - y - tall) >= 9.5, (element, size, orientation)
