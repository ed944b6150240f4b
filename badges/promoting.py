"""What an institution tells people of an achievement that they can earn: pictures, a poster with a code, and words to post."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image

from badges.models import AchievementVersion
from badges.rendering import cards
from issuers import media


@dataclass(frozen=True)
class Post:
    """Words to copy: where they go, they themselves, and how high their field is."""

    title: str
    text: str
    rows: int


def address(version: AchievementVersion) -> str:
    """The public page that says what it takes."""
    return settings.SITE_URL + version.achievement.public_url


def picture(version: AchievementVersion, kind: cards.Kind) -> bytes:
    """PNG that invites people to earn it, in the institution's look and the achievement's language; made once, then kept."""
    issuer = version.issuer
    said = (version.pk, kind, issuer.name, issuer.brand, issuer.logo, version.achievement.slug)
    name = "-".join(str(part) for part in said)
    kept = media.remembered("promotion", name)
    if kept is not None:
        return kept
    with override(version.words["language"]):
        drawn = _drawn(version, kind)
    media.remember("promotion", name, drawn)
    return drawn


def _drawn(version: AchievementVersion, kind: cards.Kind) -> bytes:
    issuer = version.issuer
    return cards.card(
        kind=kind,
        achievement_name=version.words["name"],
        recipient_name=_("you"),
        issuer_name=issuer.name,
        badge_png=media.fetch(version.badge_picture),
        brand=issuer.brand,
        logo_png=media.fetch(issuer.logo) if issuer.logo else None,
        url=address(version),
        achieved_on="",
        locale=version.words["language"],
        wording=cards.Wording(
            recognises=_("{issuer} invites"), earning=_("to earn {achievement}"), check=_("See what it takes")
        ),
    )


def poster(version: AchievementVersion) -> bytes:
    """One page of A4 as PDF, to print and hang up."""
    page, written = Image.open(io.BytesIO(picture(version, "poster"))), io.BytesIO()
    title = f"{version.words['name']} · {version.issuer.name}"
    page.convert("RGB").save(written, "PDF", resolution=cards.PRINTED, title=title)
    return written.getvalue()


def posts(version: AchievementVersion) -> list[Post]:
    """What to say, from short to long, in the achievement's language; the titles are in the reader's."""
    titles = (_("A short post"), _("A longer post"), _("A mail to your students"))
    words = version.words
    said = {
        "name": words["name"],
        "issuer": version.issuer.name,
        "description": words["description"],
        "address": address(version),
    }
    with override(words["language"]):
        texts = (
            _("Earn “%(name)s” at %(issuer)s. What it takes: %(address)s"),
            _(
                "What you do here counts, and you can show it. “%(name)s” is a digital credential of %(issuer)s: %(description)s"
                " It stays yours, and anybody can check that it is true. What it takes: %(address)s"
            ),
            _(
                "Hello,\n\nyou can earn “%(name)s” with us: %(description)s\n\nWhat it takes stands here: %(address)s\n\n"
                "When you have earned it you get a mail. It is yours to keep, to share, or to keep to yourself.\n\n%(issuer)s"
            ),
        )
        filled = [text % said for text in texts]
    return [Post(title, text, rows) for title, text, rows in zip(titles, filled, (2, 4, 9), strict=True)]
