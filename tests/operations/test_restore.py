"""A backup comes back: every signature, certificate and status list holds, and the place serves again."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psycopg
import pytest

from credentials_site import embedded
from tests.faults.place import free_port

pytestmark = pytest.mark.slow
MANAGE = [sys.executable, "manage.py"]


def _run(*command, **environment):
    return subprocess.run(
        command, cwd=embedded.ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_drill_verifies_everything_and_says_so(place):
    before = set(os.listdir("/tmp"))

    done = _run(*MANAGE, "restore", "--drill", str(place.store))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    assert "ok   signatures verify" in done.stdout
    assert "ok   certificates are whole" in done.stdout
    assert "ok   status lists say so" in done.stdout
    assert "figures    4 signatures, 4 certificates, 1 status lists" in done.stdout
    assert not {"tokens", "look"} & {line.split()[0] for line in done.stdout.splitlines() if line}
    assert not {name for name in set(os.listdir("/tmp")) - before if name.startswith("laurel-drill-")}


def test_drill_fails_when_a_signature_does_not_fit(place, copied):
    """A dump that is whole, of a database in which somebody wrote: sums agree, the signature does not."""
    with _elsewhere(copied.folder.parent / "engines") as environment:
        _run(*MANAGE, "restore", str(copied.folder), **environment)
        with psycopg.connect(environment["MIGRATION_DATABASE_URL"]) as connection:
            connection.execute(
                "UPDATE recipients_achievementcredential SET signed = replace(signed, 'Community', 'Communal'),"
                " document = replace(document, 'Community', 'Communal') WHERE public_id = %s",
                [place.ids[2]],
            )
        made = _run(*MANAGE, "backup", str(copied.folder.parent / "altered"), **environment)
        assert made.returncode == 0, made.stderr

    done = _run(*MANAGE, "restore", "--drill", str(copied.folder.parent / "altered"))

    assert done.returncode == 1
    assert f"{place.ids[2]}: its signature does not fit" in done.stdout


@contextlib.contextmanager
def _elsewhere(data):
    engines = embedded.Engines(data, ephemeral=True)
    try:
        engines.launch()
        yield {**engines.environment(), "STORAGE_URL": f"file://{data}/media"}
    finally:
        engines.stop()


def test_restored_place_serves_what_was_issued(place, tmp_path):
    done = _run(*MANAGE, "restore", str(place.store), "--into", str(tmp_path / "fresh"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tokens     1 of the API were in use then and are withdrawn now" in done.stdout
    assert "look at    what was ended since the backup is in use again" in done.stdout

    engines = embedded.Engines(tmp_path / "fresh")
    try:
        engines.launch()
        environment = {**engines.environment(), "STORAGE_URL": f"file://{tmp_path}/fresh/media"}
        with _served(environment) as site:
            assert _status(f"{site}/readyz") == 200
            signed = json.loads(_get(f"{site}/c/{place.ids[0]}.json"))
            assert signed["id"].endswith(f"/c/{place.ids[0]}")
            assert _get(f"{site}/c/{place.ids[0]}.pdf").startswith(b"%PDF-")
            assert _status(f"{site}/c/{place.ids[3]}.json") == 404  # nobody had claimed it
            awards = urllib.request.Request(f"{site}/api/v1/awards", headers={"Authorization": f"Bearer {place.token}"})
            assert _status(awards) == 401  # it may have been withdrawn since
    finally:
        engines.stop()


def test_tokens_stay_in_use_when_they_are_to_be_kept(place, tmp_path):
    with _elsewhere(tmp_path / "engines") as environment:
        done = _run(*MANAGE, "restore", str(place.store), "--keep-tokens", **environment)
        with psycopg.connect(environment["MIGRATION_DATABASE_URL"]) as connection:
            withdrawn = connection.execute("SELECT withdrawn_at FROM issuers_apitoken").fetchall()

    assert done.returncode == 0, done.stdout + done.stderr
    assert withdrawn == [(None,)]
    assert "tokens  " not in done.stdout
    assert "look at    what was ended since the backup is in use again" in done.stdout


@contextlib.contextmanager
def _served(environment):
    port = free_port()
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "credentials_site.wsgi", "-b", f"127.0.0.1:{port}", "--threads", "4"],
        cwd=embedded.ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        site, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while _status(f"{site}/healthz") != 200 and time.monotonic() < deadline:
            time.sleep(0.1)
        yield site
    finally:
        os.killpg(web.pid, signal.SIGKILL)
        web.wait()


def _get(address):
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read()


def _status(address):
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
