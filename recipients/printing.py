"""The certificate of one credential: what is printed is what was signed, read back from the signed text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.utils.formats import date_format
from django.utils.translation import override

from badges import keeping, misprinting
from badges.models import AchievementVersion, Misprint
from badges.rendering import badge as drawing
from badges.rendering import certificate as paper
from badges.rendering import pdf
from badges.rendering.splicing import comparing
from badges.rendering.splicing.designs import Design, Spliced
from badges.rendering.splicing.refusing import CannotSplice
from issuers import media
from issuers.tenancy import scope
from recipients import papers
from recipients.composing import earned_credits, printed_results
from recipients.models import AchievementCredential

LOOKED_AT = 500  # one in so many is printed both ways and compared
_DESIGNS = 16  # versions that a process remembers
# Shapes that this process compared, and found to be right, since a misprint of their version was settled.
_passed: set[tuple[int, datetime | None, str]] = set()


class CannotPrint(ValueError):
    """This person's certificate does not fit or needs a letter that no font has. A person must decide."""


@lru_cache(maxsize=32)
def _drawn(spec: str) -> dict[str, bytes]:
    """Both drawings of a badge, once a process."""
    design = json.loads(spec)
    return {"badge": drawing.draw(design).encode(), "badge-small": drawing.draw(design, size=90).encode()}


def pictures(version: AchievementVersion) -> dict[str, bytes]:
    """Badge, signatures and other pictures of a version: the drawing as SVG where there is one, so that it prints sharply."""
    spec = version.content["badge"]["spec"]
    if spec:
        found = dict(_drawn(json.dumps(spec, sort_keys=True)))
    else:
        found = {"badge": media.fetch(version.badge_picture), "badge-small": media.fetch(version.badge_small)}
    return found | keeping.fetch_pictures(version.content["certificate"]["layout"])


@lru_cache(maxsize=512)
def _day(day: date, language: str) -> str:
    """A date as a certificate says it."""
    with override(language):
        return date_format(day, "j F Y")


def _issuer_name(credential: AchievementCredential) -> str:
    """As it was signed: an institution may be called otherwise by the time it is printed. Today's, where nothing is signed yet."""
    return str(json.loads(credential.signed)["issuer"]["name"]) if credential.signed else credential.issuer.name


def values(credential: AchievementCredential) -> paper.Values:
    """What is printed for one person."""
    words, zone = credential.version.words, ZoneInfo(credential.issuer.time_zone)
    earned = earned_credits(credential)
    awarded = _day(credential.awarded_on, words["language"])
    expires = _day(credential.expires_at.astimezone(zone).date(), words["language"]) if credential.expires_at else ""
    return paper.Values(
        recipient_name=credential.name,
        achievement_name=words["name"],
        achievement_summary=words["description"],
        issuer_name=_issuer_name(credential),
        awarded=awarded,
        expires=expires,
        credential_url=credential.url,
        public_id=credential.public_id,
        grade=credential.values.get("grade", ""),
        hours=words["hours"] or "",
        license_number=credential.values.get("license_number", ""),
        role=credential.values.get("role", ""),
        term=credential.values.get("term", ""),
        credits="" if earned is None else f"{earned.normalize():f}",
        results=printed_results(credential),
    )


@lru_cache(maxsize=_DESIGNS)
def _remembered(version: _Frozen) -> Design:
    return Design(version.row.content["certificate"]["layout"], lambda: pictures(version.row))


class _Frozen:
    """A published version, known by when it was published: its content never changes."""

    def __init__(self, row: AchievementVersion) -> None:
        self.row, self.key = row, (row.pk, row.published_at)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def design(version: AchievementVersion) -> Design:
    """A version's design, once a process."""
    return _remembered(_Frozen(version))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (paper.DoesNotFit, paper.MissingGlyph) as error:
        raise CannotPrint(str(error)) from error


def by_weasyprint(credential: AchievementCredential) -> bytes:
    """PDF of a signed credential, drawn as a whole: the reference, and the way out. Raises CannotPrint."""
    told = design(credential.version)
    with _told():
        return pdf.render(told.layout, values(credential), credential_json=credential.signed, pictures=told.pictures)


