"""Check before signing: strict JSON, the official schema, exact contexts, no lost term. Only this makes a Prepared."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from jsonschema import Draft201909Validator

from badges.openbadges import vocabulary
from issuers import strict_json
from issuers.signing import prepared, rechecking
from issuers.signing.canonical import ContextLoader, NotCanonical, canonicalize
from issuers.signing.compiled import EACH, Kind, Places, cut
from issuers.signing.rechecking import Mismatch
from issuers.signing.shapes import Canonicalizer, Known

__all__ = [
    "Mismatch",
    "NotPrepared",
    "Preparer",
    "canonicalize_quickly",
    "load_context",
    "parse_strict",
    "prepare",
    "prepare_for_profile",
    "prepare_quickly",
    "prepare_status_list",
]

log = logging.getLogger(__name__)
HERE = Path(__file__).parent
MOST_BYTES = 256 * 1024
_CONTEXTS = {
    vocabulary.VC: "credentials-v2.json",
    vocabulary.OPEN_BADGES: "open-badges-3.0.3.json",
    vocabulary.EXTENSIONS: "open-badges-extensions.json",
}
# pyld writes these raw where RDFC-1.0 escapes them (section 5: U+FFFE and U+FFFF too): two would sign different bytes.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

# What differs from person to person. To the schema each of these is a string and nothing more: no pattern, no list of
# words, no length (tests/badges/openbadges/test_preparing.py reads it in the schema). So a document of a shape that passed
# once passes with any other texts here, and what is left to check of a text is what compiled.Shape checks.
_IDENTITY: Places = {"identityHash": Kind.TEXT, "salt": Kind.TEXT}
_PIECE: Places = {"id": Kind.IRI} | dict.fromkeys(("name", "description", "narrative", "genre", "audience"), Kind.TEXT)
PLACES: Places = {
    "id": Kind.IRI,
    **dict.fromkeys(("validFrom", "validUntil", "awardedDate"), Kind.MOMENT),
    "credentialSubject": {
        "id": Kind.IRI,
        **dict.fromkeys(("activityStartDate", "activityEndDate"), Kind.MOMENT),
        **dict.fromkeys(("narrative", "licenseNumber", "role", "term"), Kind.TEXT),
        "identifier": {EACH: _IDENTITY},
        "result": {EACH: {"value": Kind.TEXT, "achievedLevel": Kind.IRI}},
        "encodedList": Kind.TEXT,  # of status lists, which are verified here and prepared elsewhere
    },
    "evidence": {EACH: _PIECE},
    "credentialStatus": {"id": Kind.IRI, "statusListIndex": Kind.TEXT, "statusListCredential": Kind.IRI},
}
# Of the credentials of one shape this one, and the first, are verified by another road before they leave.
ONE_IN = 200


class NotPrepared(ValueError):
    """The document may not be signed (or shown as well-formed): a code, where it is, and why."""

    def __init__(self, code: str, pointer: str, message: str) -> None:
        super().__init__(f"{pointer or '/'}: {message}")
        self.code, self.pointer, self.message = code, pointer, message


@cache
def _context(name: str) -> Any:
    return json.loads((HERE / "contexts" / name).read_text(encoding="utf-8"))


def load_context(url: str) -> Mapping[str, Any]:
    """A pinned context; every other address is refused. Nothing is ever fetched."""
    if url not in _CONTEXTS:
        raise NotCanonical(f"the context {url} is not one of ours")
    context: Mapping[str, Any] = _context(_CONTEXTS[url])
    return context


@cache
def schema() -> Draft201909Validator:
    """The official schema of an AchievementCredential (Open Badges 3.0, for VC 2.0)."""
    return Draft201909Validator(
        json.loads((HERE / "schemas" / "achievement-credential.json").read_text(encoding="utf-8"))
    )


def parse_strict(text: str | bytes) -> dict[str, Any]:
    """One JSON object. Raises ValueError for all that `strict_json` refuses, and for what is no object."""
    value = strict_json.parse(text, most=MOST_BYTES)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 -- one kind of error for all that is no document
    return value


def prepare(document: Mapping[str, Any]) -> prepared.Prepared:
    """Check an unsigned AchievementCredential and make it ready to be signed. Raises NotPrepared."""
    _require_contexts(document, vocabulary.CREDENTIAL_CONTEXTS)
    for error in schema().iter_errors(document):
        pointer = "".join(f"/{step}" for step in error.absolute_path)
        raise NotPrepared("schema", pointer, error.message[:300])
    return _sealed(document)


def prepare_status_list(document: Mapping[str, Any]) -> prepared.Prepared:
    """Check an unsigned BitstringStatusListCredential and make it ready to be signed. Raises NotPrepared."""
    _require_contexts(document, vocabulary.STATUS_LIST_CONTEXTS)
    subject = document.get("credentialSubject")
    if not isinstance(subject, Mapping) or not str(subject.get("encodedList", "")).startswith("u"):
        raise NotPrepared("schema", "/credentialSubject", "no encoded list")
    return _sealed(document)


def prepare_for_profile(document: Mapping[str, Any], load_context: ContextLoader, issuer_id: str) -> prepared.Prepared:
    """For the VC-API profile: what its own rules allowed, with its own contexts, in the name of its did:key. Raises NotPrepared."""
    if not issuer_id.startswith("did:key:"):
        raise NotPrepared("issuer", "/issuer", "the profile has a did:key; institutions sign elsewhere")
    if "proof" in document:
        raise NotPrepared("signed", "/proof", "the document is signed already")
    ready = _sealed(document, load_context)
    if ready.issuer_id != issuer_id:
        raise NotPrepared("issuer", "/issuer", f"the issuer is {ready.issuer_id}, not the profile")
    return ready


def _require_contexts(document: Mapping[str, Any], wanted: list[str]) -> None:
    if "proof" in document:
        raise NotPrepared("signed", "/proof", "the document is signed already")
    if document.get("@context") != wanted:
        raise NotPrepared("context", "/@context", f"must be exactly {wanted}")


def _sealed(document: Mapping[str, Any], load: ContextLoader = load_context) -> prepared.Prepared:
    for text in strict_json.texts(document):
        if _CONTROL.search(text) or strict_json.SURROGATE.search(text):
            raise NotPrepared("control_character", "", f"a control character in {text[:40]!r}")
    _require_numbers(document, "")
    try:
        canonical = canonicalize(document, load)
    except NotCanonical as error:
        raise NotPrepared("lost_term", "", str(error)) from error
    named = document.get("issuer")
    issuer_id = named.get("id") if isinstance(named, Mapping) else named
    if not isinstance(issuer_id, str) or not issuer_id.startswith("did:"):
        raise NotPrepared("schema", "/issuer", "no issuer with a DID")
    return prepared.seal(document, _text(document), canonical, issuer_id)


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _require_numbers(value: Any, pointer: str) -> None:
    """Implementations agree on numbers with at most two decimals below 10^15, and on no others."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            _require_numbers(item, f"{pointer}/{key}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            _require_numbers(item, f"{pointer}/{place}")
    elif (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and (abs(value) >= 1e15 or round(value, 2) != value)
    ):
        raise NotPrepared("number", pointer, f"{value} has more than two decimals, or is too large")


