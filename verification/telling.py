"""What a document of any origin tells about itself: Open Badges 3.0 and 2.0, VC 2.0 and 1.1. Pure.

Nothing here believes anything: values may be of any type, parts may be missing, texts may be anybody's. It never raises.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from verification import reading

LINE_MOST = 300
VALUE_MOST = 2_000
FIELDS_MOST = 500
# They turn the text around them, or are not seen at all (SECURITY V29, N4).
_TURNING = {0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF}
# Scripts whose letters pass for one another. Those of East Asia stand beside Latin letters in ordinary names.
_ALIKE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"}


@dataclass(frozen=True)
class Told:
    """The sentence of a document (who recognises whom for what), its days, and every field of it."""

    name: str
    achievement: str
    description: str
    issuer: str
    issuer_id: str
    awarded: datetime | None
    begins: datetime | None
    ends: datetime | None
    fields: tuple[tuple[str, str], ...]
    more: bool


@dataclass(frozen=True)
class Host:
    """A host as it is asked, how it reads in its own letters ('' where that is the same), and scripts that look alike."""

    name: str
    reads: str
    alike: tuple[str, ...]


def tell(document: Mapping[str, Any] | None) -> Told:
    """Read whatever there is; a part that is missing or of another shape comes out empty."""
    document = document if isinstance(document, Mapping) else {}
    subject = _first(document.get("credentialSubject"))
    achievement = _first(subject.get("achievement")) or _first(document.get("badge"))
    issuer = document.get("issuer") or achievement.get("issuer") or achievement.get("creator")
    fields = list(islice(reading.fields(document), FIELDS_MOST + 1))
    return Told(
        name=_name(document, subject),
        achievement=text(achievement.get("name")) or text(document.get("name")),
        description=text(achievement.get("description") or document.get("description"), VALUE_MOST),
        issuer=text(_first(issuer).get("name")),
        issuer_id=text(issuer if isinstance(issuer, str) else _first(issuer).get("id")),
        awarded=_moment(document, "awardedDate", "issuedOn"),
        begins=_moment(document, "validFrom", "issuanceDate", "issuedOn"),
        ends=_moment(document, "validUntil", "expirationDate", "expires"),
        fields=tuple((_clean(path, LINE_MOST), _clean(value, VALUE_MOST)) for path, value in fields[:FIELDS_MOST]),
        more=len(fields) > FIELDS_MOST,
    )


def compared(original: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Where two documents differ: the place, as issued, as it stands in the other one."""
    before, after = dict(islice(reading.fields(original), 2_000)), dict(islice(reading.fields(given), 2_000))
    places = [*before, *(place for place in after if place not in before)]
    rows = [(place, before.get(place, ""), after.get(place, "")) for place in places]
    differing = (row for row in rows if row[1] != row[2])
    return tuple(
        (_clean(place, LINE_MOST), _clean(was, VALUE_MOST), _clean(now, VALUE_MOST))
        for place, was, now in islice(differing, 50)
    )


def text(value: Any, most: int = LINE_MOST) -> str:
    """One text of a value: a plain one, a language map, a value object, or the first of several."""
    if isinstance(value, str):
        return _clean(value, most)
    if isinstance(value, list):
        return next((found for item in value[:20] if (found := text(item, most))), "")
    if isinstance(value, Mapping):
        said = value.get("@value") or value.get("en") or next((v for v in value.values() if isinstance(v, str)), "")
        return _clean(said, most) if isinstance(said, str) else ""
    return _clean(str(value), most) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def host(name: str) -> Host:
    """What a reader must know of a host: its letters where punycode hides them, and whether they may deceive."""
    reads = name
    try:
        reads = name.encode("ascii").decode("idna") if "xn--" in name else name
    except (UnicodeError, ValueError):  # no valid punycode: the bare name is all there is
        reads = name
    return Host(name, "" if reads == name else _clean(reads, LINE_MOST), alike(reads) if reads != name else ())


def alike(name: str) -> tuple[str, ...]:
    """Scripts in a name that can be taken for one another: more than one of them, or one that passes for Latin in a host."""
    found = {unicodedata.name(letter, "").split(" ")[0] for letter in name if letter.isalpha()} & _ALIKE
    foreign = found - {"LATIN"}
    return tuple(sorted(script.capitalize() for script in found)) if len(found) > 1 or ("." in name and foreign) else ()


def _first(value: Any) -> Mapping[str, Any]:
    """The object itself, or the first object of a list; {} for anything else."""
    several = value if isinstance(value, list) else [value]
    return next((item for item in several[:20] if isinstance(item, Mapping)), {})


def _several(value: Any) -> Iterator[Mapping[str, Any]]:
    several = value if isinstance(value, list) else [value]
    return (item for item in several[:50] if isinstance(item, Mapping))


def _name(document: Mapping[str, Any], subject: Mapping[str, Any]) -> str:
    """The name as signed: an unhashed identity of that type, else the subject's own name."""
    for identity in _several(subject.get("identifier")):
        if identity.get("identityType") == "name" and identity.get("hashed") in (None, False):
            return text(identity.get("identityHash"))
    named = _first(document.get("recipient"))
    older = named.get("identity") if named.get("type") == "name" and named.get("hashed") in (None, False) else ""
    return text(subject.get("name")) or text(older)


def _moment(document: Mapping[str, Any], *keys: str) -> datetime | None:
    """The first of several dates that is one; without a zone it is read as UTC."""
    for key in keys:
        value = document.get(key)
        if isinstance(value, str) and len(value) <= 40:
            try:
                read = datetime.fromisoformat(value)
                return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
            except (ValueError, OverflowError):
                continue
    return None


def _clean(value: str, most: int) -> str:
    """Text as it may stand on a page: nothing that turns or hides its neighbours, and no more than fits."""
    kept = "".join(
        letter
        for letter in value[: most * 2]
        if ord(letter) not in _TURNING and (letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"})
    )
    return kept if len(kept) <= most else f"{kept[: most - 1]}…"
