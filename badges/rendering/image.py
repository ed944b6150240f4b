"""Pictures in and out: our SVG made into PNG; other people's pictures decoded with suspicion and encoded anew.

An uploaded file is never stored: what is stored is a PNG of its pixels, of an SVG too. Metadata, colour profiles, further
frames and whatever follows the picture stay behind. The bytes decide what a file is, not its name.
"""

import io
import struct
import warnings
import zlib
from typing import NamedTuple

import resvg_py
from PIL import Image, ImageFile, ImageOps

from badges.rendering import svg_rebuilding
from badges.rendering.image_refused import ImageRefused
from badges.rendering.svg_rasterising import rasterised

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 16_000_000
FORMATS = ("PNG", "JPEG", "WebP")
# Longer side of an SVG's pixels: twice what is kept, so that it is made smaller and stays sharp.
DRAWING_SIDE = 1200
# Longer against shorter side: beyond it, hardly a picture of anything.
MOST_ASPECT = 12.0

# What decoders of hostile files were seen to raise.
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

# Pillow only warns below twice its own limit, and ours is lower anyway.
warnings.simplefilter("error", Image.DecompressionBombWarning)

# To say what was sent instead of a picture we take.
_OTHERS = (
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"8BPS", "PSD"),
    (b"BM", "BMP"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"%!PS", "EPS"),
    (b"DDS ", "DDS"),
    (b"SIMPLE", "FITS"),
    (b"\x1f\x8b", "SVGZ"),
    (b"<svg", "SVG"),
    (b"<?xml", "SVG"),
)


class Picture(NamedTuple):
    """A picture we made: PNG without metadata."""

    png: bytes
    width: int
    height: int

    @property
    def data(self) -> bytes:
        return self.png

    @property
    def suffix(self) -> str:
        return "png"


class Illustration(NamedTuple):
    """A picture we made for paper: PNG, or JPEG where nothing is clear and that is smaller. Without metadata."""

    data: bytes
    suffix: str
    width: int
    height: int


def rasterise(svg: str, size: int) -> bytes:
    """PNG, `size` pixels wide. No font of the machine is read, so the same drawing gives the same bytes everywhere."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, width=size))


def is_drawing(data: bytes) -> bool:
    """Whether this looks like an SVG, in whatever encoding; the reading of it decides."""
    start = data[:1024].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return start.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg"))


def flattened(data: bytes) -> bytes:
    """An SVG as PNG, drawn from what was rebuilt of it; any other file as it is. Raises ImageRefused."""
    if not is_drawing(data):
        return data
    drawing = svg_rebuilding.redrawn(data)
    scale = DRAWING_SIDE / max(drawing.width, drawing.height)
    width, height = (max(1, round(side * scale)) for side in (drawing.width, drawing.height))
    png = rasterised(drawing.svg, width, height)
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        if image.convert("RGBA").getchannel("A").getextrema() == (0, 0):
            raise ImageRefused("svg-empty")
    return png


def reencode(
    data: bytes,
    *,
    square: bool = True,
    side: int = 600,
    height: int | None = None,
    least: int = 64,
    most_bytes: int = MOST_BYTES,
) -> Picture:
    """An uploaded picture as a clean PNG, or ImageRefused.

    Fitted into `side` × `height` (or `side` × `side`) and never enlarged. `square` centres it on a transparent square;
    without it the sides stay in proportion. `least` is the shortest side taken, in pixels.
    """
    image = _decoded(data, least=least, most_aspect=2.0 if square else MOST_ASPECT, most_bytes=most_bytes)
    image.thumbnail((side, height or side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    size = (max(image.size),) * 2 if square else image.size
    # A new canvas, because Pillow would write what it remembers of the old file.
    canvas = Image.new("RGBA", size, (0, 0, 0, 0))
    canvas.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return _encoded(canvas)


def logo(data: bytes) -> Picture:
    """An institution's logo: any proportions, at most 600 × 300."""
    return reencode(data, square=False, side=600, height=300, least=24)


def illustration(data: bytes, *, most_bytes: int = MOST_BYTES) -> Illustration:
    """A picture for certificates: any proportions, at most 2,400 pixels (A4 at 200 dpi), small enough for every PDF."""
    picture = reencode(data, square=False, side=2400, least=64, most_bytes=most_bytes)
    with Image.open(io.BytesIO(picture.png), formats=["PNG"]) as image:
        if image.getchannel("A").histogram()[255] == image.width * image.height:
            buffer = io.BytesIO()
            image.convert("RGB").save(buffer, "JPEG", quality=88, optimize=True)
            if buffer.tell() < len(picture.png):
                return Illustration(buffer.getvalue(), "jpg", picture.width, picture.height)
    return Illustration(picture.png, "png", picture.width, picture.height)


