import io

import pytest
from PIL import Image, ImageChops

from badges.rendering import badge, qr
from badges.rendering.cards import SIZES, Wording, card
from badges.rendering.image import rasterise

URL = "https://badges.example.org/c/q7HtW2mXv9LsR4bDk3ZyPf"
BADGE = rasterise(badge.draw(badge.starter("disc")), 300)
NAMES = [
    "Ana Li",
    "Wolfeschlegelsteinhausenbergerdorff-Šťastná-Nguyễn",
    "أمل بنت خالد المنصوري",
    "प्रिया शर्मा",
    "Dr. أمل Al-Mansoori",
    ("Maria del Carmen Fernández de la Vega y Álvarez de Toledo " * 4)[:200].strip(),
    "W" * 200,
    "\U00013000",
]


def made(**changes: object) -> bytes:
    words: dict[str, object] = {
        "kind": "og",
        "achievement_name": "Community Mentor",
        "recipient_name": "Amal bint Khalid Al-Mansoori",
        "issuer_name": "Northmoor University",
        "badge_png": BADGE,
        "brand": "#6d1733",
        "url": URL,
        "achieved_on": "14 June 2026",
    }
    return card(**(words | changes))


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def differ(one: bytes, other: bytes) -> tuple[int, int, int, int] | None:
    """The box in which two cards differ."""
    return ImageChops.difference(opened(one), opened(other)).getbbox()


@pytest.mark.parametrize("kind", SIZES)
def test_card_has_the_size_its_network_asks_for_and_is_the_same_every_time(kind):
    picture = made(kind=kind)

    # A poster is laid out as the others, and made for paper: A4 at 200 to the inch.
    assert opened(picture).size == ((1654, 2339) if kind == "poster" else SIZES[kind])
    assert len(picture) < 1_000_000
    assert picture == made(kind=kind)


@pytest.mark.parametrize("name", NAMES)
def test_card_shows_every_name_in_its_own_place(name):
    left, top, right, bottom = differ(made(), made(recipient_name=name))

    assert left >= 600
    assert right <= 1160
    assert top > 60
    assert bottom < 560


def test_card_is_of_its_own_credential():
    other = "https://badges.example.org/c/mZ4cT8yKpW1nHd6Rq2XvLs"

    left, top, _, _ = differ(made(), made(url=other))

    assert (left, top) < (120, 120)


@pytest.mark.parametrize("kind", ["square", "story"])
def test_code_on_a_card_is_the_address_and_can_be_scanned(kind):
    modules = qr.matrix(URL)
    side = {"square": 176, "story": 230}[kind]
    foot = {"square": 1080 - 56, "story": 1920 - 236}[kind]
    module = side / (len(modules) + 8)
    left, top = 1080 - 72 - side + 4 * module, foot - side + 4 * module

    picture = opened(made(kind=kind)).convert("L")

    wrong = sum(
        (picture.getpixel((round(left + (x + 0.5) * module - 0.5), round(top + (y + 0.5) * module - 0.5))) < 128)
        != dark
        for y, row in enumerate(modules)
        for x, dark in enumerate(row)
    )
    assert wrong == 0


def test_right_to_left_card_has_its_plate_on_the_right():
    plate = opened(made()).getpixel((60, 100))
    arabic = opened(made(locale="ar", wording=Wording("تشهد {issuer} بأنّ", "استحقّ {achievement}", "تحقّق هنا")))

    assert arabic.getpixel((1140, 100)) == plate
    assert arabic.getpixel((60, 100)) != plate


def test_words_between_the_names_are_the_callers():
    translated = Wording(recognises="{issuer} würdigt", earning="für {achievement}", check="Hier prüfen")

    assert differ(made(), made(wording=translated))


def test_logo_stands_above_the_sentence():
    logo = io.BytesIO()
    Image.new("RGB", (300, 100), "#00ff00").save(logo, "PNG")

    picture = opened(made(logo_png=logo.getvalue()))

    assert picture.getpixel((640, 90)) == (0, 255, 0)
