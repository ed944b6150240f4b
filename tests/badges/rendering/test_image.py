import io

import pytest
from PIL import Image

from badges.rendering import image
from badges.rendering.image import ImageRefused, logo, rasterise, reencode, signature
from tests.badges.rendering import hostile_images as hostile


def opened(png: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(png), formats=["PNG"])
    picture.load()
    return picture


REFUSED = {
    "I1 a header of 50,000 × 50,000": (hostile.png_of(50_000, 50_000), "too-many-pixels", 422),
    "I2 a header of 13,000 × 13,000": (hostile.png_of(13_000, 13_000), "too-many-pixels", 422),
    "I2 a WebP canvas of 16,383 × 16,383": (hostile.webp_of(16_383, 16_383), "too-many-pixels", 422),
    "I3 one pixel": (hostile.png((1, 1)), "too-small", 422),
    "I4 a line of 20,000 pixels": (hostile.png((1, 20_000)), "odd-shape", 422),
    "I5 truncated PNG": (hostile.png()[:-40], "damaged", 422),
    "I5 truncated JPEG": (hostile.saved(hostile.picture(), "JPEG")[:-400], "damaged", 422),
    "I5 truncated WebP": (hostile.saved(hostile.picture(), "WEBP")[:-100], "damaged", 422),
    "I6 wrong checksum": (hostile.wrong_checksum(), "damaged", 422),
    "I7 APNG of 2,000 frames": (hostile.animated_png(), "animated", 422),
    "I7 animated GIF": (hostile.animated_gif(), "unsupported", 415),
    "I8 FITS": (b"SIMPLE  =                    T" + b" " * 2880, "unsupported", 415),
    "I8 EPS": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "unsupported", 415),
    "I8 PSD": (b"8BPS\0\1" + b"\0" * 100, "unsupported", 415),
    "I8 TIFF": (hostile.saved(hostile.picture(), "TIFF"), "unsupported", 415),
    "I8 ICO": (hostile.saved(hostile.picture(size=(64, 64)), "ICO"), "unsupported", 415),
    "I8 DDS": (hostile.saved(hostile.picture(), "DDS"), "unsupported", 415),
    "I9 zTXt of 200 MB": (hostile.text_bomb(b"zTXt"), "damaged", 422),
    "I9 iTXt of 200 MB": (hostile.text_bomb(b"iTXt"), "damaged", 422),
    "I10 a hundred texts": (hostile.many_texts(), "damaged", 422),
    "I15 profile that makes it too large": (hostile.png() + b"\0" * 5_300_000, "too-large", 413),
    "I16 SVG": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported", 415),
    "I16 SVG after a byte order mark": (b"\xef\xbb\xbf <svg onload='alert(1)'/>", "unsupported", 415),
    "I19 nothing": (b"", "empty", 422),
    "I20 one byte over": (b"\x89PNG\r\n\x1a\n".ljust(image.MOST_BYTES + 1, b"\0"), "too-large", 413),
    "I21 animated WebP": (hostile.animated_webp(), "animated", 422),
    "I22 AVIF": (b"\0\0\0\x20ftypavif" + b"\0" * 40, "unsupported", 415),
    "I22 HEIC": (b"\0\0\0\x20ftypheic" + b"\0" * 40, "unsupported", 415),
    "random bytes": (bytes(range(256)) * 8, "unsupported", 415),
    "a PNG signature alone": (hostile.SIGNATURE, "damaged", 422),
    "a JPEG signature alone": (b"\xff\xd8\xff\xe0", "damaged", 422),
    "a WebP signature alone": (b"RIFF\0\0\0\0WEBP", "damaged", 422),
}


@pytest.mark.parametrize("name", REFUSED)
def test_picture_is_refused_with_its_reason_when_it_is_hostile(name):
    data, code, status = REFUSED[name]

    with pytest.raises(ImageRefused) as refused:
        reencode(data)

    assert refused.value.code == code
    assert refused.value.status == status


def test_refusal_names_what_was_sent_and_what_is_taken_when_the_format_is_another():
    with pytest.raises(ImageRefused) as refused:
        reencode(REFUSED["I22 HEIC"][0])

    assert refused.value.params == {"found": "HEIC", "formats": "PNG, JPEG, WebP"}


def test_stored_copy_has_no_tail_when_html_follows_the_picture():  # I11
    made = reencode(hostile.png() + b"<script>alert(1)</script>")

    assert made.png.endswith(b"IEND\xaeB`\x82")
    assert b"script" not in made.png


