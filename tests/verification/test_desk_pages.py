"""The desk's pages: every status code, the verdict first, and nothing kept of what was handed in."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from issuers import clock
from tests.factories import IssuerFactory
from tests.published import FULL, publish
from tests.verification.fronted import shown
from tests.verification.public import UNKNOWN, bar, path, text, update
from verification import desk
from verification.forms.desk import FILE_MOST
from verification.sandbox.client import NotExamined

pytestmark = pytest.mark.django_db
VERIFY = "/verify/"


@pytest.fixture
def credential():
    return shown(publish(IssuerFactory()), FULL)


@pytest.fixture
def nothing_kept():
    """No row of any table is there that was not there before; limits are not rows."""
    before = rows()
    yield
    assert rows() == before


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        found = dict(cursor.fetchall())
    # A signed status list is a copy that is made anew when it is read, as for everybody.
    return {name: count for name, count in found.items() if name != "verification_publishedstatuslist"}


def upload(content, name="credential.json"):
    return {"file": SimpleUploadedFile(name, content)}


def changed(credential, achievement="Doctor of Everything"):
    document = json.loads(credential.signed)
    document["credentialSubject"]["achievement"]["name"] = achievement
    return json.dumps(document)


# What is looked up


@pytest.mark.parametrize("typed", ["{id}", " {id} ", "{url}", "{url}/", "{url}.json", "{url}?utm=1", "{url}#x"])
def test_post_of_a_link_of_this_site_leads_to_its_page(client, credential, typed):
    answer = client.post(VERIFY, {"q": typed.format(id=credential.public_id, url=credential.url)})

    assert (answer.status_code, answer.url) == (302, path(credential))


def test_get_of_another_sites_link_asks_nobody_and_offers_the_button(client, monkeypatch):
    monkeypatch.setattr(desk, "look_up", lambda *_: pytest.fail("a look has asked another site"))
    answer = client.get(VERIFY, {"q": "https://lab.example/badge/1"})

    assert answer.status_code == 200
    assert "https://lab.example/badge/1</textarea>" in answer.content.decode()
    assert "Press the button, and we ask there." in text(answer)


# One document


def test_valid_document_is_said_in_one_sentence_with_its_checks(client, credential, nothing_kept):
    answer = client.post(VERIFY, {"q": credential.signed})

    assert answer.status_code == 200
    assert bar(answer)[0] == "standing"
    assert bar(answer)[1].startswith("Valid Every check passed, and this site knows the issuer.")
    words = text(answer)
    assert f"{credential.issuer.name} recognises Amal bint Khalid Al-Mansoori for Community Mentor ." in words
    assert "Open its own page" in words
    assert "credentialSubject.achievement.name" in words


def test_document_in_a_file_is_examined_like_a_pasted_one(client, credential, nothing_kept):
    answer = client.post(VERIFY, upload(credential.signed.encode(), "amal.json"))

    assert bar(answer)[1].startswith("Valid")
    assert "amal.json" in text(answer)


def test_changed_document_shows_what_was_changed_beside_what_was_issued(client, credential, nothing_kept):
    answer = client.post(VERIFY, {"q": changed(credential)})

    assert answer.status_code == 200
    assert bar(answer) == ("standing standing-failed", bar(answer)[1])
    assert bar(answer)[1].startswith("This was changed after it was issued")
    page = answer.content.decode()
    assert "<ins><bdi>Community Mentor</bdi></ins>" in page
    assert "<del><bdi>Doctor of Everything</bdi></del>" in page
    assert "recognises" not in text(answer)


def test_changed_document_of_a_private_credential_is_not_laid_beside_it(client, credential):
    update(credential, visibility="private")
    answer = client.post(VERIFY, {"q": changed(credential)})

    assert bar(answer)[1].startswith("This was changed after it was issued")
    assert "Community Mentor" not in text(answer)
    assert "Open what was issued" not in text(answer)


def test_private_credential_verifies_as_a_file_in_hand(client, credential):
    update(credential, visibility="private")
    answer = client.post(VERIFY, {"q": credential.signed})

    assert bar(answer)[1].startswith("Valid")
    assert credential.url not in answer.content.decode().replace(f"<bdi>{credential.url}</bdi>", "")


def test_revoked_document_is_said_to_be_revoked(client, credential):
    update(credential, revoked_at=clock.now())
    answer = client.post(VERIFY, {"q": credential.signed})

    assert bar(answer)[0] == "standing standing-revoked"
    assert "had recognised Amal" in text(answer)


def test_only_what_is_signed_says_when_it_ends(client, credential):
    update(credential, expires_at=clock.now() + timedelta(seconds=1))

    assert bar(client.post(VERIFY, {"q": credential.signed}))[1].startswith("Valid")


def test_markup_in_a_document_is_text(client, credential):
    hostile = changed(credential, '<script>alert(1)</script><img src=x onerror="alert(2)">')
    page = client.post(VERIFY, {"q": hostile}).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_script_links_of_a_document_are_no_links(client, credential):
    document = json.loads(credential.signed)
    document["evidence"] = [{"id": "javascript:alert(1)", "type": ["Evidence"]}]
    page = client.post(VERIFY, {"q": json.dumps(document)}).content.decode()

    assert 'href="javascript' not in page


# The person's address


def test_address_of_the_person_fits(client, credential, nothing_kept):
    answer = client.post(VERIFY, {"q": credential.signed, "address": "Amal@Example.org"})

    assert bar(answer)[1].startswith("Valid")


def test_address_of_somebody_else_is_not_green(client, credential, nothing_kept):
    answer = client.post(VERIFY, {"q": credential.url, "address": "other@example.org"})

    assert bar(answer)[0] == "standing standing-other_person"
    assert "Issued to another address" in bar(answer)[1]
    assert "other@example.org" not in answer.content.decode()


# What cannot be taken


def test_wrong_kind_of_file_is_415_with_the_list_of_formats(client, nothing_kept):
    kinds = {
        "list.xlsx": b"PK\x03\x04" + b"\0" * 40,
        "page.pdf": b"<!doctype html><p>https://lab.example/1",
        "late.pdf": b"\n" * 900 + b"%PDF-1.7",
        "utf16.json": '{"a": 1}'.encode("utf-16"),
        "words.txt": b"nothing in here",
        "nul.txt": b"https://lab.example/1\0",
    }
    for name, content in kinds.items():
        answer = client.post(VERIFY, upload(content, name))
        assert answer.status_code == 415, name
        assert "These can: PDF, PNG, SVG, JSON, a VC-JWT as text, or a photo (JPEG, WebP) of a QR code." in text(
            answer
        ), name


def test_empty_file_is_422_and_says_so(client, nothing_kept):
    answer = client.post(VERIFY, upload(b"", "empty.json"))

    assert answer.status_code == 422
    assert "The file is empty: it has 0 bytes." in text(answer)


def test_too_large_file_is_413(client, nothing_kept):
    answer = client.post(VERIFY, upload(b"{" + b" " * FILE_MOST, "large.json"))

    assert answer.status_code == 413
    assert "The file has 10.0 MB; at most 10 MB are read." in text(answer)


def test_too_much_text_is_413(client, nothing_kept):
    assert client.post(VERIFY, {"q": "x" * (1024 * 1024 + 1)}).status_code == 413
    assert client.post(VERIFY, {"q": "x" * 3_000_000}).status_code == 413
    body = "q=" + "x" * 3_000_000
    assert client.post(VERIFY, body, content_type="application/x-www-form-urlencoded").status_code == 413


def test_21_files_are_422_and_counted(client, nothing_kept):
    files = [SimpleUploadedFile(f"{n}.json", b"{}") for n in range(21)]
    answer = client.post(VERIFY, {"file": files})

    assert answer.status_code == 422
    assert "You chose 21 files; 20 at once can be checked." in text(answer)


def test_files_that_are_too_large_together_are_413(client, nothing_kept):
    half = b" " * (FILE_MOST // 2)
    answer = client.post(VERIFY, {"file": [SimpleUploadedFile(f"{n}.json", half + b"{}") for n in range(2)]})

    assert answer.status_code == 413
    assert "The files have 10.0 MB together; at most 10 MB are read at once." in text(answer)


def test_address_is_compared_with_one_credential_at_a_time(client, nothing_kept):
    several = {"file": [SimpleUploadedFile(f"{n}.json", b"{}") for n in range(2)]}
    for given in (several, {"q": f"{UNKNOWN}\nhttps://lab.example/1"}):
        answer = client.post(VERIFY, {**given, "address": "amal@example.org"})

        assert answer.status_code == 422
        assert "An address belongs to one person" in text(answer)


def test_nothing_and_both_are_422(client, nothing_kept):
    assert "Choose a file, or paste a link or number." in text(client.post(VERIFY, {}))
    both = client.post(VERIFY, {**upload(b"{}"), "q": "{}"})
    assert both.status_code == 422
    assert "There is a file and a text" in text(both)


@pytest.mark.parametrize(
    "content", [b"[]", b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":"\xff"}', b"{" * 5000, b"[" * 100_000]
)
def test_malformed_json_is_422_with_the_form(client, nothing_kept, content):
    answer = client.post(VERIFY, upload(content))

    assert answer.status_code == 422
    assert bar(answer)[0] != "standing"
    assert 'name="file"' in answer.content.decode()


def test_other_faults_stay_in_the_form(client):
    answer = client.post(VERIFY, {"q": "not a link", "address": "nobody"})

    assert answer.status_code == 422
    assert 'value="nobody"' in answer.content.decode()


@pytest.mark.parametrize(("code", "status"), [("too_slow", 422), ("too_big", 413), ("crashed", 422), ("busy", 503)])
def test_what_could_not_be_examined_says_why(client, monkeypatch, code, status):
    def refuse(*args, **options):
        raise NotExamined(code)

    monkeypatch.setattr(desk, "examine", refuse)
    answer = client.post(VERIFY, {"q": "{}"})

    assert answer.status_code == status
    assert 'class="error"' in answer.content.decode()


def test_pages_of_the_desk_are_kept_by_nobody(client):
    for answer in (client.post(VERIFY, {"q": "x"}), client.post(VERIFY, {"q": f"{UNKNOWN}\nhttps://lab.example/1"})):
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "same-origin"


def test_form_without_its_token_is_refused():
    assert Client(enforce_csrf_checks=True).post(VERIFY, {"q": UNKNOWN}).status_code == 403


def test_201_links_are_422_and_counted(client, nothing_kept):
    answer = client.post(VERIFY, {"q": "\n".join(f"https://lab.example/{n}" for n in range(201))})

    assert answer.status_code == 422
    assert "That are 201 different links and numbers; 200 at once can be checked." in text(answer)
