"""Files as a whole: encodings, separators, sizes, workbooks; and that nothing makes anything but a refusal or a report."""

import csv
import io
import json
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from recipients import importing
from recipients.importing import FileRefused
from tests.recipients.lists import TODAY, checked, found, refusal, with_part, workbook

# Encodings, separators, line ends.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_read_when_it_is_in_this_encoding(encoding):
    text = "name,email\nЕлена 花,elena@example.org\n"
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")

    assert checked(mark + text.encode(encoding)).people[0].name == "Елена 花"


def test_utf_16_without_a_mark_is_refused_and_never_mojibake():
    assert refusal("name,email\nAna,ana@example.org\n".encode("utf-16-le")).code == "nul"


def test_byte_that_no_encoding_has_is_named_with_its_line():
    error = refusal(b"name,email\nAna,ana@example.org\nJ\x81rgen,j@example.org\n")

    assert (error.code, error.line, error.params["byte"]) == ("not_text", 3, "0x81")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separator_and_line_end_are_found_out(separator, end):
    rows = [["name", "email", "grade"], ["Li, Ana", "ana@example.org", "A; B | C"], ["Bo", "bo@example.org", ""]]
    stored = io.StringIO()
    csv.writer(stored, delimiter=separator, lineterminator=end).writerows(rows)

    report = checked(stored.getvalue())

    assert [person.name for person in report.people] == ["Li, Ana", "Bo"]
    assert [person.line for person in report.people] == [2, 3]
    assert report.people[0].grade == "A; B | C"


def test_lines_stay_physical_when_a_cell_runs_over_several():
    report = checked('name,email,narrative\nAna,ana@example.org,"one\ntwo\n\nfour"\n\nBo,not-an-address,x\n')

    assert report.people[0].narrative == "one\ntwo\n\nfour"
    assert found(report) == [(7, "email", "invalid_email")]


# The file as a whole.


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b",,,\n,,\n", "empty"),
        (b"name,email\n", "no_rows"),
        (b"name,email\n,\n\n", "no_rows"),
        (b"Ana,ana@example.org\nBo,bo@example.org\n", "no_header"),
        (b"name,email,Email\nAna,a@example.org,b@example.org\n", "duplicate_column"),
        (b"name,email\nA\0na,ana@example.org\n", "nul"),
        (b"\x89PNG\r\n\x1a\n....", "wrong_type"),
        (b"%PDF-1.7\n", "wrong_type"),
        (b"\x1f\x8b\x08\0\0", "wrong_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "wrong_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted_xlsx"),
        (b"name," + b"x," * 60 + b"email\n" + b"a," * 61 + b"a@example.org\n", "too_many_columns"),
        (b"name,email\n" + b"x" * 40_000 + b",ana@example.org\n", "cell_too_long"),
        (b"name,email\nAna,ana@example.org\n" + b"x" * (10 * 1024 * 1024), "too_large"),
    ],
)
def test_file_is_refused_with_its_reason(data, code):
    assert refusal(data).code == code


def test_workbook_that_calls_itself_csv_is_refused():
    error = refusal(workbook(["name", "email"], ["Ana", "ana@example.org"]), "people.csv")

    assert (error.code, error.params["found"]) == ("wrong_type", "XLSX")


def test_workbook_that_cannot_be_opened_is_refused():
    assert refusal(b"PK\x03\x04 and no archive", "a.xlsx").code == "broken_xlsx"


def test_another_archive_is_refused_when_it_is_no_workbook():
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("people.csv", "name,email\n")

    assert refusal(stored.getvalue(), "people.zip").code == "wrong_type"


def test_unclosed_quote_is_named_where_it_opens():
    lines = ["name,email"] + [f"Person {n},p{n}@example.org" for n in range(2, 6000)]
    lines[4999] = '"Ana,ana@example.org'

    error = refusal("\n".join(lines))

    assert (error.code, error.line) == ("unclosed_quote", 5000)


