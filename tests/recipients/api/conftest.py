import pytest

from issuers import keys
from issuers.tenancy import scope
from tests.factories import AchievementFactory, AchievementVersionFactory, ApiTokenFactory
from tests.recipients.api.calling import Program


@pytest.fixture
def program(issuer):
    """A program that may everything at `issuer`."""
    return Program(ApiTokenFactory(issuer=issuer))


@pytest.fixture
def achievement(issuer):
    with scope(issuer):
        keys.create(issuer, None)
    made = AchievementFactory(issuer=issuer, name="Résumé workshop")
    AchievementVersionFactory(issuer=issuer, achievement=made)
    return made
