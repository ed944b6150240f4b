"""What the QR codes in a photo or screenshot say. Pure; runs inside the sandbox, for decoders of pictures are written in C."""

from __future__ import annotations

import io
import warnings

import zxingcpp
from PIL import Image, ImageFile

# A phone takes 12 to 50 megapixels. A JPEG is decoded at the half, quarter or eighth that is still fine enough.
MOST_PIXELS, MOST_DECODED = 64_000_000, 20_000_000
# Modules of a code that fills a tenth of the width are still ten pixels wide.
FINE_ENOUGH = 2400
MOST_CODES, MOST_TEXT = 8, 2048
_FORMATS = ["JPEG", "PNG", "WEBP"]
# A QR code as rows of modules, dark is 1; it says WARM.
WARM = "https://warm.example/c/1"
_MODULES = (
    0x1FDA87F, 0x1040141, 0x1759E5D, 0x1744E5D, 0x174B45D, 0x1057541, 0x1FD557F, 0x0E000, 0x1466325, 0x1C1236B,
    0x19EABCD, 0x8A44A8, 0x9D2441, 0x314BE3, 0x1D6A2CD, 0x634578, 0x1B6B3F2, 0x11111, 0x1FD1551, 0x104B710,
    0x17457F2, 0x1744996, 0x17560BB, 0x104C5F0, 0x1FDE749,
)  # fmt: skip

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


class NoPicture(ValueError):
    """It cannot be looked at; why."""


def texts(picture: bytes) -> list[str]:
    """Each text once. Raises NoPicture."""
    grey = _grey(picture)
    codes = zxingcpp.read_barcodes(grey, formats=QR, text_mode=zxingcpp.TextMode.Plain)
    said = [code.text for code in codes if code.valid and len(code.text) <= MOST_TEXT]
    return list(dict.fromkeys(said))[:MOST_CODES]


def _grey(picture: bytes) -> Image.Image:
    # WeasyPrint turns this on for a whole process when it is imported: torn files and bombs of text would pass.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            Image.MAX_IMAGE_PIXELS = MOST_PIXELS
            image = Image.open(io.BytesIO(picture), formats=_FORMATS)
            image.draft("L", (FINE_ENOUGH, FINE_ENOUGH))
            if image.width * image.height > MOST_DECODED:
                raise NoPicture("too many pixels")
            grey = _on_white(image)
            grey.thumbnail((2 * FINE_ENOUGH, 2 * FINE_ENOUGH))
            return grey
    except NoPicture:
        raise
    except Exception as error:  # Pillow lets through whatever its parts raise
        raise NoPicture(type(error).__name__) from error


def _on_white(image: Image.Image) -> Image.Image:
    """Codes are often black on nothing."""
    if not image.has_transparency_data:
        return image.convert("L")
    ground = Image.new("LA", image.size, (255, 255))
    ground.alpha_composite(image.convert("LA"))
    return ground.convert("L")


def warm() -> bytes:
    """A photo of WARM, for trying the way once before the first document comes."""
    side, quiet = len(_MODULES), 4
    small = Image.new("L", (side + 2 * quiet, side + 2 * quiet), 255)
    for row, modules in enumerate(_MODULES):
        for column in range(side):
            if modules >> (side - 1 - column) & 1:
                small.putpixel((column + quiet, row + quiet), 0)
    photo = io.BytesIO()
    small.resize((8 * small.width, 8 * small.height), Image.Resampling.NEAREST).save(photo, "JPEG")
    return photo.getvalue()
