"""An institution's one colour, made into the roles of the interface in light and dark, each pair readable. Pure.

The rules are those of the design: the fill stays as typed; what is laid on it, and what is written in it, moves in
lightness alone until it can be read.
"""

import hashlib
import re
from collections.abc import Mapping

from issuers.colour import Oklch, displayable, shown_contrast, to_oklch

# The page's own surfaces (tokens.css), light and dark: edges must show on `sunken`, the hardest of them.
_DARK_PAPER = Oklch(0.19, 0.010, 160)
_SUNKEN = Oklch(0.955, 0.005, 155)
_DARK_SUNKEN = Oklch(0.262, 0.012, 160)
_WHITE, _INK = Oklch(1, 0, 0), Oklch(0.18, 0.012, 160)

# 4.5 and 3 are WCAG 2.2's limits; the rest above them is for who measures a little differently.
_TEXT, _EDGE = 4.52, 3.1
_STEP = 0.01
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

# Raise it when the same colour gives another stylesheet.
EDITION = "1"

Pair = tuple[Oklch, Oklch]


def _until(start: Oklch, ground: Oklch, ratio: float, step: float) -> Oklch:
    """The first colour from `start`, going by `step` of lightness, that stands `ratio` : 1 off `ground`."""
    lightness, chroma, hue = start
    found = displayable(lightness, chroma, hue)
    while shown_contrast(found, ground) < ratio and 0 <= lightness + step <= 1:
        lightness += step
        found = displayable(lightness, chroma, hue)
    return found


def _fill(base: Oklch) -> Pair:
    """The fill of a button in the light scheme, and what is written on it."""
    if shown_contrast(base, _WHITE) >= _TEXT:
        return base, _WHITE
    if shown_contrast(base, _INK) >= _TEXT:
        return base, _INK
    return _until(base, _WHITE, _TEXT, -_STEP), _WHITE


def _dark_fill(base: Oklch) -> Pair:
    """The same on dark paper, from which the fill must stand off by itself."""
    fill = _until(base, _DARK_PAPER, 3.2, _STEP)
    if shown_contrast(fill, _WHITE) >= _TEXT:
        return fill, _WHITE
    return _until(fill, _INK, 4.6, _STEP), _INK


def _pressed(fill: Oklch, written: Oklch, darker: float, lighter: float) -> Oklch:
    """The fill under the pointer: away from what is written on it, so that nothing is lost."""
    step = lighter if written == _INK else -darker
    return displayable(min(1.0, max(0.0, fill.lightness + step)), fill.chroma, fill.hue)


def roles(brand: str) -> dict[str, Pair]:
    """Role → (light, dark) of a lower-case #rrggbb; `.hex` and `.css` write them. ValueError when it is no colour."""
    base = to_oklch(brand)
    lightness, chroma, hue = base
    (fill, written), (dark_fill, dark_written) = _fill(base), _dark_fill(base)
    wash = displayable(0.952, min(chroma * 0.1, 0.011), hue)
    dark_wash = displayable(0.252, min(chroma * 0.25, 0.03), hue)
    lifted = Oklch(max(lightness, 0.6), chroma, hue)
    return {
        "brand": (fill, dark_fill),
        "brand-hover": (_pressed(fill, written, 0.06, 0.04), _pressed(dark_fill, dark_written, 0.05, 0.05)),
        "on-brand": (written, dark_written),
        "brand-text": (_until(base, wash, 5.2, -_STEP), _until(lifted, dark_wash, 6, _STEP)),
        "brand-edge": (_until(base, _SUNKEN, _EDGE, -_STEP), _until(base, _DARK_SUNKEN, _EDGE, _STEP)),
        "brand-wash": (wash, dark_wash),
        "brand-line": (
            displayable(0.775, min(chroma * 0.38, 0.052), hue),
            displayable(0.43, min(chroma * 0.4, 0.05), hue),
        ),
    }


def _block(selector: str, brand: str) -> str:
    """One institution's custom properties: light hex for every browser, both schemes where they are understood."""
    pairs = roles(brand)
    plain = "".join(f"    --{role}: {light.hex};\n" for role, (light, _) in pairs.items())
    schemes = "".join(f"      --{r}: light-dark({light.css}, {dark.css});\n" for r, (light, dark) in pairs.items())
    return (
        f"  {selector} {{\n{plain}  }}\n"
        "  @supports (color: light-dark(oklch(0 0 0), oklch(1 0 0))) {\n"
        f"    {selector} {{\n{schemes}    }}\n  }}\n"
    )


def stylesheet(brand: str) -> str:
    """The body of one institution's brand.css: its colour for the whole page."""
    return f"@layer tokens {{\n{_block(':root', brand)}}}\n"


def stylesheet_of_several(brands: Mapping[str, str]) -> str:
    """Slug → colour, for pages that show several institutions, each object under its own `data-brand`."""
    for slug in brands:
        if not _SLUG.fullmatch(slug):
            raise ValueError(f"not a slug: {slug!r}")
    blocks = "\n".join(_block(f'[data-brand="{slug}"]', brand) for slug, brand in brands.items())
    return f"@layer tokens {{\n{blocks}}}\n"


def version(brand: str) -> str:
    """Short name of what `stylesheet` gives for this colour, for addresses that are cached for ever."""
    return hashlib.sha256((EDITION + brand).encode()).hexdigest()[:8]
