"""PDFs of learners, written anew without whatever acts, by a process of its own (SECURITY T16, §4 P). Pure."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from issuers.cleaning import Refused

START = b"%PDF-"
SECONDS = 12.0  # by the clock; the child counts its own time more strictly
# Each may take most of a gigabyte: so many at once in one process, and whoever comes then waits so long.
_PLACES, WAITS = threading.BoundedSemaphore(2), 2.0
_CHILD = Path(__file__).with_name("paper_child.py")
# How the child says what it found; whatever else it ends with is a file that it could not read.
ENDINGS = {3: "evidence_locked", 4: "evidence_bomb", 5: "evidence_damaged"}


def cleaned(pdf: bytes) -> bytes:
    """The same pages without scripts, actions, forms that act and embedded files. Raises Refused."""
    if not _PLACES.acquire(timeout=WAITS):
        raise Refused("evidence_busy")
    try:
        return _cleaned(pdf)
    finally:
        _PLACES.release()


def _cleaned(pdf: bytes) -> bytes:
    command = [sys.executable, "-I", str(_CHILD)]
    try:
        # No environment and no directory: nothing of ours is known there.
        done = subprocess.run(command, input=pdf, capture_output=True, timeout=SECONDS, env={}, cwd="/", check=False)
    except subprocess.TimeoutExpired as error:
        raise Refused("evidence_bomb") from error
    if done.returncode < 0:  # ended by the limit of its time or its memory
        raise Refused("evidence_bomb")
    if done.returncode or not done.stdout.startswith(START):
        raise Refused(ENDINGS.get(done.returncode, "evidence_damaged"))
    return done.stdout
