"""Stage of the brand kit: what an institution keeps for all its designs, and which pictures are its own.

A layout names pictures by their key in the media storage. Whoever stores one asks `unknown_pictures` first; whoever draws
one asks `fetch_pictures` for the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from badges.models import BrandKit, Picture, Signatory
from badges.pointing import escaped
from badges.rendering import image
from badges.rendering.certificate import Problem
from issuers import clock, marks, media
from issuers.models import AuditEvent, Issuer, User
from issuers.tenancy import EVERY, NoScope, current_scope

SIGNATURES, PICTURES = "signature", "picture"
# The words of a kit: three headings of certificates, three texts of mails.
HEADINGS = ("heading", "lead", "deed")
WORDS = (*HEADINGS, "mail_greeting", "mail_sentence", "mail_footer")
# Where pictures of layouts lie: a key of anything else (proofs, certificates of people) is never drawn.
_KEY = re.compile(rf"({media.PUBLIC}|{SIGNATURES}|{PICTURES})/[0-9a-f]{{2}}/[0-9a-f]{{40}}\.(png|jpg)")


def _named(layout: Any) -> Iterator[tuple[str, Any]]:
    """Pointer (RFC 6901) and value of every `picture` in a layout of any shape, however deep."""
    waiting: list[tuple[str, Any]] = [("", layout)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            steps = [(escaped(str(step)), inner) for step, inner in value.items()]
        elif isinstance(value, list | tuple):
            steps = [(str(step), inner) for step, inner in enumerate(value)]
        else:
            continue
        for step, inner in reversed(steps):
            waiting.append((f"{pointer}/{step}", inner))
        if "picture" in value and isinstance(value, dict) and value["picture"] != "":
            yield f"{pointer}/picture", value["picture"]


def unknown_pictures(layout: Any) -> list[Problem]:
    """A fault for every picture that is not one of this institution's. A picture that was put away still is.

    To be asked in `scope(issuer)`: across institutions everybody's pictures would be known.
    """
    if current_scope() == EVERY:
        raise NoScope("whose pictures? ask in scope(issuer)")
    named = list(_named(layout))
    keys = {key for _pointer, key in named if isinstance(key, str) and _KEY.fullmatch(key)}
    known = set(Picture.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    said = _("This picture is not one of yours. Choose it from your pictures, or add it there first.")
    return [
        Problem(pointer, "unknown-picture", said)
        for pointer, key in named
        if not isinstance(key, str) or key not in known
    ]


def fetch_pictures(layout: Mapping[str, Any]) -> dict[str, bytes]:
    """The bytes of every picture of a layout by its key, and of its signatures also as `signature.1`, `signature.2`.

    Raises media.MissingFile. Whose they are was asked when the layout was stored (`unknown_pictures`).
    """
    found: dict[str, bytes] = {}
    for _pointer, key in _named(layout):
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise media.MissingFile(str(key))
        if key not in found:
            found[key] = media.fetch(key)
    for number, signer in enumerate(layout.get("signers", ()), 1):
        if signer.get("picture"):
            found[f"signature.{number}"] = found[signer["picture"]]
    return found


# What new designs begin with.


@dataclass(frozen=True)
class Kit:
    """An institution's choices as designs take them; '' where it chose nothing."""

    brand: str
    language: str
    accent: str = ""
    paper: str = ""
    ink: str = ""
    fonts: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    signers: tuple[dict[str, str], ...] = ()

    def texts(self, language: str) -> Mapping[str, str]:
        """Headings, for what is written in the institution's own language; elsewhere the designs' words stand."""
        return self.words if language.partition("-")[0] == self.language.partition("-")[0] else {}


def chosen(issuer: Issuer) -> Kit:
    """The kit of an institution, read once for as many designs as there are to draw."""
    row = getattr(issuer, "kit", None) or BrandKit(issuer=issuer)
    return Kit(
        brand=issuer.brand,
        language=issuer.language,
        accent=row.accent,
        paper=row.paper,
        ink=row.ink,
        fonts=row.fonts,
        words={name: getattr(row, name) for name in HEADINGS},
        signers=tuple(signatory.signer for signatory in Signatory.objects.filter(issuer=issuer).signing()),
    )


@transaction.atomic
def change(issuer: Issuer, by: User, part: str, **values: str) -> bool:
    """Write one part of the kit: colours, fonts or texts. False if it said so already."""
    kit, _made = BrandKit.objects.select_for_update().get_or_create(issuer=issuer)
    changed = {name: value for name, value in values.items() if getattr(kit, name) != value}
    if changed:
        BrandKit.objects.filter(pk=kit.pk).update(**changed)
        _record(issuer, by, part)
    return bool(changed)


@transaction.atomic
def change_brand(issuer: Issuer, by: User, colour: str) -> bool:
    """The one colour of pages, mails and badges. False if it was this already."""
    before = issuer.brand
    if not Issuer.objects.filter(pk=issuer.pk).exclude(brand=colour).update(brand=colour):
        return False
    marks.all_changed()
    AuditEvent.objects.record(issuer, by, "issuer.brand_changed", issuer, before=before, after=colour)
    return True


def _record(issuer: Issuer, by: User, *parts: str) -> None:
    AuditEvent.objects.record(issuer, by, "kit.edited", issuer, fields=list(parts))


# Pictures.


def _keep(
    issuer: Issuer, by: User, kind: str, made: image.Picture | image.Illustration, *, name: str, alt: str = ""
) -> Picture:
    """Store a picture that was decoded and encoded again. The same one sent twice is one row, on offer again."""
    folder = {Picture.Kind.LOGO: media.PUBLIC, Picture.Kind.SIGNATURE: SIGNATURES}.get(Picture.Kind(kind), PICTURES)
    told = {"kind": kind, "name": name, "alt": alt, "width": made.width, "height": made.height, "put_away_at": None}
    picture, _made = Picture.objects.update_or_create(
        issuer=issuer,
        key=media.keep(folder, made.data, made.suffix),
        defaults=told,
        create_defaults={**told, "added_by": by, "added_at": clock.now()},
    )
    return picture


