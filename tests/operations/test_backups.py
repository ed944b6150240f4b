"""A backup is whole or has no name, carries no secret in plain, and is refused wherever it does not belong."""

import base64
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connections
from hypothesis import HealthCheck, given
from hypothesis import settings as pace
from hypothesis import strategies as st

from credentials_site import embedded
from credentials_site.backups import database, files, making, restoring, shape
from credentials_site.backups.shape import BackupError
from issuers import keys
from issuers.models import SigningKey
from issuers.tenancy import across_issuers
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, UserFactory
from tests.operations.conftest import media_in
from tests.published import publish

KEK = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
QUIET = [].append


# What is in it.


def test_backup_says_what_it_is_of(place):
    manifest = place.backup.manifest

    assert manifest.site_url == "http://localhost:8000"
    assert manifest.tables["recipients_achievementcredential"] == 4
    assert "recipients.0014_tutorial" in manifest.migrations
    assert list(manifest.keks) == ["test"]
    assert (
        manifest.files == len(list(place.backup.listed())) == 4 + 1 + 2 + 1
    )  # certificates and what they have in common, badge in two sizes, handed in
    assert oct(place.backup.folder.stat().st_mode)[-3:] == "700"


def test_tools_of_the_system_can_check_it(place):
    for folder, listing in (
        (place.backup.folder, "SHA256SUMS"),
        (place.backup.pool, place.backup.folder / "files.txt"),
    ):
        done = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", str(listing)], cwd=folder, check=False)
        assert done.returncode == 0


@COMMITTED
def test_no_secret_stands_in_it_in_plain(client, tmp_path):
    """Grep of the whole dump, as SQL: for a signing key in every spelling, what closes it, a session and a password."""
    version = publish(IssuerFactory())
    user = UserFactory(password="correct horse battery")
    client.force_login(user)
    with across_issuers("a test looks"):
        seeds = [
            keys._open(key).private_bytes_raw() if key.kind == "ed25519" else None
            for key in SigningKey.objects.signing().filter(issuer=version.issuer)
        ]
    (seed,) = filter(None, seeds)

    made = making.make(tmp_path / "backups", QUIET)

    sql = subprocess.run(
        [database.program("pg_restore"), "--file=-", str(made.folder / "database.dump")],
        capture_output=True,
        check=True,
    ).stdout
    everything = sql + (made.folder / "manifest.json").read_bytes() + (made.folder / "files.txt").read_bytes()
    assert user.email.encode() in everything  # it is the whole database that is searched
    spellings = [seed, seed.hex().encode(), base64.b64encode(seed), base64.urlsafe_b64encode(seed).rstrip(b"=")]
    for secret in [*spellings, KEK.encode(), client.session.session_key.encode(), b"correct horse battery"]:
        assert secret not in everything


# Again and again.


@COMMITTED
def test_only_what_is_new_is_copied_again(tmp_path):
    default_storage.save("pdf/aa/one.pdf", ContentFile(b"one"))
    said = []
    making.make(tmp_path / "b", said.append)
    default_storage.save("pdf/aa/two.pdf", ContentFile(b"two"))

    making.make(tmp_path / "b", said.append)

    assert [line for line in said if line.startswith("files")] == [
        "files      1, of which 1 are new",
        "files      2, of which 1 are new",
    ]
    assert [key for _, key in shape.find(tmp_path / "b").listed()] == ["pdf/aa/one.pdf", "pdf/aa/two.pdf"]


@COMMITTED
def test_file_that_a_killed_backup_left_is_copied_again(tmp_path):
    default_storage.save("pdf/aa/one.pdf", ContentFile(b"whole"))
    half = tmp_path / "b" / "files" / "pdf" / "aa" / "one.pdf"
    half.parent.mkdir(parents=True)
    files.Pool(tmp_path / "b" / "files", {}).take_over(ours=True)  # which every backup does before it copies anything
    half.write_bytes(b"")

    making.make(tmp_path / "b", QUIET)

    assert half.read_bytes() == b"whole"


