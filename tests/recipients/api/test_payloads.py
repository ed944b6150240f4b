"""Bad requests of SECURITY §4, part A: each gets its status and its reason, and leaves nothing behind."""

import json

import pytest
from django.conf import settings

from issuers.tenancy import across_issuers
from recipients.models import AchievementCredential, Award, KeptAnswer
from tests.factories import CredentialFactory

pytestmark = pytest.mark.django_db
ANA = {"email": "ana@example.org", "name": "Ana Li"}
MOST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


@pytest.fixture
def body(achievement):
    return {"achievement": achievement.public_id, "recipients": [ANA]}


@pytest.fixture(autouse=True)
def _nothing_is_left(request, db):
    yield
    with across_issuers("a test looks"):
        assert (Award.objects.filter(source="api").count(), KeptAnswer.objects.count()) == (0, 0)


def said(answer):
    """Status and code of a problem, which says its status twice and where to read on."""
    assert answer["Content-Type"] == "application/problem+json", (answer.status_code, answer.content)
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["type"].startswith(f"{settings.SITE_URL}/api/v1/docs#")
    assert len(told["detail"]) > 10
    return answer.status_code, told["code"]


def errors(answer):
    assert said(answer) == (422, "faulty")
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize("content", [b"[]", b"null", b'"x"', b"1", b"true"])
def test_payload_a1_anything_but_an_object(program, content):
    assert said(program.award(content)) == (400, "not_an_object")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/json"]
)
def test_payload_a2_other_media_types(program, body, kind):
    assert said(program.award(json.dumps(body).encode(), content_type=kind)) == (415, "wrong_media_type")


@pytest.mark.parametrize("charset", ["utf-16", "latin1", "klingon"])
def test_payload_a3_other_charsets(program, body, charset):
    content = json.dumps(body).encode("utf-16" if charset == "utf-16" else "utf-8")

    assert said(program.award(content, content_type=f"application/json; charset={charset}")) == (
        415,
        "wrong_media_type",
    )


def test_compressed_bodies(program, body):
    answer = program.award(json.dumps(body).encode(), content_encoding="gzip")

    assert said(answer) == (415, "wrong_media_type")


def test_payload_a4_unknown_fields(program, body):
    assert errors(program.award({**body, "notify": True})) == [("/notify", "unknown_field")]


@pytest.mark.parametrize("name", ["tenant_id", "issuer", "issuer_id", "role", "status", "source", "made_by", "id"])
def test_payload_a5_fields_that_are_ours(program, body, name):
    assert errors(program.award({**body, name: 1})) == [(f"/{name}", "unknown_field")]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"send_at_once": "true"}, ("/send_at_once", "json_bool")),
        ({"send_at_once": 1}, ("/send_at_once", "json_bool")),
        ({"achievement": 7}, ("/achievement", "json_text")),
        ({"recipients": {}}, ("/recipients", "json_list")),
        ({"recipients": []}, ("/recipients", "nothing_sent")),
        ({"recipients": None}, ("/recipients", "json_null")),
    ],
)
def test_payload_a6_values_of_another_type(program, body, more, found):
    assert errors(program.award({**body, **more})) == [found]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.0", "1e2", " 5", "abc", "", "9" * 30, "true"])
