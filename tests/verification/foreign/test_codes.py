"""Photos and screenshots: what their QR codes say, however they were taken; and pictures that are made to hurt."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw, ImageFilter

from badges.rendering import qr
from verification.foreign import codes

LINK = "https://badges.example.org/c/q7HtW2mXv9LsR4bDk3ZyPf"


def code(text=LINK, scale=8):
    return Image.open(io.BytesIO(qr.png(text, scale))).convert("RGB")


def saved(image, kind="JPEG", **options):
    image.save(made := io.BytesIO(), kind, **options)
    return made.getvalue()


def on_a_desk(*codes_, size=(3000, 2000), turned=0):
    """Codes on a page that fills a part of a photo."""
    photo = Image.new("RGB", size, (196, 182, 160))
    ImageDraw.Draw(photo).rectangle((400, 200, 2600, 1800), fill=(250, 248, 244))
    for place, one in enumerate(codes_):
        photo.paste(one, (600 + place * 900, 1000))
    return photo.rotate(turned, expand=True, fillcolor=(196, 182, 160))


@pytest.mark.parametrize(
    "picture",
    [
        saved(on_a_desk(code())),
        saved(on_a_desk(code(), turned=17)),
        saved(on_a_desk(code(), turned=180)),
        saved(on_a_desk(code()).filter(ImageFilter.GaussianBlur(2)), quality=40),
        saved(on_a_desk(code(scale=3)), "WEBP"),
        saved(code(), "PNG"),
        saved(code().quantize(8), "PNG"),
        saved(code().convert("L").point(lambda value: 255 - value), "PNG"),
    ],
    ids=["straight", "askew", "upside down", "blurred", "small", "screenshot", "few colours", "light on dark"],
)
def test_code_is_read_however_the_picture_was_taken(picture):
    assert codes.texts(picture) == [LINK]


def test_code_on_nothing_is_read_as_on_white():
    dark = code().convert("L").point(lambda value: 255 if value < 128 else 0)
    drawn = Image.new("RGBA", dark.size, (0, 0, 0, 0))
    drawn.paste((0, 0, 0, 255), mask=dark)

    assert codes.texts(saved(drawn, "PNG")) == [LINK]


def test_every_code_is_read_once():
    found = codes.texts(saved(on_a_desk(code(scale=6), code("https://other.example/", scale=6))))

    assert sorted(found) == sorted([LINK, "https://other.example/"])
    assert codes.texts(saved(on_a_desk(code(scale=6), code(scale=6)))) == [LINK]


def test_photo_of_48_megapixels_is_read_in_good_time():
    large = on_a_desk(code(scale=20)).resize((8000, 6000))

    assert codes.texts(saved(large)) == [LINK]


def test_picture_without_a_code_says_nothing():
    assert codes.texts(saved(Image.new("RGB", (300, 200), "white"))) == []


def test_sample_of_the_sandbox_says_what_it_should():
    assert codes.texts(codes.warm()) == [codes.WARM]


def png(*chunks, width=64, height=64):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunk(*one) for one in chunks) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"\xff\xd8\xff",
        saved(code())[:2000],
        png((b"IDAT", zlib.compress(b"\0" * 65 * 64)), width=50_000, height=50_000),
        png((b"IDAT", zlib.compress(bytes(13_000 * 13_001), 9)), width=13_000, height=13_000),
        png(
            (b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(200_000_000), 9)), (b"IDAT", zlib.compress(b"\0" * 65 * 64))
        ),
        b"GIF89a" + bytes(100),
        b"RIFF\x10\0\0\0WEBPVP8 " + bytes(10),
    ],
    ids=["empty", "only its start", "torn", "50,000 wide", "13,000 wide", "a bomb of text", "GIF", "broken WebP"],
)
def test_picture_that_cannot_be_looked_at_is_told_so(picture):
    with pytest.raises(codes.NoPicture):
        codes.texts(picture)
