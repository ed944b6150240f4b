"""A signed document of any origin, opened: what it says, who is said to have signed it, and whether that holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from badges.openbadges import validate
from verification.foreign import contexts, dids, integrity, tokens
from verification.foreign.linked import Linked, NotCovered, screen
from verification.foreign.plain import plain
from verification.foreign.shelf import Missing, Shelf
from verification.report import Check, Result


@dataclass(frozen=True)
class Judged:
    """The three checks of a signature."""

    shown: Check
    signature: Check
    key: Check

    @property
    def holds(self) -> bool:
        return all(each.result is Result.PASSED for each in (self.shown, self.signature, self.key))


class Signed:
    """A document with its token (if it came in one) and its embedded proofs."""

    def __init__(self, document: Mapping[str, Any], token: tokens.Token | None = None) -> None:
        self.document, self.token = document, token

    @cached_property
    def issuer(self) -> str:
        """The issuer's identifier, or ''."""
        named = self.document.get("issuer")
        found = named.get("id") if isinstance(named, Mapping) else named
        return found if isinstance(found, str) else ""

    @cached_property
    def linked(self) -> Linked:
        """The document as a graph. Raises NotCovered."""
        return Linked({key: value for key, value in self.document.items() if key != "proof"})

    @cached_property
    def refusal(self) -> NotCovered | None:
        """Why it is not even worth looking up a key: vocabularies and fields that no signature could cover."""
        try:
            if self.by_text:
                contexts.required(self.document.get("@context"))
            else:
                screen({key: value for key, value in self.document.items() if key != "proof"})
        except contexts.NotPinned as error:
            return NotCovered("context_unknown", "/@context", str(error))
        except NotCovered as error:
            return error
        return None

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """What a reader may be shown once `shown` has passed: a graph has no place for null and for empty lists."""
        said: Mapping[str, Any] = self.document if self.by_text else _full(self.document)
        return said

    @cached_property
    def proofs(self) -> list[integrity.Proof]:
        """Its embedded proofs. Raises ProofRefused."""
        return integrity.proofs(self.document) if "proof" in self.document else []

    @cached_property
    def by_text(self) -> bool:
        """Whether its text is signed, and not only the graph that it amounts to."""
        if self.token is not None:
            return True
        try:
            return bool(self.proofs) and not any(proof.linked for proof in self.proofs)
        except integrity.ProofRefused:
            return False


def read(content: str) -> Signed:
    """Open JSON or a compact token. Raises ValueError (tokens.TokenRefused among them) for what is neither."""
    return of(*parsed(content))


def parsed(content: str) -> tuple[Mapping[str, Any], tokens.Parts | None]:
    """A JSON document, or the claims of a token and the token's parts."""
    text = content.strip()
    if text.startswith("{"):
        document = validate.parse_strict(text)
        enveloped = _enveloped(document)
        if not enveloped:
            return document, None
        text = enveloped
    parts = tokens.parts(text)
    return parts.claims, parts


def of(document: Mapping[str, Any], parts: tokens.Parts | None) -> Signed:
    """What was parsed, as a signed document. Raises TokenRefused."""
    if parts is None:
        return Signed(document)
    token = tokens.read(parts)
    return Signed(token.document, token)


def _enveloped(document: Mapping[str, Any]) -> str:
    """The token in an EnvelopedVerifiableCredential (VC 2.0, section 4.13), which says nothing itself; or ''."""
    name, kind = document.get("id"), document.get("type")
    if kind not in ("EnvelopedVerifiableCredential", ["EnvelopedVerifiableCredential"]) or not isinstance(name, str):
        return ""
    head, _, token = name.partition(",")
    return token if head in {"data:application/vc+jwt", "data:application/vc+ld+jwt", "data:application/jwt"} else ""


def methods(signed: Signed) -> list[str]:
    """Names of the keys that are said to have signed, in order. Raises ProofRefused."""
    named = [signed.token.kid or signed.issuer] if signed.token else []
    return named + [proof.method for proof in signed.proofs]


