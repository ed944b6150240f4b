"""Small jobs for the machinery, run in the same children as the product's: each tries one thing and says what came of it."""

import ctypes
import hashlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def echo(options, parts):
    return {
        "options": options,
        "sizes": [len(part) for part in parts],
        "sha": hashlib.sha256(b"".join(parts)).hexdigest(),
    }


def spin(options, parts):
    while True:
        pass


def sleep(options, parts):
    time.sleep(options["seconds"])
    return "awake"


def hoard(options, parts):
    return len(bytearray(options["megabytes"] * 1024 * 1024))


def crash(options, parts):
    ctypes.string_at(0)


def leave(options, parts):
    os._exit(0)


def talk_too_much(options, parts):
    return "x" * (5 * 1024 * 1024)


def answer_raw(options, parts):
    """A child that has been taken over writes what it likes, and ends as if all were well."""
    channel = next(fd for fd in range(3, 128) if _is_open(fd))
    os.write(channel, options["text"].encode())
    os._exit(0)


def _is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def modules(options, parts):
    return sorted(sys.modules)


def surroundings(options, parts):
    return {
        "environment": dict(os.environ),
        "open": [fd for fd in range(256) if _is_open(fd)],
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "limits": {
            name: resource.getrlimit(getattr(resource, name))[0]
            for name in ("RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CPU")
        },
        "pid": os.getpid(),
    }


FORBIDDEN = {
    "socket": lambda: socket.socket(),
    "connect": lambda: socket.create_connection(("127.0.0.1", 80), 1),
    "resolve": lambda: socket.getaddrinfo("example.org", 443),
    "read": lambda: Path("/etc/hostname").read_text(),
    "environ_of_parent": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "write": lambda: Path("/tmp/laurel-sandbox-was-here").write_text("x"),
    "list": lambda: os.listdir("/"),
    "run": lambda: subprocess.run(["true"], check=True),
    "system": lambda: os.system("true"),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "fork": lambda: os.fork(),
    "load": lambda: ctypes.CDLL("libc.so.6"),
    "kill": lambda: os.kill(os.getppid(), signal.SIGTERM),
    "remove": lambda: os.remove("/tmp/laurel-sandbox-was-here"),
}
LIBC = ctypes.CDLL(None, use_errno=True)
NATIVE = {
    "open": lambda: LIBC.open(b"/etc/hostname", 0),
    "socket": lambda: LIBC.socket(2, 1, 0),
    "pipe": lambda: LIBC.dup(0),
}


def attempt(options, parts):
    try:
        FORBIDDEN[options["what"]]()
    except PermissionError as error:
        return {"refused": True, "why": str(error)}
    except BaseException as error:
        return {"refused": False, "why": repr(error)}
    return {"refused": False, "why": "it worked"}


def attempt_natively(options, parts):
    result = NATIVE[options["what"]]()
    return {"result": result, "errno": ctypes.get_errno()}


JOBS = {
    name: globals()[name]
    for name in (
        "echo", "spin", "sleep", "hoard", "crash", "leave", "talk_too_much", "answer_raw", "modules", "surroundings",
        "attempt", "attempt_natively",
    )
}  # fmt: skip
