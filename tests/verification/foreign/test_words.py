"""Every finding that the code can make has words, and no fact of a stranger's can break or leave them."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from tests.verification.foreign import test_bad_credentials as bad
from tests.verification.foreign import test_baked as baked
from tests.verification.foreign import test_older_badges as older
from tests.verification.foreign import world
from verification.foreign import plain
from verification.report import Check, Result
from verification.wording import WORDS, worded

FOREIGN = Path(plain.__file__).parent
# What colleagues of this package find: the desk about issuers and paper.
ELSEWHERE = {"issuer_known", "issuer_unknown", "paper_same", "paper_altered", "paper_unknown"}


def literals():
    """Every text in the code that looks like a finding, in the places where findings are given."""
    makers = {
        "Check",
        "Problem",
        "NothingInside",
        "NotCovered",
        "ProofRefused",
        "TokenRefused",
        "_untold",
        "_unknown",
        "_nothing",
    }
    for place in FOREIGN.glob("*.py"):
        for node in ast.walk(ast.parse(place.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in makers:
                for argument in node.args:
                    for found in ast.walk(argument):
                        if (
                            isinstance(found, ast.Constant)
                            and isinstance(found.value, str)
                            and re.fullmatch(r"[a-z]+(_[a-z0-9]+)+|unread|expired", found.value)
                        ):
                            yield found.value


def test_every_finding_in_the_code_has_words():
    found = set(literals())

    assert len(found) > 70
    assert found <= set(WORDS), sorted(found - set(WORDS))
    assert ELSEWHERE <= set(WORDS)


HOSTILE = ["{0.__class__}", "{why}", "{", "}", "<script>alert(1)</script>", "\u202eevil", "a\nb", "%s", "ünï" * 400]


@pytest.mark.parametrize("finding", sorted(WORDS))
@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_fact_breaks_the_words(finding, hostile):
    fields = {name for text in WORDS[finding] for _, name, _, _ in Formatter().parse(str(text)) if name}

    made = worded(Check("key", Result.FAILED, finding, dict.fromkeys(fields, plain.plain(hostile))))

    assert made.title
    assert "\u202e" not in made.title + made.summary + made.detail
    assert "\n" not in made.title + made.summary + made.detail
    if hostile.startswith("{0"):
        assert "<class" not in made.title + made.summary + made.detail


EVERYTHING = [
    *[(case[1], case[2]) for case in bad.CASES],
    *[(case[1], {}) for case in baked.CASES],
    (world.OURS, world.SITE),
    (older.ASSERTION, older.SITE),
    (older.jws(), older.SIGNING),
]


@pytest.mark.parametrize("number", range(len(EVERYTHING)))
def test_every_check_that_is_made_can_be_worded(number):
    content, site = EVERYTHING[number]

    for check in world.examine(content, site, address="amal@example.org").report.checks:
        made = worded(check)
        assert made.title
        assert not re.search(r"[{}]", made.title + made.summary), (check, made)
        assert all(len(str(value)) <= 310 for value in check.facts.values())


def test_plain_text_is_one_bounded_line():
    assert plain.plain("  a\u202e\u0000b\r\nc  ") == "a b c"
    assert len(plain.plain("x" * 10_000)) == plain.LONGEST
    assert plain.plain(None) == "None"
