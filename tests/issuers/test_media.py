"""Files are named after what is in them, and never half there."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from issuers import media


def stored():
    root = Path(default_storage.location)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_file_comes_back_under_the_name_of_its_content():
    key = media.keep("public", b"picture", "png")

    assert key == "public/2c/2cea274d0bedc39ec4ab6ba9e59ec889e3ed6fb5.png"
    assert media.fetch(key) == b"picture"
    assert stored() == [key]


def test_keeping_twice_is_keeping_once():
    assert media.keep("pdf", b"x", "pdf") == media.keep("pdf", b"x", "pdf")
    assert len(stored()) == 1


def test_half_written_file_is_replaced():
    key = media.keep("pdf", b"whole", "pdf")
    Path(default_storage.path(key)).write_bytes(b"wh")

    assert media.keep("pdf", b"whole", "pdf") == key
    assert media.fetch(key) == b"whole"


def test_file_left_by_a_crash_is_no_obstacle():
    key = media.keep("pdf", b"a", "pdf")
    Path(default_storage.path(key)).rename(default_storage.path(f"{key}.part"))

    assert media.keep("pdf", b"a", "pdf") == key
    assert media.fetch(key) == b"a"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "pdf/00/" + "0" * 40 + ".pdf",
        "../secrets.env",
        "pdf/../../etc/passwd",
        "/etc/passwd",
        "pdf/00/" + "0" * 40 + ".pdf\n",
        "pdf/00/" + "0" * 40 + ".pdf/../x",
        "pdf\0",
    ],
)
def test_key_that_names_nothing_of_ours_is_missing(key):
    with pytest.raises(media.MissingFile):
        media.fetch(key)


def test_public_picture_has_an_address_and_nothing_has_none():
    key = media.keep("public", b"picture", "png")

    assert media.url(key) == f"/media/{key.removeprefix('public/')}"
    assert media.url("") == ""


def test_remembered_picture_comes_back_by_its_own_name():
    media.remember("cards", "one", b"first")
    media.remember("cards", "one", b"second")

    assert media.remembered("cards", "one") == b"first"
    assert media.remembered("cards", "two") is None
