"""QR codes of addresses: error correction M, four modules of quiet ground (ISO/IEC 18004)."""

import re
from functools import lru_cache
from html import escape
from typing import Any

import resvg_py
import zxingcpp

QUIET = 4
_DARK = re.compile(rb"\0+")

Matrix = list[list[bool]]


def rows(text: str) -> list[bytes]:
    """Rows of modules, a byte each: 0 is dark, without the quiet ground."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    # A buffer of two dimensions, though its type does not say so.
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    grey = memoryview(image)
    (side, _), data = grey.shape or (0, 0), grey.tobytes()
    return [data[start : start + side] for start in range(0, side * side, side)]


def matrix(text: str) -> Matrix:
    """Rows of modules, True is dark, without the quiet ground."""
    return [[grey == 0 for grey in row] for row in rows(text)]


def path(modules: Matrix, x: float = 0, y: float = 0, module: float = 1) -> str:
    """Path data. Runs, not squares, and two per cent taller: separate squares show pale seams."""
    out = []
    for row, line in enumerate(modules):
        for start, end in runs(bytes(not dark for dark in line)):
            left, top = x + start * module, y + row * module
            run, tall = (end - start) * module, 1.02 * module
            out.append(f"M{left:g} {top:g}h{run:g}v{tall:g}h{-run:g}z")
    return "".join(out)


def runs(row: bytes) -> list[tuple[int, int]]:
    """Where dark modules begin and end in a row."""
    return [found.span() for found in _DARK.finditer(row)]


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
