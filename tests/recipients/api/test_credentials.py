"""Credentials and recipients by the API: found, paged, revoked, put on hold, corrected; nothing overwritten unseen."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issuers import clock
from issuers.models import StatusList
from issuers.tenancy import across_issuers
from recipients import delivering, holding
from recipients.api import paging
from recipients.models import ERASED, AchievementCredential, CredentialRevision, OutgoingEmail, Recipient
from recipients.views.paging import in_time as bounded
from tests.factories import ApiTokenFactory, AwardFactory, CredentialFactory, IssuerFactory, RecipientFactory
from tests.published import claimed, person, publish
from tests.recipients.api.calling import Program, contents

pytestmark = pytest.mark.django_db


def rows(answer):
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


@pytest.fixture
def several(issuer):
    """Five credentials, the newest first."""
    made = [CredentialFactory(issuer=issuer) for _each in range(5)]
    CredentialFactory(issuer=IssuerFactory())
    return made[::-1]


@pytest.fixture
def signed(program, achievement, issuer):
    """A credential that is signed, as programs see it."""
    body = {"achievement": achievement.public_id, "recipients": [{"email": "ana@example.org", "name": "Ana Li"}]}
    made = program.award(body).json()["credential"]["id"]
    with across_issuers("a worker signs"):
        assert delivering.sign_chunk() == 1
    return f"/credentials/{made}"


# Found.


def test_pages_follow_one_another_without_a_gap(program, several):
    wanted = [row.public_id for row in several]
    found, path = [], "/credentials?limit=2"
    while path:
        answer = program.get(path.replace("http://localhost:8000", ""))
        found.append(rows(answer))
        path = answer.json()["next"]

    assert found == [wanted[:2], wanted[2:4], wanted[4:]]


def test_cursor_tells_no_number_and_fits_its_own_list_alone(program, several, issuer):
    cursor = paging.cursor("credentials", issuer.pk, several[0].pk)
    other = Program(ApiTokenFactory(issuer=IssuerFactory()))

    answers = [
        program.get(f"/awards?cursor={cursor}"),
        other.get(f"/credentials?cursor={cursor}"),
        program.get("/credentials?cursor=" + cursor[:-1] + ("1" if cursor[-1] != "1" else "2")),
        program.get("/credentials?cursor=%C3%A9"),
        program.get("/credentials?cursor=1"),
        program.get("/credentials?cursor="),
    ]

    assert rows(program.get(f"/credentials?cursor={cursor}")) == [row.public_id for row in several[1:]]
    assert [(answer.status_code, answer.json()["errors"][0]["parameter"]) for answer in answers] == [
        (400, "cursor")
    ] * 6


def test_filters_narrow_together(program, several, issuer):
    one = several[2]
    with across_issuers("a test revokes"):
        AchievementCredential.objects.filter(pk=one.pk).update(revoked_at=one.created_at)
    award = AwardFactory(issuer=issuer)

    def found(query):
        return rows(program.get(f"/credentials?{query}"))

    assert found(f"award={one.award.public_id}") == [one.public_id]
    assert found(f"award={award.public_id}") == []
    assert found(f"email={one.recipient.address.upper()}") == [one.public_id]
    assert found(f"achievement={one.achievement.public_id}") == [one.public_id]
    assert found("state=revoked") == [one.public_id]
    assert found(f"state=queued&email={one.recipient.address}") == []


@pytest.mark.parametrize("query", ["state=lost", "email=nobody", "award=1", "achievement=../x", "state="])
def test_filters_that_make_no_sense_are_refused(program, query):
    answer = program.get(f"/credentials?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_lists_by_state_never_name_the_state_of_every_row(program, several):
    """The CASE is for the rows of the page; they are found by conditions that the partial indexes serve (decision 0033)."""
    with CaptureQueriesContext(connection) as queries:
        assert rows(program.get("/credentials?state=failed")) == []

    (asked,) = [query["sql"] for query in queries if "mail_response" in query["sql"]]
    assert asked.count("THEN 'lapsed'") == 1


@pytest.mark.parametrize("path", ["/credentials", "/awards", "/recipients", "/achievements"])
def test_list_that_takes_too_long_says_what_narrows_it(program, several, monkeypatch, path):
    monkeypatch.setattr(paging, "in_time", lambda work: bounded(lambda: work() and pause(), patience=50))

    answer = program.get(path)

    assert (answer.status_code, answer.json()["code"]) == (400, "too_wide")
    assert answer.json()["detail"].startswith("Narrow it")
    monkeypatch.undo()
    assert program.get(path).status_code == 200


def pause():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


def test_credential_has_the_signed_document_word_for_word(program, signed, every_issuer):
    said = program.get(signed).json()

    row = AchievementCredential.objects.get()
    assert said["document"] == json.loads(row.signed)
    assert said["document"]["id"] == said["url"] == row.url
    assert (said["state"], said["revision"], said["recipient"]["email"]) == ("signed", 1, "ana@example.org")
    assert said["signed_at"].endswith("Z")


def test_recipients_are_found_by_exact_address_or_number(program, issuer):
    ana = RecipientFactory(issuer=issuer, name="Ana", address="ana@example.org", student_id="4711")
    RecipientFactory(issuer=issuer, name="Anabel", address="ana@example.org.example", student_id="47110")
    RecipientFactory(issuer=IssuerFactory(), address="ana@example.org", student_id="4711")
    RecipientFactory(issuer=issuer, name="", address="erased-1", erased_at=ana.created_at)

    by_address = program.get("/recipients?email=ANA@example.org").json()["items"]
    by_number = program.get("/recipients?student_id=4711").json()["items"]
    everybody = program.get("/recipients").json()["items"]

    assert [one["name"] for one in by_address] == [one["name"] for one in by_number] == ["Ana"]
    assert [one["name"] for one in everybody] == ["Anabel", "Ana"]
    assert by_address[0]["credentials_url"].endswith("/api/v1/credentials?email=ana%40example.org")
    assert program.get("/recipients?email=nobody").json()["errors"][0]["code"] == "invalid_email"


# Tags.


def test_tag_saves_what_is_known_and_changes_with_it(program, signed):
    first = program.get(signed)

    known = program.get(signed, if_none_match=first["ETag"])
    program.post(f"{signed}/revocation", {"reason": "Mistake"})
    changed = program.get(signed, if_none_match=f'"x", {first["ETag"]}')

    assert (known.status_code, known.content) == (304, b"")
    assert (changed.status_code, changed["ETag"] != first["ETag"]) == (200, True)


def test_correction_of_what_somebody_else_corrected_is_refused(program, signed, every_issuer):
    seen = program.get(signed)["ETag"]
    mine = program.post(f"{signed}/correction", {"name": "Ana Lí"}, if_match=seen)

    theirs = program.post(f"{signed}/correction", {"name": "Anna Li"}, if_match=seen)

    assert (mine.status_code, theirs.status_code) == (200, 412)
    assert AchievementCredential.objects.get().name == "Ana Lí"
    assert program.post(f"{signed}/correction", {"name": "Anna Li"}, if_match=mine["ETag"]).status_code == 200


# Deeds.


def test_revocation_is_told_and_can_be_sent_again(program, signed, every_issuer):
    AchievementCredential.objects.update(offered_at=AchievementCredential.objects.get().created_at)

    first = program.post(f"{signed}/revocation", {"reason": "Awarded by mistake"})
    again = program.post(f"{signed}/revocation", {"reason": "Another reason"})

    assert first.json()["revocation"]["reason"] == again.json()["revocation"]["reason"] == "Awarded by mistake"
    assert (first.json()["state"], again.status_code) == ("revoked", 200)
    assert OutgoingEmail.objects.filter(kind=OutgoingEmail.Kind.REVOKED).count() == 1


def test_suspension_where_the_achievement_allows_it(program, issuer, every_issuer):
    plain = CredentialFactory(issuer=issuer)
    held = CredentialFactory(issuer=issuer, award__version__status_purpose=StatusList.Purpose.SUSPENSION)

    refused = program.post(f"/credentials/{plain.public_id}/suspension", {"reason": "Under review"})
    answers = [
        program.post(f"/credentials/{held.public_id}/{deed}", body).json()["suspension"]
        for deed, body in [("suspension", {"reason": "Under review"})] * 2 + [("reinstatement", None)] * 2
    ]

    assert (refused.status_code, refused.json()["code"]) == (409, "not_suspendable")
    assert [one and one["reason"] for one in answers] == ["Under review", "Under review", None, None]


def test_correction_is_signed_at_once_and_keeps_its_address(program, signed, every_issuer):
    before = program.get(signed).json()

    after = program.post(f"{signed}/correction", {"name": " Ana  Lí ", "email": "ana.li@example.org"}).json()
    again = program.post(f"{signed}/correction", {"name": "Ana Lí"})

    assert (after["id"], after["url"], after["revision"]) == (before["id"], before["url"], 2)
    assert (after["recipient"]["name"], after["recipient"]["email"]) == ("Ana Lí", "ana.li@example.org")
    assert after["document"]["proof"] != before["document"]["proof"]
    assert (again.status_code, again.json()["revision"]) == (200, 2)
    assert CredentialRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, [("", "nothing_to_correct")]),
        ({"reason": "x"}, [("", "nothing_to_correct")]),
        ({"name": "", "email": "x"}, [("/name", "required")]),
        ({"name": "  ", "email": "x"}, [("/name", "required"), ("/email", "invalid_email")]),
        ({"name": "A\u0000"}, [("/name", "control_character")]),
        ({"name": None}, [("/name", "json_null")]),
        ({"name": "A", "subject_id": "1"}, [("/subject_id", "unknown_field")]),
    ],
)
def test_corrections_that_say_nothing_good_are_refused(program, signed, body, found, every_issuer):
    answer = program.post(f"{signed}/correction", body)

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == found
    assert CredentialRevision.objects.count() == 0


def test_what_has_ended_is_neither_corrected_nor_held(program, signed):
    program.post(f"{signed}/revocation", {"reason": "Mistake"})

    answers = [
        program.post(f"{signed}/correction", {"name": "Other"}),
        program.post(f"{signed}/reinstatement"),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "revoked")] * 2


@pytest.fixture
def erased(issuer):
    """A credential whose holder asked to be forgotten."""
    row = claimed(publish(issuer), person())
    holding.forget(row.holder)
    return f"/credentials/{row.public_id}"


def test_erased_credential_is_told_without_its_document(program, erased):
    said = program.get(erased)

    assert (said.status_code, said.json()["document"], said.json()["values"]) == (200, None, {})
    assert program.get("/credentials").json()["items"][0]["recipient"]["name"] == ""


@pytest.mark.parametrize(
    "body", [{"name": "Amal"}, {"email": "amal@example.org"}, {"name": "A", "email": "a@b.example"}]
)
def test_erased_credential_is_never_signed_anew(program, erased, body, every_issuer):
    before = contents()

    answer = program.post(f"{erased}/correction", body)

    assert (answer.status_code, answer.json()["code"]) == (409, "erased")
    assert "erased" in answer.json()["detail"]
    assert contents() == before
    assert AchievementCredential.objects.get().signed == ERASED


def test_credential_of_an_erased_person_is_not_corrected(program, signed, every_issuer):
    Recipient.objects.update(erased_at=clock.now())

    answer = program.post(f"{signed}/correction", {"name": "Ana", "email": "ana@example.org"})

    assert (answer.status_code, answer.json()["code"]) == (409, "erased")


def test_erased_credential_is_revoked_like_any_other(program, erased):
    answers = [program.post(f"{erased}/revocation", {"reason": "Mistake"}) for _again in range(2)]
    lifted = program.post(f"{erased}/reinstatement")

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "revoked")] * 2
    assert (lifted.status_code, lifted.json()["code"]) == (409, "revoked")


def test_cancelled_offers_are_not_revoked(program, achievement):
    body = {"achievement": achievement.public_id, "recipients": [{"email": "ana@example.org", "name": "Ana Li"}]}
    made = program.award(body).json()
    program.post(f"/awards/{made['award']['id']}/cancellation")

    answer = program.post(f"/credentials/{made['credential']['id']}/revocation", {"reason": "Mistake"})

    assert (answer.status_code, answer.json()["code"]) == (409, "cancelled")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301, "two\nlines", 7, None])
def test_reasons_are_one_line_that_says_something(program, signed, reason):
    answer = program.post(f"{signed}/revocation", {"reason": reason})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/reason"
    assert program.get(signed).json()["revocation"] is None


def test_lists_take_few_queries(program, several, django_assert_max_num_queries):
    program.get("/credentials")
    with django_assert_max_num_queries(14):  # four of them bound the time of the list
        program.get("/credentials")
