"""Stage of sharing designs between institutions: a draft as a file (lend), and a file as a draft of one's own (take).

It stands above the stage of drafts, which it asks to begin and to dress. What is lent holds nothing of the lender; what
is taken is checked and drawn as if somebody here had typed it, in the colours of whoever takes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import transaction

from badges import designing, dressing, exchanging, keeping, laying_out
from badges.exchanging import Design, NotADesign, Problem
from badges.models import Achievement, Picture
from badges.rendering import badge as drawing
from badges.rendering import badge_starters, image
from badges.rendering import certificate as paper
from issuers import clock, media
from issuers.models import AuditEvent, Issuer, User

BADGE = ("texts", "symbol", "monogram", "logo", "size", "level", "year", "brand", "accent", "alt", "own")
CERTIFICATE = ("size", "orientation", "texts", "brand", "accent")
# Longer side of a picture that comes with a layout, in pixels: A4 at 200 to the inch.
PICTURE_SIDE = 2400
# What drawing code was seen to raise for choices of the right form and no sense.
_SENSELESS = (KeyError, ValueError, TypeError, IndexError, AttributeError)


@dataclass(frozen=True)
class Looks:
    """How a design would look here: a drawing or a picture, and a layout with the starter it came from.

    `draft` stands in no table; `pictures` are those that the layout names, under keys that no storage has.
    """

    draft: Achievement
    spec: dict[str, Any] | None
    picture: bytes
    alt: str
    layout: dict[str, Any]
    starter: str
    pictures: dict[str, bytes]


def lend(achievement: Achievement) -> Design:
    """The draft as a file to give away: without signatories, keys, ids, and addresses of people."""
    issuer, pictures = achievement.issuer, _Pictures()
    design = Design(
        name=achievement.name,
        words=_words(achievement),
        skills=[{line: getattr(row, line) for line in _SKILL} for row in achievement.alignments.all()],
        brand=issuer.brand,
        badge=_lent_badge(achievement, pictures),
        certificate=_lent_certificate(achievement, pictures),
        pictures=pictures.found,
    )
    parts = ("name", "words", "skills", "badge", "certificate")
    return replace(design, **{part: exchanging.shareable(getattr(design, part)) for part in parts})


_SKILL = ("target_name", "target_url", "target_framework", "target_code")
_PLAIN = ("achievement_type", "description", "criteria", "tags", "language", "field_of_study", "valid_months")


class _Pictures:
    """Pictures of the looks, numbered as they are met."""

    def __init__(self) -> None:
        self.found: dict[str, bytes] = {}
        self._names: dict[str, str] = {}

    def name(self, key: str) -> str:
        if key not in self._names:
            self._names[key] = f"p{len(self._names) + 1}"
            self.found[self._names[key]] = media.fetch(key)
        return exchanging.REFERENCE + self._names[key]


def _words(achievement: Achievement) -> dict[str, Any]:
    words = {field: getattr(achievement, field) for field in _PLAIN}
    for amount in ("credits", "hours"):
        value: Decimal | None = getattr(achievement, amount)
        words[amount] = None if value is None else format(value.normalize(), "f")
    return words | {"suspendable": achievement.status_purpose == Achievement.Purpose.SUSPENSION}


def _lent_badge(achievement: Achievement, pictures: _Pictures) -> dict[str, Any]:
    badge = getattr(achievement, "badge", None)
    if badge and badge.picture:
        return {"picture": pictures.name(badge.picture), "alt": badge.alt or achievement.name}
    starter = badge.starter if badge and badge.starter else designing.FIRST_BADGE
    return {"starter": starter, "choices": _lent(badge.choices if badge else {}, BADGE, achievement.issuer)}


def _lent_certificate(achievement: Achievement, pictures: _Pictures) -> dict[str, Any]:
    certificate = getattr(achievement, "certificate", None)
    choices = certificate.choices if certificate else {}
    if certificate and choices.get("own") is True:
        layout = {**certificate.layout, "signers": [], "elements": _printed(certificate.layout["elements"])}
        return {"layout": _anonymous(exchanging.replaced(layout, pictures.name), achievement.issuer.name)}
    starter = certificate.starter if certificate and certificate.starter else laying_out.FIRST
    return {"starter": starter, "choices": _lent(choices, CERTIFICATE, achievement.issuer)}


def _printed(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what is hidden: what nobody sees is not given away, and nothing closes up under it."""
    gone = {element["id"] for element in elements if element.get("hidden")}
    kept = [element for element in elements if element["id"] not in gone]
    return [
        {key: value for key, value in element.items() if key != "below" or value[0] not in gone} for element in kept
    ]


