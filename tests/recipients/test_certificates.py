"""The PDF of a credential: tagged, in its language, with the signed text inside, and every name readable."""

import csv
import io
import json
import re
import subprocess
import unicodedata

import pikepdf
import pytest

from badges.openbadges import baking
from recipients import printing
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import FULL, claimed, deliver, intend, person, publish
from tests.recipients.lists import SAMPLES
from tests.recipients.test_pipeline import rows

pytestmark = COMMITTED


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


def text_of(data):
    done = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True, timeout=60)
    return done.stdout.decode()


def letters(text):
    """Without blanks, marks of direction and the difference between shapes of a letter."""
    return [
        char
        for char in unicodedata.normalize("NFKC", text)
        if not char.isspace() and unicodedata.category(char) not in {"Cf", "Cc"}
    ]


def certificate_of(version, who):
    intend(version, who)
    deliver()
    (row,) = rows()
    assert row.failure == ""
    return row, printing.fetch(row.pdf)


def test_certificate_carries_the_signed_credential(version):
    row, data = certificate_of(version, FULL)

    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert list(pdf.attachments) == ["credential.json"]
        attached = pdf.attachments["credential.json"]
        assert attached.get_file().read_bytes().decode() == row.signed
        assert attached.get_file().mime_type == "application/vc+ld+json"


def test_certificate_is_tagged_in_its_language_with_a_title(version):
    _, data = certificate_of(version, FULL)

    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert str(pdf.Root.Lang) == "en"
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")
            assert "Community Mentor" in about["dc:title"]
        assert len(pdf.pages) == 1


def test_certificate_says_what_was_signed(version):
    row, data = certificate_of(version, FULL)

    text = " ".join(text_of(data).split())
    for words in ("Amal bint Khalid Al-Mansoori", "Community Mentor", row.issuer.name.upper(), "20 November 2026"):
        assert words in text


def test_certificate_embeds_every_font_as_a_subset(version):
    _, data = certificate_of(version, person("Ελένη 山田 👩‍💻"))

    listed = subprocess.run(["pdffonts", "-"], input=data, capture_output=True, check=True).stdout.decode()
    fonts = listed.splitlines()[2:]
    assert fonts
    for line in fonts:
        assert re.match(r"[A-Z]{6}\+", line), line
        assert re.search(r"\s+yes\s+yes\s+(yes|no)\s", line), line


def script(name):
    """The first word of the name of the first letter that is not Latin: GREEK, ARABIC, CJK …"""
    for char in name:
        word = unicodedata.name(char, "?").split()[0]
        if char.isalpha() and word != "LATIN":
            return word
    return "LATIN"


def peculiar_names():
    """The first name of the class in every script, the longest and the shortest, and some that the class lacks."""
    with (SAMPLES / "class-1000.csv").open(encoding="utf-8-sig", newline="") as file:
        names = [row["recipient_name"] for row in csv.DictReader(file)]
    found = {}
    for name in names:
        found.setdefault(script(name), name)
    found["longest"], found["shortest"] = max(names, key=len), min(names, key=len)
    unusual = [name for name in names if any(unicodedata.category(char) in {"So", "Mn", "Cf", "Mc"} for char in name)]
    found |= {f"unusual {place}": name for place, name in enumerate(dict.fromkeys(unusual[:3]))}
    return {**found, "emoji": "Ada 👩‍💻 Lovelace", "Hebrew": "משה כהן", "Korean": "김민수", "Thai": "สมชาย ใจดี"}


NAMES = peculiar_names()


@pytest.mark.parametrize("key", NAMES)
def test_certificate_has_the_name(version, key):
    row, data = certificate_of(version, person(NAMES[key]))

    assert row.name == unicodedata.normalize("NFC", NAMES[key])
    wanted, printed = letters(row.name), letters(text_of(data))
    missing = [char for char in wanted if char not in printed and not _emoji(char)]
    assert missing == []


def _emoji(char):
    return unicodedata.category(char) in {"So", "Sk", "Mn"}


def test_baked_picture_and_pdf_of_a_public_page_carry_the_credential(version, client):
    row = claimed(version, FULL)

    png = client.get(f"/c/{row.public_id}.png")
    pdf = client.get(f"/c/{row.public_id}.pdf")

    assert png["Content-Type"] == "image/png"
    assert baking.unbake_png(_body(png)) == row.signed
    assert pdf["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(_body(pdf))) as opened:
        assert json.loads(opened.attachments["credential.json"].get_file().read_bytes()) == json.loads(row.signed)


def test_drawing_of_a_public_page_carries_the_credential(version, client):
    row = claimed(version, FULL)

    svg = client.get(f"/c/{row.public_id}.svg")

    assert svg["Content-Type"].startswith("image/svg+xml")
    assert baking.unbake_svg(_body(svg).decode()) == row.signed


def _body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content
