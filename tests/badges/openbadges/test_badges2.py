"""Open Badges 2.0 hosted JSON: another library's model reads it, and nothing stands in it that was not said."""

from datetime import UTC, datetime

from openbadgeslib.ob2 import models

from badges.openbadges import badges2, documents
from tests import openbadges_samples as samples

AT = f"{samples.SITE}/c/6fXz7P1gQmT9nWcVb2LkRy/ob2.json"
BADGE = f"{samples.SITE}/i/northmoor/a/mentor/3/ob2.json"


def made():
    return badges2.assertion(samples.CREDENTIAL, AT, BADGE, samples.ACHIEVEMENT.image)


def test_assertion_is_read_by_another_library_as_it_was_meant():
    read = models.Assertion.from_dict(made())

    assert (read.id, read.badge, read.verification.type) == (AT, BADGE, "HostedBadge")
    assert read.recipient.identity == models.hash_identity("amal@example.org", samples.CREDENTIAL.salt)
    assert (read.issued_on, read.expires) == (samples.CREDENTIAL.awarded, samples.CREDENTIAL.valid_until)
    assert read.narrative == "Guided all five to the end."
    assert read.evidence == ["https://example.org/poster/1"]


def test_assertion_never_carries_the_address_or_the_name():
    text = str(made())

    assert "amal@example.org" not in text
    assert "Al-Mansoori" not in text


def test_absent_parts_are_left_out():
    facts = documents.CredentialFacts(
        id=samples.CREDENTIAL.id,
        subject_id=samples.CREDENTIAL.subject_id,
        name="Ø",
        address_key="o@example.org",
        salt="0123456789ab",
        awarded=datetime(2026, 1, 1, tzinfo=UTC),
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        status=samples.CREDENTIAL.status,
    )

    made = badges2.assertion(facts, AT, BADGE, "")

    assert set(made) == {"@context", "type", "id", "recipient", "badge", "verification", "issuedOn"}


def test_badge_class_names_its_issuer_criteria_and_alignments():
    made = badges2.badge_class(samples.ACHIEVEMENT, BADGE, f"{samples.SITE}/i/northmoor/ob2.json")

    assert made["issuer"] == f"{samples.SITE}/i/northmoor/ob2.json"
    assert made["criteria"] == {"id": samples.ACHIEVEMENT.id, "narrative": samples.ACHIEVEMENT.criteria}
    assert made["image"] == {"id": samples.ACHIEVEMENT.image, "caption": "A green shield"}
    assert made["alignment"][0]["targetCode"] == "S1.2"
    assert made["tags"] == ["mentoring", "listening"]


def test_issuer_vouches_for_assertions_below_its_site_alone():
    made = badges2.issuer(samples.ISSUER, f"{samples.SITE}/i/northmoor/ob2.json", samples.SITE)

    assert made["verification"]["startsWith"] == f"{samples.SITE}/c/"
    assert made["email"] == "registrar@northmoor.example.org"
