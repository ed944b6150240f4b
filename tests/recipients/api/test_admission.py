"""The door: whose token, until when, for what, how often; no cookie, no secret in a log, nothing without a reason."""

import json
import logging
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as ValkeyAway

from credentials_site.access_log import without_tokens
from issuers import entrusting
from issuers.models import ApiToken, AuditEvent
from issuers.tenancy import across_issuers
from recipients.api import admission
from tests.factories import ApiTokenFactory, CredentialFactory, IssuerFactory
from tests.operations.logged import written
from tests.recipients.api.calling import Program
from tests.verification.public import text

pytestmark = pytest.mark.django_db


def code(answer):
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "token_missing"),
        ("", "token_missing"),
        ("Bearer", "token_missing"),
        ("Basic bGF1cmVsOng=", "token_missing"),
        ("Bearer laurel_nobodys", "token_unknown"),
        ("Bearer " + "laurel_" + "1" * 44, "token_unknown"),
        ("Bearer laurel_\u00e9" + "1" * 43, "token_unknown"),
        ("Bearer " + "x" * 100_000, "token_unknown"),
    ],
)
def test_without_a_good_token_nothing_opens(program, header, expected):
    answer = program.get("/achievements", authorization=header)

    assert code(answer) == (401, expected)
    assert answer["WWW-Authenticate"].startswith('Bearer realm="api"')


def test_token_that_has_ended_or_was_withdrawn_says_so(issuer):
    ended = Program(ApiTokenFactory(issuer=issuer, expires_at=timezone.now() - timedelta(seconds=1)))
    withdrawn = Program(ApiTokenFactory(issuer=issuer))
    assert withdrawn.get("/achievements").status_code == 200
    with across_issuers("a test withdraws"):
        entrusting.withdraw(withdrawn.token, None)

    assert code(ended.get("/achievements")) == (401, "token_expired")
    assert code(withdrawn.get("/achievements")) == (401, "token_withdrawn")


def test_token_ends_at_its_moment(program):
    with time_machine.travel(timezone.now() + timedelta(days=364)):
        assert program.get("/achievements").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        assert code(program.get("/achievements")) == (401, "token_expired")


def test_closed_and_unapproved_institutions_are_told_why():
    closed = Program(ApiTokenFactory(issuer=IssuerFactory(closed_at=timezone.now())))
    waiting = Program(ApiTokenFactory(issuer=IssuerFactory(approved_at=None)))

    assert code(closed.get("/achievements")) == (403, "issuer_closed")
    assert code(waiting.get("/achievements")) == (403, "issuer_not_approved")


def test_scope_is_asked_for_before_anything_is_read(issuer):
    reader = Program(ApiTokenFactory(issuer=issuer, scopes=["awards:read", "achievements:read"]))

    answer = reader.post("/awards", b"not json at all", content_type="text/plain")

    assert code(answer) == (403, "scope_missing")
    assert "awards:write" in answer.json()["detail"]
    assert "achievements:read" in answer.json()["detail"]
    assert reader.get("/awards").status_code == 200


def test_cookie_opens_nothing_and_forgery_has_nothing_to_forge(staff, issuer):
    client = staff
    path = f"/api/v1/credentials/{CredentialFactory(issuer=issuer).public_id}/reinstatement"

    assert code(client.get("/api/v1/achievements")) == (401, "token_missing")
    assert code(client.post(path)) == (401, "token_missing")
    assert "Set-Cookie" not in client.get("/api/v1/achievements")


def test_broken_cookie_does_not_disturb_a_program(program):
    assert program.get("/achievements", cookie="sessionid=garbage; csrftoken=x").status_code == 200


def test_other_origins_are_not_let_in(program):
    answer = program.get("/achievements", origin="https://evil.example")

    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


# How often.


def test_calls_are_counted_and_said_in_headers(program):
    with time_machine.travel("2026-11-20T10:00:20Z", tick=False), across_issuers("the token's end lies ahead"):
        ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
        answer = program.get("/achievements")

    assert answer["RateLimit-Policy"] == '"calls";q=600;w=60'
    assert answer["RateLimit"] == '"calls";r=599;t=40'


def test_too_many_calls_are_told_when_to_come_back(program, monkeypatch):
    monkeypatch.setattr(admission, "CALLS", admission.Limit("api-calls", most=2, seconds=120))
    with time_machine.travel(timezone.now().replace(second=10), tick=False):
        first = [program.get("/achievements").status_code for _again in range(2)]
        answer = program.get("/achievements")

    assert first == [200, 200]
    assert code(answer) == (429, "too_often")
    assert (answer["Retry-After"], answer["RateLimit"]) == ("50", '"calls";r=0;t=50')
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert program.get("/achievements").status_code == 200


