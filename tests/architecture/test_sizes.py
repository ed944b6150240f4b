"""Small parts: no file over 400 lines, no function over 60. Exceptions are listed, and the list only shrinks."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE_LIMIT, FUNCTION_LIMIT = 400, 60
EXCEPTIONS: set[str] = set()


def _tracked(pattern):
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--", pattern], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [name for name in names if "/vendor/" not in name]


@pytest.mark.parametrize("pattern", ["*.py", "*.html", "*.css", "*.js"])
def test_files_stay_small(pattern):
    long = {
        name: count
        for name in _tracked(pattern)
        if "/migrations/" not in name and (count := len((ROOT / name).read_text().splitlines())) > FILE_LIMIT
    }

    assert set(long) <= EXCEPTIONS, long


def test_functions_stay_small():
    long = {}
    for name in _tracked("*.py"):
        if "/migrations/" in name:
            continue
        for node in ast.walk(ast.parse((ROOT / name).read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LIMIT:
                    long[f"{name}:{node.name}"] = lines

    assert long == {}


def test_no_file_has_a_name_that_says_nothing():
    vague = {"services.py", "utils.py", "helpers.py", "common.py", "misc.py"}

    assert [name for name in _tracked("*.py") if Path(name).name in vague] == []
