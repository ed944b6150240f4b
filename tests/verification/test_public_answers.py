"""Machine formats, files and the other public pages: what they answer, to whom, and for how long it may be kept."""

import json
import re

import pytest
from django.urls import reverse

from issuers import keys
from issuers.tenancy import scope
from recipients import correcting
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import FULL, claimed, publish, reread
from tests.verification.public import path, text

pytestmark = COMMITTED


@pytest.fixture
def credential():
    return claimed(publish(IssuerFactory(name="Northmoor University", description="On the coast.")), FULL)


# Machines


@pytest.mark.parametrize("rest", ["", "/"])
@pytest.mark.parametrize("kind", ["application/vc", "application/ld+json", "application/json"])
def test_json_is_the_signed_text_when_accept_asks_for_it(client, credential, kind, rest):
    answer = client.get(path(credential, rest), headers={"accept": kind})
    assert answer["Content-Type"] == kind
    assert answer.content.decode() == credential.signed
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in answer["Vary"]


def test_json_is_the_signed_text_when_the_suffix_asks_for_it(client, credential):
    machine = client.get(path(credential, ".json"))
    browser = client.get(path(credential, ".json"), headers={"accept": "text/html,*/*;q=0.8"})
    assert machine["Content-Type"] == "application/vc+ld+json"
    assert browser["Content-Type"] == "application/json"
    assert machine.content == browser.content == credential.signed.encode()


def test_html_is_answered_when_a_browser_or_nobody_in_particular_asks(client, credential):
    for accept in ("text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""):
        headers = {"accept": accept} if accept else {}
        assert client.get(path(credential), headers=headers)["Content-Type"].startswith("text/html")


def test_machines_get_304_when_they_have_the_text_already(client, credential):
    did_path = reverse("did", args=[credential.issuer.slug])
    for address_of in (path(credential, ".json"), did_path):
        first = client.get(address_of)
        again = client.get(address_of, headers={"if-none-match": first["ETag"]})
        weak = client.get(address_of, headers={"if-none-match": f'"other", W/{first["ETag"]}'})
        assert (again.status_code, again.content, weak.status_code) == (304, b"", 304)
        assert client.get(address_of, headers={"if-none-match": '"other"'}).status_code == 200


def test_did_document_names_the_published_keys_when_asked_for(client, credential):
    answer = client.get(reverse("did", args=[credential.issuer.slug]))
    document = json.loads(answer.content)
    with scope(credential.issuer):
        assert document["id"] == keys.did(credential.issuer)
        published = {key.multibase for key in credential.issuer.keys.published()}
    assert {method["id"].partition("#")[2] for method in document["verificationMethod"]} == published
    assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == ("application/did+json", "*")


def test_status_list_changes_at_once_when_a_credential_is_revoked(client, credential):
    url = json.loads(credential.signed)["credentialStatus"]["statusListCredential"].removeprefix(
        "http://localhost:8000"
    )
    before = client.get(url)
    with scope(credential.issuer):
        correcting.revoke(reread(credential), reason="Mistake", by=None)
    after = client.get(url)

    assert (before.status_code, after.status_code) == (200, 200)
    assert before["ETag"] != after["ETag"]
    assert "max-age=30" in after["Cache-Control"]
    assert after["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("rest", ["/status/none/1", "/status/revocation/99", "/status/revocation/99999999999999999999"])
def test_status_list_is_unknown_when_there_is_none(client, credential, rest):
    assert client.get(f"/i/{credential.issuer.slug}{rest}").status_code == 404


def test_public_answers_are_kept_for_less_than_a_minute_when_cached(client, credential):
    for address_of in (
        path(credential),
        path(credential, ".json"),
        path(credential, "/embed/"),
        path(credential, "/card.png"),
    ):
        seconds = re.search(r"public, max-age=(\d+)", client.get(address_of)["Cache-Control"])
        assert int(seconds[1]) <= 30


def test_files_are_served_apart_from_the_site_when_downloaded(client, credential):
    for suffix, kind in ((".pdf", "application/pdf"), (".png", "image/png")):
        answer = client.get(path(credential, suffix))
        assert answer["Content-Type"] == kind
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert answer["X-Content-Type-Options"] == "nosniff"


# Other pages


def test_embed_may_stand_in_other_sites_without_scripts_when_framed(client, credential):
    answer = client.get(path(credential, "/embed/"))
    policy = answer["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "X-Frame-Options" not in answer
    assert "frame-ancestors *" in policy
    assert "script-src 'none'" in policy
    assert "<script" not in answer.content.decode()
    assert not answer.cookies
    assert "Amal bint Khalid Al-Mansoori" in text(answer)
    assert "Valid" in text(answer)


def test_issuer_page_shows_what_it_recognises_when_opened(client, credential):
    page = text(client.get(reverse("issuer", args=[credential.issuer.slug])))
    assert "Northmoor University" in page
    assert credential.version.words["name"] in page
    assert "held by 1 person" in page
    assert client.get(reverse("issuer", args=["nowhere"])).status_code == 404


def test_achievement_page_says_what_it_takes_when_opened(client, credential):
    answer = client.get(credential.achievement.public_url)
    assert "five new students every week" in text(answer)
    assert client.get(f"/i/{credential.issuer.slug}/a/nothing/").status_code == 404


@pytest.mark.parametrize(
    "typed", ["{id}", " {id} ", "{url}", "{url}/", "{url}.json", "{url}?utm=1", "{url}#x", "localhost:8000/c/{id}"]
)
def test_verify_leads_to_the_credential_when_its_link_or_number_is_typed(client, credential, typed):
    q = typed.format(id=credential.public_id, url=credential.url)
    assert client.get(reverse("verify"), {"q": q}).url == path(credential)


@pytest.mark.parametrize("typed", ["", "abc", "0" * 22, "x" * 3000, "//[", "<b>"])
def test_verify_says_what_is_wrong_when_nothing_can_be_looked_up(client, typed):
    answer = client.get(reverse("verify"), {"q": typed})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_front_page_has_the_field_when_opened(client, db):
    page = client.get("/").content.decode()
    assert f'action="{reverse("verify")}"' in page
    assert 'name="q"' in page
