"""A photo or screenshot on the desk: where its QR code leads on this site, and nowhere else."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from badges.rendering import qr
from tests.published import claimed
from tests.verification.public import UNKNOWN, bar, text, update
from verification.models import VerificationReceipt

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return claimed()


def photo(link, kind="JPEG"):
    page = Image.new("RGB", (1200, 900), (210, 200, 190))
    page.paste(Image.open(io.BytesIO(qr.png(link, 8))).convert("RGB"), (300, 200))
    page.save(made := io.BytesIO(), kind)
    return made.getvalue()


def hand_in(client, content, name="photo.jpg", **more):
    return client.post("/verify/", {"file": SimpleUploadedFile(name, content), **more})


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_code_that_leads_here_is_followed_and_what_stands_there_is_checked(client, credential, kind):
    answer = hand_in(client, photo(credential.url, kind))

    assert answer.status_code == 200
    assert bar(answer)[1].startswith("Valid")
    assert "Found by the QR code in the picture" in text(answer)
    assert f"It leads to {credential.url}" in text(answer)
    assert "compare the name and the words yourself" in text(answer)


def test_code_of_a_revoked_or_another_persons_one_says_so(client, credential):
    other = hand_in(client, photo(credential.url), address="other@example.org")
    update(credential, revoked_at=credential.created_at)

    assert bar(other)[0] == "standing standing-other_person"
    assert bar(hand_in(client, photo(credential.url)))[0] == "standing standing-revoked"


def test_code_that_leads_to_a_private_or_unknown_one_says_the_same(client, credential):
    update(credential, visibility="private")
    private, unknown = (
        hand_in(client, photo(f"http://localhost:8000/c/{public_id}")) for public_id in (credential.public_id, UNKNOWN)
    )

    assert "Nothing to see where the QR code leads" in text(private)
    assert (
        text(private).replace(credential.public_id, UNKNOWN).partition("Checked")[0]
        == text(unknown).partition("Checked")[0]
    )


@pytest.mark.parametrize(
    "link",
    ["http://169.254.169.254/latest", "http://localhost.evil.example/c/" + UNKNOWN, "https://lab.example/1"],
)
def test_code_that_leads_elsewhere_is_shown_and_not_opened(client, monkeypatch, link):
    monkeypatch.setattr("issuers.fetching.Guard.fetch", lambda *_, **__: pytest.fail("a picture made us ask"))
    answer = hand_in(client, photo(link))

    assert answer.status_code == 200
    assert "The QR code leads to another site" in text(answer)
    assert f"paste the link: {link}" in text(answer)


def test_picture_without_a_code_gets_a_sentence_that_helps(client):
    blank = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(blank, "JPEG")

    for content, name in ((blank.getvalue(), "photo.jpg"), (b"\xff\xd8\xff" + bytes(50), "torn.jpg")):
        answer = hand_in(client, content, name)
        assert answer.status_code == 200
        assert bar(answer)[1].startswith("No credential inside")
        assert "no QR code could be read in it" in text(answer)
        assert "closer and straight" in text(answer)


def test_code_without_a_link_says_so(client):
    assert "The QR code holds no link" in text(hand_in(client, photo("WIFI:S:guest;;")))


def test_photos_among_several_files_are_lines_too(client, credential):
    files = [
        SimpleUploadedFile("one.jpg", photo(credential.url)),
        SimpleUploadedFile("two.jpg", photo("https://lab.example/1")),
    ]
    client.post("/verify/", {"file": files})
    receipt = VerificationReceipt.objects.get()

    assert list(receipt.items.order_by("position").values_list("standing", flat=True)) == ["valid", "nothing"]
    assert "It leads to lab.example, and was not opened" in text(client.get(f"/verify/receipts/{receipt.public_id}/"))


def test_heic_is_told_apart(client):
    answer = hand_in(client, b"\0\0\0\x20ftypheic" + bytes(40), "IMG_1.HEIC")

    assert answer.status_code == 415
    assert "This looks like a HEIC photo." in text(answer)
