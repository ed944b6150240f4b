"""Facts that make a full Open Badges 3.0 document, for tests of documents, proofs and checks."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from badges.openbadges import documents

DID = "did:web:badges.example.org:i:northmoor"
SITE = "https://badges.example.org"

ISSUER = documents.ProfileFacts(
    did=DID,
    name="Northmoor University",
    url=f"{SITE}/i/northmoor/",
    email="registrar@northmoor.example.org",
    image=f"{SITE}/media/ab/logo.png",
    description="A university in the north.",
)
ACHIEVEMENT = documents.AchievementFacts(
    id=f"{SITE}/i/northmoor/a/mentor/",
    achievement_type="Certificate",
    name="Community Mentor",
    description="Guided five new students through their first year.",
    criteria="Meet **five** new students every week for one term.",
    image=f"{SITE}/media/cd/badge.png",
    image_alt="A green shield",
    version="3",
    tags=("mentoring", "listening"),
    alignments=(
        documents.AlignmentFacts("Mentoring", "https://example.org/skills/mentoring", "ESCO", "S1.2"),
        documents.AlignmentFacts("Listening", "https://example.org/skills/listening"),
    ),
    language="en",
    human_code="CM-1",
    field_of_study="Education",
    credits=Decimal("2.50"),
)
CREDENTIAL = documents.CredentialFacts(
    id=f"{SITE}/c/6fXz7P1gQmT9nWcVb2LkRy",
    subject_id="urn:uuid:6f9c2a3e-1111-4222-8333-000000000001",
    name="Amal bint Khalid Al-Mansoori",
    address_key="amal@example.org",
    salt="k7Zp0qf2s9Qw",
    awarded=datetime(2026, 10, 30, 16, 0, tzinfo=UTC),
    valid_from=datetime(2026, 11, 1, 10, 0, tzinfo=UTC),
    valid_until=datetime(2036, 11, 1, 10, 0, tzinfo=UTC),
    status=documents.StatusFacts(f"{SITE}/i/northmoor/status/revocation/1", 4242, "revocation"),
    narrative="Guided all five to the end.",
    student_id="S00001",
    credits=Decimal(3),
    results=(("Grade", "A"), ("Seminar room", "B 12")),
    evidence=(documents.EvidenceFacts("https://example.org/poster/1", "Poster", "A poster session."),),
)


def credential(**facts):
    """The unsigned document, with these facts changed."""
    return documents.credential(replace(CREDENTIAL, **facts), ACHIEVEMENT, ISSUER)


def smallest():
    """A document with nothing optional."""
    achievement = documents.AchievementFacts(
        id=f"{SITE}/i/northmoor/a/mentor/",
        achievement_type="Badge",
        name="Mentor",
        description="Guided new students.",
        criteria="Meet them.",
        image="",
        image_alt="",
        version="1",
    )
    facts = documents.CredentialFacts(
        id=CREDENTIAL.id,
        subject_id=CREDENTIAL.subject_id,
        name="Ø",
        address_key="o@example.org",
        salt="0123456789ab",
        awarded=CREDENTIAL.awarded,
        valid_from=CREDENTIAL.valid_from,
        status=CREDENTIAL.status,
    )
    return documents.credential(facts, achievement, documents.ProfileFacts(DID, "Northmoor", f"{SITE}/i/northmoor/"))