def test_awards_have_a_smaller_limit_of_their_own(program, achievement, monkeypatch):
    def award(number):
        person = {"email": f"p{number}@example.org", "name": "P"}
        return program.award({"achievement": achievement.public_id, "recipients": [person]})

    with time_machine.travel(timezone.now().replace(second=1), tick=False):
        cache.set(f"limit:api-awards:{program.token.pk}:{int(timezone.now().timestamp()) // 60}", 59, 120)
        assert award(1)["RateLimit"].endswith('"awards";r=0;t=59')
        assert code(award(2)) == (429, "too_often")
        assert award(1).status_code == 200  # she has it already, and that is no award
        assert program.get("/achievements").status_code == 200


def test_one_tokens_limit_is_not_anothers(issuer, monkeypatch):
    monkeypatch.setattr(admission, "CALLS", admission.Limit("api-calls", most=1, seconds=120))
    one, other = (Program(ApiTokenFactory(issuer=issuer)) for _each in range(2))

    assert [one.get("/awards").status_code, other.get("/awards").status_code] == [200, 200]


def test_trying_tokens_out_ends_soon(program):
    answers = [program.get("/awards", authorization=f"Bearer laurel_{number}") for number in range(62)]

    assert [answer.status_code for answer in answers].count(401) == 60
    assert code(answers[-1]) == (429, "too_often")
    assert program.get("/awards").status_code == 200


def test_without_valkey_it_goes_on(program, achievement, monkeypatch):
    def away(*args, **kwargs):
        raise ValkeyAway

    monkeypatch.setattr("issuers.limits.cache.add", away)
    body = {"achievement": achievement.public_id, "recipients": [{"email": "a@example.org", "name": "A"}]}

    assert program.get("/achievements").status_code == 200
    assert program.award(body).status_code == 201
    assert program.get("/achievements", authorization=None).status_code == 401


def test_lines_of_a_call_name_the_beginning_of_its_token(program, achievement, monkeypatch):
    """By it an operator finds whose token leaked (docs/operations.md); a field called token would be taken out."""

    def away(*args, **kwargs):
        raise ValkeyAway

    monkeypatch.setattr("issuers.limits.cache.add", away)
    body = {"achievement": achievement.public_id, "recipients": [{"email": "a@example.org", "name": "A"}]}
    with written() as out:
        program.award(body)

    (line,) = [event for event in out.events() if event.get("limit") == "api-awards"]
    assert (line["api_client"], line["issuer"]) == (program.token.prefix, program.token.issuer.slug)
    assert program.token.told not in out.text()


def test_without_the_database_it_says_when_to_come_back(program, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(entrusting, "token_of", away)

    answer = program.get("/achievements")

    assert code(answer) == (503, "away")
    assert answer["Retry-After"] == "5"


def test_fault_of_ours_is_problem_details_too(program, monkeypatch):
    program.client.raise_request_exception = False
    monkeypatch.setattr("recipients.api.achievements.page", lambda *args: 1 / 0)

    answer = program.get("/achievements")

    assert code(answer) == (500, "broken")
    assert "division" not in answer.content.decode()


# What is noted.


def test_use_is_noted_once_a_minute(program, django_assert_num_queries):
    def noted():
        with across_issuers("a test looks"):
            return ApiToken.objects.get().last_used_at

    program.get("/achievements")
    first = noted()
    program.get("/achievements")
    assert noted() == first
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        program.get("/achievements")
    assert noted() > first


def test_trail_says_which_token_did_it(program, staff, issuer, achievement):
    body = {"achievement": achievement.public_id, "recipients": [{"email": "a@example.org", "name": "A"}]}
    made = program.award(body).json()
    program.post(f"/credentials/{made['credential']['id']}/revocation", {"reason": "Mistake"})

    with across_issuers("a test looks"):
        events = list(AuditEvent.objects.filter(details__has_key="token").values_list("action", "actor", "details"))
    page = text(staff.get(reverse("manage-audit", args=[issuer.slug])))

    assert [action for action, _actor, _details in events] == ["award.made", "credential.revoked"]
    assert {(actor, details["token"]) for _action, actor, details in events} == {(None, program.token.public_id)}
    assert "The API token Student records revoked a credential" in page
    assert "operator of this site revoked" not in page


def test_token_stands_in_no_log_no_row_and_no_answer(program, achievement, caplog):
    caplog.set_level(logging.DEBUG)
    secret = program.token.told[13:]
    answers = [program.get("/achievements"), program.get("/nowhere"), program.get(f"/awards?{program.token.told}=1")]
    answers += [program.get("/awards", authorization=f"Bearer {program.token.told}x")]

    with across_issuers("a test looks"):
        rows = json.dumps(list(ApiToken.objects.values()), default=str)
    logged = "".join(str(record.__dict__) for record in caplog.records if "nowhere" in str(record.__dict__))
    assert secret not in rows
    assert secret not in logged
    assert all(secret not in answer.content.decode() for answer in answers[:2])


def test_access_log_has_no_address_of_a_person():
    line = "GET /api/v1/credentials?award=8Zq&email=ana%40example.org&limit=5 HTTP/1.1"

    assert without_tokens(line) == "GET /api/v1/credentials?award=8Zq&email=...&limit=5 HTTP/1.1"
    assert "4711" not in without_tokens("/api/v1/recipients?student_id=4711")
