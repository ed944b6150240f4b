"""Open Badges 2.0, hosted and signed (specification 2.0, section "Verification").

Hosted: the assertion is true if its own address says the same, on the issuer's site. Signed: a JWS by a key that the issuer's
profile lists. Either way badge class and profile are what stands at their addresses on the issuer's own site, and what was handed
in is only compared with that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from badges.openbadges import validate
from verification.foreign import keys, moments, pictures, recipients, tokens
from verification.foreign.envelopes import Opened
from verification.foreign.outcome import Json, Named, Outcome
from verification.foreign.plain import plain
from verification.foreign.shelf import Missing, Shelf, fetchable, host, origin
from verification.report import Check, Report, Result

_HOSTED, _SIGNED = {"hosted", "HostedBadge"}, {"signed", "SignedBadge"}


class Problem(Exception):
    """A check that ends here."""

    def __init__(self, key: str, result: Result, finding: str, **facts: Any) -> None:
        super().__init__(finding)
        self.check = Check(key, result, finding, facts)


@dataclass
class Badge:
    """What is known so far of one badge: what was handed in (of a JWS its payload), and what counts: assertion, class, profile."""

    given: Mapping[str, Any]
    token: tokens.Parts | None
    assertion: Mapping[str, Any] = field(default_factory=dict)
    badge: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, Any] = field(default_factory=dict)

    @property
    def document(self) -> Json:
        return {**self.assertion, "badge": {**self.badge, "issuer": dict(self.profile)}}


def examine(opened: Opened, found: Badge, shelf: Shelf, now: datetime, address: str) -> Outcome:
    """Judge an assertion: fetch what stands behind it, step by step, and compare."""
    try:
        report = _report(found, opened, shelf, now, address)
    except Missing:
        return Outcome(wants=shelf.wants, envelope=opened.envelope, kind="open_badge_2", issuer=_named(found))
    return Outcome(envelope=opened.envelope, kind="open_badge_2", issuer=_named(found), report=report)


def _named(found: Badge) -> Named | None:
    name = found.profile.get("name", "")
    identifier = str(found.profile.get("id", ""))
    return (
        Named(plain(identifier), plain(name) if isinstance(name, str) else "", host(identifier)) if identifier else None
    )


def _report(found: Badge, opened: Opened, shelf: Shelf, now: datetime, address: str) -> Report:
    """A problem ends its own check and leaves those that rest on it open."""
    made: dict[str, Check] = {}
    try:
        made["form"] = _form(found.given)
        _read(found, shelf, baked=bool(opened.picture))
        _require_shape(found)
        made["signature"], made["key"] = _signature(found, shelf), _home(found)
        made["shown"] = _shown(found)
        made["status"] = _status(found, shelf)
        made["dates"] = _dates(found.assertion, now)
        _extras(found, opened, shelf, address, made)
    except Problem as problem:
        made[problem.check.key] = problem.check
    order = ("form", "shown", "signature", "key", "status", "dates", "picture", "recipient")
    rest = {key: Check(key, Result.UNKNOWN, "unread") for key in order[:6]}
    checks = tuple(each for key in order if (each := made.get(key, rest.get(key))) is not None)
    seen = {check.key: check.result for check in checks}
    return Report(checks, found.document if seen["shown"] is Result.PASSED else None)


def _form(given: Mapping[str, Any]) -> Check:
    """What 2.0 asks of an assertion; 1.x had neither a context nor types."""
    if "@context" not in given or "https://w3id.org/openbadges/v1" in str(given["@context"]) or "uid" in given:
        raise Problem("form", Result.FAILED, "badge_1")
    recipient = given.get("recipient")
    for name, fine in (
        ("type", "Assertion" in _several(given.get("type"))),
        ("id", isinstance(given.get("id"), str)),
        ("recipient", isinstance(recipient, Mapping) and isinstance(recipient.get("identity"), str)),
        ("badge", isinstance(given.get("badge"), str | Mapping)),
        ("verification", _way(given) != ""),
        ("issuedOn", isinstance(given.get("issuedOn"), str)),
    ):
        if not fine:
            raise Problem("form", Result.FAILED, "assertion_malformed", field=name)
    return Check("form", Result.PASSED, "assertion_well_formed")


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _way(given: Mapping[str, Any]) -> str:
    """hosted, signed or '' (2.0 says `verification`, 1.1 said `verify`)."""
    way = given.get("verification", given.get("verify"))
    names = set(map(str, _several(way.get("type")))) if isinstance(way, Mapping) else set()
    return "hosted" if names & _HOSTED else "signed" if names & _SIGNED else ""


def _read(found: Badge, shelf: Shelf, *, baked: bool) -> None:
    """The assertion that counts, its badge class and the issuer's profile, each from its own address. Raises Missing, Problem."""
    if found.token is not None:
        found.assertion = found.given
    else:
        if isinstance(found.given["badge"], str):
            shelf.want(found.given["badge"])  # most likely right, and then it is one round less
        found.assertion = _at(found.given["id"], shelf, "signature")
        # What was revoked may say nothing else any more (2.0, section 4.1).
        if "badge" not in found.assertion and found.assertion.get("revoked") is True:
            raise Problem("status", Result.FAILED, "revoked_hosted", host=host(str(found.assertion["id"])))
    found.badge = _resolved(found.assertion.get("badge"), found, shelf)
    if baked:
        for picture in pictures.named([found.badge.get("image")]):
            shelf.want(picture)
    found.profile = _resolved(found.badge.get("issuer"), found, shelf)


