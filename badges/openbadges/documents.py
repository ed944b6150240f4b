"""Facts → Open Badges 3.0 JSON (1EdTech Open Badges 3.0, appendix B). Optional parts that are absent are left out.

Every value that a certificate prints is in the document, so that it is signed: the name as printed stands as an identity
of type `name` beside the salted hash of the address, a grade and custom columns as results.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from badges.openbadges import rubrics, vocabulary

Json = dict[str, Any]


@dataclass(frozen=True)
class ProfileFacts:
    """An issuer as its credentials describe it; `image` is an absolute address."""

    did: str
    name: str
    url: str
    email: str = ""
    image: str = ""
    description: str = ""


@dataclass(frozen=True)
class AlignmentFacts:
    """One line to somebody else's skill or framework."""

    target_name: str
    target_url: str
    target_framework: str = ""
    target_code: str = ""


@dataclass(frozen=True)
class AchievementFacts:
    """A published achievement; `id` and the image are absolute addresses."""

    id: str
    achievement_type: str
    name: str
    description: str
    criteria: str
    image: str
    image_alt: str
    version: str
    tags: tuple[str, ...] = ()
    alignments: tuple[AlignmentFacts, ...] = ()
    language: str = ""
    human_code: str = ""
    field_of_study: str = ""
    credits: Decimal | None = None
    rubric: tuple[rubrics.CriterionFacts, ...] = ()


@dataclass(frozen=True)
class EvidenceFacts:
    """One piece of evidence; at least one of the first three is given. `genre` is its form, `audience` whom it is for."""

    url: str = ""
    name: str = ""
    description: str = ""
    genre: str = ""
    audience: str = ""


@dataclass(frozen=True)
class StatusFacts:
    """Where the credential's bit stands."""

    list_url: str
    index: int
    purpose: str


@dataclass(frozen=True)
class CredentialFacts:
    """What one person was given. `results` are (label, value) pairs as printed; times are aware, `salt` is random.

    `levels` are the places of the levels reached, in the order of the achievement's rubric; empty where they are not told.
    """

    id: str
    subject_id: str
    name: str
    address_key: str
    salt: str
    awarded: datetime
    valid_from: datetime
    status: StatusFacts
    valid_until: datetime | None = None
    narrative: str = ""
    license_number: str = ""
    role: str = ""
    term: str = ""
    credits: Decimal | None = None
    results: tuple[tuple[str, str], ...] = ()
    levels: tuple[int, ...] = ()
    evidence: tuple[EvidenceFacts, ...] = ()
    student_id: str = ""
    activity_began: datetime | None = None
    activity_ended: datetime | None = None


