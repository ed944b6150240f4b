"""What our SQL may not say, wherever it stands."""

import re

import pytest

from credentials_site.settings.base import ROOT

PACKAGES = ("issuers", "badges", "recipients", "verification", "credentials_site")
# PostgreSQL may run a subquery of IN once for each row. With SKIP LOCKED each run finds other rows: more are taken than LIMIT says.
CHOSEN_AGAIN = re.compile(
    r"\bIN\b[\s\"']*\(\s*SELECT(?:(?!\bRETURNING\b|\bUPDATE [a-z{]).)*?\bLIMIT\b[^;]*?\bSKIP LOCKED", re.DOTALL
)


def statements():
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return [file for file in files if "SKIP LOCKED" in file.read_text()]


def test_there_are_such_statements():
    assert len(statements()) >= 6


@pytest.mark.parametrize("file", statements(), ids=lambda file: file.stem)
def test_rows_to_take_are_chosen_once(file):
    assert CHOSEN_AGAIN.findall(file.read_text()) == []


def test_rule_finds_what_it_forbids():
    assert CHOSEN_AGAIN.search('"WHERE id IN"\n " (SELECT id FROM t LIMIT 5 FOR UPDATE SKIP LOCKED)"')
    assert not CHOSEN_AGAIN.search("WHERE id = ANY (ARRAY(SELECT id FROM t LIMIT 5 FOR UPDATE SKIP LOCKED))")
