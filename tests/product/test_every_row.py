"""No row of what was asked for is without its test: the number stands in the name."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
# PRODUCT A3–A5, A13–A32, A40–A45 (engaging students), B1–B9 (micro-credentials), C9 (applications).
ROWS = {f"a{n}" for n in (*range(3, 6), *range(13, 33), *range(40, 46))} | {f"b{n}" for n in range(1, 10)} | {"c9"}
_NAMED = re.compile(r"test_((?:[abc][0-9]+_)+)")


def _shown():
    shown = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and (named := _NAMED.match(node.name)):
                for row in named[1].strip("_").split("_"):
                    shown.setdefault(row, []).append(node)
    return shown


def test_every_row_has_a_test_with_its_number():
    assert ROWS - set(_shown()) == set()


def test_every_such_test_tells_its_story():
    shown = _shown()
    silent = {node.name for row in ROWS & set(shown) for node in shown[row] if not ast.get_docstring(node)}

    assert silent == set()
