"""Stage: verify one credential, or one presentation with all that is presented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from issuers import clock
from verification.vc_api import checking, envelopes, moments, proofs, status
from verification.vc_api.problems import Problem, malformed
from verification.vc_api.proofs import Expected

CHECKS = ("proof", "credentialStatus", "validityPeriod")
MOST_CREDENTIALS = 12


@dataclass(frozen=True)
class Asked:
    """The options of a request: which checks (all of them unless some are named), and what the proof must be made for."""

    checks: tuple[str, ...]
    expected: Expected


def asked(options: Mapping[str, Any], purpose: str) -> Asked:
    """Read the options. Raises Problem."""
    named = options.get("checks") or list(CHECKS)
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise malformed("/options/checks", "must be a list of strings")
    texts = {"purpose": options.get("expectedProofPurpose") or purpose}
    texts |= {name: options[name] for name in ("challenge", "domain") if options.get(name) is not None}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise malformed(f"/options/{name}", "must be a string")
    # The proof is always checked: without it nothing else means anything.
    return Asked(tuple(name for name in CHECKS if name == "proof" or name in named), Expected(**texts))


def credential(document: Mapping[str, Any], wanted: Asked) -> None:
    """A credential with its proof, or in its envelope. Raises Problem."""
    if envelopes.is_one(document, envelopes.CREDENTIAL):
        document, _, signer = envelopes.opened(document, envelopes.CREDENTIAL)
        checking.credential(document)
        signers = [signer]
    else:
        checking.credential(document)
        signers = proofs.verify(document, wanted.expected, clock.now())
    _require_issuer(document, signers)
    if "credentialStatus" in wanted.checks:
        status.require_good(document)
    if "validityPeriod" in wanted.checks:
        _require_current(document)


def _require_issuer(document: Mapping[str, Any], signers: list[str]) -> None:
    """An issuer with a did:key has signed itself. Whose the keys of any other issuer are cannot be found out here."""
    issuer = checking.url_of(document["issuer"], "/issuer")
    if issuer.startswith("did:key:") and issuer not in signers:
        raise Problem("PROOF_VERIFICATION_ERROR", "none of the proofs is by the issuer", "/issuer")


def _require_current(document: Mapping[str, Any]) -> None:
    now = clock.now()
    begins = document.get("validFrom", document.get("issuanceDate"))
    ends = document.get("validUntil", document.get("expirationDate"))
    if begins is not None and moments.moment(begins) > now:
        raise Problem("RANGE_ERROR", "the credential is not valid yet", "/validFrom")
    if ends is not None and moments.moment(ends) < now:
        raise Problem("RANGE_ERROR", "the credential is not valid any more", "/validUntil")


def presentation(document: Mapping[str, Any], wanted: Asked) -> None:
    """A presentation: unsigned, signed or enveloped, and each credential in it. Raises Problem."""
    if envelopes.is_one(document, envelopes.PRESENTATION):
        document, claims, signer = envelopes.opened(document, envelopes.PRESENTATION)
        _require_token_made_for(claims, wanted.expected)
        listed, signers = _presented(document), [signer]
    else:
        listed, signers = _presented(document), _presenters(document, wanted.expected)
    holder = checking.url_of(document["holder"], "/holder") if "holder" in document else None
    if holder is not None and signers and holder not in signers:
        raise Problem("PROOF_VERIFICATION_ERROR", "the presentation is not signed by its holder", "/holder")
    for place, presented in enumerate(listed):
        _require_presented(presented, holder if signers else None, wanted, place)


def _presenters(document: Mapping[str, Any], expected: Expected) -> list[str]:
    """Who signed the presentation; nobody must, unless there was a challenge to answer."""
    if "proof" in document:
        return proofs.verify(document, expected, clock.now())
    if expected.challenge is not None:
        raise Problem("INVALID_CHALLENGE_ERROR", "nobody has signed an answer to the challenge", "/proof")
    proofs.canonical(document)
    return []


def _require_token_made_for(claims: Mapping[str, Any], expected: Expected) -> None:
    """In a JWT the challenge is `nonce` and the domain is `aud` (VC-JOSE-COSE)."""
    if expected.challenge is not None and claims.get("nonce") != expected.challenge:
        raise Problem("INVALID_CHALLENGE_ERROR", "is not the one that was asked for", "/id")
    if expected.domain is not None and claims.get("aud") not in (expected.domain, [expected.domain]):
        raise Problem("INVALID_DOMAIN_ERROR", "is not the one that was asked for", "/id")


def _presented(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a presentation of the right shape presents: one or more objects, never URLs or numbers, or nothing (section 4.13)."""
    checking.presentation(document)
    given = document.get("verifiableCredential", [])
    if given == []:
        return []
    listed = checking.objects(given, "/verifiableCredential")
    if len(listed) > MOST_CREDENTIALS:
        raise malformed("/verifiableCredential", f"at most {MOST_CREDENTIALS} credentials")
    return listed


def _require_presented(presented: Mapping[str, Any], holder: str | None, wanted: Asked, place: int) -> None:
    """Each is secured by itself; or, self-asserted, by the presentation that its holder signed (section 4.13.4)."""
    self_asserted = "proof" not in presented and not envelopes.is_one(presented, envelopes.CREDENTIAL)
    try:
        if not self_asserted:
            credential(presented, Asked(wanted.checks, Expected("assertionMethod")))
            return
        checking.credential(presented)
        if holder is None or checking.url_of(presented["issuer"], "/issuer") != holder:
            raise Problem("PROOF_VERIFICATION_ERROR", "nobody has signed it but perhaps a holder who is not its issuer")
    except Problem as problem:
        problem.pointer = f"/verifiableCredential/{place}{problem.pointer}"
        raise
    if "validityPeriod" in wanted.checks:
        _require_current(presented)
    if "credentialStatus" in wanted.checks:
        status.require_good(presented)
