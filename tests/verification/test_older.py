"""Open Badges 2.0 at addresses of their own: what stands there, for whom, and what becomes of it when it is taken back."""

import json

import pytest

from issuers.fetching import Guard
from issuers.tenancy import scope
from recipients import correcting
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import FULL, publish, reread
from tests.verification.fronted import shown
from tests.verification.public import UNKNOWN, path, update
from verification import desk
from verification.report import Result
from verification.standing import Standing, standing

pytestmark = COMMITTED
SITE = "http://localhost:8000"


@pytest.fixture
def credential():
    return shown(publish(IssuerFactory(name="Northmoor University")), FULL)


def read(client, url):
    return client.get(url.removeprefix(SITE))


def test_assertion_leads_to_its_badge_class_and_its_issuer(client, credential):
    assertion = json.loads(client.get(path(credential, "/ob2.json")).content)
    badge = json.loads(read(client, assertion["badge"]).content)
    issuer = json.loads(read(client, badge["issuer"]).content)

    assert assertion["id"] == f"{credential.url}/ob2.json"
    assert badge["id"] == assertion["badge"]
    assert (issuer["id"], issuer["name"]) == (badge["issuer"], "Northmoor University")


def test_assertion_is_for_machines_of_every_origin(client, credential):
    answer = client.get(path(credential, "/ob2.json"))

    assert answer["Content-Type"] == "application/ld+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert client.get(path(credential, "/ob2.json"), headers={"if-none-match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize("visibility", ["private", None])
def test_assertion_of_a_private_or_unknown_credential_looks_like_nothing(client, credential, visibility):
    unknown = client.get(f"/c/{UNKNOWN}/ob2.json")
    if visibility:
        update(credential, visibility=visibility)
    else:
        update(credential, claimed_at=None, accepted_at=None)

    answer = client.get(path(credential, "/ob2.json"))

    nothing = answer.content.decode().replace(credential.public_id, UNKNOWN)
    assert (answer.status_code, nothing) == (404, unknown.content.decode())


def test_assertion_is_gone_with_its_reason_when_revoked(client, credential):
    with scope(credential.issuer):
        correcting.revoke(reread(credential), reason="Wrong person", by=None)

    answer = client.get(path(credential, "/ob2.json"))

    assert answer.status_code == 410
    assert json.loads(answer.content)["revoked"] is True
    assert json.loads(answer.content)["revocationReason"] == "Wrong person"
    assert FULL.name not in answer.content.decode()


def test_assertion_counts_as_revoked_while_suspended(client):
    made = shown(publish(IssuerFactory(), status_purpose="suspension"), FULL)
    with scope(made.issuer):
        correcting.suspend(reread(made), reason="Under review", by=None)
    suspended = json.loads(client.get(path(made, "/ob2.json")).content)
    with scope(made.issuer):
        correcting.reinstate(reread(made), by=None)
    back = json.loads(client.get(path(made, "/ob2.json")).content)

    assert suspended["revoked"] is True
    assert "revoked" not in back


def test_hidden_evidence_is_left_out(client, credential):
    before = json.loads(client.get(path(credential, "/ob2.json")).content)
    with scope(credential.issuer):
        credential.evidence.update(shown=False)
    after = json.loads(client.get(path(credential, "/ob2.json")).content)

    assert "evidence" in before
    assert "evidence" not in after


def test_badge_class_stays_as_it_was_issued_when_a_new_version_is_published(client, credential):
    from badges import designing, publishing
    from badges.models import Achievement

    url = json.loads(client.get(path(credential, "/ob2.json")).content)["badge"]
    before = read(client, url).content
    with scope(credential.issuer):
        achievement = Achievement.objects.get(pk=credential.achievement_id)
        words = {"name": "Mentor of Mentors", "description": "More.", "criteria": "More.", "achievement_type": "Badge"}
        edited = designing.save_words(achievement, credential.award.made_by, edits=achievement.edits, **words)
        publishing.publish(Achievement.objects.get(pk=edited.pk), credential.award.made_by)

    assert read(client, url).content == before
    assert b"Mentor of Mentors" in read(client, url.replace("/1/ob2", "/2/ob2")).content


@pytest.mark.parametrize("rest", ["/a/nothing/1/ob2.json", "/a/community-mentor/99999999999999999999/ob2.json"])
def test_badge_class_is_unknown_when_there_is_none(client, credential, rest):
    assert client.get(f"/i/{credential.issuer.slug}{rest}").status_code == 404


def _nobody(host, port):
    raise AssertionError(f"{host} was asked for")


def test_desk_finds_our_hosted_badge_valid_without_asking_anybody(client, settings):
    settings.SITE_URL = "https://badges.example.org"
    made = shown(publish(IssuerFactory(name="Harbour College")), FULL)
    body = client.get(path(made, "/ob2.json")).content

    outcome = desk.examine(body, FULL.address.key, guard=Guard(resolver=_nobody))

    assert outcome.kind == "open_badge_2"
    assert [check for check in outcome.report.checks if check.result is not Result.PASSED] == []
    assert {check.key for check in outcome.report.checks} >= {"form", "key", "issuer", "status", "dates", "recipient"}


def test_desk_finds_our_hosted_badge_revoked_altered_or_put_on_hold(client, settings):
    settings.SITE_URL = "https://badges.example.org"
    made = shown(publish(IssuerFactory(name="Harbour College")), FULL)
    body = client.get(path(made, "/ob2.json")).content
    altered = {**json.loads(body), "issuedOn": "2001-01-01T00:00:00Z"}
    guard = Guard(resolver=_nobody)
    assert desk.examine(json.dumps(altered).encode(), guard=guard).report.failed

    with scope(made.issuer):
        correcting.revoke(reread(made), reason="Mistake", by=None)
    report = desk.examine(body, guard=guard).report

    assert "status" in report.failed
    assert standing(report) is Standing.REVOKED
