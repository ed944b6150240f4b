"""What may not be signed is set aside, the trail says so once, and nobody else waits for it."""

import json
from collections import Counter

import pytest

from issuers.models import AuditEvent, SigningKey
from issuers.tenancy import across_issuers, scope
from recipients.models import AchievementCredential
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import deliver, intend, people, publish

pytestmark = COMMITTED


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


def rows(**conditions):
    with across_issuers("a test looks"):
        return list(AchievementCredential.objects.filter(**conditions).order_by("id"))


def test_document_that_may_not_be_signed_is_set_aside_at_once(version):
    intend(version, *people(2))
    with across_issuers("a test breaks it"):
        row = AchievementCredential.objects.order_by("id").first()
        document = {**json.loads(row.document), "grade": "A+"}
        AchievementCredential.objects.filter(pk=row.pk).update(document=json.dumps(document))
    deliver()

    bad, good = rows()
    assert bad.failed_at is not None and bad.signed == ""
    assert "grade" in bad.failure
    assert good.offered_at is not None


def test_issuer_whose_key_does_not_open_holds_up_nobody_else(version):
    other = publish(IssuerFactory(), name="Elsewhere")
    intend(version, *people(2), key="one")
    intend(other, *people(2), key="two")
    with across_issuers("a test breaks a key"):
        SigningKey.objects.filter(issuer=version.issuer).update(kek="forgotten")
    deliver()

    assert [row.offered_at is not None for row in rows(issuer=other.issuer)] == [True, True]
    broken = rows(issuer=version.issuer)
    assert {row.attempts for row in broken} == {1}
    assert all("forgotten" in row.failure for row in broken)
    assert refusals(version.issuer) == {row.public_id: 1 for row in broken}
    assert refusals(other.issuer) == {}


def test_document_of_another_issuer_is_not_signed_and_the_trail_says_so(version):
    other = publish(IssuerFactory(), name="Elsewhere")
    intend(version, *people(1), key="one")
    intend(other, *people(1), key="two")
    with across_issuers("a test swaps two documents"):
        mine, theirs = AchievementCredential.objects.order_by("id")
        AchievementCredential.objects.filter(pk=mine.pk).update(document=theirs.document)
    deliver()

    bad, good = rows(issuer=version.issuer)[0], rows(issuer=other.issuer)[0]
    assert (bad.signed, bad.offered_at) == ("", None)
    assert good.offered_at is not None
    assert refusals(version.issuer) == {bad.public_id: 1}


def refusals(issuer):
    """How often the trail of an institution names each credential that was not signed."""
    with scope(issuer):
        lines = AuditEvent.objects.filter(action="credential.not_signed")
        return dict(Counter(lines.values_list("subject_id", flat=True)))
