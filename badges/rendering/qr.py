"""QR codes of addresses: error correction M, four modules of quiet ground (ISO/IEC 18004)."""

from collections.abc import Iterator
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Any

import resvg_py
import zxingcpp

QUIET = 4

Matrix = list[list[bool]]


def matrix(text: str) -> Matrix:
    """Rows of modules, True is dark, without the quiet ground."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    # A buffer of two dimensions, though its type does not say so.
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(image).tolist()
    return [[grey == 0 for grey in row] for row in rows]


def runs(modules: Matrix) -> Iterator[tuple[int, int, int]]:
    """Dark modules beside each other: column, row and how many."""
    for row, line in enumerate(modules):
        column = 0
        for dark, group in groupby(line):
            wide = len(list(group))
            if dark:
                yield column, row, wide
            column += wide


def path(modules: Matrix, x: float = 0, y: float = 0, module: float = 1) -> str:
    """Path data. Runs, not squares, and two per cent taller: separate squares show pale seams."""
    out = []
    for column, row, wide in runs(modules):
        left, top = x + column * module, y + row * module
        run, tall = wide * module, 1.02 * module
        out.append(f"M{left:g} {top:g}h{run:g}v{tall:g}h{-run:g}z")
    return "".join(out)


@lru_cache(maxsize=512)
def svg(text: str, *, title: str) -> str:
    """Inline SVG in the colour of the text around it, quiet ground included; `title` is what a reader hears."""
    modules = matrix(text)
    side = len(modules) + 2 * QUIET
    return (
        f'<svg class="qr" viewBox="0 0 {side} {side}" role="img" shape-rendering="crispEdges">'
        f'<title>{escape(title)}</title><path fill="currentColor" d="{path(modules, QUIET, QUIET)}"/></svg>'
    )


def png(text: str, scale: int = 10) -> bytes:
    """Black on white, `scale` pixels a module, quiet ground included."""
    modules = matrix(text)
    side = len(modules) + 2 * QUIET
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path(modules, QUIET, QUIET)}"/></svg>'
    )
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing, skip_system_fonts=True, width=side * scale))
