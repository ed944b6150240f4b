"""Asking the oracles: many documents in one run, each with its form."""

import base64
import json
import subprocess
import sys
import urllib.request
from functools import cache
from pathlib import Path

ORACLES = ("openvc", "openbadgeslib")
PROGRAM = Path(__file__).parent / "oracles.py"


@cache
def _program(oracle):
    """One that is running, for all tests of this process; it ends with its input."""
    return subprocess.Popen(
        [sys.executable, "-I", str(PROGRAM), oracle], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/"
    )


def ask_all(oracle, site, asked):
    """[{"valid": bool, "why": str}, …] for (form, bytes or text) pairs."""
    lines = [
        {"form": form, "body": base64.b64encode(body.encode() if isinstance(body, str) else body).decode()}
        for form, body in asked
    ]
    program = _program(oracle)
    program.stdin.write(json.dumps({"site": site, "asked": lines}) + "\n")
    program.stdin.flush()
    answers = json.loads(program.stdout.readline() or "null")
    assert answers is not None, f"{oracle} failed: its words stand above"
    return answers


def ask(oracle, site, text, form="json"):
    """One document."""
    return ask_all(oracle, site, [(form, text)])[0]


def get(url, accept="*/*"):
    """The bytes of a public address."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=20) as answer:
        return answer.read()
