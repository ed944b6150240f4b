"""Bytes → a table with physical line numbers: encodings and separators are found out, limits kept, nothing guessed twice."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from recipients.fields import as_text

MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_CELL = 10 * 1024 * 1024, 10_000, 50, 32_000
# Blank lines cost time too: what lies below these is not looked for.
_LAST_LINE, _MOST_HEADING = 200_000, 100
# A workbook of 10,000 rows unpacks to less than 40 MB, and to less than a hundred times what it was.
_UNPACKED, _SMALL, _RATIO = 40 * 1024 * 1024, 8 * 1024 * 1024, 100
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_KINDS = {b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"\x1f\x8b": "gzip", b"\xd0\xcf\x11\xe0": "XLS"}


class FileRefused(ValueError):
    """The file as a whole cannot be read. `code` has its sentence in issuers/wording.py."""

    def __init__(self, code: str, *, line: int | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code, self.line, self.params = code, line, {**params, **({"line": line} if line else {})}


@dataclass(frozen=True)
class Column:
    """One column: its place from 0 and its heading as typed."""

    index: int
    heading: str


@dataclass(frozen=True)
class Row:
    """One row; `line` is where it begins in the file as an editor counts."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A file as it was read. `kind` is csv, xlsx or paste; `separator` and `encoding` are told to the reader."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    kind: str
    encoding: str = ""
    separator: str = ""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The rows of a file that are not blank, as they came: the header is still one of them."""

    rows: tuple[Row, ...]
    kind: str
    encoding: str = ""
    separator: str = ""
    notices: tuple[str, ...] = ()


def read(data: bytes, file_name: str = "") -> Table:
    """Read a CSV or XLSX file; its content decides which, not its name. Raises FileRefused."""
    found = sheet(data, file_name)
    return table(found, found.rows[0], found.rows[1:])


def sheet(
    data: bytes, file_name: str = "", *, separator: Callable[[str], str] | None = None, most: int = MOST_ROWS
) -> Sheet:
    """The rows, for what does not begin with its header. `separator` finds out the mark of a text; else its first line does."""
    if not data.strip():
        raise FileRefused("empty")
    if len(data) > MOST_BYTES:
        raise FileRefused("too_large", most=MOST_BYTES // 2**20)
    if data.startswith(b"PK\x03\x04"):
        if file_name.lower().endswith((".csv", ".txt", ".tsv")):
            raise FileRefused("wrong_type", found="XLSX")
        return _workbook(data, most)
    for mark, kind in _KINDS.items():
        if data.startswith(mark):
            # A workbook with a password is an older container around the new one.
            if kind == "XLS" and "EncryptedPackage".encode("utf-16-le") in data:
                raise FileRefused("encrypted_xlsx")
            raise FileRefused("wrong_type", found=kind)
    text, encoding, notices = _decoded(data)
    return _filled(_records(text, separator or separator_of, most), "csv", encoding, notices)


def paste(text: str) -> Table:
    """A pasted list: with a header if the first line has one, else one person a line, in any usual way of writing."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines.strip():
        raise FileRefused("empty")
    if len(lines.encode("utf-8", "replace")) > MOST_BYTES:
        raise FileRefused("too_large", most=MOST_BYTES // 2**20)
    _refuse_nul(lines)
    first = next(line for line in lines.split("\n") if line.strip())
    if "@" not in first and re.search(r"[,;\t|]", first):
        found = _filled(_records(lines, separator_of, MOST_ROWS), "paste", "", ())
        return table(found, found.rows[0], found.rows[1:])
    rows = tuple(_person_line(number, line) for number, line in enumerate(lines.split("\n"), 1) if line.strip())
    if len(rows) > MOST_ROWS:
        raise FileRefused("too_many_rows", most=f"{MOST_ROWS:,}")
    return Table((Column(0, "name"), Column(1, "email")), rows, "paste")


def _person_line(number: int, line: str) -> Row:
    """`Ana Li <ana@x.org>`, `ana@x.org Ana Li`, `Ana Li, ana@x.org`, or two cells of a spreadsheet."""
    if len(line) > MOST_CELL:
        raise FileRefused("cell_too_long", line=number, most=f"{MOST_CELL:,}")
    # Runs of blanks become one first: the pattern below would try each of them as a beginning.
    text = re.sub(r"[^\S\t]+", " ", line).strip().strip(",;")
    if found := re.fullmatch(r"(.*?)<([^<>]*)>", text):
        return Row(number, (found[1].strip(' "\t,;'), found[2].strip()))
    words = [word for word in re.split(r"[\t,;|]|\s+(?=\S+@)|(?<=@)\s*$|(?<=\S@\S)\s+", text) if word.strip()]
    address = next((word.strip() for word in words if "@" in word), "")
    if " " in address:
        parts = address.split()
        mail = next(part for part in parts if "@" in part)
        return Row(number, (" ".join(part for part in parts if part != mail), mail))
    name = " ".join(word.strip() for word in words if word.strip() != address)
    return Row(number, (name.strip(' "'), address))


def _decoded(data: bytes) -> tuple[str, str, tuple[str, ...]]:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _strictly(data, encoding), encoding.removesuffix("-sig"), ()
    try:
        return data.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError:
        return _strictly(data, "cp1252"), "windows-1252", ("read_as_windows_1252",)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileRefused("not_text", line=line, byte=f"0x{data[error.start]:02X}") from error


def separator_of(text: str) -> str:
    """The separator that the first line has most of, outside quotes."""
    outside = re.sub(r'"(?:[^"]|"")*"', "", text[:20_000])
    head = next((line for line in re.split(r"\r\n|\n|\r", outside) if line.strip()), "")
    return max(SEPARATORS, key=lambda mark: (head.count(mark), mark == ","))


def _records(text: str, separator: Callable[[str], str], most: int) -> tuple[str, list[Row]]:
    """The separator, and each record that is not blank."""
    mark = separator(text)
    rows = _rows(text.replace("\r\n", "\n").replace("\r", "\n"), mark, most)
    return SEPARATORS[mark], [row for row in rows if any(cell.strip() for cell in row.cells)]


def _refuse_nul(text: str) -> None:
    if "\0" in text:
        raise FileRefused("nul", line=text[: text.index("\0")].count("\n") + 1)


def _rows(text: str, separator: str, most: int) -> Iterator[Row]:
    _refuse_nul(text)
    lines = text.split("\n")
    if len(lines) > _LAST_LINE:
        raise FileRefused("too_many_rows", most=f"{MOST_ROWS:,}")
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator, strict=True)
    begin, count = 1, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _csv_refusal(error, begin, reader.line_num) from error
        yield Row(begin, tuple(cells))
        begin = reader.line_num + 1
        count += any(cells)
        if count > most + 1:
            raise FileRefused("too_many_rows", most=f"{MOST_ROWS:,}")


