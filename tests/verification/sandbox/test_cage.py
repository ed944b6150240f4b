"""What a document's child can reach: nothing. Each refusal is tried by Python and, where it counts, by native code."""

import errno
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.verification.sandbox import jobs
from verification.sandbox.children import NotExamined, Sandbox

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a wall of Linux")


@pytest.fixture(scope="module")
def sandbox():
    # A secret of the parent's: what stands in its environment must not be readable inside.
    os.environ["LAUREL_TEST_SECRET"] = "a-canary-of-this-test"
    made = Sandbox("tests.verification.sandbox.jobs")
    yield made
    made.close()
    del os.environ["LAUREL_TEST_SECRET"]


def ask(sandbox, job, options=None, parts=(), within=3.0):
    with sandbox.child(within) as child:
        return child.ask(job, options or {}, parts)


def code(sandbox, job, within=3.0, **options):
    with pytest.raises(NotExamined) as caught:
        ask(sandbox, job, options, within=within)
    return caught.value.code


def test_bytes_arrive_whole(sandbox):
    large = os.urandom(3_000_000)

    found = ask(sandbox, "echo", {"a": "ü"}, [b"", b"small", large])

    assert found["sizes"] == [0, 5, len(large)] and found["options"] == {"a": "ü"}


def test_one_child_takes_several_orders_about_its_document_and_the_next_is_another(sandbox):
    with sandbox.child(3) as child:
        first = [child.ask("surroundings", {}, [])["pid"] for _ in range(3)]
    second = ask(sandbox, "surroundings")["pid"]

    assert len(set(first)) == 1 and second != first[0]


@pytest.mark.parametrize("what", jobs.FORBIDDEN)
def test_python_is_refused(sandbox, what):
    found = ask(sandbox, "attempt", {"what": what})

    assert found["refused"], found
    assert not Path("/tmp/laurel-sandbox-was-here").exists()


@pytest.mark.parametrize("what", jobs.NATIVE)
def test_native_code_gets_no_descriptor(sandbox, what):
    assert ask(sandbox, "attempt_natively", {"what": what}) == {"result": -1, "errno": errno.EMFILE}


def test_no_secret_no_file_and_no_django_inside(sandbox):
    found = ask(sandbox, "surroundings")

    assert set(found["environment"]) <= {
        "PATH",
        "LANG",
        "PYTHONDONTWRITEBYTECODE",
        "GLIBC_TUNABLES",
        "PYTHONMALLOC",
        "LC_CTYPE",
        "__CF_USER_TEXT_ENCODING",
    }
    assert "a-canary-of-this-test" not in str(found["environment"])
    assert len(found["open"]) == 4  # three to nowhere, and the channel
    assert found["nice"] >= 10
    assert found["limits"] == {"RLIMIT_NOFILE": 0, "RLIMIT_FSIZE": 0, "RLIMIT_CPU": 2}


def test_control_socket_of_a_process_with_many_files_is_not_left_to_a_document():
    """Above the limit of descriptors nothing was closed: the child could have taken what was meant for the next one."""
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(200)]
    made = Sandbox("tests.verification.sandbox.jobs")
    try:
        assert len(ask(made, "surroundings")["open"]) == 4
    finally:
        made.close()
        for descriptor in held:
            os.close(descriptor)


@LINUX
def test_secret_is_not_in_the_memory_that_children_share(sandbox):
    """The server was started with an environment of its own: the parent's is not even in its first page."""
    sandbox.start(wait=True)
    server = sandbox._server.pid
    assert b"a-canary-of-this-test" not in Path(f"/proc/{server}/environ").read_bytes()
    inside = [int(pid) for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split()]
    for pid in inside:
        assert b"a-canary-of-this-test" not in Path(f"/proc/{pid}/environ").read_bytes()


@LINUX
def test_child_has_namespaces_of_its_own_where_the_kernel_allows(sandbox):
    sandbox.start(wait=True)
    server = sandbox._server.pid
    inside = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    if not inside:
        pytest.skip("NO NAMESPACES: this kernel or container refuses unshare; the other walls are tested above")

    for kind in ("user", "net", "pid", "ipc"):
        assert os.readlink(f"/proc/{inside[0]}/ns/{kind}") != os.readlink(f"/proc/self/ns/{kind}"), kind
    assert ask(sandbox, "surroundings")["pid"] < 1000


def test_endless_work_is_ended(sandbox):
    began = time.monotonic()

    assert code(sandbox, "spin") == "too_slow"
    assert time.monotonic() - began < 4.5


def test_endless_waiting_is_ended_by_the_clock_on_the_wall(sandbox):
    began = time.monotonic()

    assert code(sandbox, "sleep", within=0.5, seconds=60) == "too_slow"
    assert time.monotonic() - began < 1.5


def test_hoarding_is_ended(sandbox):
    assert ask(sandbox, "hoard", {"megabytes": 32}) == 32 * 1024 * 1024
    assert code(sandbox, "hoard", megabytes=600) == "too_big"


@pytest.mark.parametrize("job", ["crash", "leave"])
def test_crash_is_said_and_harms_nobody(sandbox, job):
    assert code(sandbox, job) == "crashed"
    assert ask(sandbox, "echo")["sizes"] == []


def test_answer_without_end_is_none(sandbox):
    assert code(sandbox, "talk_too_much") == "too_big"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0\0",
        "\0\0\0\x04nope",
        "\0\0\0\x03NaN",
        "\x7f\x7f\x7f\x7f",
        "\0\0\x27\x10" + "[" * 10_000,
        "\0\0\0\x06\x80\x04K*.xx",  # a pickle is text that is no JSON
    ],
)
def test_answer_of_a_child_that_was_taken_over_is_not_believed(sandbox, text):
    assert code(sandbox, "answer_raw", text=text) == "crashed"


def test_audit_hook_names_what_was_refused(sandbox):
    assert ask(sandbox, "attempt", {"what": "socket"})["why"] == "socket.__new__ is refused to a document"


@LINUX
def test_orphans_are_ended_with_their_server(sandbox):
    with sandbox.child(3) as child:
        child.ask("surroundings", {}, [])
        before = _descendants(sandbox._server.pid)
        os.kill(sandbox._server.pid, signal.SIGKILL)
        deadline = time.monotonic() + 3
        while any(_alive(pid) for pid in before) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not any(_alive(pid) for pid in before)
        with pytest.raises(NotExamined) as caught:
            child.ask("echo", {}, [])
    assert caught.value.code == "crashed"
    assert ask(sandbox, "echo")["sizes"] == []


def _descendants(pid):
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return children + [deeper for child in children for deeper in _descendants(child)]


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
