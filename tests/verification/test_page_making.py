"""How a public page is made: one statement, nothing worked out twice, and never from what was true before."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from issuers import clock, keys
from issuers.models import SigningKey
from issuers.tenancy import across_issuers, scope
from recipients import correcting
from tests.factories import IssuerFactory
from tests.published import FULL, person, publish, reread
from tests.verification.fronted import shown
from tests.verification.public import bar, path, text, update
from verification import checks, listing, opening
from verification.models import PublishedStatusList
from verification.report import Result
from verification.templatetags.kept import kept
from verification.views.credential import CHECKED, page_context, report_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return shown(publish(IssuerFactory(name="Northmoor University"), status_purpose="suspension"), FULL)


def statements(client, url):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT set_config")
    return [query["sql"] for query in asked.captured_queries if not query["sql"].strip().startswith(words)]


@pytest.mark.parametrize("rest", ["", "/", "/embed/", ".json"])
def test_one_statement_is_asked_when_a_page_is_opened(client, credential, rest):
    client.get(path(credential))  # signs the list
    assert len(statements(client, path(credential, rest))) == 1


def states(credential):
    """The credential in every standing, one after the other."""
    yield "valid"
    update(credential, visibility="link")
    yield "by link"
    with scope(credential.issuer):
        correcting.suspend(reread(credential), reason="Look <again>", by=None)
    yield "suspended"
    with scope(credential.issuer):
        correcting.revoke(reread(credential), reason="Mistake", by=None)
    yield "revoked"
    update(credential, signed=credential.signed.replace("Khalid", "Kaled"))
    yield "failed"
    update(credential, signed="{")
    yield "unreadable"
    update(credential, signed='{"credentialSubject": []}')
    yield "no credential"


def test_kept_page_is_the_page_to_the_letter_when_rendered_plainly(client, credential, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for state in states(credential):
        url = path(credential)
        request = RequestFactory().get(url, headers={"host": "localhost"})
        request.user = type("Nobody", (), {"is_authenticated": False})()
        with opening.page(credential.public_id, None) as page:
            plain = render_to_string(
                "verification/credential.html", page_context(page, report_of(page)), request=request
            )
        for _time in range(2):
            answer = client.get(url)
            assert answer.content.decode() == plain, state
        assert CHECKED not in plain


def test_time_of_the_checks_is_that_of_the_request_when_the_page_is_kept(client, credential, monkeypatch):
    first = bar(client.get(path(credential)))[1]
    later = clock.now() + timedelta(hours=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    second = bar(client.get(path(credential)))[1]
    assert "All 5 checks passed" in first
    assert second != first
    assert later.strftime("%H:%M") in second


def test_kept_part_refuses_what_changes_while_it_stays_the_same(credential):
    with pytest.raises(TypeError, match="pass its values"):
        kept("verification/_share.html", credential=credential)
    with pytest.raises(TypeError):
        kept("verification/_share.html", shown=["a list"])


def test_kept_part_sees_its_values_and_nothing_else(client, credential):
    with pytest.raises(TypeError):
        kept("verification/_share.html", context={"request": None})
    page = kept("components/footer.html", mailbox_shown=False)
    assert "?next=" in page


# What is remembered


def trusted(credential, **changes):
    with scope(credential.issuer):
        values = {
            "issuer_id": keys.did(credential.issuer),
            "issuer_name": credential.issuer.name,
            "keys": keys.public_keys(credential.issuer),
            "status_list": listing.signed_list(credential.status_list).signed,
        }
    return checks.Trusted(**{**values, **changes})


def test_signature_is_not_remembered_for_other_bytes_or_another_key(credential):
    trust = trusted(credential)
    assert checks.check(credential.signed, trust, clock.now()).valid
    assert checks.check(credential.signed, trust, clock.now()).valid
    altered = credential.signed.replace("Khalid", "Kaled")
    assert "signature" in checks.check(altered, trust, clock.now()).failed
    method = json.loads(credential.signed)["proof"]["verificationMethod"]
    other = publish(IssuerFactory()).issuer
    with scope(other):
        [stranger] = [
            key for name, key in keys.public_keys(other).items() if SigningKey.Kind.ED25519 in kind_of(other, name)
        ]
    forged = trusted(credential, keys={**trust.keys, method: stranger})
    assert "signature" in checks.check(credential.signed, forged, clock.now()).failed


def kind_of(issuer, name):
    return issuer.keys.get(multibase=name.partition("#")[2]).kind


def test_key_standing_and_dates_are_asked_anew_when_the_signature_is_remembered(credential):
    trust = trusted(credential)
    now = clock.now()
    assert checks.check(credential.signed, trust, now).valid
    method = json.loads(credential.signed)["proof"]["verificationMethod"]
    without = trusted(credential, keys={name: key for name, key in trust.keys.items() if name != method})
    assert not checks.check(credential.signed, without, now).valid
    withdrawn = trusted(credential, withdrawn=frozenset({method}))
    assert checks.check(credential.signed, withdrawn, now).checks[1].result is Result.UNKNOWN
    assert "dates" in checks.check(credential.signed, trust, now - timedelta(days=1)).failed
    assert checks.check(credential.signed, trust, now + timedelta(days=30)).checks[3].finding == "list_unreadable"
    with scope(credential.issuer):
        correcting.suspend(reread(credential), reason="", by=None)
    assert "status" in checks.check(credential.signed, trusted(credential), now).failed


def test_list_is_signed_again_only_when_it_is_wrong_about_this_entry(client, credential):
    other = shown(credential.version, person("Bea Second", "bea@example.org"), key="second")
    client.get(path(credential))

    def made():
        with across_issuers("a test looks"):
            return PublishedStatusList.objects.get(status_list=credential.status_list).made_at

    first = made()
    with scope(credential.issuer):
        correcting.revoke(reread(other), reason="Mistake", by=None)
    assert bar(client.get(path(credential)))[0] == "standing"
    assert made() == first
    assert bar(client.get(path(other)))[0] == "standing standing-revoked"
    assert made() > first


def test_list_of_a_withdrawn_key_is_signed_again_when_a_page_is_opened(client, credential):
    client.get(path(credential))
    with scope(credential.issuer):
        keys.compromise(credential.issuer.keys.signing().get(kind=SigningKey.Kind.ED25519), None, "Lost")
    answer = client.get(path(credential))
    assert "Being signed again" in text(answer)
    assert "The status list could not be trusted" not in text(answer)
