"""What is made once, made before it is needed: a server calls `warm` before it forks, so that no child has to make it again."""

from __future__ import annotations

from typing import Any

from verification.foreign import contexts, linked, shapes

# Nobody's badge, with every kind of thing that an ordinary one is made of.
_TEXTS = {"name": "x", "description": "x"}
_IMAGE = {"id": "urn:x:image", "type": "Image", "caption": "x"}
_PROFILE = {"id": "did:key:x", "type": ["Profile"], **_TEXTS, "url": "urn:x:url", "email": "x", "image": _IMAGE}
_BADGE: dict[str, Any] = {
    "@context": [
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ],
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "id": "urn:x:credential",
    **_TEXTS,
    "image": _IMAGE,
    "issuer": _PROFILE,
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "identifier": [{"type": "IdentityObject", "hashed": False, "identityHash": "x", "identityType": "name"}],
        "result": [{"type": ["Result"], "resultDescription": "urn:x:result", "value": "1"}],
        "achievement": {
            "id": "urn:x:achievement",
            "type": ["Achievement"],
            **_TEXTS,
            "criteria": {"id": "urn:x:criteria", "narrative": "x"},
            "creator": {"id": "did:key:x", "type": ["Profile"]},
            "image": _IMAGE,
            "tag": ["x"],
            "alignment": [{"type": ["Alignment"], "targetName": "x", "targetUrl": "urn:x:target"}],
            "resultDescription": [
                {"id": "urn:x:result", "type": ["ResultDescription"], "name": "x", "resultType": "Result"}
            ],
        },
    },
    "evidence": [{"id": "urn:x:evidence", "type": ["Evidence"], "name": "x"}],
    "credentialSchema": [{"id": "urn:x:schema", "type": "1EdTechJsonSchemaValidator2019"}],
}
_ENTRY = {
    "id": "urn:x:list#1",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "1",
    "statusListCredential": "urn:x:list",
}
_LIST = {
    "@context": [contexts.VC_2],
    "id": "urn:x:list",
    "type": ["VerifiableCredential", "BitstringStatusListCredential"],
    "issuer": "did:key:x",
    "credentialSubject": {"id": "urn:x:list#list", "type": "BitstringStatusList", "statusPurpose": "revocation"},
}


def warm() -> None:
    """Contexts on their way through badges and status lists, and the schema."""
    for first, more in ((contexts.VC_2, {"credentialStatus": _ENTRY}), (contexts.VC_1, {})):
        badge = {**_BADGE, "@context": [first, *_BADGE["@context"]], **more}
        linked.Linked(badge)
        shapes.check(badge)
    linked.Linked(_LIST)