def moment(value: datetime) -> str:
    """XSD dateTime in UTC, whole seconds."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def present(**values: Any) -> Json:
    """The members that say something."""
    return {key: value for key, value in values.items() if value not in ("", None, [], (), {})}


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(round(value, 2))


def identity_hash(address_key: str, salt: str) -> str:
    """`sha256$` and the hash of the normalised address with its salt (Open Badges 3.0, IdentityObject)."""
    return "sha256$" + hashlib.sha256((address_key + salt).encode()).hexdigest()


def profile(facts: ProfileFacts) -> Json:
    """Issuer profile."""
    image = {"id": facts.image, "type": "Image"} if facts.image else None
    return {
        "id": facts.did,
        "type": ["Profile"],
        "name": facts.name,
        **present(url=facts.url, email=facts.email, description=facts.description, image=image),
    }


def achievement(facts: AchievementFacts, creator: ProfileFacts, results: tuple[tuple[str, str], ...] = ()) -> Json:
    """The achievement; a described result for each label that the credential carries."""
    described = [
        {
            "id": _result_id(facts.id, place),
            "type": ["ResultDescription"],
            "name": label,
            "resultType": "Result",
        }
        for place, (label, _value) in enumerate(results, 1)
    ]
    described += [rubrics.criterion(facts.id, place, row) for place, row in enumerate(facts.rubric, 1)]
    picture = {"id": facts.image, "type": "Image", **present(caption=facts.image_alt)} if facts.image else None
    return {
        "id": facts.id,
        "type": ["Achievement"],
        "achievementType": facts.achievement_type,
        "name": facts.name,
        "description": facts.description,
        "criteria": {"id": f"{facts.id}#criteria", "narrative": facts.criteria},
        "creator": {"id": creator.did, "type": ["Profile"], "name": creator.name},
        **present(
            image=picture,
            tag=list(facts.tags),
            version=facts.version,
            inLanguage=facts.language,
            humanCode=facts.human_code,
            fieldOfStudy=facts.field_of_study,
            creditsAvailable=_number(facts.credits),
            alignment=[_alignment(line) for line in facts.alignments],
            resultDescription=described,
        ),
    }


def _result_id(achievement_id: str, place: int) -> str:
    return f"{achievement_id}#result-{place}"


def _alignment(line: AlignmentFacts) -> Json:
    return {
        "type": ["Alignment"],
        "targetName": line.target_name,
        "targetUrl": line.target_url,
        **present(targetFramework=line.target_framework, targetCode=line.target_code),
    }


def credential(facts: CredentialFacts, of: AchievementFacts, issuer: ProfileFacts) -> Json:
    """The unsigned AchievementCredential."""
    shown = achievement(of, issuer, facts.results)
    return {
        "@context": vocabulary.CREDENTIAL_CONTEXTS,
        "id": facts.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": of.name,
        **present(description=of.description, image=shown.get("image")),
        "issuer": profile(issuer),
        "validFrom": moment(facts.valid_from),
        **({"validUntil": moment(facts.valid_until)} if facts.valid_until else {}),
        "awardedDate": moment(facts.awarded),
        "credentialSubject": _subject(facts, shown, rubrics.reached(of.id, of.rubric, facts.levels)),
        **present(evidence=[_evidence(piece) for piece in facts.evidence]),
        "credentialStatus": _status(facts.status),
        "credentialSchema": [{"id": vocabulary.SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def _subject(facts: CredentialFacts, shown: Json, reached: list[Json]) -> Json:
    results = [
        {"type": ["Result"], "resultDescription": _result_id(shown["id"], place), "value": value}
        for place, (_label, value) in enumerate(facts.results, 1)
    ]
    return {
        "id": facts.subject_id,
        "type": ["AchievementSubject"],
        "identifier": _identities(facts),
        **present(
            activityStartDate=facts.activity_began and moment(facts.activity_began),
            activityEndDate=facts.activity_ended and moment(facts.activity_ended),
            creditsEarned=_number(facts.credits),
            term=facts.term,
            role=facts.role,
            licenseNumber=facts.license_number,
            narrative=facts.narrative,
        ),
        "achievement": shown,
        **present(result=[*results, *reached]),
    }


def _identities(facts: CredentialFacts) -> list[Json]:
    address = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(facts.address_key, facts.salt),
        "identityType": "emailAddress",
        "salt": facts.salt,
    }
    plain = [("name", facts.name), ("sourcedId", facts.student_id)]
    return [
        address,
        *(
            {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind}
            for kind, value in plain
            if value
        ),
    ]


def _evidence(piece: EvidenceFacts) -> Json:
    return {
        **present(id=piece.url),
        "type": ["Evidence"],
        **present(name=piece.name, description=piece.description, genre=piece.genre, audience=piece.audience),
    }


def _status(status: StatusFacts) -> Json:
    return {
        "id": f"{status.list_url}#{status.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": status.purpose,
        "statusListIndex": str(status.index),
        "statusListCredential": status.list_url,
    }


def status_list(
    *,
    id: str,  # noqa: A002 -- the document's own word
    issuer_id: str,
    purpose: str,
    encoded_list: str,
    valid_from: datetime,
    valid_until: datetime,
    ttl_ms: int,
) -> Json:
    """The unsigned BitstringStatusListCredential (W3C Bitstring Status List 1.0, section 2.2)."""
    return {
        "@context": vocabulary.STATUS_LIST_CONTEXTS,
        "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_id,
        "validFrom": moment(valid_from),
        "validUntil": moment(valid_until),
        "credentialSubject": {
            "id": f"{id}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded_list,
            "ttl": ttl_ms,
        },
    }
