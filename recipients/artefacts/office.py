"""Office documents: a ZIP whose own list says what it is. Nothing in it is run, and little of it is read. Pure.

Refused are programs under any name (macros, ActiveX, templates fetched from elsewhere), passwords, and archives that
unpack to more than a document needs, say one thing of their size and hold another, or are something else besides.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from issuers.cleaning import Refused

START = b"PK\x03\x04"
MOST_ENTRIES, MOST_UNPACKED, MOST_LIST, MOST_RATIO = 4_000, 120 * 1024 * 1024, 2 * 1024 * 1024, 200
# Below this nothing is a bomb, however well it packs.
_SMALL = 8 * 1024 * 1024
# Of all lists of what belongs to what: they are read.
MOST_RELATIONS = 8 * 1024 * 1024
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
_MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
}
_PROGRAM = re.compile(
    r"(^|/)(vbaproject\.bin|vbadata\.xml|activex/|macrosheets/|intlmacrosheets/|basic/|scripts/)|\.(bin\.exe|exe|dll|js|vbs|hta|jar)$",
    re.IGNORECASE,
)
_MACRO = re.compile(rb"macroenabled|vnd\.ms-office\.vbaproject|vnd\.ms-office\.activex|intlmacrosheet", re.IGNORECASE)
_FETCHED = re.compile(r"attachedTemplate|subDocument|/frame$|oleObject|externalLinkPath", re.IGNORECASE)


def kind_of(data: bytes) -> tuple[str, str]:
    """Suffix and media type of a document that is what it says and acts on nothing. Raises Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _refuse_size(data, archive, entries)
            suffix = _suffix(archive, entries)
            _refuse_programs(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, KeyError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("evidence_damaged") from error
    return suffix, _MEDIA[suffix]


def _refuse_size(data: bytes, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Before anything is unpacked: how much there is, that no part is counted twice, and that nothing stands around it."""
    if len(entries) > MOST_ENTRIES:
        raise Refused("evidence_bomb")
    if archive.comment or not data[-22:].startswith(b"PK\x05\x06"):
        raise Refused("evidence_damaged")  # something follows the archive, and it may be something else too
    if min((entry.header_offset for entry in entries), default=1):
        raise Refused("evidence_damaged")
    packed, unpacked = sum(entry.compress_size for entry in entries), sum(entry.file_size for entry in entries)
    if packed > len(data) or unpacked > MOST_UNPACKED or (unpacked > _SMALL and unpacked > packed * MOST_RATIO):
        raise Refused("evidence_bomb")
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise Refused("evidence_locked")
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Refused("evidence_damaged")
        if entry.filename.startswith(("/", "\\")) or ".." in entry.filename.replace("\\", "/").split("/"):
            raise Refused("evidence_damaged")
    for entry in entries:
        _refuse_lie(data, entry)


def _refuse_lie(data: bytes, entry: zipfile.ZipInfo) -> None:
    """A part that is larger than the list says: another program would unpack all of it."""
    at = entry.header_offset
    if data[at : at + 4] != START:
        raise Refused("evidence_damaged")
    at += 30 + int.from_bytes(data[at + 26 : at + 28], "little") + int.from_bytes(data[at + 28 : at + 30], "little")
    packed = data[at : at + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        honest = len(packed) == entry.file_size
    else:
        unpacking = zlib.decompressobj(-15)
        honest = len(unpacking.decompress(packed, entry.file_size + 1)) == entry.file_size
        honest = honest and (unpacking.eof or not entry.file_size)
    if not honest:
        raise Refused("evidence_bomb")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        found = part.read(MOST_LIST + 1)
    if len(found) > MOST_LIST:
        raise Refused("evidence_bomb")
    return found


def _suffix(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise Refused("evidence_damaged")  # two parts of one name: programs differ in which they take
    if names[:1] == ["mimetype"] and _read(archive, "mimetype").strip().decode("ascii", "replace") == _MEDIA["odt"]:
        return "odt"
    if "[Content_Types].xml" in names:
        listed = _read(archive, "[Content_Types].xml")
        if _MACRO.search(listed):
            raise Refused("evidence_program")
        for content_type, suffix in _MAIN.items():
            if f'"{content_type}"'.encode() in listed:
                return suffix
    raise Refused("evidence_type", found="ZIP", kinds="DOCX, XLSX, PPTX, ODT")


def _refuse_programs(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    left = MOST_RELATIONS
    for entry in entries:
        if _PROGRAM.search(entry.filename):
            raise Refused("evidence_program")
        if entry.filename.lower().endswith(".rels"):
            listed = _read(archive, entry.filename)
            left -= len(listed)
            if left < 0:
                raise Refused("evidence_bomb")
            if any(_FETCHED.search(kind) for kind in _external(listed)):
                raise Refused("evidence_program")


def _external(listed: bytes) -> Iterator[str]:
    """Types of what a part takes from elsewhere. Read as XML: there are many ways to write the same, and patterns miss some."""
    try:
        for _event, element in iterparse(io.BytesIO(listed), forbid_dtd=True):
            if element.get("TargetMode", "").strip().lower() == "external":
                yield element.get("Type", "").strip()
            element.clear()
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise Refused("evidence_damaged") from error
