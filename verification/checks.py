"""One function a check. Each reads the signed text itself and answers passed, failed or unknown; none trusts our tables.

The report is what the public page shows and what decides its colour: green only when every check passed.

What is a pure function of bytes is remembered for these bytes: that a text is well-formed, and that exactly this text fits
exactly this key. Whether the key is published, the standing and the dates are asked anew each time (docs/decisions/0011).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from badges.openbadges import validate
from issuers.signing import proofs
from verification import status_list as bits
from verification.report import Check, Report, Result

# Clocks of issuers and verifiers differ a little (SECURITY R7).
LEEWAY = timedelta(minutes=5)
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")


@dataclass(frozen=True)
class Trusted:
    """What a credential is checked against: the issuer's DID, its published keys by DID URL, and its signed status list.

    `withdrawn` are DID URLs of keys that others may know. It is given only for a text that stands in the issuer's own
    records and waits to be signed again: from anywhere else, a withdrawn key is one that is not published.
    """

    issuer_id: str
    issuer_name: str
    keys: Mapping[str, Any]
    status_list: str | None
    withdrawn: frozenset[str] = frozenset()


# A text longer than this is read anew each time, so that what is remembered stays small.
MOST_REMEMBERED = 64 * 1024


@dataclass(frozen=True)
class _Fit:
    """A signed text and a key. Two are the same when every byte of both is."""

    text: str
    key_bytes: bytes
    key: Any = field(compare=False)


def check(signed: str, trusted: Trusted, now: datetime) -> Report:
    """Check one signed text. Anything that cannot be read fails the first check and leaves the others unknown."""
    document, formed = (_read if len(signed) <= MOST_REMEMBERED else _read.__wrapped__)(signed)
    if document is None:
        return Report((formed, *_unread()), None)
    made = (
        formed,
        signature(document, trusted, signed),
        issuer(document, trusted),
        status(document, trusted, now),
        dates(document, now),
    )
    return Report(made, document)


@lru_cache(maxsize=512)
def _read(text: str) -> tuple[Mapping[str, Any] | None, Check]:
    """The document and its first check. Nobody writes into what was read."""
    try:
        document = validate.parse_strict(text)
    except ValueError as error:
        return None, Check("form", Result.FAILED, "unreadable", {"why": str(error)})
    return document, form(document)


def _unread() -> tuple[Check, ...]:
    return tuple(Check(key, Result.UNKNOWN, "unread") for key in ("signature", "issuer", "status", "dates"))


def form(document: Mapping[str, Any]) -> Check:
    """Follows the Open Badges 3.0 schema, and has no term that a signature would not cover."""
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    try:
        validate.prepare_quickly(unsigned)
    except validate.NotPrepared as error:
        return Check("form", Result.FAILED, "malformed", {"why": str(error)})
    return Check("form", Result.PASSED, "written_correctly")


def signature(document: Mapping[str, Any], trusted: Trusted, text: str | None = None) -> Check:
    """The proof fits every field that is shown. `text` is the document's own: with it the answer may be a remembered one."""
    method = _method(document)
    key = trusted.keys.get(method)
    if method in trusted.withdrawn:
        return Check("signature", Result.UNKNOWN, "key_withdrawn", {"method": method})
    if key is None:
        return Check("signature", Result.UNKNOWN, "key_unknown", {"method": method})
    fault = _fault(document, key) if text is None else _fault_of(text, key)
    if fault is not None:
        return Check("signature", Result.FAILED, "altered", {"why": fault})
    proof = document["proof"]
    return Check("signature", Result.PASSED, "unchanged", {"method": method, "suite": proof["cryptosuite"]})


def _fault(document: Mapping[str, Any], key: Any, *, quickly: bool = False) -> str | None:
    """Why the proof does not fit, or None. The long way, unless a shape that this process knows may be filled."""
    roads = (validate.canonicalize_quickly,) if quickly else ()
    try:
        proofs.verify(document, key, validate.load_context, *roads)
    except proofs.ProofError as error:
        return str(error)
    return None


def _fault_of(text: str, key: Any) -> str | None:
    fit = _Fit(text, key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), key)
    return (_remembered if len(text) <= MOST_REMEMBERED else _remembered.__wrapped__)(fit)