def test_quote_that_closes_too_early_is_named():
    assert refusal('name,email\n"Ana" Li,ana@example.org\n').line == 2


def test_quotes_inside_a_plain_cell_are_letters():
    assert checked('name,email\nAna "Annie" Li,ana@example.org\n').people[0].name == 'Ana "Annie" Li'


def rows_of(count):
    return "name,email\n" + "".join(f"Person {n},p{n}@example.org\n" for n in range(count))


def test_ten_thousand_rows_are_read_and_one_more_is_refused():
    assert len(importing.read(rows_of(10_000).encode()).rows) == 10_000
    assert refusal(rows_of(10_001)).code == "too_many_rows"


def test_file_of_nine_million_blank_lines_is_refused():
    assert refusal(b"name,email\n" + b"\n" * 9_000_000).code == "too_many_rows"


def test_headings_lose_what_nobody_sees():
    table = importing.read("name,email,Gra\u202ede\x08  of  \u200bhonour\nAna,ana@example.org,A\n".encode())

    assert table.columns[2].heading == "Gra de of honour"


# Workbooks.


def test_workbook_is_read_as_a_person_would_type_it():
    data = workbook(
        ["Name", "Email", "Student ID", "Issued on", "Grade"],
        ["Ana Li", "ana@example.org", 4711, date(2026, 11, 20), 1.5],
        [None, None, None, None, None],
        ["Bo", "bo@example.org", 12.0, None, "=1+1"],
    )
    report = checked(data, "people.xlsx")

    ana, bo = report.people
    assert (ana.student_id, ana.issued_on, ana.grade, ana.line) == ("4711", date(2026, 11, 20), "1.5", 2)
    assert (bo.student_id, bo.grade, bo.line) == ("12", "", 4)


def test_workbook_with_entities_is_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    sheet = (
        f"{bomb}<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData/></worksheet>"
    )

    assert refusal(with_part(workbook(["name"]), "xl/worksheets/sheet1.xml", sheet), "a.xlsx").code == "broken_xlsx"


def test_workbook_that_unpacks_to_far_more_is_refused():
    data = with_part(workbook(["name"]), "xl/worksheets/sheet1.xml", b"<worksheet>" + b"<row><c/></row>" * 1_000_000)

    assert refusal(data, "a.xlsx").code == "too_large"


SHEET = "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>{}</worksheet>"


def text_cell(place, text):
    return f"<c r='{place}' t='inlineStr'><is><t>{text}</t></is></c>"


@pytest.mark.parametrize(
    "content",
    [
        "<dimension ref='A1:XFD1048576'/><sheetData><row r='1'>{name}{email}</row><row r='2'>{ana}</row></sheetData>",
        "<sheetData><row r='1'>{name}{email}</row><row r='2'>{ana}</row><row r='1048576'>{far}</row></sheetData>",
        "<sheetData><row r='1'>{name}{email}</row><row r='2'>{ana}<c r='XFD2'/></row></sheetData>",
    ],
    ids=["dimension", "far_row", "far_column"],
)
def test_workbook_that_lies_about_its_size_costs_nothing(content):
    cells = {
        "name": text_cell("A1", "name"),
        "email": text_cell("B1", "email"),
        "ana": text_cell("A2", "Ana") + text_cell("B2", "ana@example.org"),
        "far": text_cell("A1048576", "Bo"),
    }
    data = with_part(workbook(["name"]), "xl/worksheets/sheet1.xml", SHEET.format(content.format(**cells)))

    report = checked(data, "a.xlsx")

    assert [person.name for person in report.people] == ["Ana"]
    assert report.rows <= 2


def test_workbook_of_ten_thousand_and_one_rows_is_refused():
    assert refusal(workbook(["name", "email"], *[["A", "a@example.org"]] * 10_001), "a.xlsx").code == "too_many_rows"