@COMMITTED
def test_only_the_newest_are_kept_when_asked(tmp_path):
    first = default_storage.save("pdf/aa/one.pdf", ContentFile(b"one"))
    making.make(tmp_path / "b", QUIET)
    default_storage.delete(first)
    default_storage.save("pdf/aa/two.pdf", ContentFile(b"two"))
    said = []

    for _ in range(2):
        made = making.make(tmp_path / "b", said.append, keep=2)

    assert [backup.folder for backup in shape.kept(tmp_path / "b")][-1] == made.folder
    assert len(shape.kept(tmp_path / "b")) == 2
    assert [path.name for path in (tmp_path / "b" / "files").rglob("*.pdf")] == ["two.pdf"]
    assert "forgotten  1 older backups, and 1 files that no other names" in said


@COMMITTED
def test_file_that_is_erased_meanwhile_is_left_out(tmp_path, monkeypatch):
    default_storage.save("pdf/aa/one.pdf", ContentFile(b"one"))
    default_storage.save("pdf/aa/two.pdf", ContentFile(b"two"))
    copy = files._copy

    def erased(key, target):
        if key.endswith("one.pdf"):
            default_storage.delete(key)
        return copy(key, target)

    monkeypatch.setattr(files, "_copy", erased)

    made = making.make(tmp_path / "b", QUIET)

    assert [key for _, key in made.listed()] == ["pdf/aa/two.pdf"]


@COMMITTED
def test_file_that_came_while_the_database_was_dumped_is_in_it(tmp_path, monkeypatch):
    dump = database.dump

    def busy(target, moment):
        default_storage.save("pdf/aa/late.pdf", ContentFile(b"late"))
        dump(target, moment)

    monkeypatch.setattr(database, "dump", busy)

    made = making.make(tmp_path / "b", QUIET)

    assert [key for _, key in made.listed()] == ["pdf/aa/late.pdf"]


# Half ones.


def _environment(media):
    """Of a process of its own on this test's database."""
    name = connections["migrator"].settings_dict["NAME"]
    urls = {v: os.environ[v].replace("/laurel?", f"/{name}?") for v in ("DATABASE_URL", "MIGRATION_DATABASE_URL")}
    return {**os.environ, **urls, "STORAGE_URL": f"file://{media}"}


@COMMITTED
def test_killed_backup_leaves_nothing_with_a_name(tmp_path):
    for number in range(300):
        default_storage.save(f"pdf/{number % 7:02}/{number}.pdf", ContentFile(os.urandom(2_000)))
    command = [sys.executable, "manage.py", "backup", str(tmp_path / "b")]
    child = subprocess.Popen(
        command, cwd=embedded.ROOT, env=_environment(tmp_path / "media"), stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not list((tmp_path / "b").glob(".half-*")) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert list((tmp_path / "b").glob(".half-*"))  # it was killed in the midst of it
    assert shape.kept(tmp_path / "b") == []
    with pytest.raises(CommandError, match="There is no backup"):
        call_command("restore", tmp_path / "b")

    made = making.make(tmp_path / "b", QUIET)

    assert len(list(made.listed())) == 300
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == sorted([".lock", "files", made.folder.name])


@COMMITTED
def test_failed_dump_names_the_reason_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(
        database, "dump", lambda target, _moment: database._run(database.program("pg_dump"), "--nonsense")
    )

    with pytest.raises(CommandError, match=r"Nothing was backed up. pg_dump failed: .*unrecognized option"):
        call_command("backup", tmp_path / "b")

    assert shape.kept(tmp_path / "b") == []


def test_two_at_once_do_not_meet(tmp_path):
    (tmp_path / "b").mkdir()
    with making._alone(tmp_path / "b"), pytest.raises(BackupError, match="Another backup is being written"):
        making.make(tmp_path / "b", QUIET)


@COMMITTED
def test_role_of_the_application_makes_none(tmp_path, monkeypatch):
    """Row-level security blinds it: pg_dump says so instead of leaving rows out."""
    publish(IssuerFactory())
    monkeypatch.setattr(database, "ALIAS", "default")

    with pytest.raises(BackupError, match="pg_dump failed: .*(privilege|permission denied|row-level security)"):
        making.make(tmp_path / "b", QUIET)

    assert shape.kept(tmp_path / "b") == []


@COMMITTED
def test_backup_that_nobody_could_use_is_not_made(tmp_path, settings):
    publish(IssuerFactory())
    settings.KEY_ENCRYPTION_KEYS = [f"other:{KEK}"]

    with pytest.raises(BackupError, match="closed with test, which KEY_ENCRYPTION_KEYS does not have"):
        making.make(tmp_path / "b", QUIET)


# Damaged ones.


@pytest.mark.parametrize("name", ["database.dump", "files.txt", "manifest.json", "SHA256SUMS"])
def test_any_flipped_byte_is_found(place, tmp_path, name):
    kept = {
        each: (place.backup.folder / each).read_bytes() for each in (shape.DUMP, shape.LIST, shape.MANIFEST, shape.SUMS)
    }
    for each, data in kept.items():
        (tmp_path / each).write_bytes(data)
    backup = replace(place.backup, folder=tmp_path)
    backup.refuse_damaged()

    @pace(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(kept[name]) - 1), st.integers(0, 7))
    def flipped(position, bit):
        data = bytearray(kept[name])
        data[position] ^= 1 << bit
        (tmp_path / name).write_bytes(data)
        with pytest.raises(BackupError, match="is damaged"):
            backup.refuse_damaged()

    flipped()