@transaction.atomic
def add_picture(issuer: Issuer, by: User, data: bytes, *, kind: str, name: str, alt: str) -> Picture:
    """Take a picture into the library. Raises image.ImageRefused."""
    picture = _keep(issuer, by, kind, image.illustration(data), name=name, alt=alt)
    _record(issuer, by, "pictures")
    return picture


@transaction.atomic
def describe_picture(picture: Picture, by: User, *, kind: str, name: str, alt: str) -> None:
    """Call it something else. What was laid out with it keeps the words it has."""
    if (
        Picture.objects.filter(pk=picture.pk)
        .exclude(kind=kind, name=name, alt=alt)
        .update(kind=kind, name=name, alt=alt)
    ):
        _record(picture.issuer, by, "pictures")


def keep_signature(issuer: Issuer, by: User, png: bytes, name: str) -> str:
    """Key of a handwritten signature, as badges.rendering.image.signature made it; not for strangers' eyes."""
    key = media.keep(SIGNATURES, png, "png")
    told = {"kind": Picture.Kind.SIGNATURE, "name": name, "added_by": by, "added_at": clock.now()}
    Picture.objects.get_or_create(issuer=issuer, key=key, defaults=told)
    return key


@transaction.atomic
def change_logo(issuer: Issuer, by: User, data: bytes, *, dark: bool = False) -> str:
    """Take a logo, or the one for dark grounds: decoded and encoded again. Its key. Raises image.ImageRefused."""
    column = "dark_logo" if dark else "logo"
    picture = _keep(issuer, by, Picture.Kind.LOGO, image.logo(data), name=issuer.name, alt=issuer.name)
    if Issuer.objects.filter(pk=issuer.pk).exclude(**{column: picture.key}).update(**{column: picture.key}):
        marks.all_changed()
        AuditEvent.objects.record(issuer, by, f"issuer.{column}_changed", issuer)
    return picture.key


@transaction.atomic
def remove_logo(issuer: Issuer, by: User, *, dark: bool = False) -> bool:
    """Go back to initials, or to the one logo for every ground. False if there was none."""
    column = "dark_logo" if dark else "logo"
    removed = Issuer.objects.filter(pk=issuer.pk).exclude(**{column: ""}).update(**{column: ""}) == 1
    if removed:
        marks.all_changed()
        AuditEvent.objects.record(issuer, by, f"issuer.{column}_removed", issuer)
    return removed


# Signatories.


@transaction.atomic
def add_signatory(issuer: Issuer, by: User, *, name: str, title: str, data: bytes = b"") -> Signatory:
    """Somebody more who signs, after all others. Raises image.ImageRefused."""
    last = Signatory.objects.filter(issuer=issuer).aggregate(last=Max("position"))["last"]
    signatory = Signatory.objects.create(
        issuer=issuer,
        name=name,
        title=title,
        picture=_signature(issuer, by, data, name) if data else None,
        position=0 if last is None else last + 1,
    )
    _record(issuer, by, "signatories")
    return signatory


@transaction.atomic
def edit_signatory(
    signatory: Signatory, by: User, *, name: str, title: str, data: bytes = b"", unsigned: bool = False
) -> None:
    """Another office, another name, another signature; `unsigned` takes the picture away."""
    picture = signatory.picture
    if data:
        picture = _signature(signatory.issuer, by, data, name)
    elif unsigned:
        picture = None
    Signatory.objects.filter(pk=signatory.pk).update(name=name, title=title, picture=picture)
    _record(signatory.issuer, by, "signatories")


def _signature(issuer: Issuer, by: User, data: bytes, name: str) -> Picture:
    return _keep(issuer, by, Picture.Kind.SIGNATURE, image.signature(data), name=name)


@transaction.atomic
def let_sign_first(signatory: Signatory, by: User) -> None:
    """Before all others: designs have places for one or two."""
    others = Signatory.objects.filter(issuer=signatory.issuer).exclude(pk=signatory.pk).order_by("position", "id")
    for place, pk in enumerate([signatory.pk, *others.values_list("pk", flat=True)]):
        Signatory.objects.filter(pk=pk).update(position=place)
    _record(signatory.issuer, by, "signatories")


# Putting away, and taking out again.


def put_away(row: Picture | Signatory, by: User) -> bool:
    """No longer offered; whatever was made with it goes on printing it. False if it already was."""
    return _move(row, by, away=True)


def take_out(row: Picture | Signatory, by: User) -> bool:
    """Offered again. False if it was."""
    return _move(row, by, away=False)


@transaction.atomic
def _move(row: Picture | Signatory, by: User, *, away: bool) -> bool:
    here = type(row).objects.filter(pk=row.pk, put_away_at__isnull=away)
    done = here.update(put_away_at=clock.now() if away else None) == 1
    if done:
        _record(row.issuer, by, "pictures" if isinstance(row, Picture) else "signatories")
    return done


_USES = """
SELECT key #>> '{}' AS key, count(DISTINCT d.achievement_id)
FROM badges_certificatedesign d, jsonb_path_query(d.layout, 'lax $.**.picture') AS key
WHERE d.issuer_id = %s AND jsonb_typeof(key) = 'string' GROUP BY 1
"""


def uses(issuer: Issuer) -> dict[str, int]:
    """Key → on how many drafts of certificates it is."""
    with connection.cursor() as cursor:
        cursor.execute(_USES, [issuer.pk])
        return dict(cursor.fetchall())
