"""The bundle outlives the site: checked by its own program, in a Python that sees cryptography and pyld alone."""

import importlib.metadata
import json
import re
import subprocess
import sys
import zipfile

import pytest
from django.core.management import CommandError, call_command

from issuers.tenancy import scope
from recipients import correcting
from tests.conformance.altering import copies
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import FULL, claimed, person, publish, renamed, reread
from verification import bundling

pytestmark = COMMITTED


def _needed(name, seen=()):
    """Top-level modules of a distribution and of what it requires."""
    distribution = importlib.metadata.distribution(name)
    for file in distribution.files or ():
        yield file.parts[0].partition(".")[0]
    for requirement in distribution.requires or ():
        other = re.match(r"[\w.-]+", requirement)[0]
        if "extra ==" not in requirement and other not in seen:
            try:
                yield from _needed(other, (*seen, name))
            except importlib.metadata.PackageNotFoundError:
                continue


# Only what the program says it needs, and what these need themselves.
ALLOWED = {*_needed("cryptography"), *_needed("pyld")}
RUN = f"""
import runpy, sys
class Guard:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in {ALLOWED!r} and top not in sys.stdlib_module_names:
            raise ImportError("not needed: " + name)
sys.meta_path.insert(0, Guard())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture
def version():
    return publish(IssuerFactory(name="Northmoor University"))


@pytest.fixture
def credential(version):
    return claimed(version, renamed(FULL, "Šárka Kovářová"))


def unpacked(issuer, folder):
    bundling.write(issuer, folder / "bundle.zip")
    with zipfile.ZipFile(folder / "bundle.zip") as archive:
        archive.extractall(folder / "bundle")
    return folder / "bundle"


def verify(bundle, *files):
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN, str(bundle / "verify.py"), *map(str, files)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_bundle_verifies_by_itself(credential, tmp_path):
    bundle = unpacked(credential.issuer, tmp_path)

    code, said = verify(bundle)

    assert code == 0, said
    assert "1 valid, 0 not valid" in said
    assert credential.url in said


def test_bundle_holds_what_its_manifest_says(credential, tmp_path):
    import hashlib

    bundle = unpacked(credential.issuer, tmp_path)
    manifest = json.loads((bundle / "bundle.json").read_text())
    files = {str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file()}

    assert files == {*manifest["sha256"], "bundle.json"}
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256((bundle / name).read_bytes()).hexdigest() == digest
    assert (bundle / f"c/{credential.public_id}.json").read_text() == credential.signed


def test_pages_of_a_bundle_show_the_signed_words(credential, tmp_path):
    bundle = unpacked(credential.issuer, tmp_path)

    page = (bundle / f"c/{credential.public_id}/index.html").read_text()
    index = (bundle / "index.html").read_text()

    assert "Šárka Kovářová" in page and "Issued and in force" in page
    assert "Šárka Kovářová" in index
    assert FULL.address.key not in page + index + (bundle / "bundle.json").read_text()


def test_altered_copies_fail_with_a_field_added_at_any_depth(credential, tmp_path):
    bundle = unpacked(credential.issuer, tmp_path)
    altered = tmp_path / "altered"
    altered.mkdir()
    names = []
    for number, (_name, text) in enumerate(copies(credential.signed)):
        names.append(altered / f"{number}.json")
        names[-1].write_text(text)

    code, said = verify(bundle, *names)

    assert code == 1
    assert f"0 valid, {len(names)} not valid" in said, said


def test_revoked_credential_says_so(version, credential, tmp_path):
    other = claimed(version, person("Other Person", "other@example.org"), key="second")
    with scope(credential.issuer):
        correcting.revoke(reread(credential), reason="Mistake", by=None)
    bundle = unpacked(credential.issuer, tmp_path)

    code, said = verify(bundle)

    assert code == 1
    assert "revoked or replaced, as of" in said
    assert f"{other.public_id}.json: valid" in said
    assert "Revoked" in (bundle / f"c/{credential.public_id}/index.html").read_text()


def test_forged_status_list_fails(credential, tmp_path):
    bundle = unpacked(credential.issuer, tmp_path)
    path = next((bundle / "i").rglob("status/revocation/1.json"))
    listed = json.loads(path.read_text())
    listed["validFrom"] = "2030-01-01T00:00:00Z"
    path.write_text(json.dumps(listed))

    code, said = verify(bundle)

    assert code == 1
    assert "changed after it was signed" in said


HOSTILE = ["", "[]", "{", '{"a":1,"a":2}', "[" * 100_000, "{}", '{"@context":[{}]}', "\x00", '{"proof":{},"issuer":[]}']


def test_hostile_files_are_refused_without_a_trace(credential, tmp_path):
    bundle = unpacked(credential.issuer, tmp_path)
    files = [tmp_path / f"{number}.json" for number in range(len(HOSTILE))]
    for file, body in zip(files, HOSTILE, strict=True):
        file.write_text(body)

    code, said = verify(bundle, *files)

    assert (code, said.count("NOT VALID")) == (1, len(HOSTILE))


def test_private_and_unclaimed_credentials_and_other_institutions_stay_out(version, credential, tmp_path):
    private = claimed(version, person("Privata Person", "p@example.org"), key="private", visibility="private")
    linked = claimed(version, person("Linka Person", "l@example.org"), key="link", visibility="link")
    foreign = claimed(publish(IssuerFactory()), person("Foreign Person", "f@example.org"))
    bundle = unpacked(credential.issuer, tmp_path)
    everything = b"".join(path.read_bytes() for path in bundle.rglob("*") if path.is_file()).decode(errors="replace")

    assert "Privata" not in everything and private.public_id not in everything
    assert "Foreign" not in everything and foreign.public_id not in everything
    assert (bundle / f"c/{linked.public_id}.json").exists()
    assert "Linka" not in (bundle / "index.html").read_text()


def test_command_writes_the_bundle_and_names_what_is_missing(credential, tmp_path, capsys):
    call_command("bundle", "--issuer", credential.issuer.slug, str(tmp_path / "out.zip"))
    assert "1 credentials of Northmoor University" in capsys.readouterr().out

    with pytest.raises(CommandError, match="no institution"):
        call_command("bundle", "--issuer", "nobody", str(tmp_path / "other.zip"))
    with pytest.raises(CommandError, match="does not exist"):
        call_command("bundle", "--issuer", credential.issuer.slug, str(tmp_path / "none" / "out.zip"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["media", "out.zip"]
