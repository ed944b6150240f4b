"""SECURITY section 4, B: pictures that carry a credential, and those that should not; and whether it is the right picture."""

import io
import json
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from badges.openbadges import baking
from tests.verification.foreign import world
from tests.verification.foreign.world import OURS, SITE, examine, findings, green

PICTURE = "https://badges.example.org/media/cd/badge.png"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'


def png(colour="green", size=(24, 24), **options):
    out = io.BytesIO()
    Image.new("RGBA", size, colour).save(out, "PNG", **options)
    return out.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunks(*chunks, before=b"IDAT"):
    plain = png()
    place = plain.index(before) - 4
    return plain[:place] + b"".join(chunks) + plain[place:]


def text(body, keyword=baking.KEYWORD, kind=b"iTXt", head=b"\0\0\0\0\0"):
    return chunk(kind, keyword + head + (body if isinstance(body, bytes) else body.encode()))


def after_end(*chunks):
    return png() + b"".join(chunks)


PLAIN = png()
BAKED = baking.bake_png(PLAIN, OURS)
TOKEN = world.token(world.badge())


def foreign_svg(inside, attribute=""):
    return SVG.replace(
        "<circle",
        f'<o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0" {attribute}>{inside}</o:credential><circle',
    )


CASES = [
    ("B1", PLAIN, "picture_empty"),
    ("B2", with_chunks(text(OURS), text(OURS)), "picture_twice"),
    ("B3", with_chunks(text(zlib.compress(OURS.encode()), head=b"\0\1\0\0\0")), "chunk_compressed"),
    ("B4 tEXt", with_chunks(text("x", kind=b"tEXt", head=b"\0")), "chunk_kind"),
    ("B4 zTXt", with_chunks(text(zlib.compress(b"x"), kind=b"zTXt", head=b"\0\0")), "chunk_kind"),
    ("B4 older keyword", with_chunks(text('{"@context":"https://w3id.org/openbadges/v2"}', b"openbadges")), "assertion_malformed"),
    ("B4 older link", with_chunks(text("https://x.example/a", b"openbadges", b"tEXt", b"\0")), "chunk_kind"),
    ("B6", after_end(text(OURS)), "picture_empty"),
    ("B7", with_chunks(struct.pack(">I", 2**31) + b"iTXt"), "picture_broken"),
    ("B8", with_chunks(text("x" * 5_000_000)), "text_too_long"),
    ("B9", with_chunks(text("https://x.example/credential")), "link_inside"),
    ("B10", foreign_svg("{}").replace("<circle", '<o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0"/><circle').encode(), "picture_twice"),
    ("B12", b"\xff\xd8\xff\xe0" + bytes(40), "picture_kind"),
    ("B12 GIF", b"GIF89a" + bytes(40), "picture_kind"),
    ("no end", png()[:-12], "picture_broken"),
    ("not text", with_chunks(text(b"\xff\xfe\xfd")), "picture_broken"),
    ("entities", b'<!DOCTYPE svg [<!ENTITY a "x">]>' + foreign_svg("&a;").encode(), "picture_broken"),
    ("no drawing", b"<svg", "picture_broken"),
    ("empty drawing", SVG.encode(), "picture_empty"),
    ("PDF", b"%PDF-1.7\n%%EOF", None),
]  # fmt: skip


@pytest.mark.parametrize(("number", "content", "finding"), CASES, ids=[case[0] for case in CASES])
def test_bad_picture_is_named(number, content, finding):
    outcome = examine(content, {})
    found = findings(outcome)["form"]

    assert found[0] == "failed"
    assert finding is None or found[1] == finding
    assert outcome.report.document is None
    assert not outcome.wants