def test_payload_a6_limit_is_a_plain_number(program, limit):
    answer = program.get(f"/credentials?limit={limit}")

    assert said(answer) == (400, "invalid_parameter")
    assert answer.json()["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize("name", ["9223372036854775808", "-1", "1.5", "1", "not-a-uuid", "1" * 22, "x" * 2000])
@pytest.mark.parametrize("part", ["awards", "credentials", "achievements"])
def test_payload_a7_a8_ids_that_are_none(program, part, name):
    assert said(program.get(f"/{part}/{name}")) == (404, "not_found")


def test_payload_a9_deep_nesting(program):
    for depth in (50, 100_000):
        assert said(program.award(b'{"recipients":' + b"[" * depth + b"]" * depth + b"}"))[0] == 400


def test_payload_a10_more_than_a_thousand(program, body):
    people = [{"email": f"p{number}@example.org", "name": "P"} for number in range(1_001)]

    answer = program.award({**body, "recipients": people})

    assert said(answer) == (413, "too_many_recipients")
    assert "1,001 are too many" in answer.json()["detail"]


def test_payload_a12_stale_etag(program, issuer):
    credential = CredentialFactory(issuer=issuer)
    path = f"/credentials/{credential.public_id}"
    seen = program.get(path)["ETag"]
    with across_issuers("somebody corrects it"):
        AchievementCredential.objects.filter(pk=credential.pk).update(name="Somebody else")

    answer = program.post(f"{path}/revocation", {"reason": "Mistake"}, if_match=seen)

    assert said(answer) == (412, "changed_meanwhile")
    assert answer["ETag"] == program.get(path)["ETag"] != seen
    assert program.get(path).json()["revocation"] is None


def test_payload_a13_texts_longer_than_their_column(program, body, issuer):
    credential = CredentialFactory(issuer=issuer)
    long = {"email": f"{'x' * 400}@example.org", "name": "n" * 201, "narrative": "x" * 2_001, "grade": "g" * 61}

    found = errors(program.award({**body, "recipients": [long]}))
    reason = program.post(f"/credentials/{credential.public_id}/revocation", {"reason": "r" * 301})

    assert found == [(f"/recipients/0/{name}", "too_long") for name in ("email", "grade", "name", "narrative")]
    assert errors(reason) == [("/reason", "too_long")]


def test_payload_a14_forms(program):
    fields = "&".join(f"f{number}=1" for number in range(1_001)).encode()

    assert said(program.award(fields, content_type="application/x-www-form-urlencoded"))[0] in {400, 415}
    assert said(program.award(b"x", content_type="multipart/form-data"))[0] in {400, 415}


def test_payload_a15_body_of_a_byte_too_many(program, body):
    filled = json.dumps(body).encode()
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        answer = program.award(filled + b" " * (MOST + 1 - len(filled)), content_type=kind)
        assert said(answer) == ((413, "too_large_body") if kind.endswith("json") else said(answer))
        assert answer.status_code in {413, 415}


def test_body_of_exactly_the_most_is_read(program, body):
    filled = json.dumps({**body, "x": 1}).encode()

    assert errors(program.award(filled + b" " * (MOST - len(filled)))) == [("/x", "unknown_field")]


def test_payload_a16_nothing_can_be_deleted(program, issuer):
    credential = CredentialFactory(issuer=issuer)
    answers = [program.call("DELETE", f"/credentials/{credential.public_id}") for _again in range(2)]

    assert [said(answer) for answer in answers] == [(405, "wrong_method")] * 2
    assert answers[0]["Allow"] == "GET"


@pytest.mark.parametrize(
    "query",
    [
        "recipient__user__password__startswith=p",
        "recipient__name=x",
        "sort=password",
        "_connector=OR",
        "_negated=1",
        "tenant=2",
        "issuer=2",
        "page=2",
        "LIMIT=2",
    ],
)
@pytest.mark.parametrize("part", ["credentials", "awards", "achievements", "recipients"])
def test_payload_a17_a18_unknown_parameters(program, part, query):
    answer = program.get(f"/{part}?{query}")

    assert said(answer) == (400, "unknown_parameter")
    assert query.partition("=")[0] in answer.json()["detail"]


def test_payload_a18_unknown_keys_with_underscores(program, body):
    assert errors(program.award({**body, "_connector": "OR", "_negated": True})) == [
        ("/_connector", "unknown_field"),
        ("/_negated", "unknown_field"),
    ]


def test_same_parameter_twice(program):
    assert said(program.get("/credentials?limit=1&limit=2")) == (400, "invalid_parameter")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"achievement":"a","achievement":"b"}', "twice"),
        (b'{"achievement": NaN}', "NaN"),
        (b'{"achievement": 1e999}', "large"),
        (b'{"achievement": 99999999999999999999}', "large"),
        (b'{"achievement": "\\ud800"}', "surrogate"),
        (b'{"achievement": "\xff"}', "utf-8"),
        (b"{", "Expecting"),
        (b'{"a": 1,}', ""),
    ],
)
def test_json_that_can_be_read_in_two_ways_or_none(program, content, why):
    answer = program.award(content)

    assert said(answer) == (400, "not_json")
    assert why.lower() in answer.json()["detail"].lower()


@pytest.mark.parametrize("content", [b"", b"  \n"])
def test_no_body(program, content):
    assert said(program.award(content, content_type="application/json")) == (400, "body_missing")


def test_nul_in_texts_names_and_addresses(program, body, achievement):
    people = [{**ANA, "name": "A\u0000"}, {"email": "b\u0000@example.org", "name": "B"}, {**ANA, "x\u0000": 1}]

    found = errors(program.award({"achievement": "a\u0000", "recipients": people}))

    assert ("/achievement", "unknown_id") in found and len(found) == 4
    assert said(program.get("/credentials?email=%00"))[0] == 400
    assert said(program.get("/credentials/%00")) == (400, "bad_request")
    assert said(program.get("/credentials/%ff"))[0] in {400, 404}


def test_address_that_is_too_long(program):
    assert said(program.get(f"/credentials?email={'x' * 9_000}")) == (414, "too_long_address")


def test_override_of_the_method_is_ignored(program, issuer):
    credential = CredentialFactory(issuer=issuer)
    headers = {"x-http-method-override": "DELETE", "x-method-override": "POST", "x-http-method": "PUT"}

    answer = program.get(f"/credentials/{credential.public_id}", **headers)

    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/nowhere", "/awards/", "/credentials/x/y/z", "/Awards"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_addresses_that_are_none(program, path, method):
    if path != "/":
        assert said(program.call(method, f"/api/v1{path}")) == (404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_methods_that_are_none(program, method):
    answer = program.call(method, "/awards")

    assert said(answer) == (405, "wrong_method")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_head_is_a_get_without_its_body(program, achievement):
    answer = program.call("HEAD", "/achievements")

    assert (answer.status_code, answer.content) == (200, b"")


def test_deeds_without_a_body_take_none(program, issuer):
    credential = CredentialFactory(issuer=issuer)
    answer = program.post(f"/credentials/{credential.public_id}/reinstatement", {"reason": "x"})

    assert errors(answer) == [("/reason", "unknown_field")]
