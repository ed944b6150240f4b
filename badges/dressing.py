"""What a draft's looks are drawn from: a starter, the choices made, the achievement's words, the institution's kit."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from badges import keeping
from badges.keeping import Kit
from badges.models import Achievement
from badges.rendering import badge as drawing
from badges.rendering import certificate as paper
from badges.rendering import house_style, image
from issuers import clock, media
from issuers.models import Issuer

_LOGO_SIDE = 360  # pixels: its PNG stays within what the schema takes, whatever it shows


def badge_template(starter: str, *, own: bool) -> drawing.Spec:
    """What can be written on a starter, or on what was composed anew from it."""
    spec = drawing.starter(starter)
    return drawing.composed(spec, {}) if own else spec


def suggested_words(achievement: Achievement, template: drawing.Spec) -> dict[str, str]:
    """Words for a badge to begin with, from what is known of the achievement."""
    return drawing.suggest(template, name=achievement.name, institution=achievement.issuer.name, year=clock.now().year)


def badge_spec(
    achievement: Achievement, starter: str, choices: Mapping[str, Any], kit: Kit | None = None
) -> dict[str, Any]:
    """A starter in the kit's colours and faces with the words typed so far, or with words suggested from the achievement."""
    issuer, own, level = achievement.issuer, choices.get("own"), choices.get("level")
    kit = kit or keeping.chosen(issuer)
    suggested = suggested_words(achievement, badge_template(starter, own=own is not None))
    made = drawing.adjust(
        drawing.starter(starter),
        brand=choices.get("brand") or kit.brand,
        accent=accent_of(choices, kit),
        texts={**suggested, **choices.get("texts", {})},
        symbol=choices.get("symbol") or None,
        monogram=choices.get("monogram") or None,
        logo=_logo_of(issuer) if choices.get("logo") else None,
        size=choices.get("size", 100),
        level=tuple(level) if level else None,
        own=own,
        alt=choices.get("alt") or None,
    )
    return house_style.on_badge(made, fonts=kit.fonts)


def certificate_layout(
    achievement: Achievement, starter: str, choices: Mapping[str, Any], kit: Kit | None = None
) -> dict[str, Any]:
    """A certificate starter on the chosen paper in the kit's style. What was chosen for this draft goes first."""
    kit = kit or keeping.chosen(achievement.issuer)
    made = paper.adjust(
        paper.starter(starter, size=choices.get("size", "A4"), orientation=choices.get("orientation", "landscape")),
        brand=choices.get("brand") or kit.brand,
        accent=accent_of(choices, kit),
        texts={**house_style.headings(kit.texts(achievement.language)), **choices.get("texts", {})},
        signatories=choices.get("signatories", kit.signers),
        locale=achievement.language,
    )
    return house_style.on_certificate(made, paper=kit.paper, ink=kit.ink, fonts=kit.fonts)


def accent_of(choices: Mapping[str, Any], kit: Kit) -> str | None:
    """The accent chosen for this draft; the kit's goes with the kit's brand alone. None leaves it to the design."""
    return choices.get("accent") or ("" if choices.get("brand") else kit.accent) or None


def _logo_of(issuer: Issuer) -> bytes | None:
    """The institution's logo as a badge carries it. Without one, or where its file is gone, the symbol stays."""
    try:
        return _small_logo(issuer.logo) if issuer.logo else None
    except (media.MissingFile, image.ImageRefused):
        return None


@functools.lru_cache(maxsize=64)
def _small_logo(key: str) -> bytes:
    """Keys name content, so that what was made of one stays right."""
    return image.reencode(media.fetch(key), square=False, side=_LOGO_SIDE, least=1).png