def test_stored_copy_has_no_place_and_stands_upright_when_a_photo_carried_both():  # I12
    made = reencode(hostile.photo_with_place(), square=False)

    assert (made.width, made.height) == (160, 200)
    assert not opened(made.png).getexif()
    assert b"Exif" not in made.png
    assert b"eXIf" not in made.png


@pytest.mark.parametrize("mode", ["CMYK", "L", "LA", "P", "1", "I;16", "RGBA"])  # I13
def test_stored_copy_is_rgba_for_every_mode_of_upload(mode):
    source = hostile.picture("L").convert("I").convert("I;16") if mode == "I;16" else hostile.picture(mode)
    data = hostile.saved(source, "JPEG" if mode == "CMYK" else "PNG")

    assert opened(reencode(data).png).mode == "RGBA"


def test_sixteen_bit_grey_keeps_its_shades():
    source = Image.new("I;16", (200, 200), 30_000)

    made = opened(reencode(hostile.saved(source, "PNG")).png)

    assert made.getpixel((100, 100)) == (117, 117, 117, 255)


def test_palette_with_transparency_keeps_its_holes():
    source = Image.new("P", (200, 200), 0)
    source.putpalette([255, 0, 0, 0, 0, 255])
    source.paste(1, (50, 50, 150, 150))

    made = opened(reencode(hostile.saved(source, "PNG", transparency=0)).png)

    assert made.getpixel((10, 10))[3] == 0
    assert made.getpixel((100, 100)) == (0, 0, 255, 255)


def test_first_picture_is_taken_when_a_jpeg_holds_two():  # I14
    made = reencode(hostile.two_in_one())

    assert (made.width, made.height) == (200, 200)


def test_stored_copy_has_no_profile_and_no_text():  # I15
    for data in (hostile.with_profile(), hostile.with_text()):
        made = reencode(data)

        assert not opened(made.png).info
        assert len(made.png) < 20_000


def test_bytes_decide_the_format_whatever_the_name_said():  # I17, I18: neither name nor type reaches this far
    made = reencode(hostile.saved(hostile.picture(), "WEBP"))

    assert made.png.startswith(b"\x89PNG")


def test_badge_picture_is_centred_on_a_transparent_square_when_it_is_none():
    made = opened(reencode(hostile.png((400, 200))).png)

    assert made.size == (400, 400)
    assert made.getpixel((200, 50))[3] == 0
    assert made.getpixel((200, 200))[3] == 255


def test_badge_picture_is_made_smaller_but_never_larger():
    assert reencode(hostile.png((900, 900)))[1:] == (600, 600)
    assert reencode(hostile.png((90, 90)))[1:] == (90, 90)


@pytest.mark.parametrize(("size", "made"), [((1200, 200), (600, 100)), ((400, 800), (150, 300)), ((30, 30), (30, 30))])
def test_logo_keeps_its_proportions_within_600_by_300(size, made):
    picture = logo(hostile.png(size))

    assert (picture.width, picture.height) == made


def test_signature_on_white_paper_becomes_ink_on_nothing():
    scan = Image.new("RGB", (300, 100), "#f4f2ee")
    scan.paste("#1b2a6b", (100, 40, 200, 60))

    made = opened(signature(hostile.saved(scan, "JPEG", quality=95)).png)

    assert made.getpixel((10, 10))[3] == 0
    assert made.getpixel((150, 50))[3] == 255


def test_signature_with_transparency_is_left_as_it_is():
    drawn = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    drawn.paste((200, 200, 200, 255), (100, 40, 200, 60))

    made = opened(signature(hostile.saved(drawn, "PNG")).png)

    assert made.getpixel((150, 50)) == (200, 200, 200, 255)


def test_same_upload_gives_the_same_bytes():
    assert reencode(hostile.png()) == reencode(hostile.png())


def test_rasterise_reads_no_font_and_gives_the_same_bytes():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><text x="1" y="9">x</text></svg>'

    made = rasterise(svg, 100)

    assert made == rasterise(svg, 100)
    assert opened(made).getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize("data", [hostile.saved(hostile.picture(), "JPEG")[:-400], hostile.text_bomb(b"zTXt")])
def test_picture_is_refused_when_another_library_has_made_the_decoder_lenient(monkeypatch, data):
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does

    with pytest.raises(image.ImageRefused):
        image.reencode(data)
