"""What a process may no longer do. Pure, Linux first; where the kernel has no such wall the others still stand."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

CPU_SECONDS = 2
MEMORY = 512 * 1024 * 1024
# The answer of a page comes before that of a stranger's file.
NICENESS = 15

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_NEWNS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
# Every audit event of the standard library that reaches beyond this process begins with one of these.
_REFUSED = (
    "socket.", "ssl.", "urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "telnetlib.", "webbrowser.",
    "subprocess.", "pty.", "os.", "open", "shutil.", "tempfile.", "glob.", "pathlib.", "fcntl.", "mmap.", "ctypes.dlopen",
    "signal.", "resource.", "syslog.", "sqlite3.", "winreg.", "_winapi.", "msvcrt.",
)  # fmt: skip


class Refused(PermissionError):
    """Code that reads a stranger's document wanted something of the world outside."""


_LIBC = ctypes.CDLL(None, use_errno=True)


def leave_the_world() -> bool:
    """Namespaces of one's own: no network, no other process, no privilege. False where the kernel refuses.

    Processes forked from here on live behind these walls; the first one is their init, and they end with it.
    """
    if sys.platform != "linux":
        return False
    for flags in (_NEWUSER | _NEWNET | _NEWPID | _NEWIPC | _NEWNS, _NEWUSER | _NEWNET | _NEWPID):
        if _LIBC.unshare(flags) == 0:
            return True
    return False


def die_with_parent() -> None:
    """Linux: no child outlives the process that forked it, even after `kill -9` (its timer ends it elsewhere)."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def address_space() -> int:
    """Bytes of address space in use, 0 where it cannot be read."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def close(channel: int, in_use: int, seconds: float) -> None:
    """Shut this process in for good: what is loaded and one open channel are all that it has left."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + 0.5)  # should the server be gone, the kernel keeps the time
    die_with_parent()
    _first_to_go()
    os.closerange(3, channel)
    os.closerange(channel + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    gc.disable()
    for kind, soft, hard in _limits(in_use):
        resource.setrlimit(kind, (soft, hard))
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    sys.addaudithook(_refuse)


def _limits(in_use: int) -> list[tuple[int, int, int]]:
    limits = [
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        # No descriptor can be made any more: no file, no socket, no pipe, whatever native code tries.
        (resource.RLIMIT_NOFILE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
    ]
    if in_use:
        limits.append((resource.RLIMIT_AS, in_use + MEMORY, in_use + MEMORY))
    return limits


def _first_to_go() -> None:
    """Last to get a core; first to be ended where memory runs out."""
    os.nice(NICENESS)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # /proc may be missing or read-only; the limit of memory stands
            score = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
            os.write(score, b"1000")
            os.close(score)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED):
        raise Refused(f"{event} is refused to a document")
