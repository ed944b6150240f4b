"""Stages of showing: what is told to a network, the consent, the files to keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from badges.openbadges import baking
from badges.rendering import cards
from issuers import media
from issuers.models import User
from recipients import printing
from recipients.models import AchievementCredential, Share
from recipients.networks import Network, Sharing


class NotReady(Exception):
    """The file is still being made."""


@dataclass(frozen=True)
class Download:
    """A file to keep."""

    data: bytes
    media_type: str
    file_name: str


def told(credential: AchievementCredential) -> Sharing:
    """What a network learns of a credential."""
    words, issuer = credential.words, credential.issuer
    text = _("I have earned %(achievement)s from %(issuer)s.") % {"achievement": words["name"], "issuer": issuer.name}
    return Sharing(
        url=credential.url,
        title=words["name"],
        text=text,
        issuer=issuer.name,
        public_id=credential.public_id,
        awarded=credential.awarded_on,
        expires=credential.expires_at.date() if credential.expires_at else None,
        linkedin_id=issuer.linkedin_id,
    )


@transaction.atomic
def consent(credential: AchievementCredential, user: User, network: Network) -> str:
    """Keep that the holder agreed, and give the network's address."""
    Share.objects.create(issuer=credential.issuer, credential=credential, user=user, network=network.key)
    return network.build(told(credential))


def resume_line(credential: AchievementCredential) -> str:
    """One line for a CV."""
    return f"{credential.words['name']}, {credential.issuer.name}, {credential.awarded_on.year}. {credential.url}"


def email_signature(credential: AchievementCredential, badge_url: str) -> str:
    """HTML for a mail program's footer: a table, one picture with its words, under 10 KB."""
    name, issuer = escape(credential.words["name"]), escape(credential.issuer.name)
    return (
        '<table cellpadding="0" cellspacing="0" border="0"><tr><td style="padding-right:10px">'
        f'<a href="{credential.url}"><img src="{escape(badge_url)}" width="60" height="60" alt="{name}" border="0"></a></td>'
        f'<td style="font:13px/1.4 Arial,sans-serif"><a href="{credential.url}" style="color:inherit">{name}</a><br>{issuer}'
        "</td></tr></table>"
    )


def embed_code(credential: AchievementCredential) -> str:
    """A frame for other sites."""
    return frame(credential.url, credential.words["name"], credential.issuer.name)


def frame(url: str, achievement: str, issuer: str) -> str:
    """The same, of its three words."""
    title = escape(f"{achievement}, {issuer}")
    return f'<iframe src="{url}/embed/" width="340" height="220" title="{title}" loading="lazy"></iframe>'


def _slug(credential: AchievementCredential) -> str:
    return f"{credential.achievement.slug}-{credential.public_id[:6]}"


def _pdf(credential: AchievementCredential) -> Download:
    if not credential.pdf:
        raise NotReady
    return Download(printing.fetch(credential.pdf), "application/pdf", f"{_slug(credential)}.pdf")


def _png(credential: AchievementCredential) -> Download:
    """The badge with the credential inside: spliced in now, never encoded again."""
    picture = media.fetch(credential.version.badge_picture)
    return Download(baking.bake_png(picture, credential.signed), "image/png", f"{_slug(credential)}.png")


def _svg(credential: AchievementCredential) -> Download:
    if not credential.version.badge_svg:
        raise media.MissingFile("this badge is a picture, not a drawing")
    baked = baking.bake_svg(credential.version.badge_svg, credential.signed)
    return Download(baked.encode(), "image/svg+xml", f"{_slug(credential)}.svg")


def _json(credential: AchievementCredential) -> Download:
    return Download(credential.signed.encode(), "application/vc+ld+json", f"{_slug(credential)}.json")


def _card(kind: cards.Kind) -> Callable[[AchievementCredential], Download]:
    def made(credential: AchievementCredential) -> Download:
        return Download(card(credential, kind), "image/png", f"{_slug(credential)}-{kind}.png")

    return made


def card(credential: AchievementCredential, kind: cards.Kind) -> bytes:
    """A picture for networks; made once for what is on it, then kept."""
    words, issuer = credential.words, credential.issuer
    key = f"{credential.public_id}-{credential.revision}"
    kept = media.remembered("card", f"{key}-{kind}")
    if kept is not None:
        return kept
    drawn = cards.card(
        kind=kind,
        achievement_name=words["name"],
        recipient_name=credential.name,
        issuer_name=issuer.name,
        badge_png=media.fetch(credential.version.badge_picture),
        brand=issuer.brand,
        logo_png=media.fetch(issuer.logo) if issuer.logo else None,
        url=credential.url,
        achieved_on=date_format(credential.awarded_on, "j F Y"),
        locale=words["language"],
    )
    media.remember("card", f"{key}-{kind}", drawn)
    return drawn


FORMS: dict[str, Callable[[AchievementCredential], Download]] = {
    "pdf": _pdf,
    "png": _png,
    "svg": _svg,
    "json": _json,
    "og": _card("og"),
    "square": _card("square"),
    "story": _card("story"),
}


def download(credential: AchievementCredential, form: str) -> Download:
    """One file of a credential. Raises KeyError, NotReady, media.MissingFile."""
    return FORMS[form](credential)


def caption(credential: AchievementCredential) -> str:
    """Text to copy beside a picture."""
    return f"{told(credential).text} {credential.url}"