@pytest.mark.parametrize(
    "content",
    [
        BAKED,
        with_chunks(text(OURS), before=b"IEND"),  # B5: after the pixels
        baking.bake_png(PLAIN, TOKEN),
        baking.bake_svg(SVG, OURS).encode(),
        foreign_svg(f"<![CDATA[{OURS}]]>").encode(),
        foreign_svg("", f'verify="{TOKEN}"').encode(),
        b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">' + foreign_svg(f"<![CDATA[{OURS}]]>").encode(),
    ],
)  # fmt: skip
def test_credential_in_a_picture_is_judged(content):
    outcome = examine(content)

    assert green(outcome), findings(outcome)
    assert findings(outcome)["picture"] == ("unknown", "picture_untold")  # nobody answers for the picture
    assert outcome.report.document["id"] == json.loads(OURS)["id"]


def pictured(content, picture, address=PICTURE):
    return findings(examine(content, SITE | {address: picture}))["picture"]


def test_b11_picture_is_compared_and_decides_nothing():
    assert pictured(BAKED, PLAIN) == ("passed", "picture_same")
    assert pictured(BAKED, BAKED) == ("passed", "picture_same")
    assert pictured(BAKED, png(compress_level=0)) == ("passed", "picture_same")  # other bytes, same pixels
    assert pictured(BAKED, png("red")) == ("failed", "other_picture")
    assert pictured(BAKED, png(size=(25, 24))) == ("failed", "other_picture")
    assert pictured(BAKED, "<html>") == ("unknown", "picture_untold")
    assert pictured(BAKED, "!not_found") == ("unknown", "picture_untold")
    assert green(examine(BAKED, SITE | {PICTURE: png("red")}))


def test_drawing_is_compared_as_xml():
    baked = baking.bake_svg(SVG, OURS).encode()

    assert pictured(baked, SVG) == ("passed", "picture_same")
    assert pictured(baked, SVG.replace('"4"', '"5"')) == ("failed", "other_picture")
    assert pictured(baked, PLAIN) == ("unknown", "picture_untold")
    assert pictured(baked, "<svg") == ("unknown", "picture_untold")


def test_drawing_nested_without_end_is_answered():
    deep = SVG.replace("<circle", "<g>" * 100_000 + "</g>" * 100_000 + "<circle")

    assert pictured(baking.bake_svg(SVG, OURS).encode(), deep) == ("unknown", "picture_untold")
    assert pictured(baking.bake_svg(deep, OURS).encode(), SVG) == ("unknown", "picture_untold")


def test_picture_inside_the_document_is_compared():
    import base64

    inside = "data:image/png;base64," + base64.b64encode(PLAIN).decode()
    made = world.changed(
        world.badge(),
        lambda made: (
            made.pop("image", None),
            made["credentialSubject"]["achievement"].update(image={"id": inside, "type": "Image"}),
        ),
    )
    content = json.dumps(world.signed(made, suite="eddsa-jcs-2022"))

    assert findings(examine(baking.bake_png(PLAIN, content)))["picture"] == ("passed", "picture_same")
    assert findings(examine(baking.bake_png(png("red"), content)))["picture"] == ("failed", "other_picture")
    broken = content.replace("data:image/png;base64,", "data:image/png;base64,!")
    assert findings(examine(baking.bake_png(PLAIN, broken)))["picture"] == ("unknown", "picture_untold")


def test_credential_without_a_picture_is_said_so():
    made = world.changed(
        world.badge(), lambda made: (made.pop("image", None), made["credentialSubject"]["achievement"].pop("image"))
    )

    assert findings(examine(baking.bake_png(PLAIN, json.dumps(world.signed(made)))))["picture"] == (
        "unknown",
        "picture_unnamed",
    )


def test_huge_picture_is_not_decoded():
    huge = png(size=(4000, 4000))
    assert pictured(baking.bake_png(huge, OURS), png("red", (4000, 4000))) == ("unknown", "picture_untold")

    bomb = PngImagePlugin.PngInfo()
    bomb.add_text("x", "y" * 2_000_000, zip=True)
    assert pictured(BAKED, png("red", pnginfo=bomb)) == ("unknown", "picture_untold")
