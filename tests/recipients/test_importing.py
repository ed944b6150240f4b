"""Rows of people as staff really have them: every usual form is read, every fault is named by line, column and code."""

import json
import time
from datetime import date

import pytest

from recipients import fields, importing
from recipients.importing import FileRefused
from tests.recipients.lists import SAMPLES, TODAY, checked, found

FILES = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in {".csv", ".xlsx"})


# The samples.


def test_samples_are_all_there():
    assert len(FILES) == 8


@pytest.mark.parametrize("name", [name for name in FILES if name != "faulty.csv"])
def test_sample_imports_without_renaming_a_column(name):
    report = checked((SAMPLES / name).read_bytes(), name)

    assert report.faults == ()
    assert report.rows == len(report.people) > 0
    assert not report.date_order_needed


def test_faulty_sample_gives_exactly_the_expected_report():
    report = checked((SAMPLES / "faulty.csv").read_bytes(), "faulty.csv")

    assert report.to_expected() == json.loads((SAMPLES / "faulty.expected.json").read_text())


def test_faulty_sample_keeps_the_value_and_the_heading_of_each_fault():
    report = checked((SAMPLES / "faulty.csv").read_bytes(), "faulty.csv")

    by_line = {fault.line: fault for fault in report.faults}
    assert by_line[5].value == "noah-at-example.org"
    assert by_line[6].heading == "issued_on"
    assert by_line[12].params == {"found": 3, "expected": 5}
    # Whose row it is: by name, by address where the name itself is missing.
    assert by_line[5].who == "Noah Kim"
    assert "@" in by_line[9].who
    assert by_line[12].who == ""


def test_formula_in_a_sample_is_stored_as_text():
    report = checked((SAMPLES / "faulty.csv").read_bytes(), "faulty.csv")

    assert '=HYPERLINK("http://x")' in [person.name for person in report.people]


def test_class_of_a_thousand_keeps_grades_numbers_and_every_script():
    report = checked((SAMPLES / "class-1000.csv").read_bytes())

    assert len(report.people) == 1000
    assert report.people[0].student_id == "S00001"
    assert report.people[0].grade == "Pass"
    assert {person.issued_on for person in report.people} == {date(2026, 11, 20)}
    assert any("\u4e00" <= char <= "\u9fff" for person in report.people for char in person.name)


def test_names_of_two_columns_are_joined_when_a_product_splits_them():
    report = checked((SAMPLES / "credly-headers.csv").read_bytes())

    assert report.people[0].name == "Björn Øverland"
    assert report.people[0].issued_on == date(2026, 11, 20)
    assert report.people[0].expires_on == date(2029, 11, 20)
    assert report.date_order == "MDY"


def test_evidence_and_narrative_are_read_when_another_product_exported_them():
    person = checked((SAMPLES / "canvas-headers.csv").read_bytes()).people[0]

    assert person.name == "Ana Li"
    assert person.evidence == importing.Evidence("https://example.org/poster/1", "", "Poster session")
    assert person.narrative == "Presented a poster, answered questions."


def test_german_excel_is_read_with_a_notice_of_its_encoding():
    data = (SAMPLES / "excel-semicolon-cp1252.csv").read_bytes()
    table, report = importing.read(data), checked(data)

    assert (table.encoding, table.separator) == ("windows-1252", "semicolon")
    assert [person.name for person in report.people][:2] == ["Jürgen Müller", "Chloé D’Angelo"]
    assert report.people[0].grade == "Sehr gut"
    assert "read_as_windows_1252" in [note.code for note in report.notices]


# Rows.


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",ana@example.org,,", ("recipient_name", "required")),
        ("\u200b,ana@example.org,,", ("recipient_name", "required")),
        ("Ana,,,", ("email", "required")),
        ("A" * 201 + ",ana@example.org,,", ("recipient_name", "too_long")),
        ("Ana,ana@example.org;bo@example.org,,", ("email", "invalid_email")),
        ("Ana,ana@example.org,2026-02-30,", ("issued_on", "invalid_date")),
        ("Ana,ana@example.org,0000-01-01,", ("issued_on", "invalid_date")),
        ("Ana,ana@example.org,10000-01-01,", ("issued_on", "invalid_date")),
        ("Ana,ana@example.org,1899-12-31,", ("issued_on", "date_out_of_range")),
        ("Ana,ana@example.org,2026-11-22,", ("issued_on", "date_in_future")),
        ("Ana,ana@example.org,46345,", ("issued_on", "excel_serial")),
        ("Ana,ana@example.org,1763600000000,", ("issued_on", "invalid_date")),
        ("Ana,ana@example.org,٢٠٢٦-١١-٢٠,", ("issued_on", "invalid_date")),
        ("Ana,ana@example.org,2026-11-20T23:59:60,", ("issued_on", "invalid_date")),
        ("Ana,ana@example.org,13.11.126,", ("issued_on", "invalid_date")),
        ("Ana,ana@example.org,13.11.6,", ("issued_on", "invalid_date")),
        ("Ana,ana@example.org,2026-11-20,2026-11-20", ("expires_on", "expires_before_issue")),
        ("Ana,ana@example.org,2020-01-01,2021-01-01", ("expires_on", "expires_in_past")),
        ("Ana,ana@example.org,", (None, "wrong_cell_count")),
        ("Ana,ana@example.org,,,,extra", (None, "wrong_cell_count")),
    ],
)
def test_row_is_named_with_its_fault(row, fault):
    report = checked(f"name,email,issued on,expires on\n{row}\nBo,bo@example.org,,\n")

    assert [(each.column, each.code) for each in report.faults] == [fault]
    assert [person.name for person in report.people] == ["Bo"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("1969-12-31", date(1969, 12, 31)),
        ("2026-11-20T10:00:00+14:00", date(2026, 11, 20)),
        ("2026-11-20 10:00:00.000", date(2026, 11, 20)),
        ("2026/11/20", date(2026, 11, 20)),
        ("20.11.2026", date(2026, 11, 20)),
        ("20.11.26", date(2026, 11, 20)),
        ("11/20/26", date(2026, 11, 20)),
        ("5.5.2026", date(2026, 5, 5)),
    ],
)
def test_date_is_read_in_this_form(text, day):
    report = checked(f"name,email,issued on\nAna,ana@example.org,{text}\n")

    assert report.people[0].issued_on == day


