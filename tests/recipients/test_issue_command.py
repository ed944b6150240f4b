"""`manage.py issue`: nothing is held open while somebody thinks, and it ends when nothing can be done, with the reason."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from issuers.tenancy import across_issuers
from recipients import delivering, failing, pausing
from recipients.management import watching
from recipients.models import AchievementCredential, Award, Trouble
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import intend, people, publish

pytestmark = COMMITTED


@pytest.fixture
def version():
    return publish(IssuerFactory())


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "course.csv"
    made.write_text("email,name\nana@example.org,Ana Li\n")
    return str(made)


def issue(version, file, **options):
    names = {"issuer": version.issuer.slug, "achievement": version.achievement.slug, "no_wait": True}
    call_command("issue", file, stdout=StringIO(), **names, **options)


def awarded():
    with across_issuers("a test counts"):
        return AchievementCredential.objects.count()


def change(row, **values):
    with across_issuers("a test goes ahead"):
        AchievementCredential.objects.filter(pk=row.pk).update(**values)


def watched(version):
    """What is said to whoever watches the only award."""
    out, err = StringIO(), StringIO()
    with across_issuers("a test looks"):
        award = Award.objects.get()
    watching.watch(version.issuer, award, OutputWrapper(out), OutputWrapper(err))
    return out.getvalue(), err.getvalue()


def test_no_transaction_is_open_while_somebody_thinks(version, file, monkeypatch):
    """The database ends one in which nothing happens for two minutes, and with it the whole command."""
    asked = []

    def answer(question):
        asked.append((question, connection.in_atomic_block))
        return "y"

    monkeypatch.setattr("builtins.input", answer)

    issue(version, file)

    assert asked == [(f"Issue {version.achievement.name} to 1 person? [y/N] ", False)]
    assert awarded() == 1


def test_whoever_says_no_has_awarded_nothing(version, file, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda question: "")

    with pytest.raises(CommandError, match="Nothing was issued"):
        issue(version, file)

    assert awarded() == 0


def test_watching_ends_where_those_who_are_left_wait_for_nothing(version):
    """One is revoked before it was printed, one was set aside after it was signed: both were counted for ever."""
    intend(version, *people(3), skip_undo=True)
    assert delivering.sign_chunk() == 3
    with across_issuers("a test looks"):
        revoked, aside, _printed = AchievementCredential.objects.order_by("id")
    change(revoked, revoked_at=F("signed_at"))
    change(aside, failed_at=F("signed_at"), failure="CannotPrint: a letter")

    out, err = watched(version)

    assert "1 of 3" in out and "Issued to 3 people" in out
    assert "2 people without certificates" in err


def test_watching_says_why_no_mail_leaves_and_ends(version):
    intend(version, *people(2), skip_undo=True)
    assert (delivering.sign_chunk(), delivering.render_chunk()) == (2, 2)
    pausing.pause(Trouble.UNREACHABLE, "no route to host")

    _out, err = watched(version)

    assert "does not answer" in err
    assert "2 people wait: workers go on" in err


def test_watching_says_that_the_disk_is_full_and_ends(version):
    intend(version, *people(2))
    assert delivering.sign_chunk() == 2
    with across_issuers("a test fills the disk"):
        AchievementCredential.objects.update(failure=failing.NO_ROOM, lease_until=Now() + failing.MACHINE)

    out, err = watched(version)

    assert err.startswith(failing.NO_ROOM)
    assert "2 people wait" in err and "Issued to 2 people" in out
