"""Whether a baked file shows the picture that its credential names. Nothing signs a picture: this never decides validity."""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image, ImageFile

from badges.openbadges import baking
from verification.foreign import drawings
from verification.foreign.outcome import Resource
from verification.foreign.plain import plain
from verification.foreign.shelf import Missing, Shelf, host
from verification.report import Check, Result

# Two of them are decoded, in a child with 512 MB: a badge of 2,000 by 2,000 is already large.
MOST_PIXELS = 8_000_000
_KEYWORDS = (baking.KEYWORD + b"\0", b"openbadges\0")
_TEXTS = {b"iTXt", b"tEXt", b"zTXt"}


class Untold(ValueError):
    """The pictures cannot be compared; why."""


def of_credential(document: Mapping[str, Any]) -> list[str]:
    """Addresses of its pictures: the achievement's, and its own."""
    subjects = document.get("credentialSubject")
    subject = subjects[0] if isinstance(subjects, list) and subjects else subjects
    achievement = subject.get("achievement") if isinstance(subject, Mapping) else None
    places = [achievement.get("image") if isinstance(achievement, Mapping) else None, document.get("image")]
    return list(dict.fromkeys(named(places)))


def named(places: list[Any]) -> Iterator[str]:
    """Addresses out of images, written as text or as an object with an id."""
    for place in places:
        address = place.get("id") if isinstance(place, Mapping) else place
        if isinstance(address, str):
            yield address


def check(picture: bytes, addresses: list[str], shelf: Shelf) -> Check:
    """Compare with each picture that is named. Raises Missing."""
    if not addresses:
        return Check("picture", Result.UNKNOWN, "picture_unnamed")
    problems, different, missing = [], False, None
    for address in addresses[:2]:
        try:
            if _same(picture, _bytes(_resource(address, shelf))):
                return Check("picture", Result.PASSED, "picture_same", {"host": host(address)})
            different = True
        except Missing as error:
            missing = error
        except Untold as error:
            problems.append(str(error))
    if missing is not None:
        raise missing
    if different and not problems:
        return Check("picture", Result.FAILED, "other_picture", {"host": host(addresses[0])})
    return Check("picture", Result.UNKNOWN, "picture_untold", {"why": plain("; ".join(problems))})


def _resource(address: str, shelf: Shelf) -> Resource:
    """A picture may be written into the document itself."""
    if not address.startswith("data:"):
        return shelf.get(address)
    _, _, body = address.partition(";base64,")
    try:
        return Resource(base64.b64decode(body, validate=True))
    except binascii.Error:
        return Resource(problem="refused")


def _bytes(resource: Resource) -> bytes:
    if resource.problem:
        raise Untold("the picture that the credential names could not be had")
    return resource.body


def _same(one: bytes, other: bytes) -> bool:
    if one.startswith(baking.SIGNATURE) != other.startswith(baking.SIGNATURE):
        raise Untold("one is a PNG and the other is not")
    if not one.startswith(baking.SIGNATURE):
        return _drawing(one) == _drawing(other)
    return _without_credential(one) == _without_credential(other) or _pixels(one) == _pixels(other)


def _drawing(content: bytes) -> str:
    try:
        return drawings.without_credential(content.decode("utf-8-sig"))
    except ValueError as error:
        raise Untold(str(error)) from error


def _without_credential(png: bytes) -> bytes:
    try:
        chunks = list(baking.chunks(png))
    except baking.NotBaked as error:
        raise Untold(str(error)) from error
    ours = [kind in _TEXTS and body.startswith(_KEYWORDS) for kind, body, _, _ in chunks]
    kept = (png[start:end] for (_, _, start, end), mine in zip(chunks, ours, strict=True) if not mine)
    return baking.SIGNATURE + b"".join(kept)


def _pixels(png: bytes) -> tuple[tuple[int, int], bytes]:
    """Size and colours, whatever the encoding."""
    # WeasyPrint turns this on for a whole process when it is imported: torn files and bombs of text would pass.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = Image.open(io.BytesIO(_without_credential(png)), formats=["PNG"])
            if image.width * image.height > MOST_PIXELS:
                raise Untold("the picture is too large to be looked at")
            return image.size, image.convert("RGBA").tobytes()
    except Untold:
        raise
    except (
        Exception
    ) as error:  # Pillow lets through whatever its parts raise: OSError, SyntaxError, struct.error, zlib.error
        raise Untold("the picture cannot be read") from error
