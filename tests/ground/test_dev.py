"""`make run`: one terminal, a second one is told, a dead child stops the rest, Ctrl-C leaves nothing behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from tests.faults.place import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dev")]


@pytest.fixture
def environment(tmp_path):
    kept = {key: value for key, value in os.environ.items() if key not in _OURS}
    return {**kept, "LAUREL_DATA": str(tmp_path / "data"), "PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}


_OURS = {"DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "SITE_URL", "DJANGO_SETTINGS_MODULE"}
_OURS |= {"DJANGO_ALLOW_ASYNC_UNSAFE", "SECRET_KEY", "KEY_ENCRYPTION_KEYS"}


def _dev(environment, log):
    with log.open("wb") as output:
        command = [sys.executable, "manage.py", "dev", "--no-seed"]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)


def _until_it_answers(environment, log):
    deadline = time.monotonic() + PATIENCE
    while "Open http" not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.3)
    with urllib.request.urlopen(f"http://localhost:{environment['PORT']}/", timeout=20) as page:
        assert page.status == 200


def _processes(environment):
    """Every process that was started with this data folder in its environment."""
    mark, found = f"LAUREL_DATA={environment['LAUREL_DATA']}".encode(), []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def _sandboxes():
    """The servers that read strangers' documents, by their command: they get nothing of our environment."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"verification.sandbox.server" in entry.read_bytes().split(b"\0"):
                found.add(int(entry.parent.name))
        except OSError:
            continue
    return found


def _below(process, pids):
    """Those among them that descend from a process."""

    def ancestors(pid):
        while pid > 1:
            yield pid
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])

    return {pid for pid in pids if process.pid in ancestors(pid)}


def _started_by_a_look_at_the_desk(environment, process):
    """Whoever opens the desk will hand something in: its page has the sandbox started, and is not held up by that."""
    with urllib.request.urlopen(f"http://localhost:{environment['PORT']}/verify/", timeout=20) as page:
        assert page.status == 200
    deadline = time.monotonic() + PATIENCE
    while not (found := _below(process, _sandboxes())):
        assert time.monotonic() < deadline, "the desk has started no sandbox"
        time.sleep(0.1)
    return found


def _name(pid):
    return Path(f"/proc/{pid}/comm").read_text().strip()


@pytest.fixture
def short_folder():
    """Sockets need a short path."""
    with tempfile.TemporaryDirectory(prefix="ld-", dir="/tmp") as name:
        Path(name).chmod(0o755)  # PostgreSQL of root runs as another account, which must reach its socket
        yield Path(name)


def _end(process):
    process.send_signal(signal.SIGINT)
    return process.wait(60)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_product_runs_in_one_terminal_and_leaves_nothing_behind(environment, tmp_path, short_folder):
    log = tmp_path / "dev.log"
    environment["TMPDIR"] = str(short_folder)
    first = _dev(environment, log)
    try:
        _until_it_answers(environment, log)
        second = subprocess.run(
            [sys.executable, "manage.py", "dev"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert second.returncode != 0
        assert "already running" in second.stderr
        sandboxes = _started_by_a_look_at_the_desk(environment, first)
    finally:
        code = _end(first)

    assert code == 0
    assert "web    |" in log.read_text()
    assert _processes(environment) == []
    assert sandboxes & _sandboxes() == set()
    assert list(short_folder.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_dead_child_stops_the_rest_and_says_which(environment, tmp_path):
    log = tmp_path / "dev.log"
    process = _dev(environment, log)
    try:
        _until_it_answers(environment, log)
        (beat,) = [pid for pid in _processes(environment) if _name(pid) == "laurel-beat"]
        os.kill(beat, signal.SIGKILL)

        assert process.wait(60) != 0
    finally:
        process.kill()

    assert "beat stopped with exit code" in log.read_text()
    assert _processes(environment) == []
