"""What a child can be asked to do, by name. Everything it needs is loaded here, once, before any document: later no file opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from verification.foreign import codes, comparing, judging, papers
from verification.foreign.outcome import Resource
from verification.sandbox import warming

Json = dict[str, Any]


# What this child has been given about its one document so far.
_content = bytearray()
_resources: dict[str, Resource] = {}


def examine(options: Mapping[str, Any], parts: Sequence[bytes]) -> Json:
    """`judging.examine`. The document comes with the first order; further ones bring what it wanted."""
    bodies = list(parts)
    if options["begin"]:
        _content[:] = bodies.pop(0)
    listed = zip(options["resources"], bodies, strict=True)
    _resources.update({url: Resource(body, media_type, problem) for (url, media_type, problem), body in listed})
    now = datetime.fromisoformat(options["now"])
    return judging.examine(bytes(_content), _resources, now, address=options["address"]).as_json()


def attached(_options: Mapping[str, Any], parts: Sequence[bytes]) -> Json:
    """The credential in a PDF, or why there is none."""
    return _read(lambda: {"text": papers.attached(parts[0])})


def mentioned(_options: Mapping[str, Any], parts: Sequence[bytes]) -> Json:
    """Credentials that a PDF names."""
    return _read(lambda: {"ids": papers.mentioned(parts[0])})


def compare(options: Mapping[str, Any], parts: Sequence[bytes]) -> Json:
    """A PDF beside the issued one; without that, beside the signed values."""
    if len(parts) > 1:
        return _read(lambda: comparing.compare(parts[0], parts[1], options["signed"]))
    return _read(lambda: comparing.values(parts[0], options["signed"]))


def read_codes(_options: Mapping[str, Any], parts: Sequence[bytes]) -> Json:
    """What the QR codes in a picture say; nothing in one that is none."""
    try:
        return {"texts": codes.texts(parts[0])}
    except codes.NoPicture:
        return {"texts": []}


def _read(work: Callable[[], Json]) -> Json:
    try:
        return work()
    except papers.NotReadable as error:
        return {"problem": error.code}


JOBS: dict[str, Callable[[Mapping[str, Any], Sequence[bytes]], Json]] = {
    "examine": examine,
    "attached": attached,
    "mentioned": mentioned,
    "compare": compare,
    "codes": read_codes,
}
warming.everything()
