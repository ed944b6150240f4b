"""Where a backup is written: a folder that is ours, or one file that nobody else may read."""

import os
import tarfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from credentials_site.backups import files, making
from tests.conftest import COMMITTED

QUIET = [].append


def _somebodys_own(store):
    """Two files in a folder that only has the name of ours."""
    own = store / "files" / "accounts" / "2025.ods"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"years of work")
    (store / "files" / "letter.odt").write_bytes(b"a letter")
    return own


@COMMITTED
def test_somebodys_own_folder_is_refused_when_it_is_called_as_ours(tmp_path):
    own = _somebodys_own(tmp_path / "srv")
    (tmp_path / "srv" / "2025").mkdir()
    (tmp_path / "srv" / "2025" / "SHA256SUMS").write_text("of somebody's discs\n")

    for _ in range(2):
        with pytest.raises(CommandError, match=r"files is not empty, and not of our backups"):
            call_command("backup", tmp_path / "srv", keep=1)

    assert own.read_bytes() == b"years of work"
    assert sorted(path.name for path in (tmp_path / "srv" / "files").iterdir()) == ["accounts", "letter.odt"]
    assert (tmp_path / "srv" / "2025" / "SHA256SUMS").exists()


@COMMITTED
def test_folder_of_backups_from_before_the_mark_goes_on_and_gets_it(tmp_path):
    default_storage.save("pdf/aa/one.pdf", ContentFile(b"one"))
    making.make(tmp_path / "b", QUIET)
    (tmp_path / "b" / "files" / files.MARK).unlink()

    making.make(tmp_path / "b", QUIET, keep=1)
    making.make(tmp_path / "b", QUIET, keep=1)

    names = sorted(path.name for path in (tmp_path / "b" / "files").iterdir())
    assert names == sorted([files.MARK, "pdf"])


@COMMITTED
def test_one_file_is_made_when_it_is_called_tar(tmp_path):
    default_storage.save("pdf/aa/one.pdf", ContentFile(b"one"))

    call_command("backup", tmp_path / "all.tar", verbosity=0)

    with tarfile.open(tmp_path / "all.tar") as archive:
        names = archive.getnames()
    assert "files/pdf/aa/one.pdf" in names
    assert sum(name.endswith("database.dump") for name in names) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.tar", "media"]


@COMMITTED
def test_one_file_is_nobody_elses_to_read_while_it_is_written(tmp_path, monkeypatch):
    """Also where an older one was left half: whoever had that open would go on reading."""
    half, seen, sync = tmp_path / "all.tar.part", [], os.sync
    half.write_bytes(b"of a backup that was killed")
    half.chmod(0o644)
    with half.open("rb") as opened_before:

        def seeing():
            seen.append(
                (oct(half.stat().st_mode & 0o777), half.stat().st_ino == os.fstat(opened_before.fileno()).st_ino)
            )
            sync()

        monkeypatch.setattr(os, "sync", seeing)
        call_command("backup", tmp_path / "all.tar", verbosity=0)

    assert seen[-1] == ("0o600", False)
    assert oct((tmp_path / "all.tar").stat().st_mode & 0o777) == "0o600"
