"""OKLCH arithmetic and WCAG contrast. Pure. OKLCH, because equal steps of its lightness look equal."""

import math
import re
from functools import lru_cache
from typing import NamedTuple

HEX = re.compile(r"#[0-9a-f]{6}")
BLACK, WHITE = "#000000", "#ffffff"

# How far a linear sRGB channel may leave 0..1 before the colour counts as one no screen shows.
_TOLERANCE = 0.0005
_CHROMA_STEP = 0.002

Linear = tuple[float, float, float]


class Oklch(NamedTuple):
    """Lightness 0..1, chroma 0..about .37, hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    @property
    def hex(self) -> str:
        """Nearest sRGB colour, as #rrggbb."""
        return "#" + "".join(f"{round(255 * _encode(min(1.0, max(0.0, c)))):02x}" for c in linear(self))

    @property
    def css(self) -> str:
        """As CSS Color 4 writes it."""
        return f"oklch({self.lightness:.3f} {self.chroma:.3f} {self.hue:.1f})"


def is_hex(text: str) -> bool:
    """True for a lower-case #rrggbb, the one form in which colours are stored."""
    return HEX.fullmatch(text) is not None


def _decode(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encode(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def linear_of_hex(colour: str) -> Linear:
    """Linear-light sRGB; ValueError when `colour` is not a lower-case #rrggbb."""
    if not is_hex(colour):
        raise ValueError(f"not a colour: {colour!r}")
    red, green, blue = (_decode(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return red, green, blue


def to_oklch(colour: str) -> Oklch:
    """The OKLCH of a hex; the matrices are Ottosson's (2020), as in CSS Color 4."""
    r, g, b = linear_of_hex(colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def linear(colour: Oklch) -> Linear:
    """Linear-light sRGB; outside 0..1 where no screen shows the colour."""
    a = colour.chroma * math.cos(math.radians(colour.hue))
    b = colour.chroma * math.sin(math.radians(colour.hue))
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def displayable(lightness: float, chroma: float, hue: float) -> Oklch:
    """The same lightness and hue, with as much of the chroma as sRGB has."""
    colour = Oklch(lightness, chroma, hue)
    while colour.chroma > 0 and any(not -_TOLERANCE <= c <= 1 + _TOLERANCE for c in linear(colour)):
        colour = colour._replace(chroma=max(0.0, colour.chroma - _CHROMA_STEP))
    return colour


def luminance(colour: str | Oklch) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = linear(colour) if isinstance(colour, Oklch) else linear_of_hex(colour)
    red, green, blue = (min(1.0, max(0.0, c)) for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str | Oklch, other: str | Oklch) -> float:
    """Contrast ratio, WCAG 2.2: from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def shown_contrast(colour: Oklch, ground: Oklch) -> float:
    """The least contrast of `colour` in the forms that browsers read: as computed, as `.css` and as `.hex` round it."""
    printed = Oklch(round(colour.lightness, 3), round(colour.chroma, 3), round(colour.hue, 1))
    return min(contrast(form, ground) for form in (colour, printed, colour.hex))


@lru_cache(maxsize=4096)
def readable(colour: str, ground: str, ratio: float) -> str:
    """`colour`, moved in lightness alone (the shorter way) until it stands `ratio` : 1 off `ground`."""
    if contrast(colour, ground) >= ratio:
        return colour
    lightness, chroma, hue = to_oklch(colour)
    for percent in range(1, 101):
        for moved in (lightness - percent / 100, lightness + percent / 100):
            if 0 <= moved <= 1 and contrast(found := displayable(moved, chroma, hue).hex, ground) >= ratio:
                return found
    return max((BLACK, WHITE), key=lambda extreme: contrast(extreme, ground))
