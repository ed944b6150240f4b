"""Files of the catalogue of bad images, made here byte by byte so that no decoder bomb lies in the repository."""

import io
import struct
import zlib

from PIL import Image, ImageCms, PngImagePlugin

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def header(width: int, height: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def png_of(width: int, height: int, *, extra: bytes = b"") -> bytes:
    """A header that promises, a single row that does not keep it."""
    return SIGNATURE + header(width, height) + extra + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def picture(mode: str = "RGB", size: tuple[int, int] = (200, 200)) -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png(size: tuple[int, int] = (200, 200)) -> bytes:
    return saved(picture(size=size), "PNG")


def wrong_checksum() -> bytes:
    data = bytearray(png())
    at = data.index(b"IDAT")
    length = struct.unpack(">I", data[at - 4 : at])[0]
    data[at + 4 + length] ^= 0xFF
    return bytes(data)


def animated_png(frames: int = 2000) -> bytes:
    """Says that it has many frames; a reader knows it from the header."""
    start, rest = png()[:33], png()[33:]
    return start + chunk(b"acTL", struct.pack(">II", frames, 0)) + rest


def animated_webp() -> bytes:
    frames = [picture(size=(100, 100)).rotate(angle) for angle in (0, 90, 180)]
    return saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])


def animated_gif() -> bytes:
    frames = [picture("P", (100, 100)).rotate(angle) for angle in range(0, 360, 10)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


def webp_of(width: int, height: int) -> bytes:
    """An extended header whose canvas would be gigabytes."""
    body = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    inner = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + body
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


def text_bomb(kind: bytes) -> bytes:
    """200 MB of spaces in a compressed text chunk."""
    packed = zlib.compress(b" " * 200_000_000, 9)
    bodies = {b"zTXt": b"Comment\0\0" + packed, b"iTXt": b"Comment\0\1\0\0\0" + packed}
    return png_of(200, 200, extra=chunk(kind, bodies[kind]))


def many_texts() -> bytes:
    body = b"Comment\0\0" + zlib.compress(b" " * 900_000, 9)
    return png_of(200, 200, extra=chunk(b"zTXt", body) * 100)


def photo_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif.get_ifd(0x8825)[2] = (50.0, 22.0, 15.0)
    return saved(picture(size=(200, 160)), "JPEG", exif=exif)


def two_in_one() -> bytes:
    first, second = picture(size=(200, 200)), picture(size=(220, 220))
    return saved(first, "MPO", save_all=True, append_images=[second])


def with_profile() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return saved(picture(), "PNG", icc_profile=profile + b"\0" * 5_000_000)


def with_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Ada")
    return saved(picture(), "PNG", pnginfo=info)


# Sent as picture.png to any place that takes pictures: the file, the status, and what is said.
REFUSED = [
    (b"", 422, "The file is empty."),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, 422, "damaged or cut off"),
    (b"just words", 415, "not a picture that we can read"),
    (
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        415,
        "This file is SVG, but its name ends in .png",
    ),
    (b"%PDF-1.7", 415, "This file is PDF."),
    (animated_gif(), 415, "This file is GIF."),
    (wrong_checksum(), 422, "damaged or cut off"),
    (animated_png(), 422, "frames. Save one of them"),
    (animated_webp(), 422, "it has 3 frames"),
    (png_of(50_000, 50_000), 422, "more than 16 million pixels"),
]
