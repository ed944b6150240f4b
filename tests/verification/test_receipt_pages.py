"""Pages of receipts: what needs a look first, nobody who has closed their page, no formula, gone after 90 days."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from issuers import clock
from tests.factories import IssuerFactory, VerificationItemFactory, VerificationReceiptFactory
from tests.published import FULL, publish
from tests.verification.fronted import shown
from tests.verification.public import UNKNOWN, text, update
from verification import desk, receipts
from verification.models import VerificationItem, VerificationReceipt
from verification.picking import read_list
from verification.sandbox.client import NotExamined

pytestmark = pytest.mark.django_db
VERIFY = "/verify/"


@pytest.fixture
def credential():
    return shown(publish(IssuerFactory()), FULL)


def checked(*lines):
    receipt = receipts.open_receipt(read_list("\n".join(lines)))
    while receipts.check_chunk():
        continue
    return receipt


def address(receipt, rest="/"):
    return f"/verify/receipts/{receipt.public_id}{rest}"


def test_many_lines_become_a_receipt(client, credential):
    answer = client.post(VERIFY, {"q": f"{credential.url}\nnot-a-link-12345\nplain words\n{credential.public_id}"})
    receipt = VerificationReceipt.objects.get()

    assert answer.url == address(receipt)
    words = text(client.get(answer.url))
    assert "0 of 1 checked" in words
    assert "Line 2: not-a-link-12345" in words
    assert "Line 3" in words
    assert "plain words" not in words
    assert "One line named the same again and was checked once." in words


def test_text_file_of_links_is_a_list(client):
    answer = client.post(
        VERIFY, {"file": SimpleUploadedFile("applicants.csv", b"https://lab.example/1\r\nhttps://lab.example/2\r\n")}
    )

    assert (answer.status_code, VerificationItem.objects.count()) == (302, 2)


def test_200_links_are_taken(client):
    client.post(VERIFY, {"q": "\n".join(f"https://lab.example/{n}" for n in range(200))})

    assert VerificationReceipt.objects.get().total == 200


def test_receipt_polls_until_all_is_checked(client, credential):
    receipt = receipts.open_receipt(read_list(f"{credential.url}\n{UNKNOWN}"))
    assert 'hx-trigger="every 2s"' in client.get(address(receipt)).content.decode()

    while receipts.check_chunk():
        continue

    page = client.get(address(receipt)).content.decode()
    assert "hx-trigger" not in page
    assert "2 checked, one to look at" in page


def test_receipt_names_first_what_needs_a_look(client, credential):
    revoked = shown(publish(IssuerFactory(), name="Triage"), FULL)
    update(revoked, revoked_at=clock.now())
    receipt = checked(credential.url, UNKNOWN, revoked.url)

    words = text(client.get(address(receipt)))

    places = [words.index(found) for found in ("Triage", UNKNOWN, "Community Mentor")]
    assert places == sorted(places)
    look = text(client.get(address(receipt), {"show": "look"}))
    assert "Community Mentor" not in look
    assert "Triage" in look
    valid = text(client.get(address(receipt), {"show": "valid"}))
    assert "Triage" not in valid
    assert "Community Mentor" in valid


def test_receipt_names_nobody_who_has_closed_the_page_since(client, credential):
    receipt = checked(credential.url, UNKNOWN)
    assert "Amal" in text(client.get(address(receipt)))

    update(credential, visibility="private")

    for rest in ("/", ".csv"):
        body = client.get(address(receipt, rest)).content.decode()
        assert "Amal" not in body
        assert "Community Mentor" not in body


def test_receipt_is_gone_after_90_days(client):
    lapsed = VerificationReceiptFactory(created_at=clock.now() - timedelta(days=91))

    for rest in ("/", ".csv"):
        assert client.get(address(lapsed, rest)).status_code == 404
        assert client.get(f"/verify/receipts/{UNKNOWN}{rest}").status_code == 404
    assert client.post(address(lapsed, "/repetition/")).status_code == 404


def test_table_for_spreadsheets_carries_no_formula(client):
    item = VerificationItemFactory(
        receipt__left_out=[[2, "=1+1"]],
        finished_at=clock.now(),
        standing="valid",
        name='=HYPERLINK("https://evil.example")',
        achievement="@sum",
        issuer_name="+1",
    )
    answer = client.get(address(item.receipt, ".csv"))

    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert "\"'=HYPERLINK(" in lines[1]
    assert ",'@sum,'+1," in lines[1]
    assert lines[2].startswith("2,'=1+1,No link or number")


def test_check_again_makes_a_receipt_of_its_own(client):
    old = VerificationItemFactory(finished_at=clock.now(), standing="nothing").receipt

    answer = client.post(address(old, "/repetition/"))

    new = VerificationReceipt.objects.exclude(pk=old.pk).get()
    assert answer.url == address(new)
    assert new.items.get().finished_at is None
    assert client.get(address(old, "/repetition/")).status_code == 405


def test_receipt_asks_the_database_as_often_for_200_lines_as_for_one(client, django_assert_num_queries):
    receipt = VerificationReceiptFactory(total=200)
    for n in range(1, 201):
        VerificationItemFactory(receipt=receipt, position=n, given=f"https://lab.example/{n}", own_id=UNKNOWN)

    with django_assert_num_queries(7):
        client.get(address(receipt))


def test_home_leads_to_the_desk(client):
    assert f'href="{reverse("verify")}"' in client.get("/").content.decode()


# Several files


def files(**contents):
    return {"file": [SimpleUploadedFile(name, content) for name, content in contents.items()]}


@pytest.fixture
def handed_in(client, credential):
    """Five files of every fate, handed in at once; the receipt they made."""
    forged = credential.signed.replace("Community Mentor", "Doctor of Everything").encode()
    given = {"amal.json": credential.signed.encode(), "forged.json": forged, "broken.png": b"\x89PNG\r\n\x1a\n"}
    others = {"letter.docx": b"PK\x03\x04" + b"\0" * 40, "empty.json": b""}
    answer = client.post(VERIFY, files(**given, **others))
    receipt = VerificationReceipt.objects.get()
    assert answer.url == address(receipt)
    return receipt


def test_each_of_several_files_becomes_a_finished_line(client, credential, handed_in):
    found = {item.given: item for item in handed_in.items.order_by("position")}

    assert {name: item.standing for name, item in found.items()} == {
        "amal.json": "valid",
        "forged.json": "failed",
        "broken.png": "failed",
        "letter.docx": "nothing",
        "empty.json": "nothing",
    }
    assert all(item.finished_at and item.from_file for item in found.values())
    assert [item.lines for item in found.values()] == [[1], [2], [3], [4], [5]]
    assert (found["amal.json"].name, found["forged.json"].name) == ("Amal bint Khalid Al-Mansoori", "")
    words = text(client.get(address(handed_in)))
    assert "5 checked, 4 to look at" in words
    assert words.index("forged.json") < words.index("letter.docx") < words.index("amal.json")
    assert "This was changed after it was issued" not in words  # titles are for one; a line has its sentence
    assert "The signature does not fit what it says now." in words
    assert "The files themselves were not kept" in words
    assert "This is neither a credential nor a badge" in words
    assert "letter.docx" in client.get(address(handed_in, ".csv")).content.decode()


def test_nothing_of_a_file_but_its_name_and_finding_is_kept(credential, handed_in):
    rows = str(list(handed_in.items.values()))

    assert "Doctor of Everything" not in rows
    assert json.loads(credential.signed)["proof"]["proofValue"] not in rows


def test_files_cannot_be_checked_again_and_are_looked_up_by_nobody(client, handed_in):
    assert not receipts.waiting()
    assert "Check again" not in text(client.get(address(handed_in)))
    assert client.post(address(handed_in, "/repetition/")).status_code == 404


def test_file_of_a_page_that_is_closed_names_nobody(client, credential, handed_in):
    update(credential, visibility="private")

    for rest in ("/", ".csv"):
        body = client.get(address(handed_in, rest)).content.decode()
        assert "Amal" not in body
        assert "Community Mentor" not in body
    assert "amal.json" in text(client.get(address(handed_in)))
    receipts.forget_hidden()
    assert not handed_in.items.exclude(name="").exists()


def test_file_that_is_not_reached_or_not_read_says_why(client, monkeypatch):
    monkeypatch.setattr(receipts, "FILES_SECONDS", -1)
    client.post(VERIFY, files(**{"a.json": b"{}", "b.json": b"{}"}))
    late = VerificationReceipt.objects.get()
    monkeypatch.undo()

    def refuse(*args, **options):
        raise NotExamined("too_slow")

    monkeypatch.setattr(desk, "examine", refuse)
    client.post(VERIFY, files(**{"a.json": b"{}", "b.json": b"{}"}))
    slow = VerificationReceipt.objects.exclude(pk=late.pk).get()

    assert "The files before it took all the time that there was" in text(client.get(address(late)))
    assert "took longer than any credential does" in text(client.get(address(slow)))
    assert {item.standing for item in slow.items.all()} == {"unsure"}


def test_name_of_a_file_is_text(client):
    client.post(VERIFY, files(**{"<b>x</b>\u202egnp.json": b"{}", "y" * 400: b"{}"}))
    page = client.get(address(VerificationReceipt.objects.get())).content.decode()

    assert "<b>x</b>" not in page
    assert "<bdi" in page
