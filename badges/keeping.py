"""Stage of the brand kit: what an institution keeps for all its designs, and which pictures are its own.

A layout names pictures by their key in the media storage. Whoever stores one asks `unknown_pictures` first; whoever draws
one asks `fetch_pictures` for the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from badges.models import Picture
from badges.rendering.certificate import Problem
from issuers import media
from issuers.tenancy import EVERY, NoScope, current_scope

SIGNATURES, PICTURES = "signature", "picture"
# Where pictures of layouts lie: a key of anything else (proofs, certificates of people) is never drawn.
_KEY = re.compile(rf"({media.PUBLIC}|{SIGNATURES}|{PICTURES})/[0-9a-f]{{2}}/[0-9a-f]{{40}}\.(png|jpg)")


def _named(layout: Any) -> Iterator[tuple[str, Any]]:
    """Pointer (RFC 6901) and value of every `picture` in a layout of any shape, however deep."""
    waiting: list[tuple[str, Any]] = [("", layout)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            steps = [(str(step).replace("~", "~0").replace("/", "~1"), inner) for step, inner in value.items()]
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


def fetch_pictures(layout: Any) -> dict[str, bytes]:
    """The bytes of every picture of a layout by its key, and of its signatures also as `signature.1`, `signature.2`.

    Raises media.MissingFile. Whose they are was asked when the layout was stored (`unknown_pictures`).
    """
    found: dict[str, bytes] = {}
    for _pointer, key in _named(layout):
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise media.MissingFile(str(key))
        if key not in found:
            found[key] = media.fetch(key)
    for number, signer in enumerate(layout.get("signers") or (), 1):
        if signer.get("picture"):
            found[f"signature.{number}"] = found[signer["picture"]]
    return found
