"""The one way in: bytes of any origin, what has been fetched for them so far, and the time. Pure; runs inside the sandbox.

Works in rounds (docs/decisions/0008): an outcome either names what it wants fetched, or is finished and carries a report.
It is never an exception, and a check that could not be made is `unknown`, never passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from verification.foreign import badges2, credentials, envelopes, shapes, signed, tokens
from verification.foreign.outcome import Outcome, Resource
from verification.foreign.plain import plain
from verification.foreign.shelf import Shelf
from verification.report import Check, Report, Result


def examine(content: bytes, resources: Mapping[str, Resource], now: datetime, *, address: str = "") -> Outcome:
    """Judge what was handed in. `address` is what a viewer typed, to see whether the credential is that person's."""
    try:
        opened = envelopes.open_(content)
    except envelopes.NothingInside as error:
        return _nothing(error.envelope, error.finding, error.facts)
    try:
        given, parts = signed.parsed(opened.text)
        if shapes.kind(given) == "open_badge_2":
            return badges2.examine(opened, badges2.Badge(given, parts), Shelf(resources), now, address)
        document = signed.of(given, parts)
    except tokens.TokenRefused as error:
        return _nothing(opened.envelope, error.finding, {"why": plain(error)})
    except ValueError as error:
        return _nothing(opened.envelope, "unreadable", {"why": plain(error)})
    kind = shapes.kind(document.document)
    if kind in {"presentation", "nothing"}:
        return _nothing(opened.envelope, "wrapped" if kind == "presentation" else "no_credential", {}, kind)
    return credentials.examine(opened, document, Shelf(resources), now, address)


def _nothing(envelope: str, finding: str, facts: Mapping[str, Any], kind: str = "nothing") -> Outcome:
    """Finished at once: the first check failed, and nothing else could be looked at."""
    rest = tuple(Check(key, Result.UNKNOWN, "unread") for key in credentials.KEYS[1:])
    report = Report((Check("form", Result.FAILED, finding, dict(facts)), *rest), None)
    return Outcome(envelope=envelope, kind=kind, report=report)
