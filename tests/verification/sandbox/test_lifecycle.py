"""The server belongs to one process, serves its threads, and is gone when it is: after an exit, a fork, a kill -9."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from tests.verification.sandbox.test_cage import _alive, _descendants, ask
from verification.sandbox.children import NotExamined, Sandbox

ROOT = Path(__file__).resolve().parents[3]
JOBS = "tests.verification.sandbox.jobs"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def sandbox():
    made = Sandbox(JOBS)
    yield made
    made.close()


def test_nothing_runs_before_it_is_needed():
    assert Sandbox(JOBS)._server is None


def test_threads_share_one_server(sandbox):
    found, servers = [], set()

    def work(number):
        for _ in range(3):
            found.append(ask(sandbox, "echo", {"number": number})["options"]["number"] == number)
            servers.add(sandbox._server.pid)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [True] * 12 and len(servers) == 1


def test_a_seventh_at_once_is_told_that_everybody_is_busy(sandbox):
    ask(sandbox, "echo")
    codes, lock = [], threading.Lock()

    def work():
        try:
            answer = ask(sandbox, "sleep", {"seconds": 1.2})
        except NotExamined as error:
            answer = error.code
        with lock:
            codes.append((answer, time.monotonic() - began))

    began = time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(code for code, _ in codes) == ["awake"] * 4 + ["busy"] * 16
    busy = sorted(seconds for code, seconds in codes if code == "busy")
    assert busy[13] < 0.4 and busy[-1] < 1  # at once, but for the two who wait a moment for a place


def test_places_are_given_back(sandbox):
    for _ in range(3):
        with pytest.raises(NotExamined):
            ask(sandbox, "crash")
        with pytest.raises(RuntimeError), sandbox.child(1):
            raise RuntimeError
    for _ in range(6):
        assert ask(sandbox, "echo")["sizes"] == []


def test_dead_server_is_started_again(sandbox):
    ask(sandbox, "echo")
    first = sandbox._server.pid
    os.kill(first, signal.SIGKILL)
    time.sleep(0.1)

    assert ask(sandbox, "echo")["sizes"] == []
    assert sandbox._server.pid != first


def test_server_that_does_not_start_is_said(sandbox):
    broken = Sandbox("tests.verification.sandbox.no_such_jobs")

    with pytest.raises(NotExamined) as caught:
        ask(broken, "echo")
    assert caught.value.code == "crashed"


def test_forked_process_starts_a_server_of_its_own(sandbox):
    ask(sandbox, "echo")
    mine = sandbox._server.pid
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            answer = ask(sandbox, "echo", {"from": "the fork"})["options"]["from"]
            os.write(write, f"{answer} {sandbox._server.pid != mine}".encode())
            sandbox.close()
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as answers:
        assert answers.read() == "the fork True"
    os.waitpid(pid, 0)
    assert ask(sandbox, "echo")["sizes"] == [] and sandbox._server.pid == mine


PROGRAM = """
    import os, signal, sys, threading, time
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
    from verification.sandbox.children import Sandbox
    sandbox = Sandbox("tests.verification.sandbox.jobs")
    def spin():
        with sandbox.child(3) as child:
            child.ask("sleep", {"seconds": 60}, [])
    with sandbox.child(3) as child:
        child.ask("echo", {}, [])
    if "fork" in sys.argv and os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    threading.Thread(target=spin, daemon=True).start()
    time.sleep(0.3)
    print(sandbox._server.pid, flush=True)
    if "wait" in sys.argv:
        time.sleep(60)
"""


def _program(*arguments):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _gone(pids, seconds=4):
    deadline = time.monotonic() + seconds
    while any(_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(_alive(pid) for pid in pids)


@LINUX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_a_process_that_is_killed(number):
    process = _program("wait")
    server = int(process.stdout.readline())
    family = [server, *_descendants(server)]
    assert len(family) >= 2 and all(_alive(pid) for pid in family)

    process.send_signal(number)
    process.wait(10)

    assert _gone(family)


@LINUX
def test_nothing_outlives_a_process_that_ends():
    process = _program()
    server = int(process.stdout.readline())
    assert process.wait(10) == 0

    assert _gone([server])


@LINUX
def test_a_fork_that_lives_on_keeps_no_server_alive():
    process = _program("fork", "wait")
    server = int(process.stdout.readline())
    family = [server, *_descendants(server)]
    forks = [pid for pid in _descendants(process.pid) if pid not in family]
    process.kill()
    process.wait(10)
    try:
        assert _gone(family)
    finally:
        for pid in forks:
            os.kill(pid, signal.SIGKILL)
