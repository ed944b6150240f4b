"""The certificate of one credential: what is printed is what was signed, read back from the signed text."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.utils.formats import date_format
from django.utils.translation import override

from badges import keeping
from badges.models import AchievementVersion
from badges.rendering import badge as drawing
from badges.rendering import certificate as paper
from badges.rendering import pdf
from issuers import media
from recipients.composing import earned_credits, printed_results
from recipients.models import AchievementCredential


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


def values(credential: AchievementCredential) -> paper.Values:
    """What is printed for one person."""
    words, zone = credential.version.words, ZoneInfo(credential.issuer.time_zone)
    earned = earned_credits(credential)
    with override(words["language"]):
        awarded = date_format(credential.awarded_on, "j F Y")
        expires = date_format(credential.expires_at.astimezone(zone), "j F Y") if credential.expires_at else ""
    return paper.Values(
        recipient_name=credential.name,
        achievement_name=words["name"],
        achievement_summary=words["description"],
        issuer_name=credential.issuer.name,
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


def _layout(credential: AchievementCredential) -> dict[str, Any]:
    layout: dict[str, Any] = credential.version.content["certificate"]["layout"]
    return layout


def certificate(credential: AchievementCredential) -> bytes:
    """PDF of a signed credential. Raises CannotPrint."""
    try:
        return pdf.render(
            _layout(credential),
            values(credential),
            credential_json=credential.signed,
            pictures=pictures(credential.version),
        )
    except (paper.DoesNotFit, paper.MissingGlyph) as error:
        raise CannotPrint(str(error)) from error


def keep(credential: AchievementCredential) -> str:
    """Print and store it; the key of its file, which is named after what is in it, so that twice is once. Raises CannotPrint."""
    return media.keep("pdf", certificate(credential), "pdf")


def fetch(key: str) -> bytes:
    """The PDF of a key that `keep` gave, byte for byte as it was printed. Raises media.MissingFile."""
    return media.fetch(key)


def forget(key: str) -> None:
    """Erase the file of a key; nothing happens where there is none."""
    if key and default_storage.exists(key):
        default_storage.delete(key)


def refuse_unprintable(credential: AchievementCredential) -> None:
    """Raise CannotPrint before anything is promised; asked for every row when a list is issued."""
    try:
        paper.fits(_layout(credential), values(credential))
    except (paper.DoesNotFit, paper.MissingGlyph) as error:
        raise CannotPrint(str(error)) from error
