"""What the parts of a badge draw on: its colours, its definitions, the SVG written so far, and notes for the author."""

from dataclasses import dataclass, field

from badges.rendering.geometry import circle, number
from badges.rendering.palette import gradient_stops, resolve
from issuers.colour import contrast, readable

# WCAG 2.2, 1.4.3: capitals under 40 units are small text when a badge is shown at its usual 300 pixels.
SMALL_TEXT, LARGE = 4.5, 3.0

Band = tuple[float, str]


@dataclass(frozen=True)
class Note:
    """Something the author should know; `code` is "colour-moved", "text-small" or "text-shrunk"."""

    code: str
    params: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, code: str, **params: str) -> "Note":
        """Keyword arguments become the parameters of the sentence."""
        return cls(code, tuple(params.items()))


@dataclass
class Canvas:
    """One drawing in progress; `pixels` is the size at which it will be shown."""

    key: str
    pixels: int
    colours: dict[str, str]
    words: dict[str, str]
    outline: str = ""
    out: list[str] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def small(self) -> bool:
        """Whether the reduced drawing is asked for."""
        return self.pixels <= 120

    def colour(self, name: str, on: str | None = None, ratio: float = 0) -> str:
        """A paint; on a ground, moved until it is readable there, and the author is told."""
        if name.startswith("metal:"):
            return self._metal(name.removeprefix("metal:"))
        asked = resolve(name, self.colours)
        if on is None:
            return asked
        ground = resolve(on, self.colours)
        given = readable(asked, ground, ratio)
        if given != asked:
            had = f"{contrast(asked, ground):.1f}"
            self.note("colour-moved", colour=name, ground=on, had=had, needed=f"{ratio:g}")
        return given

    def note(self, code: str, **params: str) -> None:
        """Tell the author, once."""
        note = Note.of(code, **params)
        if note not in self.notes:
            self.notes.append(note)

    def _metal(self, metal: str) -> str:
        """A gradient in user space: fractions of a bounding box are not painted by every PDF renderer."""
        key = f"{self.key}-{metal}"
        if not any(f'id="{key}"' in each for each in self.definitions):
            self.definitions.append(
                f'<linearGradient id="{key}" gradientUnits="userSpaceOnUse" x1="100" y1="10" x2="500" y2="590">'
                f"{gradient_stops(metal, self.colours)}</linearGradient>"
            )
        return f"url(#{key})"

    def add(self, markup: str) -> None:
        """Write finished SVG."""
        self.out.append(markup)

    def path(self, outline: str, fill: str = "none", extra: str = "") -> None:
        """One filled area; nothing when there is no outline."""
        if outline:
            self.out.append(f'<path d="{outline}" fill="{fill}"{extra}/>')

    def clipped(self, outline: str) -> str:
        """The attribute that keeps what follows inside an outline."""
        key = f"{self.key}-c{len(self.definitions)}"
        self.definitions.append(f'<clipPath id="{key}"><path d="{outline}"/></clipPath>')
        return f' clip-path="url(#{key})"'

    def rings(self, x: float, y: float, radius: float, bands: list[Band]) -> None:
        """Bands of a disc, as circles: gradients on clipped strokes do not survive every PDF renderer."""
        depths = [0, *(depth for depth, _ in bands)]
        for depth, (_, name) in zip(depths, bands, strict=False):
            self.path(circle(x, y, max(0.0, radius - depth)), self.colour(name))

    def bands(self, outline: str, bands: list[Band]) -> None:
        """[[depth, colour], …] measured inwards: strokes clipped to the shape keep an even depth on any outline."""
        self.path(outline, self.colour(bands[-1][1]))
        if len(bands) > 1:
            self.add(f"<g{self.clipped(outline)}>")
            self.rim(outline, bands)
            self.add("</g>")

    def rim(self, outline: str, bands: list[Band]) -> None:
        """All bands but the innermost, which is the field."""
        for depth, name in reversed(bands[:-1]):
            stroke = f' stroke="{self.colour(name)}" stroke-width="{number(2 * depth)}" stroke-linejoin="round"'
            self.path(outline, "none", stroke)
