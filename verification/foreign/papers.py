"""PDFs of strangers: the credential attached to one, and what it points at. Pure; runs inside the sandbox alone.

Nothing in a PDF is followed or run. One that could act by itself, or that would unpack to more than a certificate ever
needs, is refused whole, with the reason (SECURITY §4 P).
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pikepdf
import pypdfium2

START = b"%PDF-"
MOST_PAGES, MOST_OBJECTS, DEEPEST = 20, 20_000, 50
MOST_TEXT = 256 * 1024
MOST_UNPACKED = 24 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_MENTIONED = 5
# What makes a document do something, or show something else than what is read here.
_ACTING_KEYS = {
    "/OpenAction",
    "/AA",
    "/JS",
    "/JavaScript",
    "/XFA",
    "/RichMedia",
    "/Launch",
    "/AcroForm",
    "/OCProperties",
}
_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/Rendition",
    "/Movie",
    "/Sound",
    "/GoToR",
    "/GoToE",
}
_ACTING_KINDS = {"/RichMedia", "/Movie", "/Screen", "/3D"}
_MENTION = re.compile(r"/c/([1-9A-HJ-NP-Za-km-z]{22})(?![1-9A-HJ-NP-Za-km-z])")


class NotReadable(ValueError):
    """A PDF that is not read. `code`: pdf_none, pdf_damaged, pdf_encrypted, pdf_too_long, pdf_too_dense,
    pdf_active, pdf_twice, or pdf_empty where nothing is attached.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def attached(pdf: bytes) -> str:
    """The text of the credential attached to a PDF. Raises NotReadable."""
    with opened(pdf) as document:
        files = {name: spec.get_file().obj for name, spec in document.attachments.items()}
        fitting = [name for name in files if name.lower().endswith((".json", ".jsonld", ".jwt"))]
        if len(fitting) < len(files):  # a program in a certificate is no credential
            raise NotReadable("pdf_active")
        if not fitting:
            raise NotReadable("pdf_empty")
        if max(len(fitting), _files_in(document)) > 1:  # another reader might take the other one
            raise NotReadable("pdf_twice")
        try:
            return _unpacked(files[fitting[0]], MOST_TEXT).decode()
        except UnicodeDecodeError as error:
            raise NotReadable("pdf_damaged") from error


def _files_in(document: pikepdf.Pdf) -> int:
    """Files that it holds, under one name or several, listed or pinned to a page (ISO 32000-2 section 7.11.4)."""
    return sum(isinstance(item, pikepdf.Dictionary) and "/EF" in item for item in document.objects)


def mentioned(pdf: bytes) -> list[str]:
    """Ids of credentials that a PDF names, in its text or behind its links, the first few. Raises NotReadable."""
    with opened(pdf) as document:
        links = [str(note.A.URI) for page in document.pages for note in page.get("/Annots", []) if _is_link(note)]
    read = [*links, *_texts(pdf)]
    found = dict.fromkeys(match[1] for text in read for match in _MENTION.finditer(text))
    return list(found)[:MOST_MENTIONED]


def _is_link(note: Any) -> bool:
    return isinstance(note, pikepdf.Dictionary) and "/URI" in note.get("/A", {})


def _texts(pdf: bytes) -> Iterator[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield page.get_textpage().get_text_bounded()
    finally:
        document.close()


@contextmanager
def opened(pdf: bytes) -> Iterator[pikepdf.Pdf]:
    """The structure of a PDF that is harmless, as far as can be seen. Raises NotReadable."""
    if not pdf.startswith(START):
        raise NotReadable("pdf_none")
    try:
        with pikepdf.open(io.BytesIO(pdf), attempt_recovery=False, suppress_warnings=True) as document:
            if document.is_encrypted:
                raise NotReadable("pdf_encrypted")
            if len(document.pages) > MOST_PAGES or len(document.objects) > MOST_OBJECTS:
                raise NotReadable("pdf_too_long")
            _refuse(document)
            yield document
    except pikepdf.PasswordError as error:
        raise NotReadable("pdf_encrypted") from error
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, NotReadable):
            raise
        raise NotReadable("pdf_damaged") from error


def _refuse(document: pikepdf.Pdf) -> None:
    """Look at every object once: does it act, does it unpack without end?"""
    left = MOST_UNPACKED
    for item in document.objects:
        _refuse_acting(item)
        if isinstance(item, pikepdf.Stream):
            left -= _size_unpacked(item, left)


def _refuse_acting(item: Any, depth: int = 0) -> None:
    """One object and whatever stands inside it; what it only refers to is an object of its own."""
    if depth > DEEPEST:
        raise NotReadable("pdf_too_dense")
    if isinstance(item, pikepdf.Array):
        inner = list(item)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        named = item.stream_dict if isinstance(item, pikepdf.Stream) else item
        _refuse_dictionary(named)
        inner = [value for _key, value in named.items()]
    else:
        return
    for value in inner:
        if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
            _refuse_acting(value, depth + 1)


def _refuse_dictionary(item: Any) -> None:
    if set(item.keys()) & _ACTING_KEYS:
        raise NotReadable("pdf_active")
    if str(item.get("/S", "")) in _ACTIONS or str(item.get("/Subtype", "")) in _ACTING_KINDS:
        raise NotReadable("pdf_active")
    address = str(item.get("/URI", "")).strip()
    if address and not address.lower().startswith(("https://", "http://", "mailto:")):
        raise NotReadable("pdf_active")


def _filters(stream: pikepdf.Stream) -> list[str]:
    named: Any = stream.stream_dict.get("/Filter", [])
    return [str(named)] if isinstance(named, pikepdf.Name) else [str(name) for name in named]


def _size_unpacked(stream: pikepdf.Stream, most: int) -> int:
    """How large a stream becomes; what packs twice, or in a way that certificates never use, is refused."""
    filters = _filters(stream)
    if "/JBIG2Decode" in filters or "/Crypt" in filters:
        raise NotReadable("pdf_active")
    size = int(stream.stream_dict.get("/Width", 0)) * int(stream.stream_dict.get("/Height", 0))
    if size > MOST_PIXELS or filters.count("/FlateDecode") > 1:
        raise NotReadable("pdf_too_dense")
    if str(stream.stream_dict.get("/Type", "")) == "/Metadata" and b"<!ENTITY" in _unpacked(stream, most):
        raise NotReadable("pdf_active")
    return len(_unpacked(stream, most)) if filters[:1] == ["/FlateDecode"] else 0


def _unpacked(stream: Any, most: int) -> bytes:
    """A stream's bytes as they are meant, at most so many. Raises NotReadable."""
    filters, raw = _filters(stream), stream.read_raw_bytes()
    if filters[:1] == ["/FlateDecode"]:
        try:
            raw = zlib.decompressobj().decompress(raw, most + 1)
        except zlib.error as error:
            raise NotReadable("pdf_damaged") from error
    elif filters and str(stream.stream_dict.get("/Type", "")) == "/EmbeddedFile":
        raise NotReadable("pdf_damaged")
    if len(raw) > most:
        raise NotReadable("pdf_too_dense")
    return bytes(raw)
