"""`manage.py verify`: the desk in a terminal, its words and its exit codes."""

import io
import json
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from badges.openbadges import validate
from issuers import keys
from issuers.models import Issuer
from issuers.signing import proofs
from issuers.tenancy import scope
from recipients import correcting, delivering, printing
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
    genuine.write_bytes(printing.fetch(credential.pdf))

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


@pytest.fixture
def generations(db, tmp_path):
    """A credential of each of four keys, and the file that its holder kept: the key was changed three times."""
    version, made = publish(IssuerFactory(name="Harbour College")), []
    for number in range(4):
        row = claimed(version, person(f"Person {number}", f"p{number}@example.org"), key=str(number))
        kept = tmp_path / f"{number}.json"
        kept.write_text(row.signed)
        made.append((row, kept))
        if number < 3:
            with scope(version.issuer):
                keys.rotate(version.issuer, "ed25519", None)
    return made


def codes(generations):
    """Exit codes for the four addresses, and for the four files."""
    return [verify(row.url)[0] for row, _ in generations], [verify(kept)[0] for _, kept in generations]


def test_four_generations_of_keys_stand_as_told(generations):
    assert len({row.signed_with for row, _ in generations}) == 4
    assert codes(generations) == ([0, 0, 0, 0], [0, 0, 0, 0])
    second, issuer = generations[1][0], generations[1][0].issuer

    with scope(issuer):
        keys.compromise(issuer.keys.get(multibase=second.signed_with), None, "A backup was stolen")
    assert codes(generations) == ([0, 2, 0, 0], [0, 1, 0, 0])
    assert "Being signed again by Harbour College" in verify(second.url)[1]

    while delivering.sign_again_chunk():
        continue
    assert codes(generations) == ([0, 0, 0, 0], [0, 1, 0, 0])


def test_forgery_with_a_withdrawn_key_fails_however_it_is_dated(generations, tmp_path):
    row, issuer = generations[1][0], generations[1][0].issuer
    with scope(issuer):
        key = issuer.keys.get(multibase=generations[3][0].signed_with)
        private, method = keys._open(key), f"{keys.did(issuer)}#{key.multibase}"
    document = {**json.loads(row.document), "name": "Doctor of Everything"}
    forged = tmp_path / "forged.json"
    forged.write_text(proofs.sign(validate.prepare(document), private, method, datetime(2026, 1, 1, tzinfo=UTC)))
    assert verify(forged)[0] == 0

    with scope(issuer):
        keys.compromise(key, None, "A backup was stolen")

    assert verify(forged)[0] == 1
