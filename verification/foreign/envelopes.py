"""What was handed in: JSON, a token, a baked picture or a PDF; and the signed text inside it. What is none of these is said so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from badges.openbadges import baking, validate
from verification.foreign import drawings, tokens
from verification.foreign.plain import plain

# A picture of twelve megabytes is the most that the desk takes; the text inside it is bounded by itself.
MOST_BYTES = 12 * 1024 * 1024
_PICTURES = {b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"RIFF": "WebP", b"BM": "BMP"}
_OLD = b"openbadges"
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")


class NothingInside(ValueError):
    """No credential in it: the finding, and its facts."""

    def __init__(self, envelope: str, finding: str, **facts: Any) -> None:
        super().__init__(finding)
        self.envelope, self.finding, self.facts = envelope, finding, facts


@dataclass(frozen=True)
class Opened:
    """The envelope's kind and the text inside; `picture` are the bytes of a baked file."""

    envelope: str
    text: str
    picture: bytes = field(default=b"", repr=False)


def envelope(content: bytes) -> str:
    """What kind of file the bytes are, whatever their name says: png, photo, svg, pdf, json, jwt, or '' for none that is read."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if is_photo(content):
        return "photo"
    if content.startswith(b"%PDF-"):
        return "pdf"
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[", b'"')):
        return "json"
    if _JWT.match(start[:200].decode("ascii", "replace") + "."):
        return "jwt"
    return "svg" if start.startswith(b"<") and b"<svg" in start else ""


def is_photo(content: bytes) -> bool:
    """A picture that cannot carry a credential, and may show a code that leads to one."""
    return content.startswith(b"\xff\xd8\xff") or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")


def open_(content: bytes) -> Opened:
    """Find the credential. Raises NothingInside."""
    if len(content) > MOST_BYTES:
        raise NothingInside("text", "too_long", most=MOST_BYTES // 2**20)
    if content.startswith(baking.SIGNATURE):
        return Opened("png", _from_png(content), content)
    if content.startswith(b"%PDF"):
        return Opened("pdf", _from_pdf(content))
    for start, name in _PICTURES.items():
        if content.startswith(start):
            raise NothingInside("text", "picture_kind", kind=name)
    return _from_text(content)


def _from_pdf(content: bytes) -> str:
    """What the PDF carries as an attachment; looked into only where a PDF was handed in, as its library takes long to load."""
    try:
        papers = import_module("verification.foreign.papers")
    except ModuleNotFoundError:
        raise NothingInside("pdf", "pdf_unread") from None
    try:
        return str(papers.attached(content))
    except ValueError as error:
        raise NothingInside("pdf", "pdf_empty", why=plain(error)) from error


def _from_png(content: bytes) -> str:
    """The chunk of Open Badges 3.0; failing that, the one of 2.0 (section 5.3 of 3.0; Baking 1.0 of 2.0)."""
    try:
        chunks = [(kind, body) for kind, body, _, _ in baking.chunks(content)]
    except baking.NotBaked as error:
        raise NothingInside("png", "picture_broken", why=plain(error)) from error
    texts = [(kind, body) for kind, body in chunks if kind in {b"iTXt", b"tEXt", b"zTXt"}]
    for keyword in (baking.KEYWORD, _OLD):
        found = [(kind, body) for kind, body in texts if body.startswith(keyword + b"\0")]
        if found:
            return _from_chunks(found, keyword)
    raise NothingInside("png", "picture_empty")


def _from_chunks(found: list[tuple[bytes, bytes]], keyword: bytes) -> str:
    if len(found) > 1:
        raise NothingInside("png", "picture_twice")
    kind, body = found[0]
    if kind != b"iTXt":
        raise NothingInside("png", "chunk_kind", kind=kind.decode())
    head = len(keyword)
    if body[head + 1 : head + 2] != b"\0":
        raise NothingInside("png", "chunk_compressed")
    try:
        _language, _translated, raw = body[head + 3 :].split(b"\0", 2)
        text = raw.decode()
    except ValueError as error:
        raise NothingInside("png", "picture_broken", why=plain(error)) from error
    return _bounded("png", text)


def _bounded(envelope: str, text: str) -> str:
    if len(text.encode()) > validate.MOST_BYTES:
        raise NothingInside(envelope, "text_too_long", most=validate.MOST_BYTES // 1024)
    if text.strip().startswith(("http://", "https://")):
        raise NothingInside(envelope, "link_inside", link=plain(text.strip()))
    return text


def _from_text(content: bytes) -> Opened:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:64]:
        raise NothingInside("text", "other_encoding")
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise NothingInside("text", "other_encoding") from error
    if text.startswith("<"):
        return Opened("svg", _from_svg(text), content)
    if text.startswith(("{", "[")):
        return Opened("json", text)
    if tokens.looks_like(text):
        return Opened("jwt", _bounded("jwt", text))
    raise NothingInside("text", "no_credential")


def _from_svg(text: str) -> str:
    try:
        found = drawings.credentials(text)
    except ValueError as error:
        raise NothingInside("svg", "picture_broken", why=plain(error)) from error
    if len(found) != 1:
        raise NothingInside("svg", "picture_twice" if found else "picture_empty")
    return _bounded("svg", found[0])
