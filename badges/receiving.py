"""Stage of designs that somebody handed in: each waits an hour to be taken, and a worker draws its certificate meanwhile.

They lie in the cache alone: what nobody takes is gone. The picture is for looking at; taking draws everything anew.
"""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

from django.core.cache import cache

from badges import exchanging, lending, previewing
from badges.exchanging import Design, NotADesign
from badges.rendering import certificate as paper
from badges.rendering import pdf, preview
from issuers import clock
from issuers.models import Issuer
from issuers.tenancy import scope
from issuers.waking import wake

TASK = "badges.tasks.design_pages"
PATIENCE = 60 * 60
# After which nobody goes on waiting for a worker, in seconds.
AT_WORK = 60
WIDTH = 960  # pixels


class Page(NamedTuple):
    """The certificate of a design: `made`, `failed`, `waiting`, or `missing` where no worker came."""

    state: str
    picture: bytes = b""


def receive(issuer: Issuer, design: Design) -> str:
    """Keep a design for an hour, and ask for its page; the token by which this institution finds it."""
    token = secrets.token_hex(16)
    cache.set(_place(issuer, token), (exchanging.write(design), clock.now()), PATIENCE)
    wake(TASK, args=[issuer.pk, token])
    return token


def _place(issuer: Issuer, token: str, part: str = "") -> str:
    return f"design:{issuer.pk}:{token}:{part}"


def _kept(issuer: Issuer, token: str) -> Any:
    return cache.get(_place(issuer, token)) if token.isalnum() and len(token) < 60 else None


def waiting(issuer: Issuer, token: str) -> Design | None:
    """The design that was handed in here a moment ago."""
    kept = _kept(issuer, token)
    return exchanging.read(kept[0]) if kept else None


def forget(issuer: Issuer, token: str) -> None:
    """It was taken."""
    cache.delete_many([_place(issuer, token, part) for part in ("", "ours", "theirs")])


def page(issuer: Issuer, token: str, *, keep_colours: bool = False) -> Page:
    """Its certificate, as far as a worker has come. Makes nothing."""
    made: Page | None = cache.get(_place(issuer, token, _part(keep_colours)))
    if made is not None:
        return Page(*made)
    kept = _kept(issuer, token)
    late = kept is None or (clock.now() - kept[1]).total_seconds() > AT_WORK
    return Page("missing" if late else "waiting")


def _part(keep_colours: bool) -> str:
    return "theirs" if keep_colours else "ours"


def draw_pages(issuer: Issuer, token: str) -> None:
    """What a worker does for it: its page in the colours of whoever looks, and in its own."""
    with scope(issuer):
        for keep_colours in (False, True):
            if design := waiting(issuer, token):
                made = _drawn(issuer, design, keep_colours)
                cache.set(_place(issuer, token, _part(keep_colours)), tuple(made), PATIENCE)


def _drawn(issuer: Issuer, design: Design, keep_colours: bool) -> Page:
    try:
        seen = lending.looks(issuer, design, keep_colours=keep_colours)
        told = previewing.values(seen.draft, previewing.PEOPLE["short"])
        badge = {"badge": seen.picture, "badge-small": seen.picture} if seen.picture else {}
        badge = badge or previewing.pictures_of({"spec": seen.spec, "picture": ""})
        pictures = badge | seen.pictures
        made = pdf.render(seen.layout, told, credential_json=previewing.NOT_A_CREDENTIAL, pictures=pictures)
    except (NotADesign, paper.DoesNotFit, paper.MissingGlyph):
        return Page("failed")
    return Page("made", preview.page_image(made, width=WIDTH))
