"""Everything hostile of the catalogues, handed in at the real pages: answered by name and in time, and nothing stored."""

import time

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from badges import designing
from badges.models import Achievement
from badges.rendering import image
from issuers import media
from issuers.tenancy import scope
from tests.badges.rendering import hostile_drawings, hostile_images
from tests.badges.rendering.test_image import REFUSED
from tests.badges.test_achievement_pages import at, summary

pytestmark = pytest.mark.django_db

DRAWINGS = {name: data for name, (data, _code) in hostile_drawings.DRAWINGS.items()}
EXPECTED = {name: code for name, (_data, code) in hostile_drawings.DRAWINGS.items()}
NAMES = ["../../x.png", "a%00.png", "x" * 300 + ".png", "con.png", "\u202egnp.exe", "", "a/b\\c.svg"]


@pytest.fixture
def draft(issuer, owner):
    with scope(issuer):
        return designing.begin(issuer, owner, name="Community Mentor")


def fresh(issuer, draft):
    with scope(issuer):
        return Achievement.objects.select_related("badge").get(pk=draft.pk)


def stored_files(folder=""):
    folders, files = default_storage.listdir(folder) if default_storage.exists(folder or ".") else ([], [])
    return sorted([f"{folder}/{name}" for name in files]) + [
        path for inner in folders for path in stored_files(f"{folder}/{inner}".strip("/"))
    ]


def upload(staff, issuer, draft, data, name="picture.svg"):
    path = at("manage-achievement-badge-upload", issuer, draft.public_id)
    told = {"picture": SimpleUploadedFile(name or "x", data), "alt": "A shield", "edits": fresh(issuer, draft).edits}
    began = time.monotonic()
    answer = staff.post(path, told)
    assert time.monotonic() - began < 5
    return answer


def test_catalogue_of_pictures_is_complete():
    kinds = {int(name[1:].split()[0]) for name in REFUSED if name.startswith("I")}
    taken = {11, 12, 13, 14, 17, 18}  # accepted and cleaned: tests/badges/rendering/test_image.py, and below

    assert kinds | taken == set(range(1, 23))
    assert len(REFUSED) >= 22


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_picture_is_refused_at_the_page(staff, issuer, draft, name):
    before, files = fresh(issuer, draft), stored_files()

    # I16 is an SVG under the name of a PNG; the others are named as what they pretend to be.
    answer = upload(staff, issuer, draft, REFUSED[name][0], "picture.png")

    assert answer.status_code == REFUSED[name][2]
    assert "A shield" in answer.content.decode()
    assert summary(answer)
    assert fresh(issuer, draft).badge.spec == before.badge.spec
    assert fresh(issuer, draft).edits == before.edits
    assert stored_files() == files


@pytest.mark.parametrize("name", [name for name, code in EXPECTED.items() if code])
def test_hostile_drawing_is_refused_at_the_page(staff, issuer, draft, name):
    before, files = fresh(issuer, draft), stored_files()

    answer = upload(staff, issuer, draft, DRAWINGS[name])

    assert answer.status_code == image.ImageRefused(EXPECTED[name]).status
    assert any(word in summary(answer) for word in ("Save", "Simplify", "Turn", "Take it out"))
    assert fresh(issuer, draft).edits == before.edits
    assert stored_files() == files


@pytest.mark.parametrize(
    "name", ["S1 script", "S5 use of an address", "S6 feImage", "S7 import", "S16 data address of HTML"]
)
def test_what_is_stored_of_a_drawing_is_a_picture_of_its_pixels(staff, issuer, draft, name):
    assert upload(staff, issuer, draft, DRAWINGS[name]).status_code == 302

    badge = fresh(issuer, draft).badge
    data = media.fetch(badge.picture)
    assert data.startswith(b"\x89PNG")
    assert b"svg" not in data
    assert badge.picture.endswith(".png")
    assert (badge.spec, badge.alt) == (None, "A shield")
    assert all(path.endswith(".png") for path in stored_files())
    served = staff.get(media.url(badge.picture))
    assert served["Content-Type"] == "image/png"


@pytest.mark.parametrize("name", NAMES)
def test_name_of_a_file_is_of_no_consequence(staff, issuer, draft, name):  # I17, I18
    assert upload(staff, issuer, draft, hostile_images.saved(hostile_images.picture(), "WEBP"), name).status_code == 302

    assert all(path.endswith(".png") for path in stored_files())


def test_logo_is_taken_from_a_drawing(staff, issuer):
    drawn = hostile_drawings.svg('<rect width="100" height="30" fill="#0a7"/>').replace(b"0 0 100 100", b"0 0 100 30")

    answer = staff.post(at("manage-kit-logo", issuer), {"logo": SimpleUploadedFile("logo.svg", drawn, "image/svg+xml")})

    issuer.refresh_from_db()
    assert answer.status_code == 302
    assert media.fetch(issuer.logo).startswith(b"\x89PNG")
