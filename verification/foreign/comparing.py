"""A PDF beside the one that was issued: row by row what is printed, then how both look. Pure; inside the sandbox alone.

Text is compared as the same reader takes it from both files, never with the signed string: what a reader makes of Arabic
or Devanagari depends on the file, but not on the day. Where the text agrees the pictures of the pages are laid over each
other, so that a shape or a picture laid over a name is seen too.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import pypdfium2
from PIL import Image, ImageChops

from verification.foreign.papers import NotReadable, opened

Json = dict[str, Any]
DOTS = 100 / 72
CELL = 6
# Mean difference of a cell (0–255) from which it counts: the grain of a second rendering stays below.
VISIBLE = 10
# A page of which this much looks different was made anew: nothing can be said about single places.
MADE_ANEW = 0.15
MOST_SIDE = 2000
MOST_REGIONS, MOST_ROWS = 10, 400


@dataclass(frozen=True)
class Row:
    """What stands side by side on a page, and where (points from the bottom left)."""

    page: int
    text: str
    left: float
    bottom: float
    right: float
    top: float


def compare(pdf: bytes, reference: bytes, signed: Sequence[str]) -> Json:
    """Rows of both files, and regions that look different. Raises papers.NotReadable.

    `lines`: {issued, printed, altered}; `regions`: {page, near,
    box} with the sides of the box as parts of the page, from the top left; `look`: same, different, or unknown where the page was
    made anew. `signed` are values to show in place of what a reader makes of them.
    """
    with opened(pdf):
        pass
    paper, issued = _open(pdf), _open(reference)
    try:
        own, their = list(_rows(issued)), list(_rows(paper))
        lines, touched = _lines(own, their, signed)
        look, regions = _look(paper, issued, [row for row in own if row not in touched], touched)
    finally:
        paper.close()
        issued.close()
    return {"lines": lines, "look": look, "regions": regions}


def values(pdf: bytes, signed: Sequence[str]) -> Json:
    """Without the issued file: whether each signed value stands somewhere on the paper. Raises papers.NotReadable."""
    with opened(pdf):
        pass
    paper = _open(pdf)
    try:
        printed = _plain(" ".join(row.text for row in _rows(paper)))
    finally:
        paper.close()
    found = [(value, _plain(value) in printed) for value in signed]
    lines = [{"issued": value, "printed": value if there else "", "altered": not there} for value, there in found]
    return {"lines": lines, "look": "unknown", "regions": []}


def _open(pdf: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise NotReadable("pdf_damaged") from error


def _rows(document: pypdfium2.PdfDocument) -> Iterator[Row]:
    for number, page in enumerate(document, 1):
        text = page.get_textpage()
        boxes = [(text.get_rect(place), place) for place in range(min(text.count_rects(), MOST_ROWS * 10))]
        for group in _side_by_side([(*box, place) for box, place in boxes]):
            words = [text.get_text_bounded(*piece[:4]) for piece in sorted(group, key=lambda piece: piece[4])]
            shown = " ".join("".join(filter(_visible, " ".join(words))).split())
            if shown:
                lefts, bottoms, rights, tops, _places = zip(*group, strict=True)
                yield Row(number, shown, min(lefts), min(bottoms), max(rights), max(tops))


def _visible(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in {"Cc", "Cf", "Co", "Cn", "Cs"}


_Box = tuple[float, float, float, float, int]


def _side_by_side(boxes: list[_Box]) -> list[list[_Box]]:
    """Boxes grouped into rows, from top to bottom: what overlaps a row by half, and marks that sit right above or below it.

    The tallest come first, so that the vowel signs and hamzas which a reader gives apart find their letters.
    """
    groups: list[list[_Box]] = []
    for box in sorted(boxes, key=lambda box: box[1] - box[3]):
        fitting = next((group for group in groups if _belongs(box, group)), None)
        if fitting is None:
            groups.append([box])
        else:
            fitting.append(box)
    groups.sort(key=lambda group: -max(box[3] for box in group))
    return groups[:MOST_ROWS]


def _belongs(box: _Box, group: list[_Box]) -> bool:
    low, high = min(other[1] for other in group), max(other[3] for other in group)
    height, shared = max(0.1, box[3] - box[1]), min(high, box[3]) - max(low, box[1])
    if shared >= 0.5 * height:
        return True
    left, right = min(other[0] for other in group), max(other[2] for other in group)
    return shared > -2 and height < 0.4 * (high - low) and left - 2 <= box[0] and box[2] <= right + 2


def _lines(own: list[Row], their: list[Row], signed: Sequence[str]) -> tuple[list[Json], set[Row]]:
    """Both columns aligned; and the rows of either that do not agree."""
    lines: list[Json] = []
    touched: set[Row] = set()
    matcher = SequenceMatcher(None, [row.text for row in own], [row.text for row in their], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            lines += [{"issued": row.text, "printed": row.text, "altered": False} for row in own[a:b]]
            continue
        for place in range(max(b - a, d - c)):
            issued, printed = (rows[0] if rows else None for rows in (own[a + place : b][:1], their[c + place : d][:1]))
            touched |= {row for row in (issued, printed) if row}
            shown = _as_signed(issued.text, signed) if issued else ""
            lines.append({"issued": shown, "printed": printed.text if printed else "", "altered": True})
    return lines, touched


def _as_signed(text: str, signed: Sequence[str]) -> str:
    """The signed value that a row most likely shows; the row itself where none comes near."""
    letters = Counter(_plain(text).replace(" ", ""))
    for value in signed:
        wanted = Counter(_plain(value).replace(" ", ""))
        if wanted and not _plain(value).isascii() and (letters & wanted).total() >= 0.5 * wanted.total():
            return value
    return text


def _plain(text: str) -> str:
    return " ".join("".join(filter(_visible, unicodedata.normalize("NFKC", text))).casefold().split())


def _look(
    paper: pypdfium2.PdfDocument, issued: pypdfium2.PdfDocument, rows: list[Row], touched: set[Row]
) -> tuple[str, list[Json]]:
    """Whether the pages look the same, and near which row they do not."""
    if len(paper) != len(issued):
        return "different", [{"page": min(len(paper), len(issued)) + 1, "near": "", "box": [0, 0, 1, 1]}]
    regions: list[Json] = []
    for number, (one, other) in enumerate(zip(paper, issued, strict=True), 1):
        if any(abs(a - b) > 1 for a, b in zip(one.get_size(), other.get_size(), strict=True)):
            return "unknown", []
        cells = _different_cells(_picture(paper, one), _picture(issued, other))
        width, height = other.get_width() * DOTS / CELL, other.get_height() * DOTS / CELL
        if len(cells) > MADE_ANEW * width * height:
            return "unknown", []
        for left, top, right, bottom in _joined(cells):
            box = (left, height - bottom - 1, right + 1, height - top)
            place = tuple(side * CELL / DOTS for side in box)
            if not any(row.page == number and _meets(row, place) for row in touched):
                near = next((row.text for row in rows if row.page == number and _meets(row, place)), "")
                share = [left / width, top / height, (right + 1) / width, (bottom + 1) / height]
                regions.append({"page": number, "near": near, "box": [round(side, 3) for side in share]})
    return ("different" if regions else "same"), regions[:MOST_REGIONS]


def _meets(row: Row, place: tuple[float, ...]) -> bool:
    left, bottom, right, top = place
    return row.left - 4 <= right and left <= row.right + 4 and row.bottom - 4 <= top and bottom <= row.top + 4


def _picture(document: pypdfium2.PdfDocument, page: Any) -> Image.Image:
    """The page as it is seen, notes and stamps upon it included."""
    if max(page.get_size()) * DOTS > MOST_SIDE:
        raise NotReadable("pdf_too_dense")
    picture: Image.Image = page.render(scale=DOTS, may_draw_forms=True).to_pil().convert("RGB")
    return picture


def _different_cells(one: Image.Image, other: Image.Image) -> set[tuple[int, int]]:
    size = (min(one.width, other.width), min(one.height, other.height))
    bands = ImageChops.difference(one.crop((0, 0, *size)), other.crop((0, 0, *size))).split()
    most = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2]).reduce(CELL)
    data = most.tobytes()
    return {(place % most.width, place // most.width) for place, value in enumerate(data) if value >= VISIBLE}


def _joined(cells: set[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Boxes (left, top, right, bottom) around cells that touch, or nearly."""
    left, boxes = set(cells), []
    while left:
        waiting, group = [left.pop()], set()
        while waiting:
            x, y = waiting.pop()
            group.add((x, y))
            close = {(x + dx, y + dy) for dx in (-2, -1, 0, 1, 2) for dy in (-2, -1, 0, 1, 2)} & left
            left -= close
            waiting += close
        xs, ys = zip(*group, strict=True)
        boxes.append((min(xs), min(ys), max(xs), max(ys)))
    return sorted(boxes, key=lambda box: (box[1], box[0]))