def test_order_of_day_and_month_is_taken_from_the_values_that_prove_it():
    report = checked("name,email,issued on\nAna,a@example.org,03/04/26\nBo,b@example.org,04/13/26\n")

    assert [person.issued_on for person in report.people] == [date(2026, 3, 4), date(2026, 4, 13)]


def test_order_of_day_and_month_is_asked_once_when_nothing_proves_it():
    text = "name,email,issued on\nAna,a@example.org,03/04/26\nBo,b@example.org,05/06/26\n"
    open_question, answered = checked(text), checked(text, date_order="DMY")

    assert open_question.date_order_needed
    assert {code for _, _, code in found(open_question)} == {"ambiguous_date"}
    assert [person.issued_on for person in answered.people] == [date(2026, 4, 3), date(2026, 6, 5)]


def test_same_person_twice_is_found_when_only_case_differs():
    report = checked("name,email\nAna,Ana@Example.org\nBo,bo@example.org\nAna Li,ANA@example.ORG\n")

    assert found(report) == [(4, "email", "duplicate_of_line")]
    assert report.faults[0].other_line == 2


def test_blanks_round_an_address_are_trimmed():
    assert checked("name,email\nAna,\u00a0 ana@example.org \u00a0\n").people[0].address.key == "ana@example.org"


def test_own_columns_are_kept_under_their_heading():
    report = checked("name,email,Seminar Room,Country\nAna,ana@example.org,B 12,NO\n")

    assert report.people[0].custom == {"Seminar Room": "B 12"}


def test_columns_beyond_those_that_can_be_signed_are_left_out():
    header = ["name", "email", *[f"Own {n}" for n in range(40)]]
    report = checked(",".join(header) + "\n" + ",".join(["Ana", "ana@example.org", *["x"] * 40]) + "\n")

    assert len(report.people[0].custom) == 30


def test_column_chosen_on_the_screen_is_used_when_it_was_not_recognised():
    table = importing.read(b"who,contact,points\nAna,ana@example.org,12\n")
    report = importing.check(table, {0: "recipient_name", 1: "email", 2: "grade", 9: "narrative"}, today=TODAY)

    assert (report.people[0].name, report.people[0].grade) == ("Ana", "12")


def test_evidence_address_is_written_as_strict_readers_want_it():
    report = checked("name,email,evidence url\nAna,ana@example.org,https://example.org/a[1]?q=100%&x[]=ä#b#c\n")

    assert report.people[0].evidence.url == "https://example.org/a%5B1%5D?q=100%25&x%5B%5D=ä#b%23c"


def test_report_survives_json():
    report = checked((SAMPLES / "faulty.csv").read_bytes())

    assert importing.Report.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_values_that_prove_opposite_orders_are_an_open_question():
    assert fields.order_of(["20.11.26", "11/20/26"]) is None


# Pasted lists.


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ana Li <ana@example.org>\nBo, bo@example.org", [("Ana Li", "ana@example.org"), ("Bo", "bo@example.org")]),
        ("ana@example.org Ana Li\r\nbo@example.org; Bo", [("Ana Li", "ana@example.org"), ("Bo", "bo@example.org")]),
        ("Ana Li\tana@example.org\n\n", [("Ana Li", "ana@example.org")]),
        ('"Li, Ana" <ana@example.org>', [("Li, Ana", "ana@example.org")]),
        ("Name;Email\nAna;ana@example.org", [("Ana", "ana@example.org")]),
        ("Ana Maria Li ana@example.org", [("Ana Maria Li", "ana@example.org")]),
    ],
)
def test_pasted_list_is_read_in_this_form(text, people):
    table = importing.paste(text)
    report = importing.check(table, importing.suggest(table.columns), today=TODAY)

    assert [(person.name, person.address.key) for person in report.people] == people


def test_pasted_line_of_blanks_is_answered_soon():
    began = time.perf_counter()
    importing.paste("a" + " " * 30_000 + "b\n" + "<" * 30_000)

    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("text", ["", " \n\t\n", "Ana\0, ana@example.org", "x" * 40_000])
def test_pasted_list_is_refused_when_it_cannot_be_read(text):
    with pytest.raises(FileRefused):
        importing.paste(text)