class Preparer:
    """`prepare` for many documents: checked in full once for each shape, and filled afterwards. Refuses just what it refuses.

    Whatever the fast path is not certain of goes the whole way. Safe to share between threads.
    """

    def __init__(self) -> None:
        self.canonicalize = Canonicalizer(PLACES, load_context)

    def prepare(self, document: Mapping[str, Any]) -> prepared.Prepared:
        """Check an unsigned AchievementCredential and make it ready to be signed. Raises NotPrepared."""
        found = cut(document, PLACES)
        known = self.canonicalize.known(found)
        if known is not None and known.approved is not None and (canonical := known.fill(found.values)) is not None:
            return prepared.seal(
                document, found.text(), canonical, known.approved, partial(self._recheck, known, "filled")
            )
        ready = prepare(document)
        known = self.canonicalize.learn(document, found, ready.canonical)
        known.approved = ready.issuer_id
        return replace(ready, recheck=partial(self._recheck, known, "whole"))

    def _recheck(self, known: Known, road: str, signed: str, public_key: Callable[[], Any]) -> None:
        """Before it leaves: the first of each shape by either road, every 200th, and all of a shape that failed once."""
        if known.trusted and known.count(road) % ONE_IN:
            return
        try:
            rechecking.verify(signed, public_key(), load_context)
        except Mismatch:
            self.canonicalize.distrust(known)
            log.exception("A signature was wrong before it left: the shape of this credential is not used again")
            raise


_PREPARER = Preparer()
# For one document or many, for signing and for verifying: what this process learns of a shape serves them all.
prepare_quickly = _PREPARER.prepare
canonicalize_quickly = _PREPARER.canonicalize