def _at(address: str, shelf: Shelf, key: str) -> Mapping[str, Any]:
    """The document that stands at an address and says that it belongs there."""
    resource = shelf.get(address)
    if resource.problem == "gone":
        raise Problem("status", Result.FAILED, "revoked_gone", host=host(address))
    if resource.problem:
        raise Problem(key, Result.UNKNOWN, "hosted_unreachable", host=host(address), problem=resource.problem)
    try:
        document = validate.parse_strict(resource.body)
    except ValueError as error:
        raise Problem(key, Result.UNKNOWN, "hosted_unreadable", host=host(address), why=plain(error)) from error
    if document.get("id") != address:
        raise Problem(key, Result.FAILED, "hosted_elsewhere", host=host(address))
    return document


def _resolved(value: Any, found: Badge, shelf: Shelf) -> Mapping[str, Any]:
    """Written into a hosted assertion it counts if it is of the same site; all else is fetched from its own address."""
    address = value.get("id") if isinstance(value, Mapping) else value
    if not isinstance(address, str) or fetchable(address) is None:
        raise Problem("form", Result.FAILED, "assertion_malformed", field="badge")
    if isinstance(value, Mapping) and found.token is None and origin(address) == origin(str(found.assertion["id"])):
        return value
    return _at(address, shelf, "key")


def _require_shape(found: Badge) -> None:
    for name in ("name", "description", "criteria", "issuer"):
        if name not in found.badge:
            raise Problem("form", Result.FAILED, "assertion_malformed", field=f"badge/{name}")
    if not isinstance(found.profile.get("name"), str):
        raise Problem("form", Result.FAILED, "assertion_malformed", field="badge/issuer/name")


def _signature(found: Badge, shelf: Shelf) -> Check:
    if found.token is None:
        return _copy(found)
    if found.token.header.get("alg") not in {"RS256", "ES256"} or set(found.token.header) - {"alg", "typ", "kid"}:
        name = plain(found.token.header.get("alg"), 40)
        raise Problem("signature", Result.UNKNOWN, "token_unsupported", why=f"the algorithm {name}")
    key = _published_key(found, shelf)
    facts = {"suite": found.token.header["alg"], "method": plain(_creator(found))}
    if not tokens.fits(found.token, found.token.header["alg"], key):
        raise Problem("signature", Result.FAILED, "signature_broken", **facts)
    return Check("signature", Result.PASSED, "signature_fits", facts)


def _copy(found: Badge) -> Check:
    """What was handed in says nothing else than what is hosted."""
    facts = {"host": host(str(found.assertion["id"]))}
    if _way(found.assertion) != "hosted":
        raise Problem("signature", Result.FAILED, "hosted_differs", **facts, field="verification")
    for name, value in found.given.items():
        hosted = found.assertion.get(name)
        if value != hosted and not (name == "badge" and _id(value) == _id(hosted) == found.badge.get("id")):
            raise Problem("signature", Result.FAILED, "hosted_differs", **facts, field=plain(name, 60))
        if name == "badge" and isinstance(value, Mapping) and not _agrees(value, found.badge):
            raise Problem("signature", Result.FAILED, "hosted_differs", **facts, field="badge")
    return Check("signature", Result.PASSED, "hosted_same", facts)


def _agrees(given: Mapping[str, Any], hosted: Mapping[str, Any]) -> bool:
    """A badge class that was written into the copy; its issuer may be named instead of written out."""
    return all(
        hosted.get(name) == value or (name == "issuer" and _id(value) == _id(hosted.get(name)))
        for name, value in given.items()
    )


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else value


