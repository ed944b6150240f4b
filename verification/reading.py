"""A signed document, turned into what a page shows. Nothing is shown that is not signed."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any


@dataclass(frozen=True)
class Piece:
    """One piece of evidence or one skill: what it is called, where it is, and a second line."""

    name: str
    url: str
    detail: str


@dataclass(frozen=True)
class Shown:
    """The signed document in reading order; nothing for what it does not say."""

    name: str = ""
    achievement: str = ""
    kind: str = ""
    description: str = ""
    criteria: str = ""
    issuer: str = ""
    begins: datetime | None = None
    ends: datetime | None = None
    awarded: datetime | None = None
    narrative: str = ""
    image: str = ""
    image_alt: str = ""
    skills: tuple[Piece, ...] = ()
    tags: tuple[str, ...] = ()
    results: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Piece, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


NOTHING = Shown()


def read(document: Mapping[str, Any]) -> Shown:
    """Read a checked Open Badges 3.0 document. Missing optional parts come out empty."""
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    picture = achievement.get("image") or document.get("image") or {}
    return Shown(
        name=_printed_name(subject),
        achievement=achievement["name"],
        kind=achievement.get("achievementType", ""),
        description=achievement.get("description", ""),
        criteria=achievement.get("criteria", {}).get("narrative", ""),
        issuer=document["issuer"].get("name", ""),
        begins=datetime.fromisoformat(document["validFrom"]),
        ends=_moment(document.get("validUntil")),
        awarded=_moment(document.get("awardedDate")),
        narrative=subject.get("narrative", ""),
        image=picture.get("id", ""),
        image_alt=picture.get("caption", ""),
        skills=tuple(_skills(achievement)),
        tags=tuple(achievement.get("tag", ())),
        results=tuple(_results(subject, achievement)),
        evidence=tuple(_evidence(document)),
        fields=tuple(fields(document)),
    )


@lru_cache(maxsize=512)
def shown(text: str, hidden: frozenset[tuple[str, str]]) -> tuple[Shown, int]:
    """What a page shows of a stored text, and how many pieces of evidence it leaves out. The same for the same text.

    Of a text that is no credential (any more) nothing is shown: the page says so by its checks.
    """
    try:
        document, left_out = without_evidence(json.loads(text), hidden)
        return read(document), left_out
    except (ValueError, KeyError, TypeError, AttributeError):
        return NOTHING, 0


def without_evidence(document: Mapping[str, Any], hidden: Container[tuple[str, str]]) -> tuple[Mapping[str, Any], int]:
    """The document for a page that leaves out what its holder hides (by address and name), and how many pieces those are.

    The signed file has them all: nothing can be taken out of it without breaking the signature.
    """
    pieces = document.get("evidence", ())
    left = [piece for piece in pieces if (piece.get("id", ""), piece.get("name", "")) not in hidden]
    if len(left) == len(pieces):
        return document, 0
    rest = {key: value for key, value in document.items() if key != "evidence"}
    return (rest | {"evidence": left} if left else rest), len(pieces) - len(left)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _printed_name(subject: Mapping[str, Any]) -> str:
    for identity in subject.get("identifier", ()):
        if identity.get("identityType") == "name" and not identity.get("hashed"):
            return str(identity["identityHash"])
    return ""


def _skills(achievement: Mapping[str, Any]) -> Iterator[Piece]:
    for alignment in achievement.get("alignment", ()):
        parts = [alignment.get("targetFramework", ""), alignment.get("targetCode", "")]
        yield Piece(alignment["targetName"], alignment["targetUrl"], " · ".join(part for part in parts if part))


def _results(subject: Mapping[str, Any], achievement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    described = {item["id"]: item["name"] for item in achievement.get("resultDescription", ())}
    for result in subject.get("result", ()):
        yield described.get(result.get("resultDescription"), ""), str(result.get("value", result.get("status", "")))


def _evidence(document: Mapping[str, Any]) -> Iterator[Piece]:
    for item in document.get("evidence", ()):
        address = str(item.get("id", ""))
        web = address if address.startswith(("https://", "http://")) else ""
        said = (item.get("genre"), item.get("audience"), item.get("description") or item.get("narrative"))
        yield Piece(item.get("name") or web, web, " · ".join(part for part in said if part))


def fields(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every signed value with its place; the proof itself is not signed, and @context only says what words mean."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in {"@context", "proof"}:
                yield from fields(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from fields(item, f"{path} {number}" if len(value) > 1 else path)
    elif isinstance(value, bool):
        yield path, str(value).lower()
    else:
        yield path, str(value)
