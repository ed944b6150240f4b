"""Who may ask, and how: off by default, tokens, methods, media types, sizes, strict JSON; and nothing makes it fall over."""

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from badges.openbadges import validate
from tests.verification.vc_api.conftest import TOKEN
from tests.verification.vc_api.stranger import V1, V2, Stranger, credential, presentation

ENDPOINTS = ["credentials/issue", "credentials/verify", "presentations/verify"]
JSON = "application/json"
ONE = Stranger(9)


@pytest.mark.parametrize("path", [*ENDPOINTS, "status/revocation/1"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "options"])
def test_every_address_is_unknown_while_the_profile_is_off(db, client, settings, path, method):
    assert settings.VC_API_TOKENS == []

    answer = getattr(client, method)(f"/vc-api/{path}", headers={"Authorization": "Bearer "})

    expected = {404} if path in ENDPOINTS or method == "get" else {404, 405}
    assert answer.status_code in expected


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN} x",
    ],
)
def test_without_a_token_of_this_service_nothing_is_read(service, path, authorization):
    status, headers, answer = service.ask(path, b"not JSON", authorization=authorization, content_type=JSON)

    assert status == 401
    assert headers["WWW-Authenticate"] == 'Bearer realm="vc-api"'
    assert headers.get_content_type() == "application/problem+json"
    assert TOKEN not in json.dumps(answer)


def test_old_and_new_token_both_count_while_they_are_exchanged(service, profile):
    profile.VC_API_TOKENS = ["n" * 40, TOKEN]

    for token in profile.VC_API_TOKENS:
        answer = service.ask("credentials/issue", {}, content_type=JSON, authorization=f"Bearer {token}")
        assert answer[0] == 400
    assert service.ask("credentials/issue", {}, content_type=JSON, authorization="bearer " + "o" * 40)[0] == 401


def test_without_token_on_localhost_everybody_may(service, profile):
    profile.VC_API_TOKENS, profile.VC_API_WITHOUT_TOKEN = [], True

    assert service.ask("credentials/issue", {"credential": credential()}, content_type=JSON)[0] == 201


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_other_methods_are_refused(db, profile, client, path, method):
    answer = getattr(client, method)(f"/vc-api/{path}")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_other_media_types_are_refused(service, path, media):
    assert service.ask(path, b"{}", content_type=media, authorization=f"Bearer {TOKEN}")[0] == 415


@pytest.mark.parametrize("media", [JSON, "application/ld+json", "application/json; charset=utf-8", "application/vc"])
def test_media_types_of_the_suites_are_read(service, media):
    body = {"credential": credential()}

    assert service.ask("credentials/issue", body, content_type=media, authorization=f"Bearer {TOKEN}")[0] == 201


@pytest.mark.parametrize("path", ENDPOINTS)
def test_body_that_is_too_long_is_refused(service, path):
    body = b'{"a": "' + b"a" * validate.MOST_BYTES + b'"}'

    assert service.ask(path, body, content_type=JSON, authorization=f"Bearer {TOKEN}")[0] == 413


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"[]",
        b"7",
        b"null",
        b'{"credential": {}, "credential": {}}',
        b'{"credential": NaN}',
        b'{"credential": 1e999}',
        b'{"credential": "\\ud800"}',
        b'{"credential": "\xff"}',
        b"[" * 100_000,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"{}",
        b'{"credential": null, "verifiableCredential": null, "verifiablePresentation": null}',
        b'{"credential": [], "verifiableCredential": "text", "verifiablePresentation": 7}',
    ],
)
def test_what_is_no_request_is_told_so(service, path, body):
    status, _, answer = service.ask(path, body, content_type=JSON, authorization=f"Bearer {TOKEN}")

    assert status == 400
    assert answer["errors"][0]["type"].startswith("https://www.w3.org/TR/vc-data-model#")


@pytest.mark.parametrize(
    "options",
    [
        [],
        "text",
        {"checks": "proof"},
        {"checks": [7]},
        {"challenge": 7},
        {"domain": ["a"]},
        {"expectedProofPurpose": []},
    ],
)
def test_options_of_another_kind_are_refused(service, options):
    body = {"verifiableCredential": ONE.signed(credential(issuer=ONE.did)), "options": options}
    accepted = options == {"expectedProofPurpose": []}  # nothing is expected

    assert service.post("credentials/verify", body)[0] == (200 if accepted else 400)


def test_cookies_count_for_nothing_and_no_token_against_forgery_is_needed(db, profile):
    client = Client(enforce_csrf_checks=True)
    body = json.dumps({"credential": credential()})

    without = client.post("/vc-api/credentials/issue", body, content_type=JSON)
    asked = client.post(
        "/vc-api/credentials/issue", body, content_type=JSON, headers={"Authorization": f"Bearer {TOKEN}"}
    )

    assert (without.status_code, asked.status_code) == (401, 201)
    assert asked.cookies == {}


def poison(size):
    """Nodes without ids that all point at one another: canonical labels take for ever (SECURITY T7)."""
    nodes = [{"@id": f"_:b{place}"} for place in range(size)]
    return [{**node, "knows": [other for other in nodes if other is not node]} for node in nodes]


@pytest.mark.parametrize(
    "subject",
    [
        {"id": "did:example:a", "knows": poison(9)},
        {"id": "did:example:a", "knows": [{"knows": {"knows": {}}}] * 9},
        {"id": "did:example:a", "knows": [{"number": place} for place in range(80)]},
        {"id": "did:example:a", "knows": [{"id": f"did:example:{place}"} for place in range(501)]},
    ],
)
def test_graphs_made_to_be_slow_are_refused_at_once(service, subject):
    terms = {"knows": "https://example.org/knows", "number": "https://example.org/number"}
    document = credential(**{"@context": [V2, terms]}, credentialSubject=subject)

    assert service.issue(document)[0] == 400
    assert service.present(presentation(verifiableCredential=[document]), checks=["proof"])[0] == 400
    assert service.verify({**document, "proof": ONE.proof(credential())})[0] == 400


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text("ab:/ é\x00", max_size=6)
    | st.sampled_from([V1, V2, ONE.did])
)
WORDS = st.sampled_from(
    ["@context", "@id", "@type", "@base", "@value", "@direction", "id", "type", "issuer", "holder", "proof", "name"]
    + [
        "validFrom",
        "credentialSubject",
        "credentialStatus",
        "verifiableCredential",
        "relatedResource",
        "digestSRI",
        "created",
    ]
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=12
)


@examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.sampled_from(["top", "proof", "subject", "status"]), word=WORDS, value=VALUES)
def test_nothing_makes_it_fall_over(profile, client, where, word, value):
    """Whatever stands wherever: an answer of this service, 200, 201 or 400, never a 500."""
    document = ONE.signed(credential(issuer=ONE.did, credentialStatus={"type": "https://example.org/#Status"}))
    place = {"top": document, "proof": document["proof"], "subject": document["credentialSubject"]}
    place.get(where, document["credentialStatus"])[word] = value
    bodies = {
        "credentials/issue": {"credential": {name: kept for name, kept in document.items() if name != "proof"}},
        "credentials/verify": {"verifiableCredential": document},
        "presentations/verify": {
            "verifiablePresentation": {**presentation(verifiableCredential=[document]), word: value}
        },
    }

    for path, body in bodies.items():
        answer = client.post(f"/vc-api/{path}", body, content_type=JSON, headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code in {200, 201, 400}, (path, body)