def _lent(choices: Mapping[str, Any], known: tuple[str, ...], issuer: Issuer) -> dict[str, Any]:
    """What was chosen. Words that name the lender are left to be suggested anew."""
    kept = {key: choices[key] for key in known if choices.get(key) not in (None, "", [], {})}
    if "texts" in kept:
        texts = kept["texts"].items()
        kept["texts"] = {key: text for key, text in texts if issuer.name.casefold() not in text.casefold()}
    if issuer.name.casefold() in str(kept.get("alt", "")).casefold():
        del kept["alt"]
    return kept


def _anonymous(value: Any, name: str) -> Any:
    """A layout that says the field where it said the lender's name."""
    if isinstance(value, str):
        return value.replace(name, "{{issuer.name}}")
    if isinstance(value, dict):
        return {key: _anonymous(child, name) for key, child in value.items()}
    return [_anonymous(child, name) for child in value] if isinstance(value, list) else value


def looks(issuer: Issuer, design: Design, *, keep_colours: bool = False) -> Looks:
    """How a design of a file would look here. Raises NotADesign for what cannot be drawn; stores nothing."""
    words = {name: design.words[name] for name in ("description", "language", "valid_months")}
    draft = Achievement(issuer=issuer, name=design.name, edited_at=clock.now(), hours=_amount(design, "hours"), **words)
    pictures = _decoded(design)
    problems: list[Problem] = []
    spec = _spec(draft, design, keep_colours, problems)
    layout = _layout(draft, design, keep_colours, problems)
    if problems:
        raise NotADesign(problems[: exchanging.MOST_PROBLEMS])
    alt = spec["alt"] if spec else design.badge["alt"]
    picture = pictures[_named(design.badge["picture"])] if "picture" in design.badge else b""
    named = {_placeholder(exchanging.REFERENCE + name): data for name, data in pictures.items()}
    return Looks(draft, spec, picture, alt, layout, design.certificate.get("starter", ""), named)


def _amount(design: Design, name: str) -> Decimal | None:
    return Decimal(design.words[name]) if design.words[name] else None


def _placeholder(reference: str) -> str:
    """What a layout calls a picture of its file until somebody takes it; media keeps none under this name."""
    return f"picture/00/{hashlib.sha1(reference.encode(), usedforsecurity=False).hexdigest()}.png"


def _named(reference: str) -> str:
    return reference.removeprefix(exchanging.REFERENCE)


def _decoded(design: Design) -> dict[str, bytes]:
    """Every picture decoded and encoded again, as those that are handed in one by one."""
    badge = _named(design.badge.get("picture", ""))
    made, problems = {}, []
    for name, data in design.pictures.items():
        try:
            flat = image.flattened(data)
            square = name == badge
            made[name] = image.reencode(flat, square=square, side=600 if square else PICTURE_SIDE, least=24).png
        except image.ImageRefused as refused:
            problems.append(Problem(f"/pictures/{name}/data", refused.code))
    if problems:
        raise NotADesign(problems)
    return made


def _choices(issuer: Issuer, design: Design, look: dict[str, Any], keep_colours: bool) -> dict[str, Any]:
    """In the colours of the lender where that was asked for; else colours of one's own follow."""
    choices = dict(look["choices"])
    if keep_colours:
        choices.setdefault("brand", design.brand)
        return choices
    for name in ("brand", "accent"):
        if str(choices.get(name, "")).startswith("#"):
            del choices[name]
    return choices


