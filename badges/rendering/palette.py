"""The named colours of one badge, from the brand colour and an accent."""

from issuers.colour import WHITE, contrast, displayable, is_hex, readable, to_oklch

METALS = {"gold": "#d8a63c", "silver": "#b9c1c8", "bronze": "#b87444"}
ACCENTS = ("auto", *METALS)

# Below this against paper, a brand is too pale to be the ground of a badge.
PALE = 3.0
# Below this against the brand, an accent is no accent.
DROWNED = 1.7
# An area of this contrast is still seen as one.
STANDS_OFF = 1.35
# Chroma below which a hue says nothing.
COLOURLESS = 0.03


def _colour(lightness: float, chroma: float, hue: float) -> str:
    return displayable(min(1.0, max(0.0, lightness)), max(0.0, chroma), hue % 360).hex


def accent_of(brand: str, accent: str = "auto") -> str:
    """A hex is kept, a metal looked up; "auto" answers the brand from across the wheel."""
    if accent != "auto":
        return METALS.get(accent, accent)
    _, chroma, hue = to_oklch(brand)
    return _colour(0.80, min(0.15, chroma + 0.03), hue + (150 if hue < 200 else 190))


def palette(brand: str, accent: str = "auto") -> dict[str, str]:
    """Name → #rrggbb. The brand is kept as given; all else follows from it and from the accent."""
    lightness, chroma, hue = to_oklch(brand)
    accent = accent_of(brand, accent)
    accent_lightness, accent_chroma, accent_hue = to_oklch(accent)
    return {
        "brand": brand,
        "accent": accent,
        "ink": _colour(0.22, min(chroma, 0.045), hue),
        "deep": _colour(min(lightness, 0.34), min(chroma, 0.11), hue),
        "mid": _colour(min(0.72, lightness + 0.11), chroma * 0.92, hue),
        "shade": _colour(max(0.12, lightness - 0.09), chroma * 0.95, hue),
        "lift": _colour(min(0.8, lightness + 0.17), chroma * 0.6, hue),
        "tint": _colour(0.915, min(chroma, 0.045), hue),
        "paper": _colour(0.976, 0.013, 85),
        "edge": _colour(0.84, 0.018, 85),
        "white": WHITE,
        "accent-lit": _colour(min(0.93, accent_lightness + 0.11), accent_chroma * 0.8, accent_hue),
        "accent-shade": _colour(accent_lightness - 0.14, accent_chroma, accent_hue - 6),
        "accent-deep": _colour(accent_lightness - 0.24, accent_chroma, accent_hue - 8),
    }


NAMES = frozenset(palette("#1f5c45"))


def paired(brand: str, accent: str) -> tuple[str, str]:
    """The ground and the accent of a badge for an institution whose colour is `brand`.

    A pale brand becomes the accent on its own dark: as a ground it would leave nothing to read rings and metal by.
    An accent that would drown in the brand gives way to a cream of the brand's own hue.
    """
    colours = palette(brand)
    if contrast(brand, colours["paper"]) < PALE:
        return colours["deep"], brand
    answer = accent_of(brand, accent)
    if different(brand, answer) and contrast(brand, answer) >= DROWNED:
        return brand, accent
    _, chroma, hue = to_oklch(brand)
    return brand, _colour(0.9, min(0.09, chroma * 0.5), hue) if chroma > COLOURLESS else METALS["silver"]


def led_by_accent(brand: str) -> tuple[str, str]:
    """The same for a design on paper, where the accent is what carries the institution's colour."""
    colours = palette(brand)
    ground = colours["deep"] if contrast(brand, colours["paper"]) < PALE else brand
    return ground, readable(brand, colours["paper"], STANDS_OFF)


def different(one: str, other: str) -> bool:
    """Colours that two neighbouring areas may have: far in lightness, or in hue."""
    (light_1, chroma_1, hue_1), (light_2, chroma_2, hue_2) = to_oklch(one), to_oklch(other)
    turn = abs((hue_1 - hue_2 + 180) % 360 - 180)
    return abs(light_1 - light_2) > 0.2 or (min(chroma_1, chroma_2) > COLOURLESS and turn > 60)


def gradient_stops(metal: str, colours: dict[str, str]) -> str:
    """A worn metal rim: lit above left, a glint across the middle, shaded below right."""
    lit, base, dark = (colours[metal + suffix] for suffix in ("-lit", "", "-shade"))
    stops = ((0, lit), (0.42, base), (0.5, lit), (0.58, base), (1, dark))
    return "".join(f'<stop offset="{_offset(at)}" stop-color="{colour}"/>' for at, colour in stops)


def _offset(at: float) -> str:
    return f"{at:.2f}".rstrip("0").rstrip(".")


def resolve(name: str, colours: dict[str, str]) -> str:
    """A palette name or a hex, as hex. ValueError when it is neither."""
    value = colours.get(name, name)
    if not is_hex(value):
        raise ValueError(f"not a colour: {name!r}")
    return value