def _csv_refusal(error: csv.Error, line: int, reached: int) -> FileRefused:
    """A cell that is too long and runs over many lines is a quote that nobody closed."""
    if "field larger" in str(error) and reached <= line + 1:
        return FileRefused("cell_too_long", line=line, most=f"{MOST_CELL:,}")
    return FileRefused("unclosed_quote", line=line)


def _filled(records: tuple[str, list[Row]], kind: str, encoding: str, notices: tuple[str, ...]) -> Sheet:
    separator, rows = records
    if not rows:
        raise FileRefused("empty")
    return Sheet(tuple(rows), kind, encoding, separator, notices)


def table(found: Sheet, head: Row, rows: Sequence[Row], *, twice: bool = False) -> Table:
    """These rows of a sheet below this header. `twice`: two columns may have one heading, and the second is numbered."""
    if any("@" in cell for cell in head.cells):
        raise FileRefused("no_header", line=head.line)
    headings = [_heading(cell) for cell in head.cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MOST_COLUMNS:
        raise FileRefused("too_many_columns", most=MOST_COLUMNS)
    headings = _told_apart(headings, head.line, twice=twice)
    if not rows:
        raise FileRefused("no_rows")
    if len(rows) > MOST_ROWS:
        raise FileRefused("too_many_rows", most=f"{MOST_ROWS:,}")
    columns = tuple(Column(place, heading) for place, heading in enumerate(headings))
    return Table(columns, tuple(rows), found.kind, found.encoding, found.separator, found.notices)


def _told_apart(headings: list[str], line: int, *, twice: bool) -> list[str]:
    seen: dict[str, int] = {}
    named = []
    for heading in headings:
        before = seen.get(heading.casefold(), 0) if heading else 0
        if before and not twice:
            raise FileRefused("duplicate_column", line=line, column=heading)
        seen[heading.casefold()] = before + 1
        named.append(f"{heading} ({before + 1})" if before else heading)
    return named


def _heading(cell: str) -> str:
    """A heading on one line, without characters that nobody sees: it may be printed and signed as the label of a value."""
    seen = "".join(char if unicodedata.category(char)[0] != "C" or char in "\u200c\u200d" else " " for char in cell)
    return " ".join(unicodedata.normalize("NFC", seen).split())[:_MOST_HEADING].strip()


def _workbook(data: bytes, most: int) -> Sheet:
    import openpyxl  # noqa: PLC0415 -- slow to import, and most files are CSV

    _refuse_bomb(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        rows = _sheet_rows(book, most)
    except FileRefused:
        raise
    except Exception as error:  # openpyxl raises whatever its XML, zip and date readers raise
        raise FileRefused("broken_xlsx") from error
    if not rows:
        raise FileRefused("empty")
    return Sheet(tuple(rows), "xlsx")


def _sheet_rows(book: Any, most: int) -> list[Row]:
    """Rows of the first sheet that has any; a cell is what a person would type."""
    for sheet in book.worksheets:
        rows = []
        # What the sheet says of its own size is not to be believed.
        sheet.reset_dimensions()
        for line, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS * 2), 1):
            if line > _LAST_LINE:
                break
            texts = [_cell(line, cell) for cell in cells]
            while texts and not texts[-1].strip():
                texts.pop()
            if texts:
                rows.append(Row(line, tuple(texts)))
            if len(rows) > most + 1:
                raise FileRefused("too_many_rows", most=f"{MOST_ROWS:,}")
        if rows:
            width = len(rows[0].cells)
            return [Row(row.line, row.cells + ("",) * (width - len(row.cells))) for row in rows]
    return []


def _cell(line: int, value: Any) -> str:
    text = as_text(value)
    if len(text) > MOST_CELL:
        raise FileRefused("cell_too_long", line=line, most=f"{MOST_CELL:,}")
    if "\0" in text:
        raise FileRefused("nul", line=line)
    return text


def _refuse_bomb(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileRefused("broken_xlsx") from error
    if "xl/workbook.xml" not in names:
        raise FileRefused("wrong_type", found="ZIP")
    if size > _UNPACKED or size > max(_SMALL, _RATIO * len(data)) or len(names) > 2000:
        raise FileRefused("too_large", most=MOST_BYTES // 2**20)
