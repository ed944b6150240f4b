"""What requests and answers look like: for the OpenAPI document and the page; a test holds them to their shapes."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from recipients.states import STATES

ACHIEVEMENT, AWARD, CREDENTIAL = "3vQB7B6MrGQZaxCuFg4oh1", "8ZqpQ5fLPTkTqn2kVdRk3W", "TuJ7XxGkLq8Rw2mEo4HcYb"
KEY = "b1946ac9-2cb5-4e2b-9a57-0f7f9f2f6f10"


def award_in() -> dict[str, Any]:
    """One person is awarded something."""
    person = {"email": "ana.li@example.org", "name": "Ana Li", "grade": "with distinction", "issued_on": "2026-11-20"}
    return {"achievement": ACHIEVEMENT, "recipients": [person]}


def award() -> dict[str, Any]:
    return {
        "id": AWARD,
        "achievement": ACHIEVEMENT,
        "version": 2,
        "source": "api",
        "created_at": "2026-11-20T14:30:00Z",
        "total": 1,
        "already": 0,
        "release_at": "2026-11-20T14:40:00Z",
        "cancelled_at": None,
        "credentials_url": f"{settings.SITE_URL}/api/v1/credentials?award={AWARD}",
    }


def _reference(state: str) -> dict[str, Any]:
    return {"id": CREDENTIAL, "url": f"{settings.SITE_URL}/c/{CREDENTIAL}", "state": state}


def made() -> dict[str, Any]:
    return {"award": award(), "created": 1, "already_awarded": [], "credential": _reference("queued")}


def status() -> dict[str, Any]:
    passed = {"written": 1, "signed": 1, "printed": 1, "mailed": 1, "claimed": 0, "cancelled": 0, "failed": 0}
    counts = {**dict.fromkeys(STATES, 0), "sent": 1}
    return {**award(), "progress": passed, "states": counts, "troubles": []}


def credential() -> dict[str, Any]:
    return {
        **_reference("sent"),
        "achievement": ACHIEVEMENT,
        "achievement_name": "Résumé workshop",
        "version": 2,
        "award": AWARD,
        "recipient": {"name": "Ana Li", "email": "ana.li@example.org", "student_id": ""},
        "revision": 1,
        "issued_on": "2026-11-20",
        "valid_from": "2026-11-20T14:30:00Z",
        "valid_until": None,
        "created_at": "2026-11-20T14:30:00Z",
        "signed_at": "2026-11-20T14:30:02Z",
        "printed_at": "2026-11-20T14:30:03Z",
        "offered_at": "2026-11-20T14:40:01Z",
        **dict.fromkeys(("claimed_at", "declined_at", "cancelled_at", "corrected_at")),
        "offer_expires_at": "2027-05-19T14:30:00Z",
        "revocation": None,
        "suspension": None,
        "trouble": "",
    }


def whole() -> dict[str, Any]:
    document = {"type": ["VerifiableCredential", "OpenBadgeCredential"], "id": f"{settings.SITE_URL}/c/{CREDENTIAL}"}
    return {
        **credential(),
        "values": {"grade": "with distinction", "custom": {}},
        "evidence": [],
        "document": document,
    }


def achievement() -> dict[str, Any]:
    return {
        "id": ACHIEVEMENT,
        "url": f"{settings.SITE_URL}/i/north/a/resume-workshop/",
        "name": "Résumé workshop",
        "description": "Wrote a résumé and had it reviewed.",
        "achievement_type": "Course",
        "criteria": "Attend both sessions.",
        "tags": ["writing"],
        "image": f"{settings.SITE_URL}/media/public/1f/1f0c.png",
        "version": 2,
        "valid_months": None,
        "can_be_suspended": False,
        "published_at": "2026-10-01T08:00:00Z",
        "archived_at": None,
    }


def recipient() -> dict[str, Any]:
    return {
        "name": "Ana Li",
        "email": "ana.li@example.org",
        "student_id": "",
        "created_at": "2026-11-20T14:30:00Z",
        "has_account": False,
        "credentials_url": f"{settings.SITE_URL}/api/v1/credentials?email=ana.li%40example.org",
    }


def bodies() -> dict[str, Any]:
    """What is sent, by operation."""
    reason = {"reason": "Awarded by mistake"}
    return {
        "makeAward": award_in(),
        "revokeCredential": reason,
        "suspendCredential": {"reason": "Under review"},
        "correctCredential": {"name": "Ana Lí", "reason": "Accent was missing"},
    }


def answers() -> dict[str, Any]:
    """What is answered when all is well, by operation."""
    return {
        "listAchievements": {"items": [achievement()], "next": None},
        "getAchievement": achievement(),
        "makeAward": made(),
        "listAwards": {"items": [award()], "next": None},
        "getAward": status(),
        "releaseAward": status(),
        "cancelAward": status(),
        "listCredentials": {"items": [credential()], "next": None},
        "getCredential": whole(),
        "revokeCredential": whole(),
        "suspendCredential": whole(),
        "reinstateCredential": whole(),
        "correctCredential": whole(),
        "listRecipients": {"items": [recipient()], "next": None},
    }
