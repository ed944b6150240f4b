"""Awards by the API."""

import pytest

from recipients.models import AchievementCredential, Award

pytestmark = pytest.mark.django_db
ANA = {"email": "ana@example.org", "name": "Ana Li"}


def test_award_of_one(program, achievement, every_issuer):
    answer = program.award({"achievement": achievement.public_id, "recipients": [ANA]})

    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert said["created"] == 1 and said["already_awarded"] == []
    credential = AchievementCredential.objects.get()
    assert said["credential"] == {"id": credential.public_id, "url": credential.url, "state": "queued"}
    assert Award.objects.get().source == "api"
