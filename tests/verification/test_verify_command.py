"""`manage.py verify`: the desk in a terminal, its words and its exit codes."""

import io
import json

import pytest
from django.core.management import call_command

from issuers import media
from issuers.models import Issuer
from issuers.tenancy import scope
from recipients import correcting
from tests.factories import IssuerFactory
from tests.published import claimed, person, publish
from tests.verification.public import UNKNOWN
from tests.verification.test_papers import printed_as


def verify(*arguments):
    said = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", *map(str, arguments), stdout=said)
    return ended.value.code, said.getvalue()


@pytest.fixture
def credential(db):
    return claimed(publish(IssuerFactory(name="Harbour College")), person())


@pytest.fixture
def file(credential, tmp_path):
    made = tmp_path / "credential.json"
    made.write_text(credential.signed)
    return made


def test_valid_credential_by_file_link_and_id(credential, file):
    for given in (file, credential.url, credential.public_id):
        code, said = verify(given)

        assert code == 0, said
        assert [line.split()[1] for line in said.splitlines() if line.startswith("ok")] == [
            "form",
            "shown",
            "signature",
            "key",
            "issuer",
            "status",
            "dates",
        ]
        assert "Harbour College" in said and said.endswith("knows the issuer.\n")


def test_altered_and_revoked_credentials_are_not_valid(credential, file):
    altered = file.with_name("altered.json")
    altered.write_text(credential.signed.replace("Community Mentor", "Doctor of All"))
    assert verify(altered)[0] == 1
    with scope(credential.issuer):
        correcting.revoke(credential, reason="Wrong person", by=None)

    code, said = verify(file)

    assert code == 1 and "FAIL status     Revoked by the issuer" in said


def test_issuer_that_is_not_known_here_is_not_confirmed(credential, file):
    Issuer.objects.filter(pk=credential.issuer.pk).update(approved_at=None)

    code, said = verify(file)

    assert code == 2 and "?    issuer" in said


def test_forged_paper_names_the_field(credential, tmp_path):
    forged = tmp_path / "forged.pdf"
    forged.write_bytes(printed_as(credential, "Anna Smith"))
    genuine = tmp_path / "genuine.pdf"
    genuine.write_bytes(media.fetch(credential.pdf))

    assert verify(genuine)[0] == 0
    code, said = verify(forged)
    assert code == 1
    assert "issued: Amal Student   on this paper: Anna Smith" in said


@pytest.mark.parametrize("given", [UNKNOWN, "hello", "http://127.0.0.1/x"])
def test_nothing_there_is_said(db, given):
    assert verify(given)[0] in {2, 3}


@pytest.mark.parametrize("content", [b"", b"<html>", b"%PDF-1.7\n", b"[" * 100_000, b" " * 300_000])
def test_what_cannot_be_read_is_three(db, tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)

    assert verify(file)[0] == 3


def test_json_says_everything(file):
    code, said = verify(file, "--json", "--address", "amal@example.org")

    found = json.loads(said)
    assert (code, found["code"], found["kind"]) == (0, 0, "open_badge_3")
    assert {check["key"]: check["result"] for check in found["report"]["checks"]}["recipient"] == "passed"
    assert found["document"]["credentialSubject"]["achievement"]["name"] == "Community Mentor"
