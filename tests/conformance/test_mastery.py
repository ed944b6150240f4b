"""A credential of assessed work is accepted by two implementations that are not ours."""

import pytest

from issuers.tenancy import across_issuers
from recipients import assessing, claiming, tasks
from tests.assessed import publish_assessed
from tests.conformance.asking import ORACLES, ask, get
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory, UserFactory
from tests.handed_in import handed_in, seen
from tests.published import deliver

pytestmark = [COMMITTED, pytest.mark.slow]


def test_levels_evidence_and_basis_are_accepted(site):
    issuer, learner = IssuerFactory(), UserFactory()
    work = handed_in(publish_assessed(issuer), learner)
    by = MembershipFactory(issuer=issuer, role="reviewer").user
    with across_issuers("a test judges"):
        assessing.take(work, by)
        told = assessing.Told({0: 1, 1: 2}, {}, "", "Lecturer", "read it")
        assessing.mark(work, assessing.Assessor(user=by), told, decision=True)
    tasks.award_assessed()
    deliver()
    credential = seen(work).credential
    with across_issuers("a test claims"):
        claiming.accept(credential)
        claiming.claim(credential, learner, visibility="public")

    text = get(credential.url, accept="application/vc+ld+json").decode()

    assert '"achievedLevel"' in text
    for oracle in ORACLES:
        answer = ask(oracle, site, text)
        assert answer["valid"], answer["why"]
