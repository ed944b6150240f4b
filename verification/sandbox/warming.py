"""Go each way once before the first document comes: what a library loads at its first use is loaded now. Later no file opens."""

from __future__ import annotations

import codecs
import io
import json
from datetime import datetime
from pathlib import Path

import idna
import pikepdf
from PIL import Image

from badges.openbadges import baking
from verification.foreign import codes, comparing, contexts, judging, papers
from verification.foreign.outcome import Resource
from verification.report import Result

# A credential of an institution that does not exist, signed with a key that was thrown away, and what it wants.
_COLLEGE = Path(__file__).parent / "warm" / "college.json"
# Codecs are modules, found by name when they are first used.
_CODECS = (
    "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "cp1252", "ascii", "idna", "punycode", "pdfdoc",
)  # fmt: skip


class NotWarm(RuntimeError):
    """Our own sample does not pass: whatever came out of a document would be worth nothing."""


def everything() -> None:
    """Names, papers, contexts, and one credential in each envelope."""
    for name in _CODECS:
        codecs.lookup(name)
    idna.encode("bücher.example", uts46=True)
    for name in contexts.PINNED.values():
        contexts.load(name)
    _papers()
    _codes()
    _credentials()


def _papers() -> None:
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(72, 72))
        buffer = io.BytesIO()
        document.save(buffer)
        document.save(locked := io.BytesIO(), encryption=pikepdf.Encryption(owner="owner", user=""))
    pikepdf.open(locked).close()
    Image.init()
    comparing.compare(buffer.getvalue(), buffer.getvalue(), ["warm"])
    papers.mentioned(buffer.getvalue())


def _codes() -> None:
    photo = codes.warm()
    with Image.open(io.BytesIO(photo)) as image:
        image.save(webp := io.BytesIO(), "WEBP", lossless=True)
        image.convert("LA").save(png := io.BytesIO(), "PNG")
    for picture in (photo, webp.getvalue(), png.getvalue()):
        if codes.texts(picture) != [codes.WARM]:
            raise NotWarm("a code that says what it should was read as something else")


def _credentials() -> None:
    college = json.loads(_COLLEGE.read_text(encoding="utf-8"))
    picture = io.BytesIO()
    Image.new("RGBA", (8, 8)).save(picture, "PNG")
    resources = {url: Resource(text.encode(), "application/json") for url, text in college["resources"].items()}
    resources[college["image"]] = Resource(picture.getvalue(), "image/png")
    baked = baking.bake_png(picture.getvalue(), college["signed"])
    drawn = baking.bake_svg('<svg xmlns="http://www.w3.org/2000/svg"></svg>', college["signed"])
    for content in (college["signed"].encode(), college["token"].encode(), baked, drawn.encode()):
        outcome = judging.examine(
            content, resources, datetime.fromisoformat(college["now"]), address="warm@example.org"
        )
        made = [check for check in outcome.report.checks if check.key in _MUST_PASS] if outcome.report else []
        if not made or any(check.result is not Result.PASSED for check in made):
            raise NotWarm(str(outcome.report))


_MUST_PASS = {"form", "shown", "signature", "key", "status", "dates"}
