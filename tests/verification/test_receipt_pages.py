"""Pages of receipts: what needs a look first, nobody who has closed their page, no formula, gone after 90 days."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from issuers import clock
from tests.factories import IssuerFactory, VerificationItemFactory, VerificationReceiptFactory
from tests.published import claimed, publish
from tests.verification.public import UNKNOWN, text, update
from verification import receipts
from verification.models import VerificationItem, VerificationReceipt
from verification.picking import read_list

pytestmark = pytest.mark.django_db
VERIFY = "/verify/"


@pytest.fixture
def credential():
    return claimed()


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
    revoked = claimed(publish(IssuerFactory(), name="Triage"))
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