def judge(signed: Signed, shelf: Shelf, now: datetime) -> Judged:
    """Every proof must hold, and every key must be the issuer's. Raises Missing before anything is worked out."""
    if signed.token is None and "proof" not in signed.document:
        return _without_key(
            Check("shown", Result.FAILED, "nothing_signed"), Check("signature", Result.FAILED, "not_signed")
        )
    try:
        proofs = signed.proofs
    except integrity.ProofRefused as error:
        result = Result.UNKNOWN if error.finding == "proof_unsupported" else Result.FAILED
        refused = Check("signature", result, error.finding, {"why": plain(error)})
        return _without_key(_shown(signed, proved=False), refused)
    if signed.refusal is not None:
        untried = Check("signature", Result.UNKNOWN, "signature_not_tried")
        return _without_key(_shown(signed, proved=False), untried)
    found = _keys(signed, proofs, shelf, now)
    shown = _shown(signed, proved=True)
    made = [_token_signature(signed.token, found[0])] if signed.token else []
    made += [_signature(proof, signed, key, shown, now) for proof, key in zip(proofs, found[len(made) :], strict=True)]
    return Judged(shown, _worst(made), _worst([each.check for each in found]))


def _without_key(shown: Check, signature: Check) -> Judged:
    return Judged(shown, signature, Check("key", Result.UNKNOWN, "key_not_looked_up"))


def _keys(signed: Signed, proofs: list[integrity.Proof], shelf: Shelf, now: datetime) -> list[dids.Found]:
    """All of them are asked for before the first missing one is an end."""
    found: list[dids.Found] = []
    missing: Missing | None = None
    lookups = [(signed.token.kid, signed.token.jwk)] if signed.token else []
    for method, jwk in [*lookups, *((proof.method, None) for proof in proofs)]:
        try:
            found.append(_key(method, jwk, signed.issuer, shelf, now))
        except Missing as error:
            missing = error
    if missing is not None:
        raise missing
    return found


def _key(method: str, jwk: Any, issuer: str, shelf: Shelf, now: datetime) -> dids.Found:
    return dids.find(method, issuer, shelf, now) if method else dids.brought(jwk, issuer, shelf, now)


def _worst(checks: list[Check]) -> Check:
    order = [Result.FAILED, Result.UNKNOWN, Result.PASSED]
    return min(checks, key=lambda check: order.index(check.result))


def _shown(signed: Signed, *, proved: bool) -> Check:
    """Every field is signed: a token and a jcs proof cover the text, an rdfc proof the graph, which may hold less."""
    try:
        if signed.refusal is not None:
            raise signed.refusal
        if not signed.by_text:
            signed.linked.canonical  # noqa: B018 -- made here, kept for the signature
    except NotCovered as error:
        return Check("shown", Result.FAILED, error.finding, {"why": plain(error)})
    if not proved:
        return Check("shown", Result.UNKNOWN, "shown_unknown")
    return Check("shown", Result.PASSED, "all_signed")


def _token_signature(token: tokens.Token, found: dids.Found) -> Check:
    facts = {"suite": token.algorithm, "method": plain(token.kid or "jwk")}
    if found.key is None:
        return Check("signature", Result.UNKNOWN, "signature_without_key", facts)
    if not tokens.fits(token.parts, token.algorithm, found.key):
        return Check("signature", Result.FAILED, "signature_broken", facts)
    return Check("signature", Result.PASSED, "signature_fits", facts)


def _signature(proof: integrity.Proof, signed: Signed, found: dids.Found, shown: Check, now: datetime) -> Check:
    facts = {"suite": proof.suite, "method": plain(proof.method)}
    if found.key is None:
        return Check("signature", Result.UNKNOWN, "signature_without_key", facts)
    if shown.result is Result.FAILED:
        return Check("signature", Result.UNKNOWN, "signature_of_less", facts)
    try:
        fits = integrity.holds(proof, signed.document, lambda: signed.linked, found.key)
    except NotCovered as error:
        return Check("signature", Result.FAILED, "proof_malformed", {**facts, "why": plain(error)})
    if not fits:
        return Check("signature", Result.FAILED, "signature_broken", facts)
    if integrity.lapsed(proof, now):
        return Check("signature", Result.FAILED, "proof_lapsed", facts)
    return Check("signature", Result.PASSED, "signature_fits", facts)


def _full(value: Any) -> Any:
    """Without null and without empty lists, at every depth."""
    if isinstance(value, Mapping):
        kept = {key: _full(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None and item != []}
    if isinstance(value, list):
        return [made for made in map(_full, value) if made is not None and made != []]
    return value
