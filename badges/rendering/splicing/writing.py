"""A person's part of a certificate: words, codes, bookmarks, title and credential, behind what everybody has."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from xml.sax.saxutils import escape

from badges.rendering import pdf, qr
from badges.rendering.splicing import faces, lines, shaping, syntax
from badges.rendering.splicing.lines import Fonts, Text
from badges.rendering.splicing.slots import Code, Slot, Told
from badges.rendering.splicing.template import Template


def tail(template: Template, told: Told, credential_json: str, identity: str) -> bytes:
    """What follows the template's prefix in this person's file. Raises CannotSplice."""
    end = syntax.Tail(template.start)
    plain = [
        None if isinstance(slot.content, Code) else _plain(template, number, slot)
        for number, slot in enumerate(told.slots)
    ]
    texts = {
        number: lines.placed(template, number, slot)
        for number, slot in enumerate(told.slots)
        if plain[number] is None and not isinstance(slot.content, Code)
    }
    fonts = _fonts(template, texts, end)
    widths = shaping.Widths()
    for number, cut in template.cuts.items():  # in the order of drawing
        place, content = template.changed[f"slot{number}"].number, told.slots[number].content
        if (done := plain[number]) is not None:
            for written in done:
                end.put(*written)
        elif isinstance(content, Code):
            end.put(place, syntax.stream(_code(content)))
            _change(template, end, f"element{number}", b"/Alt" + syntax.text(f"QR code: {content.link}"))
            widths.see(cut.seen)
        else:
            end.put(place, syntax.stream(lines.drawn(texts[number], cut, fonts, widths)))
            _put_text(template, end, number, texts[number])
    _put_file(template, end, told.title, credential_json)
    return end.finished(pdf.identifier(identity, credential_json))


@functools.lru_cache(maxsize=1024)
def _plain(template: Template, number: int, slot: Slot) -> tuple[tuple[int, bytes], ...] | None:
    """Objects of a text that everybody's fonts show, letter for letter: the same whatever else stands on the page."""
    text = lines.placed(template, number, slot)
    if not all(lines.is_plain(line) for line in text.lines):
        return None
    own = syntax.Tail(template.start)
    shown = lines.drawn(text, template.cuts[number], _common(template), shaping.Widths())
    own.put(template.changed[f"slot{number}"].number, syntax.stream(shown))
    _put_text(template, own, number, text)
    return own.bodies()


def _common(template: Template) -> dict[tuple[str, bool], tuple[str, Mapping[int, int] | None]]:
    return {(name, True): (key, None) for name, key in template.fonts.items()}


def _change(template: Template, end: syntax.Tail, name: str, more: bytes) -> None:
    number, body = template.changed[name]
    end.put(number, b"<<%b%b>>" % (body, more))


def _fonts(template: Template, texts: Mapping[int, Text], end: syntax.Tail) -> Fonts:
    """Fonts of this person's own, for what everybody's do not spell."""
    found = _common(template)
    foreign: dict[str, list[shaping.Stretch]] = {}
    for text in texts.values():
        for line in text.lines:
            for stretch in line.line.stretches:
                if not lines.is_common(stretch):
                    foreign.setdefault(stretch.font, []).append(stretch)
    named = b""
    for number, (name, stretches) in enumerate(foreign.items()):
        own = faces.own(name, stretches)
        found[name, False] = (f"P{number}", own.codes)
        named += b"/P%d %d 0 R" % (number, faces.put(own.font, end.new))
    if named:
        _change(template, end, "fonts", named)
    return found


def _put_text(template: Template, end: syntax.Tail, number: int, text: Text) -> None:
    """What a text says, where its glyphs do not tell it, and the bookmark of a heading."""
    if any(line.hard for line in text.lines):
        more = b"/ActualText%b/Lang%b" % (syntax.text(text.words), syntax.text(text.told.language))
        _change(template, end, f"element{number}", more)
    if bookmark := template.changed.get(f"bookmark{number}"):
        height = (template.height - text.top) * 0.75
        end.put(bookmark.number, b"<<%b%.6f 0]/Title%b>>" % (bookmark.body, height, syntax.text(text.words)))


def _put_file(template: Template, end: syntax.Tail, title: str, credential_json: str) -> None:
    _change(template, end, "info", b"/Title" + syntax.text(title))
    xmp, credential = template.changed["xmp"], credential_json.encode()
    told = xmp.body.replace(b"\0", escape(title).encode())
    end.put(xmp.number, b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n%b\nendstream" % (len(told), told))
    number, body = template.changed["attachment"]
    when = pdf.moment(credential_json).strftime("D:%Y%m%d%H%M%SZ").encode()
    checksum = hashlib.md5(credential, usedforsecurity=False).hexdigest().encode()
    about = b"%b/Params<</Size %d/CheckSum<%b>/CreationDate(%b)/ModDate(%b)>>" % (
        body,
        len(credential),
        checksum,
        when,
        when,
    )
    end.put(number, syntax.stream(credential, about))


def _code(code: Code) -> bytes:
    """Drawn on a square of one by one, as qr.path draws it."""
    side, runs = _runs(code.link, code.quiet)
    ground, ink = lines.colour(code.ground), lines.colour(code.ink)
    return b"%b rg 0 0 1 1 re f %b rg %.7f 0 0 %.7f 0 0 cm %bf\n" % (ground, ink, 1 / side, 1 / side, runs)


def _runs(link: str, quiet: float) -> tuple[float, bytes]:
    """How many modules a side has with its quiet ground, and the rectangles of the dark ones."""
    rows = qr.rows(link)
    lefts, wide = _numbers(quiet)
    out = []
    for y, row in enumerate(rows):
        top = lefts[y]
        out += [lefts[start] + top + wide[end - start] for start, end in qr.runs(row)]
    return len(rows) + 2 * quiet, b"".join(out)


@functools.lru_cache(maxsize=16)
def _numbers(quiet: float) -> tuple[list[bytes], list[bytes]]:
    """Places and widths of modules as they are written."""
    most = range(178)  # the largest code has 177 modules a side
    return [b"%g " % (place + quiet) for place in most], [b"%d 1.02 re " % wide for wide in most]
