"""Certificates as they are kept: the end of each, put together and checked; and what a comparison that fails comes to."""

import hashlib
import subprocess
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from badges import misprinting
from badges.models import Misprint
from badges.rendering.splicing import comparing
from issuers import media
from issuers.models import AuditEvent
from issuers.tenancy import across_issuers, scope
from recipients import delivering, papers, printing
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory, MisprintFactory
from tests.published import intend, people, publish
from tests.recipients.test_pipeline import rows
from verification import invariants

pytestmark = COMMITTED


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


def signed(version, number=3):
    intend(version, *people(number))
    delivering.sign_chunk()
    return rows()


def files():
    return sorted(path.suffix for path in (Path(default_storage.location) / "pdf").rglob("*") if path.is_file())


def told_of():
    with across_issuers("a test looks at everybody's files"):
        return list(invariants.files_exist())


def path_of(key):
    return Path(default_storage.path(key))


def test_end_of_each_certificate_is_kept_and_its_beginning_once(version):
    kept = printing.keep_many(signed(version))

    assert files() == [".base", ".tail", ".tail", ".tail"]
    for key in kept:
        whole = printing.fetch(key)
        assert whole.startswith(b"%PDF-1.7") and whole.endswith(b"%%EOF\n")
        assert key == f"pdf/{hashlib.sha256(whole).hexdigest()[:2]}/{hashlib.sha256(whole).hexdigest()[:40]}.tail"
        assert path_of(key).stat().st_size < 20_000 < len(whole)


def test_printing_again_gives_the_same_key(version):
    found = signed(version)

    assert printing.keep_many(found) == [printing.keep(row) for row in found]


@pytest.mark.parametrize("harm", ["base gone", "base altered", "tail altered", "tail cut", "tail of another"])
def test_certificate_that_is_not_what_it_was_is_missing(version, harm):
    first, second, _third = printing.keep_many(signed(version))
    (base,) = (Path(default_storage.location) / "pdf").rglob("*.base")
    if harm == "base gone":
        base.unlink()
    elif harm == "base altered":
        base.write_bytes(base.read_bytes()[:-1] + b"x")
    elif harm == "tail of another":
        path_of(first).write_bytes(path_of(second).read_bytes())
    else:
        data = path_of(first).read_bytes()
        path_of(first).write_bytes(data[:-9] if harm == "tail cut" else data[:-9] + b"x" + data[-8:])

    with pytest.raises(media.MissingFile):
        printing.fetch(first)


def test_whole_files_of_before_are_read_on_and_checked(version):
    key = media.keep("pdf", b"%PDF-1.7 of before", "pdf")

    assert printing.fetch(key) == b"%PDF-1.7 of before"
    path_of(key).write_bytes(b"%PDF-1.7 of befere")
    with pytest.raises(media.MissingFile):
        printing.fetch(key)


def test_invariants_tell_of_an_altered_certificate(version):
    signed(version, 1)
    delivering.render_chunk()
    (row,) = rows()
    assert told_of() == []

    path_of(row.pdf).write_bytes(path_of(row.pdf).read_bytes()[:-9])

    (told,) = told_of()
    assert row.public_id in told


def test_forgetting_erases_a_persons_part_alone(version):
    first, second, _third = printing.keep_many(signed(version))
    printing.forget(first)
    printing.forget(first)

    assert not default_storage.exists(first) and printing.fetch(second)


def test_full_disk_leaves_nothing_half(version, monkeypatch):
    found = signed(version)
    written = []

    def write(path, data):
        written.append(path)
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        return Path.open(path, "wb").write(data)

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(OSError, match="No space"):
        printing.keep_many(found)

    assert files() == []


def test_row_that_cannot_be_printed_keeps_nobody_back(version):
    first, second, third = signed(version)
    second.name = "W" * 400
    kept = printing.keep_many([first, second, third])

    assert isinstance(kept[1], printing.CannotPrint)
    assert printing.fetch(kept[0]) and printing.fetch(kept[2])


def test_name_of_two_directions_is_drawn_as_a_whole(version):
    (row,) = signed(version, 1)
    row.name = "Amal أمل"

    key = printing.keep(row)
    assert key.endswith(".pdf")
    done = subprocess.run(["pdftotext", "-", "-"], input=printing.fetch(key), capture_output=True, check=True)
    assert "Amal" in done.stdout.decode() and done.stderr == b""


def test_first_of_a_shape_is_compared_and_the_next_is_not(version, monkeypatch):
    compared = []
    monkeypatch.setattr(comparing, "difference", lambda ours, theirs: compared.append(1) or "")
    monkeypatch.setattr(printing, "LOOKED_AT", 2**63)
    first, second, third = signed(version)
    printing.keep(first)
    printing.keep_many([second, third])

    assert compared == [1]


def test_difference_sends_the_whole_version_the_slow_way_until_it_is_settled(version, monkeypatch):
    monkeypatch.setattr(comparing, "difference", lambda ours, theirs: "412 of 891000 pixels are far apart")
    first, second, third = signed(version)
    assert [key[-4:] for key in printing.keep_many([first, second])] == [".pdf", ".pdf"]

    with scope(version.issuer):
        (found,) = misprinting.standing(version.achievement)
        assert (found.why, found.credential) == ("412 of 891000 pixels are far apart", first.public_id)
        assert not misprinting.found(version, second.public_id, "again")
        assert AuditEvent.objects.filter(action="achievement.misprinted").count() == 1
        user = MembershipFactory(issuer=version.issuer).user
        assert misprinting.settle(version.achievement, user) == 1
        assert misprinting.settle(version.achievement, user) == 0
    monkeypatch.undo()

    assert printing.keep(third).endswith(".tail")
    assert papers.fetch(printing.keep(third))


def test_after_it_was_settled_the_next_page_is_compared_though_its_shape_was_kept_before(version, monkeypatch):
    compared, differs = [], ["", "not the same letters", ""]
    monkeypatch.setattr(comparing, "difference", lambda ours, theirs: compared.append(1) or differs[len(compared) - 1])
    monkeypatch.setattr(printing, "LOOKED_AT", 2**63)
    first, sample, third, fourth = signed(version, 4)
    printing.keep(first)
    monkeypatch.setattr(printing, "LOOKED_AT", 1)
    assert printing.keep(sample).endswith(".pdf")
    monkeypatch.setattr(printing, "LOOKED_AT", 2**63)
    with scope(version.issuer):
        assert misprinting.settle(version.achievement, MembershipFactory(issuer=version.issuer).user) == 1

    assert printing.keep(third).endswith(".tail")
    assert len(compared) == 3
    assert printing.keep(fourth).endswith(".tail")
    assert len(compared) == 3


def test_staff_see_a_misprint_and_let_the_quick_way_be_tried_again(version, client):
    MisprintFactory(issuer=version.issuer, version=version, why="not the same letters")
    client.force_login(MembershipFactory(issuer=version.issuer, role="designer").user)
    where = [version.issuer.slug, version.achievement.public_id]

    page = client.get(reverse("manage-achievement-preview", args=where)).content.decode()
    assert "not the same letters" in page and "Try the quick way again" in page
    answer = client.post(reverse("manage-achievement-printing", args=where), follow=True)

    assert "not the same letters" not in answer.content.decode()
    with scope(version.issuer):
        assert not Misprint.objects.standing().exists()
        assert AuditEvent.objects.filter(action="achievement.misprint_settled").count() == 1