@lru_cache(maxsize=1024)
def _remembered(fit: _Fit) -> str | None:
    return _fault(validate.parse_strict(fit.text), fit.key, quickly=True)


@lru_cache(maxsize=64)
def _listed(text: str) -> Mapping[str, Any]:
    return validate.parse_strict(text)


def issuer(document: Mapping[str, Any], trusted: Trusted) -> Check:
    """The key that signed is one that this issuer publishes, and the document names this issuer."""
    named = document.get("issuer")
    claimed = named.get("id") if isinstance(named, Mapping) else named
    method = _method(document)
    facts = {"did": trusted.issuer_id, "name": trusted.issuer_name, "method": method}
    if claimed != trusted.issuer_id or method.partition("#")[0] != trusted.issuer_id:
        return Check("issuer", Result.FAILED, "other_issuer", facts)
    if method in trusted.withdrawn:
        return Check("issuer", Result.UNKNOWN, "signing_again", facts)
    if method not in trusted.keys:
        return Check("issuer", Result.FAILED, "key_not_published", facts)
    return Check("issuer", Result.PASSED, "key_published", facts)


def status(document: Mapping[str, Any], trusted: Trusted, now: datetime) -> Check:
    """The bit of the issuer's own signed list, read now."""
    entry = document.get("credentialStatus")
    if not isinstance(entry, Mapping) or trusted.status_list is None:
        return Check("status", Result.UNKNOWN, "no_list")
    try:
        bit = _bit(trusted.status_list, entry, trusted, now)
    except (ValueError, KeyError, TypeError) as error:
        return Check("status", Result.UNKNOWN, "list_unreadable", {"why": str(error)})
    purpose = entry["statusPurpose"]
    facts = {"index": entry["statusListIndex"], "list": entry["statusListCredential"], "purpose": purpose}
    if bit:
        return Check("status", Result.FAILED, "suspended" if purpose == "suspension" else "revoked", facts)
    return Check("status", Result.PASSED, "not_suspended" if purpose == "suspension" else "not_revoked", facts)


def _bit(text: str, entry: Mapping[str, Any], trusted: Trusted, now: datetime) -> bool:
    listed = (_listed if len(text) <= MOST_REMEMBERED else _listed.__wrapped__)(text)
    key = trusted.keys.get(_method(listed))
    subject = listed["credentialSubject"]
    if key is None or listed["issuer"] != trusted.issuer_id or listed["id"] != entry["statusListCredential"]:
        raise ValueError("the status list is not this issuer's")
    if subject["statusPurpose"] != entry["statusPurpose"]:
        raise ValueError("the status list has another purpose")
    if _moment(listed["validUntil"]) < now - LEEWAY:
        raise ValueError("the status list has lapsed")
    if (fault := _fault_of(text, key)) is not None:
        raise ValueError(fault)
    index = str(entry["statusListIndex"])
    if not _INDEX.fullmatch(index):
        raise ValueError(f"{index!r} is no index")
    return bits.bit(subject["encodedList"], int(index), bits.decode_ours)


def dates(document: Mapping[str, Any], now: datetime) -> Check:
    """Begun, and not ended."""
    try:
        begins = _moment(document["validFrom"])
        ends = _moment(document["validUntil"]) if "validUntil" in document else None
    except (KeyError, ValueError) as error:
        return Check("dates", Result.FAILED, "dates_unreadable", {"why": str(error)})
    facts = {"begins": begins, "ends": ends}
    if begins > now + LEEWAY:
        return Check("dates", Result.FAILED, "not_yet", facts)
    if ends is not None and ends < now:
        return Check("dates", Result.FAILED, "expired", facts)
    return Check("dates", Result.PASSED, "within_dates" if ends else "no_end", facts)


def _moment(text: Any) -> datetime:
    """A moment with its zone: without one it is no moment. Raises ValueError."""
    made = datetime.fromisoformat(str(text))
    if made.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return made


def _method(document: Mapping[str, Any]) -> str:
    proof = document.get("proof")
    return str(proof.get("verificationMethod", "")) if isinstance(proof, Mapping) else ""
