"""What leaves as CSV cannot run in a spreadsheet, and comes back as it was."""

import csv
import io
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recipients import importing
from recipients.exporting import csv_text, faulty_rows, guarded
from recipients.fields import unguarded

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠", "'="])
def test_cell_is_guarded_when_a_spreadsheet_would_run_it(mark):
    assert guarded(f"{mark}1+1") == f"'{mark}1+1"


@pytest.mark.parametrize("text", ["Ana", "'t Hooft", "", "1-2", " =1", 12, None])
def test_cell_is_left_alone_when_nothing_would_run(text):
    assert guarded(text) == ("" if text is None else str(text))


@given(st.text())
@example("'=x")
@example("''-")
def test_any_guarded_text_reads_back(text):
    assert unguarded(guarded(text)) == text


def test_file_has_a_mark_quotes_and_dos_line_ends():
    made = "".join(csv_text(["name", "note"], iter([["Ana", 'said "hi", left'], ["=cmd|' /C calc'!A0", "x\ny"]])))

    assert made.startswith("\ufeffname,note\r\n")
    assert made.count("\ufeff") == 1
    rows = list(csv.reader(io.StringIO(made.removeprefix("\ufeff"))))
    assert rows[1:] == [["Ana", 'said "hi", left'], ["'=cmd|' /C calc'!A0", "x\ny"]]


def test_formula_survives_export_and_import_as_text():
    made = "".join(csv_text(["name", "email"], [['=HYPERLINK("http://x")', "formula@example.org"]]))

    table = importing.read(made.encode())
    report = importing.check(table, importing.suggest(table.columns), today=TODAY)

    assert report.people[0].name == '=HYPERLINK("http://x")'


def report_on(table):
    return importing.check(table, importing.suggest(table.columns), today=TODAY)


def test_faulty_rows_are_the_wrong_ones_alone_with_line_and_reason():
    table = importing.read(b"name,email,room\nAna,ana@example.org,1\nBo,bo,2\nCy\n=1,d@example,4\n")

    made = faulty_rows(table, report_on(table).faults, lambda fault: fault.code)

    assert list(csv.reader(io.StringIO(made.removeprefix("\ufeff")))) == [
        ["name", "email", "room", "Line", "What to mend"],
        ["Bo", "bo", "2", "3", "email: invalid_email"],
        ["Cy", "", "", "4", "wrong_cell_count"],
        ["'=1", "d@example", "4", "5", "email: invalid_email"],
    ]


def test_mended_file_imports_without_our_own_two_columns():
    table = importing.read(b"name,email,room\nBo,bo,2\n")
    made = faulty_rows(table, report_on(table).faults, lambda fault: "There is no @ in this address.")

    mended = importing.read(made.replace("Bo,bo,", "Bo,bo@example.org,").encode())
    person = report_on(mended).people[0]

    assert person.custom == {"room": "2"}
    assert person.address.key == "bo@example.org"
