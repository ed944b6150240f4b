"""The product's side of the sandbox: hand a document over, get an outcome or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from verification.foreign.outcome import Outcome, Resource
from verification.sandbox.children import MOST_SECONDS, NotExamined, Sandbox
from verification.sandbox.found import Paper

KIB, MIB = 1024, 1024 * 1024
MOST_TEXT, MOST_PICTURE, MOST_PDF, MOST_RESOURCE = 256 * KIB, 1536 * KIB, 10 * MIB, MIB
MOST_PHOTO = 10 * MIB
# The server of this process; it is started when it is first needed.
SANDBOX = Sandbox()


@contextmanager
def examination(
    content: bytes, now: datetime, address: str = "", *, within: float = MOST_SECONDS
) -> Iterator[Callable[[Mapping[str, Resource]], Outcome]]:
    """One document in one child: call what this gives with resources, and again with those that the outcome wanted."""
    picture = content.startswith(b"\x89PNG") or content.lstrip()[:1] == b"<"
    if len(content) > (MOST_PICTURE if picture else MOST_TEXT):
        raise NotExamined("too_big")
    with SANDBOX.child(within) as child:
        begin = [content]

        def go_on(resources: Mapping[str, Resource]) -> Outcome:
            if any(len(found.body) > MOST_RESOURCE for found in resources.values()):
                raise NotExamined("too_big")
            listed = [[url, found.media_type, found.problem] for url, found in resources.items()]
            options = {"now": now.isoformat(), "address": address, "resources": listed, "begin": bool(begin)}
            found = child.ask("examine", options, [*begin, *(item.body for item in resources.values())])
            begin.clear()
            try:
                return Outcome.from_json(found)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise NotExamined("crashed") from error

        yield go_on


def examine(
    content: bytes, resources: Mapping[str, Resource], now: datetime, address: str = "", *, within: float = MOST_SECONDS
) -> Outcome:
    """`judging.examine` in the sandbox, in one go. Raises NotExamined."""
    with examination(content, now, address, within=within) as go_on:
        return go_on(resources)


def attached(pdf: bytes, *, within: float = MOST_SECONDS) -> tuple[str, str]:
    """The text attached to a PDF, and '' or the code of why there is none (`papers.NotReadable`). Raises NotExamined."""
    found = _about_pdf("attached", {}, pdf, within=within)
    return _text(found, "text"), _text(found, "problem")


def mentioned(pdf: bytes, *, within: float = MOST_SECONDS) -> list[str]:
    """Ids of credentials that a PDF names. Raises NotExamined."""
    found = _about_pdf("mentioned", {}, pdf, within=within)
    return [item for item in found.get("ids") or [] if isinstance(item, str)]


def compare(pdf: bytes, reference: bytes | None, signed: Sequence[str], *, within: float = MOST_SECONDS) -> Paper:
    """A PDF beside the one that was issued, or beside signed values alone. Raises NotExamined."""
    others = [reference] if reference is not None else []
    found = _about_pdf("compare", {"signed": list(signed)}, pdf, *others, within=within)
    try:
        return Paper.from_json(found)
    except (KeyError, TypeError, ValueError) as error:
        raise NotExamined("crashed") from error


def codes(picture: bytes, *, within: float = MOST_SECONDS) -> list[str]:
    """What the QR codes in a picture say. Raises NotExamined."""
    if len(picture) > MOST_PHOTO:
        raise NotExamined("too_big")
    with SANDBOX.child(within) as child:
        found = child.ask("codes", {}, [picture])
    texts = found.get("texts") if isinstance(found, dict) else None
    if not isinstance(texts, list) or any(not isinstance(text, str) for text in texts):
        raise NotExamined("crashed")
    return texts


def _about_pdf(job: str, options: Mapping[str, Any], *pdfs: bytes, within: float) -> dict[str, Any]:
    if any(len(pdf) > MOST_PDF for pdf in pdfs):
        raise NotExamined("too_big")
    with SANDBOX.child(within) as child:
        found = child.ask(job, options, pdfs)
    if not isinstance(found, dict):
        raise NotExamined("crashed")
    return found


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key, "")
    if not isinstance(value, str):
        raise NotExamined("crashed")
    return value
