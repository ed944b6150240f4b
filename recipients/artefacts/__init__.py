"""Files that learners hand in: what one is, by its bytes; and what is kept of it. Pure.

A picture is kept as pixels encoded anew, a PDF written anew without whatever acts, an office document as it came, once it
is seen to hold no program and to unpack to a reasonable size (SECURITY §4 I, P). None of them is ever opened here for
anybody: they are given out as attachments, and pictures of our own making are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from badges.rendering import image
from badges.rendering.image_refused import ImageRefused
from issuers.cleaning import Refused
from recipients.artefacts import office, paper

MEBIBYTE = 1024 * 1024
MOST_BYTES, MOST_FILES = 20 * MEBIBYTE, 10
KINDS = "PDF, PNG, JPEG, WebP, DOCX, XLSX, PPTX, ODT"
ACCEPT = ".pdf,.png,.jpg,.jpeg,.webp,.docx,.xlsx,.pptx,.odt"
PDF = "application/pdf"
# What else comes, and what it is called to the person who chose it.
_OTHERS = (
    (b"<svg", "SVG"),
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<script", "HTML"),
    (b"<?xml", "XML"),
    (b"mz", "EXE"),
    (b"\x7felf", "ELF"),
    (b"gif8", "GIF"),
    (b"{\\rtf", "RTF"),
    (b"\xd0\xcf\x11\xe0", "DOC, XLS or PPT"),
)


@dataclass(frozen=True)
class Kept:
    """What is stored of a file. `suffix` is of the kind that it is, whatever it was called."""

    data: bytes
    suffix: str
    media_type: str


def examine(data: bytes) -> Kept:
    """What to keep of a file, or Refused: evidence_empty, _too_large, _type, _damaged, _locked, _program, _bomb, _picture."""
    if not data:
        raise Refused("evidence_empty")
    if len(data) > MOST_BYTES:
        raise Refused("evidence_too_large", most=MOST_BYTES // MEBIBYTE)
    if data.startswith(paper.START):
        return Kept(paper.cleaned(data), "pdf", PDF)
    if data.startswith(office.START):
        suffix, media_type = office.kind_of(data)
        return Kept(data, suffix, media_type)
    if data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return _picture(data)
    found = _called(data)
    raise Refused("evidence_type", found=found, kinds=KINDS, reason=found)


def _picture(data: bytes) -> Kept:
    try:
        made = image.illustration(data, most_bytes=MOST_BYTES)
    except ImageRefused as refused:
        raise Refused("evidence_picture", reason=refused.code) from refused
    return Kept(made.data, made.suffix, "image/png" if made.suffix == "png" else "image/jpeg")


def _called(data: bytes) -> str:
    start = data[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").lower()
    return next((name for magic, name in _OTHERS if start.startswith(magic)), "?")
