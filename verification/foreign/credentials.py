"""A Verifiable Credential of any origin, judged: form, shown, signature, key, status, dates, and what else was asked."""

from __future__ import annotations

from datetime import datetime

from verification.foreign import dids, integrity, moments, pictures, recipients, shapes, signed, statuses
from verification.foreign.envelopes import Opened
from verification.foreign.outcome import Named, Outcome
from verification.foreign.plain import plain
from verification.foreign.shelf import Missing, Shelf
from verification.report import Check, Report, Result

KEYS = ("form", "shown", "signature", "key", "status", "dates")


def examine(opened: Opened, document: signed.Signed, shelf: Shelf, now: datetime, address: str) -> Outcome:
    """Ask for everything first, then judge: the costly part is done once, when nothing is missing any more."""
    made = Outcome(
        envelope=opened.envelope,
        kind=shapes.kind(document.document),
        issuer=named(document),
    )
    if _may_ask(document):
        _ask(document, opened, shelf)
        if shelf.wants:
            return _wanting(made, shelf)
    try:
        report = _judged(document, opened, shelf, now, address)
    except Missing:
        return _wanting(made, shelf)
    return Outcome(envelope=made.envelope, kind=made.kind, issuer=made.issuer, report=report)


def _wanting(made: Outcome, shelf: Shelf) -> Outcome:
    return Outcome(wants=shelf.wants, envelope=made.envelope, kind=made.kind, issuer=made.issuer)


def named(document: signed.Signed) -> Named:
    """Who is said to have issued it."""
    issuer = document.document.get("issuer")
    name = issuer.get("name", "") if isinstance(issuer, dict) else ""
    if isinstance(name, dict):
        name = name.get("@value", "")
    return Named(plain(document.issuer), plain(name) if isinstance(name, str) else "", dids.host_of(document.issuer))


def _may_ask(document: signed.Signed) -> bool:
    """Nothing is fetched for what is refused anyway (SECURITY V4)."""
    try:
        return document.refusal is None and bool(signed.methods(document))
    except integrity.ProofRefused:
        return False


def _ask(document: signed.Signed, opened: Opened, shelf: Shelf) -> None:
    """The documents of its keys, its status lists, and the picture that a baked file is compared with."""
    for method in signed.methods(document):
        address = dids.document_address(method.partition("#")[0])
        if address is not None:
            shelf.want(address)
    for listed in statuses.addresses(document.said):
        shelf.want(listed)
    for picture in pictures.of_credential(document.said)[:2] if opened.picture else []:
        shelf.want(picture)


def _judged(document: signed.Signed, opened: Opened, shelf: Shelf, now: datetime, address: str) -> Report:
    status = (
        statuses.check(document.said, document.issuer, shelf, now)
        if _may_ask(document)
        else Check("status", Result.UNKNOWN, "status_not_looked_up")
    )
    judged = signed.judge(document, shelf, now)
    checks = [
        shapes.check(document.document),
        judged.shown,
        judged.signature,
        judged.key,
        status,
        moments.of_credential(document.said, shapes.version(document.document), now),
    ]
    shown = judged.shown.result is Result.PASSED
    if opened.picture and shown:
        checks.append(pictures.check(opened.picture, pictures.of_credential(document.said), shelf))
    if address and shown:
        checks.append(recipients.check(recipients.of_credential(document.said), address))
    return Report(tuple(checks), document.said if shown else None)