def _creator(found: Badge) -> str:
    """The key's address: named by the assertion, or the one that the profile has."""
    way = found.assertion.get("verification", found.assertion.get("verify"))
    named = way.get("creator", way.get("url")) if isinstance(way, Mapping) else None
    listed = [_id(each) for each in _several(found.profile.get("publicKey")) if isinstance(_id(each), str)]
    return named if isinstance(named, str) else str(listed[0]) if len(listed) == 1 else ""


def _published_key(found: Badge, shelf: Shelf) -> keys.PublicKey:
    """The CryptographicKey of that address, listed by the profile and owned by it."""
    creator, facts = _creator(found), {"did": plain(found.profile.get("id")), "method": plain(_creator(found))}
    listed = {_id(each): each for each in _several(found.profile.get("publicKey")) if isinstance(_id(each), str)}
    if creator not in listed:
        raise Problem("key", Result.FAILED, "key_not_listed", **facts, host=host(str(found.profile.get("id"))))
    if isinstance(found.profile.get("revocationList"), str):
        shelf.want(found.profile["revocationList"])
    published = listed[creator] if isinstance(listed[creator], Mapping) else _at(creator, shelf, "key")
    if published.get("owner") != found.profile.get("id"):
        raise Problem("key", Result.FAILED, "key_of_another", **facts)
    try:
        return keys.from_pem(published.get("publicKeyPem"))
    except keys.NotAKey as error:
        raise Problem("key", Result.FAILED, "key_unusable", **facts, why=plain(error)) from error


def _home(found: Badge) -> Check:
    """Badge class and (if hosted) assertion stand on the issuer's own site."""
    profile = str(found.profile.get("id"))
    places = [str(found.badge.get("id"))] + ([str(found.assertion["id"])] if found.token is None else [])
    facts = {"host": host(profile), "did": plain(profile)}
    for place in places:
        if origin(place) != origin(profile):
            raise Problem("key", Result.FAILED, "hosted_by_another", **facts, other=host(place))
    if not profile.startswith("https://"):
        raise Problem("key", Result.UNKNOWN, "hosted_in_clear", **facts)
    return Check("key", Result.PASSED, "hosted_by_issuer", facts)


def _shown(found: Badge) -> Check:
    return Check("shown", Result.PASSED, "all_hosted" if found.token is None else "all_signed")


def _status(found: Badge, shelf: Shelf) -> Check:
    """`revoked` of a hosted assertion; the issuer's revocationList for a signed one."""
    if found.token is None:
        revoked = found.assertion.get("revoked", False)
        facts = {"host": host(str(found.assertion["id"]))}
        if revoked is False:
            return Check("status", Result.PASSED, "not_revoked_hosted", facts)
        return Check("status", Result.FAILED, "revoked_hosted", facts)
    address = found.profile.get("revocationList")
    if address is None:
        return Check("status", Result.PASSED, "no_status")
    if not isinstance(address, str) or origin(address) != origin(str(found.profile["id"])):
        return Check("status", Result.UNKNOWN, "list_untrusted", {"why": "the list is not on the issuer’s site"})
    listed = _at(address, shelf, "status")
    revoked = listed.get("revokedAssertions")
    if not isinstance(revoked, list) or listed.get("issuer", found.profile["id"]) != found.profile["id"]:
        return Check("status", Result.UNKNOWN, "list_untrusted", {"why": "it is not the issuer’s revocation list"})
    stands = found.assertion["id"] in [_id(each) for each in revoked]
    finding = "revoked_listed" if stands else "not_listed"
    return Check("status", Result.FAILED if stands else Result.PASSED, finding, {"list": plain(address)})


def _dates(assertion: Mapping[str, Any], now: datetime) -> Check:
    """2.0 asks for a time zone but not everybody gave one: then it is taken as UTC."""
    begins, ends = (_zoned(assertion.get(name)) for name in ("issuedOn", "expires"))
    return moments.check(begins if begins is not None else "", ends, now)


def _zoned(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    stamp = f"{text}T00:00:00" if len(text) == 10 else text
    return stamp if stamp.endswith("Z") or stamp[-6:-5] in {"+", "-"} else f"{stamp}Z"


def _extras(found: Badge, opened: Opened, shelf: Shelf, address: str, made: dict[str, Check]) -> None:
    if opened.picture:
        addresses = list(pictures.named([found.badge.get("image"), found.assertion.get("image")]))
        made["picture"] = pictures.check(opened.picture, addresses, shelf)
    if address:
        made["recipient"] = recipients.check(recipients.of_assertion(found.assertion), address)
