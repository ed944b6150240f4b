"""The same facts as Open Badges 2.0 hosted JSON, for backpacks that know nothing newer (Open Badges 2.0, sections 4 and 5).

Hosted badges carry no signature: what stands at an assertion's own address, on its issuer's origin, is the truth.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from badges.openbadges.documents import (
    AchievementFacts,
    AlignmentFacts,
    CredentialFacts,
    EvidenceFacts,
    ProfileFacts,
    identity_hash,
    moment,
    present,
)

Json = dict[str, Any]
CONTEXT = "https://w3id.org/openbadges/v2"


def issuer(facts: ProfileFacts, address: str, site: str) -> Json:
    """Issuer profile at `address`; its assertions live anywhere on `site`."""
    return {
        "@context": CONTEXT,
        "type": "Issuer",
        "id": address,
        "name": facts.name,
        "url": facts.url,
        **present(email=facts.email, description=facts.description, image=facts.image),
        "verification": {"type": "VerificationObject", "startsWith": f"{site}/c/"},
    }


def badge_class(facts: AchievementFacts, address: str, issuer_address: str) -> Json:
    """One published version at `address`."""
    picture: Any = {"id": facts.image, **present(caption=facts.image_alt)} if facts.image_alt else facts.image
    return {
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": address,
        "name": facts.name,
        "description": facts.description,
        "image": picture,
        "criteria": {"id": facts.id, "narrative": facts.criteria},
        "issuer": issuer_address,
        **present(tags=list(facts.tags), alignment=[_alignment(line) for line in facts.alignments]),
    }


def _alignment(line: AlignmentFacts) -> Json:
    return {
        "targetName": line.target_name,
        "targetUrl": line.target_url,
        **present(targetFramework=line.target_framework, targetCode=line.target_code),
    }


def assertion(facts: CredentialFacts, address: str, badge_address: str, picture: str) -> Json:
    """What one person was given, at `address`; `picture` is the badge's absolute address."""
    return {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": address,
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": facts.salt,
            "identity": identity_hash(facts.address_key, facts.salt),
        },
        "badge": badge_address,
        "verification": {"type": "HostedBadge"},
        "issuedOn": moment(facts.awarded),
        **present(
            image=picture,
            expires=_ends(facts.valid_until),
            narrative=facts.narrative,
            evidence=[_evidence(piece) for piece in facts.evidence],
        ),
    }


def _ends(until: datetime | None) -> str:
    return moment(until) if until else ""


def _evidence(piece: EvidenceFacts) -> Json:
    return present(
        id=piece.url, name=piece.name, description=piece.description, genre=piece.genre, audience=piece.audience
    )


def revoked(address: str, reason: str) -> Json:
    """What stands where an assertion was taken back (section 4.1: `revoked`, answered with 410 Gone)."""
    return {"@context": CONTEXT, "type": "Assertion", "id": address, "revoked": True, "revocationReason": reason}