@pytest.mark.parametrize("text", ["_x0000_", "_xD800_", "_x202E_"])
def test_escapes_of_workbooks_bring_no_character_that_cannot_be_stored(text):
    sheet = SHEET.format(
        "<sheetData><row>" + text_cell("A1", "name") + text_cell("B1", "email") + "</row>"
        "<row>" + text_cell("A2", f"Ana{text}") + text_cell("B2", "ana@example.org") + "</row></sheetData>"
    )
    try:
        report = checked(with_part(workbook(["name"]), "xl/worksheets/sheet1.xml", sheet), "a.xlsx")
    except FileRefused:
        return
    json.dumps(report.to_json(), ensure_ascii=False).encode()
    assert "\\u0000" not in json.dumps(report.to_json())


# Anything at all.

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20)
# A blank row is no row, and a heading with an @ is somebody's address.
tables = st.lists(
    st.lists(cells, min_size=3, max_size=3).filter(lambda row: any(cell.strip() for cell in row)), min_size=1
)


@given(rows=tables, separator=st.sampled_from([",", ";", "\t", "|"]))
@example(rows=[["a\nb", '"', "x;y|z"]], separator=",")
@settings(max_examples=300)
def test_any_table_that_was_written_as_csv_reads_back(rows, separator):
    stored = io.StringIO()
    writer = csv.writer(stored, delimiter=separator, lineterminator="\r\n")
    writer.writerows([["name", "email", "grade"], *rows])

    table = importing.read(("\ufeff" + stored.getvalue()).encode())

    assert [list(row.cells) for row in table.rows] == rows


@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))))
@example(data=b"a,b\n\xff")
@example(data=b"\xff\xfe\x00")
@example(data=b"\xff\xfea\x00\xd8")
@settings(max_examples=500)
def test_no_bytes_make_anything_but_a_refusal_or_a_report(data):
    for head in (b"", b"name,email,issued on,evidence url\n"):
        try:
            report = checked(head + data)
        except FileRefused:
            continue
        json.dumps(report.to_json(), ensure_ascii=False).encode()
        assert "\\u0000" not in json.dumps(report.to_json())
        assert len(report.people) <= report.rows


texts = st.text(max_size=30)


@given(cells=st.lists(st.tuples(texts, texts, texts, texts, texts), max_size=4))
@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
def test_no_cells_make_anything_but_a_report(cells):
    header = ("name", "email", "issued on", "evidence url", "Own column")
    columns = tuple(importing.Column(place, heading) for place, heading in enumerate(header))
    rows = tuple(importing.Row(line, row) for line, row in enumerate(cells, 2))
    table = importing.Table(columns, rows, "csv")

    report = importing.check(table, importing.suggest(columns), today=TODAY)

    assert len(report.people) + len({fault.line for fault in report.faults}) == len(rows)


@given(local=st.text(max_size=10), domain=st.text(max_size=15))
@settings(max_examples=500)
def test_no_address_makes_anything_but_a_refusal_or_ascii(local, domain):
    report = importing.check(
        importing.Table(
            (importing.Column(0, "name"), importing.Column(1, "email")),
            (importing.Row(2, ("Ana", f"{local}@{domain}")), importing.Row(3, ("Bo", f"bo@{domain}.example.org"))),
            "csv",
        ),
        {0: "recipient_name", 1: "email"},
        today=TODAY,
    )

    for person in report.people:
        assert person.address.mail_to.isascii()
        assert person.address.key == person.address.mail_to.lower()


@given(text=st.text(max_size=120))
@settings(max_examples=500)
def test_no_paste_makes_anything_but_a_refusal_or_a_table(text):
    try:
        table = importing.paste(text)
    except FileRefused:
        return
    importing.check(table, importing.suggest(table.columns), today=TODAY)


@given(data=st.binary(max_size=60), place=st.integers(0, 5000))
@settings(max_examples=100, deadline=None)
def test_no_damage_to_a_workbook_makes_anything_but_a_refusal_or_a_report(data, place):
    whole = workbook(["name", "email"], ["Ana", "ana@example.org"])
    place %= len(whole)
    try:
        checked(whole[:place] + data + whole[place + len(data) :], "a.xlsx")
    except FileRefused:
        return
