"""A signed credential inside its badge picture, by splicing: pixels are not encoded again (Open Badges 3.0, section 5.3)."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
MOST_TEXT = 1024 * 1024
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
# What stands inside CDATA is text, even where it looks like the end of the element.
_ELEMENT = re.compile(
    r"<openbadges:credential\b[^>]*>((?:<!\[CDATA\[.*?\]\]>|[^<])*+)</openbadges:credential>", re.DOTALL
)
# Up to the root's own tag: declarations, comments and white space. Attribute values may hold a >.
_ROOT = re.compile(r"""\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*(<svg\b(?:[^"'>]|"[^"]*"|'[^']*')*+>)""", re.DOTALL)


class NotBaked(ValueError):
    """The picture holds no credential that can be read, or cannot hold one."""


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes, int, int]]:
    """(type, body, start, end) of every chunk up to IEND; what follows it is ignored."""
    if not png.startswith(SIGNATURE):
        raise NotBaked("not a PNG")
    place = len(SIGNATURE)
    while place + 12 <= len(png):
        length = int.from_bytes(png[place : place + 4], "big")
        kind, end = png[place + 4 : place + 8], place + 12 + length
        if end > len(png):
            raise NotBaked("a chunk is longer than the file")
        yield kind, png[place + 8 : place + 8 + length], place, end
        place = end
        if kind == b"IEND":
            return
    raise NotBaked("the picture has no end")


def _is_ours(kind: bytes, body: bytes) -> bool:
    return kind in {b"iTXt", b"tEXt", b"zTXt"} and body.startswith(KEYWORD + b"\0")


def bake_png(png: bytes, text: str) -> bytes:
    """The picture with the credential in one uncompressed iTXt chunk after IHDR; one that was there before is replaced."""
    body = KEYWORD + b"\0\0\0\0\0" + text.encode()
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    out = [SIGNATURE]
    for place, (kind, old, start, end) in enumerate(chunks(png)):
        if not _is_ours(kind, old):
            out.append(png[start:end])
        if place == 0:
            out.append(chunk)
    return b"".join(out)


def unbake_png(png: bytes) -> str:
    """The credential in a picture. Raises NotBaked: none, two, compressed, or too long."""
    found = [body for kind, body, _, _ in chunks(png) if _is_ours(kind, body)]
    if len(found) != 1:
        raise NotBaked("no credential inside" if not found else "two credentials inside")
    head = len(KEYWORD)
    if found[0][head + 1 : head + 2] != b"\0":
        raise NotBaked("the credential is compressed, which the specification does not allow")
    try:
        _language, _translated, text = found[0][head + 3 :].split(b"\0", 2)
        decoded = text.decode()
    except ValueError as error:
        raise NotBaked("the chunk cannot be read") from error
    if len(decoded) > MOST_TEXT:
        raise NotBaked("the text is too long")
    return decoded


def bake_svg(svg: str, text: str) -> str:
    """The drawing with the credential as first element; one that was there before is replaced."""
    plain = _ELEMENT.sub("", svg)
    start = _ROOT.match(plain.removeprefix("\ufeff"))
    if start is None or start[1].endswith("/>"):
        raise NotBaked("not an SVG drawing")
    plain, opening = start.string, start[1]
    if "xmlns:openbadges=" not in opening:
        opening = f'{opening[:-1]} xmlns:openbadges="{NAMESPACE}">'
    body = text.replace("]]>", "]]]]><![CDATA[>")
    element = f"<openbadges:credential><![CDATA[{body}]]></openbadges:credential>"
    return plain[: start.start(1)] + opening + element + plain[start.end(1) :]


def unbake_svg(svg: str) -> str:
    """The credential in a drawing. Raises NotBaked."""
    found = _ELEMENT.findall(svg)
    if len(found) != 1:
        raise NotBaked("no credential inside" if not found else "two credentials inside")
    return "".join(_CDATA.findall(found[0]))
