"""Files that learners hand in: told by content, kept harmless, or refused with the reason."""

import io

import pikepdf
import pytest
from PIL import Image

from issuers.cleaning import Refused
from recipients import artefacts
from recipients.artefacts import paper
from tests import handed_in as files

RELATED = '<Relationships><Relationship Id="1" Type="{}" Target="https://evil.example/x" TargetMode="External"/></Relationships>'
TEMPLATE = RELATED.format("http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate")
WEB_LINK = RELATED.format("http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink")
# The same, as no pattern reads it: another prefix, a > inside, a letter as its number, other quotes.
HIDDEN = (
    "<r:Relationships xmlns:r='http://schemas.openxmlformats.org/package/2006/relationships'><r:Relationship Id='1'"
    " Target='https://evil.example/>' TargetMode='&#69;xternal' Type='x/attachedTemplate'/></r:Relationships>"
)
ENTITIES = '<!DOCTYPE r [<!ENTITY a "External">]><Relationships><Relationship TargetMode="&a;"/></Relationships>'
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (files.docx(), "docx"),
        (files.docx(extra={"word/_rels/document.xml.rels": WEB_LINK}), "docx"),
        (files.odt(), "odt"),
        (files.pdf(), "pdf"),
        (files.png((1200, 900)), "jpg"),
    ],
)
def test_b7_kinds_are_told_by_content(data, suffix):
    """Evidence may be a PDF, a picture or an office document; what it is, is told by its content and not by its name."""
    assert artefacts.examine(data).suffix in {suffix, "png"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "evidence_empty"),
        (SVG, "evidence_type"),
        (b"\xef\xbb\xbf <!DOCTYPE html><script>alert(1)</script>", "evidence_type"),
        (b"MZ\x90\x00 a program", "evidence_type"),
        (b"GIF89a", "evidence_type"),
        (b"\xd0\xcf\x11\xe0 an old document", "evidence_type"),
        (b"x" * 900 + b"%PDF-1.7", "evidence_type"),
        (b"<p>" + files.docx(), "evidence_type"),
        (files.docx() + b"<script>alert(1)</script>", "evidence_damaged"),
        (files.docx()[:-40], "evidence_damaged"),
        (files.docx(main="application/zip"), "evidence_type"),
        (files.docx(main=MACRO), "evidence_program"),
        (files.docx(extra={"word/vbaProject.bin": b"Sub AutoOpen"}), "evidence_program"),
        (files.docx(extra={"word/activeX/activeX1.xml": b"<x/>"}), "evidence_program"),
        (files.docx(extra={"word/embeddings/a.exe": b"MZ"}), "evidence_program"),
        (files.docx(extra={"word/_rels/settings.xml.rels": TEMPLATE}), "evidence_program"),
        (files.docx(extra={"word/_rels/settings.xml.rels": HIDDEN}), "evidence_program"),
        (files.docx(extra={"word/_rels/settings.xml.rels": HIDDEN.encode("utf-16")}), "evidence_program"),
        (files.docx(extra={"word/_rels/settings.xml.rels": ENTITIES}), "evidence_damaged"),
        # A pattern took a quarter of an hour for this one.
        (files.docx(extra={"word/_rels/settings.xml.rels": "<Relationship " * 140_000}), "evidence_damaged"),
        (files.docx(extra={"../../etc/cron.d/x": b"x"}), "evidence_damaged"),
        (files.docx(extra={"word/bomb.xml": b"\0" * 130_000_000}), "evidence_bomb"),
        (files.docx(extra={"word/ratio.xml": b"\0" * 20_000_000}), "evidence_bomb"),
        (files.lying_docx(), "evidence_bomb"),
        (files.png()[:60], "evidence_picture"),
        (b"%PDF-1.7 and nothing else", "evidence_damaged"),
        (files.locked_pdf(), "evidence_locked"),
        (files.bombed_pdf(), "evidence_bomb"),
        (b"\0" * (artefacts.MOST_BYTES + 1), "evidence_too_large"),
    ],
)
def test_b7_attacks_are_refused_with_their_reason(data, code):
    """Files that would harm somebody are refused, each with its reason, and leave nothing behind."""
    with pytest.raises(Refused) as refused:
        artefacts.examine(data)

    assert refused.value.code == code


def test_pdf_is_written_anew_without_what_acts():
    kept = artefacts.examine(files.acting_pdf() + b"\n<script>Canary</script>")

    with pikepdf.open(io.BytesIO(kept.data)) as document:
        document.save(
            plain := io.BytesIO(), object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False
        )
        assert len(document.pages) == 1
        assert not document.attachments
    for word in (b"Canary", b"JavaScript", b"OpenAction", b"Launch", b"EmbeddedFile", b"/EF"):
        assert word not in plain.getvalue(), word


def test_no_more_papers_are_read_at_once_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(paper, "WAITS", 0.01)
    places = [paper._PLACES.acquire() for _place in range(2)]
    try:
        with pytest.raises(Refused) as refused:
            artefacts.examine(files.pdf())
    finally:
        for _place in places:
            paper._PLACES.release()

    assert refused.value.code == "evidence_busy"
    assert artefacts.examine(files.pdf()).suffix == "pdf"


def test_picture_keeps_its_pixels_and_nothing_else():
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "Canary: my home"
    Image.new("RGB", (1200, 800), "teal").save(made, "JPEG", exif=exif)

    kept = artefacts.examine(made.getvalue() + b"<script>Canary</script>")

    assert b"Canary" not in kept.data
    assert kept.media_type in {"image/png", "image/jpeg"}
    assert Image.open(io.BytesIO(kept.data)).size == (1200, 800)