def signature(data: bytes) -> Picture:
    """A handwritten signature, at most 600 × 300: ink on nothing. White paper of a scan becomes transparent."""
    picture = logo(data)
    with Image.open(io.BytesIO(picture.png), formats=["PNG"]) as image:
        if image.getchannel("A").histogram()[255] < image.width * image.height:
            return picture
        ink = image.convert("RGBA")
        ink.putalpha(image.convert("L").point(_ink_of))
    return _encoded(ink)


def _ink_of(grey: int) -> int:
    """Opacity of a scanned pixel: paper, even grey paper, is none; dark strokes are full."""
    paper, stroke = 215, 70
    return min(255, max(0, round((paper - grey) * 255 / (paper - stroke))))


def _encoded(image: Image.Image) -> Picture:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return Picture(buffer.getvalue(), image.width, image.height)


def _decoded(data: bytes, *, least: int, most_aspect: float, most_bytes: int) -> Image.Image:
    """RGBA pixels, upright. Everything the header tells is asked before a pixel is decoded."""
    if not data:
        raise ImageRefused("empty")
    if len(data) > most_bytes:
        raise ImageRefused("too-large", megabytes=most_bytes // 1024**2)
    kind = _kind(data)
    # WeasyPrint turns this on for the whole process when it is imported: torn files and bombs of text would pass.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        if kind == "PNG":
            data = _without_profile(data)
        if kind == "WebP":
            _refuse_size(*_webp_size(data), least, most_aspect)
        with Image.open(io.BytesIO(data), formats=[kind.upper()]) as image:
            _refuse_size(*image.size, least, most_aspect)
            _refuse_animation(image, kind)
        return _pixels(data, kind)
    except _BOMBS as error:
        raise ImageRefused("too-many-pixels", megapixels=MOST_PIXELS // 1_000_000) from error
    except _BROKEN as error:
        raise ImageRefused("damaged") from error


def _kind(data: bytes) -> str:
    """By the bytes. Only the decoder of that kind will see them."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    raise ImageRefused("unsupported", found=_name_of_other(data), formats=", ".join(FORMATS))


def _name_of_other(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return "AVIF" if data[8:12] in {b"avif", b"avis"} else "HEIC"
    start = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((name for magic, name in _OTHERS if start.startswith(magic)), "")


def _without_profile(data: bytes) -> bytes:
    """A PNG less its colour profile: Pillow would inflate it, and refuse the picture when it is large."""
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] != b"iCCP":
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def _webp_size(data: bytes) -> tuple[int, int]:
    """From the first chunk (RFC 9649): Pillow's WebP reader makes room for the canvas as soon as it opens one."""
    chunk, body = data[12:16], data[20:]
    if chunk == b"VP8X":
        width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7))
    elif chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", body[6:10]))
    return width, height


def _refuse_size(width: int, height: int, least: int, most_aspect: float) -> None:
    if width * height > MOST_PIXELS:
        raise ImageRefused("too-many-pixels", megapixels=MOST_PIXELS // 1_000_000)
    short, long = sorted((width, height))
    if short and long / short > most_aspect:
        raise ImageRefused("odd-shape", width=width, height=height)
    if short < least:
        raise ImageRefused("too-small", width=width, height=height, least=least)


def _refuse_animation(image: Image.Image, kind: str) -> None:
    """Further pictures inside a JPEG (MPO) are passed over; an animation is meant to be seen moving."""
    frames = 1 if kind == "JPEG" else int(getattr(image, "n_frames", 1))
    if frames > 1:
        raise ImageRefused("animated", frames=frames)


def _pixels(data: bytes, kind: str) -> Image.Image:
    if kind == "PNG":
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            image.verify()  # checksums of the pixels, which load() passes over
    with Image.open(io.BytesIO(data), formats=[kind.upper()]) as image:
        image.load()
        upright = ImageOps.exif_transpose(image) if kind == "JPEG" else image
        if upright.mode.startswith("I"):
            # 16 bits of grey: divided, since converting would cut everything above 255 to white.
            upright = upright.convert("I").point(lambda value: value / 256).convert("L")
        return upright.convert("RGBA")