def _spliced(credential: AchievementCredential) -> Spliced | None:
    """The same in two parts, or None where it cannot be proved to come out as WeasyPrint draws it. Raises CannotPrint."""
    with _told():
        try:
            return design(credential.version).splice(values(credential), credential.signed)
        except CannotSplice:
            return None


def _printed(credential: AchievementCredential, misprint: Misprint | None) -> bytes | Spliced:
    """Slowly while the newest misprint of the version stands."""
    if misprint and misprint.settled_at is None:
        return by_weasyprint(credential)
    spliced = _spliced(credential)
    if spliced is None:
        return by_weasyprint(credential)
    return _compared(credential, spliced, misprint) if _is_looked_at(credential, spliced, misprint) else spliced


def _is_looked_at(credential: AchievementCredential, spliced: Spliced, misprint: Misprint | None) -> bool:
    """The first of every shape of page, and one in so many afterwards: told from the id, so that trying again changes nothing.

    After a misprint was settled the first is looked at anew, once a process: that a page was kept before says nothing then.
    """
    drawn = int.from_bytes(hashlib.sha256(credential.public_id.encode()).digest()[:8])
    suspected = misprint is not None and _since(misprint, spliced) not in _passed
    return suspected or drawn % LOOKED_AT == 0 or not papers.has_base(spliced)


def _since(misprint: Misprint, spliced: Spliced) -> tuple[int, datetime | None, str]:
    """One shape of a version since its misprint was settled."""
    return misprint.version_id, misprint.settled_at, spliced.template.digest.hexdigest()


def _compared(credential: AchievementCredential, spliced: Spliced, misprint: Misprint | None) -> bytes | Spliced:
    """The spliced one if it looks as WeasyPrint's does and says the same; else WeasyPrint's, from now on for the version."""
    reference = by_weasyprint(credential)
    why = comparing.difference(spliced.whole, reference)
    if not why:
        if misprint:
            _passed.add(_since(misprint, spliced))
        return spliced
    with scope(credential.issuer_id):
        misprinting.found(credential.version, credential.public_id, why)
    return reference


def certificate(credential: AchievementCredential) -> bytes:
    """PDF of a signed credential. Raises CannotPrint."""
    printed = _printed(credential, _misprints([credential]).get(credential.version_id))
    return printed.whole if isinstance(printed, Spliced) else printed


def keep(credential: AchievementCredential) -> str:
    """Print and store it; the key of its file, which is named after what is in it, so that twice is once. Raises CannotPrint."""
    (kept,) = keep_many([credential])
    if isinstance(kept, Exception):
        raise kept
    return kept


def keep_many(credentials: Sequence[AchievementCredential]) -> list[str | Exception]:
    """Print and store a chunk: of each its key, or why it could not be printed. Raises OSError (disk full): then none is stored.

    A key is given when the bytes are on the disk, for all of them together.
    """
    misprints = _misprints(credentials)
    made = [_tried(credential, misprints.get(credential.version_id)) for credential in credentials]
    keys = iter(papers.keep([each for each in made if not isinstance(each, Exception)]))
    return [each if isinstance(each, Exception) else next(keys) for each in made]


def _misprints(credentials: Sequence[AchievementCredential]) -> dict[int, Misprint]:
    """The newest misprint of each of their versions that ever had one: asked once for a chunk."""
    found: dict[int, Misprint] = {}
    for issuer in {credential.issuer_id for credential in credentials}:
        with scope(issuer):
            found |= misprinting.newest_of({row.version_id for row in credentials if row.issuer_id == issuer})
    return found


def _tried(credential: AchievementCredential, misprint: Misprint | None) -> bytes | Spliced | Exception:
    try:
        return _printed(credential, misprint)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 -- one row's trouble is its own: the caller sets it aside
        return error


def fetch(key: str) -> bytes:
    """The PDF of a key that `keep` gave, byte for byte as it was printed. Raises media.MissingFile, also where it was altered."""
    return papers.fetch(key)


def forget(key: str) -> None:
    """Erase the file of a key; nothing happens where there is none. What everybody's have in common says nothing of anybody."""
    if key and default_storage.exists(key):
        default_storage.delete(key)


def refuse_unprintable(credential: AchievementCredential) -> None:
    """Raise CannotPrint before anything is promised; asked for every row when a list is issued."""
    with _told():
        design(credential.version).check(values(credential))