def test_flipped_byte_of_a_file_is_found(copied, settings, tmp_path):
    settings.STORAGES = {**settings.STORAGES, "default": media_in(tmp_path / "new")}
    for _, key in copied.listed():
        path = copied.pool / key
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(BackupError, match=f"{path.name} is damaged"):
            files.give_back(copied)
        path.write_bytes(whole)
    assert files.give_back(copied) == copied.manifest.files


def test_missing_part_is_named(copied):
    (copied.folder / "database.dump").unlink()

    with pytest.raises(CommandError, match="database.dump is missing"):
        call_command("restore", copied.folder.parent)


def test_missing_file_is_named(copied, settings, tmp_path):
    settings.STORAGES = {**settings.STORAGES, "default": media_in(tmp_path / "new")}
    _, key = next(copied.listed())
    (copied.pool / key).unlink()

    with pytest.raises(BackupError, match="is missing from the backup"):
        files.give_back(copied)


# Where it does not belong.


def test_other_address_is_refused(copied, settings):
    settings.SITE_URL = "https://elsewhere.example.org"

    with pytest.raises(CommandError, match="Set SITE_URL=http://localhost:8000"):
        call_command("restore", copied.folder)


@pytest.mark.parametrize(
    "entry", [f"other:{KEK}", "test:" + base64.b64encode(b"x" * 32).decode()], ids=["name", "bytes"]
)
def test_missing_key_encryption_key_is_named(copied, settings, entry):
    settings.KEY_ENCRYPTION_KEYS = [entry]

    with pytest.raises(CommandError, match="does not have the key-encryption key named test"):
        call_command("restore", copied.folder)


def test_backup_of_a_newer_version_is_refused(copied, monkeypatch):
    known = restoring._known_migrations()
    monkeypatch.setattr(restoring, "_known_migrations", lambda: known - {"recipients.0014_tutorial"})

    with pytest.raises(CommandError, match=r"newer Laurel \(.*, recipients.0014_tutorial\)"):
        call_command("restore", copied.folder)


@COMMITTED
def test_database_with_tables_is_refused_and_nothing_is_touched(copied):
    with pytest.raises(CommandError, match="is not empty"):
        call_command("restore", copied.folder)

    assert list(files.walk()) == []


@COMMITTED
def test_storage_with_other_files_is_refused(copied, monkeypatch):
    monkeypatch.setattr(database, "is_empty", lambda: True)
    default_storage.save("pdf/aa/own.pdf", ContentFile(b"somebody's"))

    with pytest.raises(CommandError, match=r"pdf/aa/own.pdf is not of this backup"):
        call_command("restore", copied.folder)


def test_folder_that_is_in_use_is_refused(place, tmp_path):
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "pg").mkdir()

    with pytest.raises(CommandError, match="is not empty. Name a folder that is new"):
        call_command("restore", place.store, into=Path(tmp_path / "used"))


def test_what_is_no_backup_is_refused(tmp_path):
    (tmp_path / "x.tar").write_bytes(b"not a tar file")
    for path in (tmp_path / "nothing", tmp_path / "x.tar"):
        with pytest.raises(CommandError):
            call_command("restore", path)