def _spec(draft: Achievement, design: Design, keep: bool, problems: list[Problem]) -> dict[str, Any] | None:
    if "starter" not in design.badge:
        return None
    if design.badge["starter"] not in badge_starters.IDS:
        problems.append(Problem("/badge/starter", "unknown-starter"))
        return None
    choices = _choices(draft.issuer, design, design.badge, keep)
    try:
        spec: dict[str, Any] = dressing.badge_spec(draft, design.badge["starter"], choices)
        faults = drawing.check(spec)
    except _SENSELESS:
        problems.append(Problem("/badge/choices", "not-drawable"))
        return None
    problems += [Problem("/badge/choices", fault.code) for fault in faults]
    return spec


def _layout(draft: Achievement, design: Design, keep: bool, problems: list[Problem]) -> dict[str, Any]:
    if "layout" in design.certificate:
        return _free_layout(draft, design, keep, problems)
    starter = design.certificate["starter"]
    if starter not in paper.IDS:
        problems.append(Problem("/certificate/starter", "unknown-starter"))
        return {}
    choices = _choices(draft.issuer, design, design.certificate, keep)
    try:
        made = dressing.certificate_layout(draft, starter, choices)
        faults = paper.check(made)
    except _SENSELESS:
        problems.append(Problem("/certificate/choices", "not-drawable"))
        return {}
    problems += [Problem("/certificate/choices", fault.code) for fault in faults]
    return made


def _free_layout(draft: Achievement, design: Design, keep: bool, problems: list[Problem]) -> dict[str, Any]:
    layout: dict[str, Any] = exchanging.replaced(design.certificate["layout"], _placeholder)
    if not keep:
        layout = {**layout, "theme": {**layout["theme"], "brand": draft.issuer.brand}}
    layout = {**layout, "locale": draft.language}
    try:
        faults = paper.check(layout)
    except _SENSELESS:
        faults = [paper.Problem("", "not-drawable", "")]
    problems += [Problem(f"/certificate/layout{fault.pointer}", fault.code) for fault in faults]
    return layout


@transaction.atomic
def take(issuer: Issuer, by: User, design: Design, *, keep_colours: bool = False) -> Achievement:
    """Begin a draft with it. Raises NotADesign, and then nothing was stored."""
    seen = looks(issuer, design, keep_colours=keep_colours)
    words = dict(design.words)
    kind, suspendable = words.pop("achievement_type"), words.pop("suspendable")
    made = designing.begin(issuer, by, name=design.name, achievement_type=kind)
    made.refresh_from_db()
    criteria = words.pop("criteria")
    purpose = Achievement.Purpose.SUSPENSION if suspendable else Achievement.Purpose.REVOCATION
    amounts = {name: _amount(design, name) for name in ("credits", "hours")}
    made = designing.save_words(made, by, edits=made.edits, **{**words, **amounts, "status_purpose": purpose})
    designing.save_criteria(made, by, edits=made.edits, criteria=criteria, rows=design.skills)
    _dress(made, by, design, seen, keep_colours)
    AuditEvent.objects.record(issuer, by, "achievement.imported", made, format=exchanging.FORMAT)
    return made


def _dress(made: Achievement, by: User, design: Design, seen: Looks, keep: bool) -> None:
    if seen.spec is None:
        designing.upload_badge(made, seen.picture, alt=seen.alt)
    else:
        choices = _choices(made.issuer, design, design.badge, keep)
        designing.dress_badge(made, starter=design.badge["starter"], choices=choices)
    if seen.starter:
        choices = _choices(made.issuer, design, design.certificate, keep)
        laying_out.from_starter(made, starter=seen.starter, choices=choices)
        return
    keys = {name: _keep(made, by, data) for name, data in _decoded(design).items()}
    own = exchanging.replaced(design.certificate["layout"], lambda reference: keys.get(_named(reference), reference))
    layout = {**own, "theme": seen.layout["theme"], "locale": seen.layout["locale"]}
    try:
        laying_out.freely(made, by=by, edits=None, layout=layout, starter="")
    except laying_out.FaultyLayout as error:
        raise NotADesign([Problem(f"/certificate/layout{p.pointer}", p.code) for p in error.problems]) from error


def _keep(made: Achievement, by: User, png: bytes) -> str:
    """The one place where a picture of a file becomes one of the institution's."""
    return keeping.add_picture(made.issuer, by, png, kind=Picture.Kind.IMAGE, name=made.name, alt="").key
