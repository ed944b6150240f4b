"""xAPI 1.0.3: statements of course platforms become facts, as far as they tell of deeds."""

import base64
import uuid
from decimal import Decimal

import pytest

from issuers.tenancy import across_issuers
from tests import factories
from tests.recipients.telling import STATEMENTS, basic, facts, post, put, statement

pytestmark = pytest.mark.django_db
ADL = "http://adlnet.gov/expapi/activities/"


@pytest.fixture
def key(issuer):
    return factories.EventKeyFactory(issuer=issuer, way="xapi")


def _codes(answer):
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def _counts(key):
    with across_issuers("a test looks"):
        call = key.calls.latest("id")
        return {
            "recorded": call.recorded,
            "already": call.already,
            "ignored": call.ignored,
            "withdrawn": call.withdrawn,
        }


# What a course platform sends.


def test_a25_statement_of_a_course_platform_becomes_a_fact(client, issuer, key):
    """A25: integrate these badges into existing LMS platforms: as Moodle's plugin Logstore xAPI sends a completed course."""
    said = statement(
        of="http://id.tincanapi.com/activitytype/lms/course",
        object={
            "id": "https://moodle.example/course/view.php?id=5",
            "definition": {
                "type": "http://id.tincanapi.com/activitytype/lms/course",
                "name": {"de": "Statistik", "en": "Statistics"},
                "extensions": {"https://w3id.org/learning-analytics/learning-management-system/external-id": None},
            },
        },
        context={
            "platform": "Moodle",
            "language": "en",
            "extensions": {"http://lrs.learninglocker.net/define/extensions/info": {"event_name": None}},
            "contextActivities": {
                "grouping": [{"id": "https://moodle.example", "definition": {"name": {"en": "Moodle"}}}],
                "category": [{"id": "https://moodle.example/tags/statistics"}],
            },
        },
    )
    answer = post(client, key, [said])

    (fact,) = facts()
    assert (answer.status_code, answer.json()) == (200, [said["id"]])
    assert answer["X-Experience-API-Version"] == "1.0.3"
    assert (fact.issuer, fact.kind, fact.key) == (issuer, "course", "https://moodle.example/course/view.php?id=5")
    assert (fact.tags, fact.recipient.name) == (["statistics", "Moodle"], "Ana Li")
    assert (fact.source, fact.external_id) == (f"xapi:{key.key_id}", said["id"])


@pytest.mark.parametrize(
    ("verb", "of", "kind"),
    [
        ("attended", "", "session"),
        ("completed", ADL + "course", "course"),
        ("completed", ADL + "lesson", "module"),
        ("completed", ADL + "assessment", "assessment"),
        ("completed", "https://elsewhere.example/type", "task"),
        ("https://adlnet.gov/expapi/verbs/completed", ADL + "course", "course"),
        ("passed", ADL + "course", "course"),
        ("passed", "", "assessment"),
        ("scored", ADL + "course", "assessment"),
        ("failed", "", "assessment"),
        ("answered", ADL + "cmi.interaction", "assessment"),
        ("experienced", ADL + "meeting", "session"),
        ("experienced", ADL + "media", "task"),
        ("http://id.tincanapi.com/verb/replied", "", "contribution"),
        ("http://id.tincanapi.com/verb/mentored", "", "mentoring"),
        # No deeds: begun, looked at, or unknown.
        ("experienced", ADL + "course", None),
        ("initialized", ADL + "course", None),
        ("http://id.tincanapi.com/verb/viewed", ADL + "course", None),
        ("https://elsewhere.example/verbs/completed", ADL + "course", None),
    ],
)
def test_verbs_and_types_make_kinds(client, key, verb, of, kind):
    said = statement(verb, of)

    assert post(client, key, said).json() == [said["id"]]
    assert [fact.kind for fact in facts()] == ([kind] if kind else [])
    assert _counts(key)["ignored"] == (0 if kind else 1)


@pytest.mark.parametrize(
    ("verb", "result", "value", "unit"),
    [
        ("scored", {"score": {"scaled": 0.83333333}}, "83.3333", "percent"),
        ("scored", {"score": {"raw": 35, "max": 50}}, "70", "percent"),
        ("scored", {"score": {"raw": 6, "min": 1, "max": 6}}, "100", "percent"),
        ("scored", {"score": {"raw": 12.5}}, "12.5", "points"),
        ("scored", {"score": {"scaled": -0.5}, "duration": "PT30M"}, "0", "percent"),
        ("scored", {"duration": "PT30M"}, "30", "minutes"),
        ("attended", {"duration": "PT1H30M", "score": {"raw": 1}}, "90", "minutes"),
        ("attended", {"duration": "P1DT0.6S"}, "1440.01", "minutes"),
        ("attended", {"duration": "P2W"}, "20160", "minutes"),
        ("attended", {"duration": "P1Y"}, None, ""),
        ("attended", {}, None, ""),
        ("attended", None, None, ""),
    ],
)
def test_score_or_duration_becomes_the_value(client, key, verb, result, value, unit):
    post(client, key, statement(verb, result=result))

    (fact,) = facts()
    assert (fact.value, fact.unit) == (None if value is None else Decimal(value), unit)


def test_what_was_not_completed_is_no_deed(client, key):
    post(client, key, statement(result={"completion": False}))

    assert facts() == []


# Who it was.


def test_account_may_be_a_student_number_or_an_address(client, issuer, key):
    noah = factories.RecipientFactory(issuer=issuer, student_id="S7")
    accounts = [{"homePage": "https://lms.example", "name": name} for name in ("S7", "ana@example.org")]
    answer = post(client, key, [statement(actor={"account": account, "name": "Ana Li"}) for account in accounts])

    assert answer.status_code == 200
    assert {fact.recipient.address_key for fact in facts()} == {noah.address_key, "ana@example.org"}


@pytest.mark.parametrize(
    ("actor", "pointer", "code"),
    [
        ({"account": {"homePage": "https://lms.example", "name": "S7"}}, "/actor", "person_unknown"),
        ({"account": {"homePage": "https://lms.example", "name": "twins"}}, "/actor", "person_unknown"),
        ({"account": {"homePage": "https://lms.example"}}, "/actor/account/name", "required"),
        ({"mbox_sha1sum": "0" * 40}, "/actor", "person_unknown"),
        ({"openid": "https://ana.example"}, "/actor", "person_unknown"),
        ({"name": "Ana Li"}, "/actor", "one_identifier"),
        ({"mbox": "mailto:a@example.org", "openid": "https://a.example"}, "/actor", "one_identifier"),
        ({"mbox": "ana@example.org"}, "/actor/mbox", "mailbox"),
        ({"mbox": "mailto:ana"}, "/actor/mbox", "invalid_email"),
        ({"mbox": "mailto:stranger@example.org"}, "", "name_missing"),
        ("ana", "/actor", "json_object"),
    ],
)
def test_whom_nobody_can_tell_is_refused(client, issuer, key, actor, pointer, code):
    factories.RecipientFactory(student_id="S7")  # of another institution
    factories.RecipientFactory.create_batch(2, issuer=issuer, student_id="twins")
    answer = post(client, key, statement(actor=actor))

    assert (answer.status_code, _codes(answer)) == (400, [(pointer, code)])
    assert facts() == []


def test_group_did_nothing_that_counts_for_one_person(client, key):
    post(client, key, statement(actor={"objectType": "Group", "member": []}))

    assert _counts(key) == {"recorded": 0, "already": 0, "ignored": 1, "withdrawn": 0}


# Once, and taken back.


def test_statement_sent_again_is_one_fact(client, key):
    said = statement()
    post(client, key, said)

    assert post(client, key, said).json() == [said["id"]]
    assert put(client, key, said, said["id"]).status_code == 204
    assert (len(facts()), _counts(key)["already"]) == (1, 1)


def test_statement_id_that_says_something_else_is_a_conflict(client, key):
    said = statement()
    post(client, key, said)
    answer = post(client, key, [statement(), said | {"result": {"score": {"raw": 3}}}])

    assert (answer.status_code, _codes(answer)) == (409, [("/1", "id_used")])
    assert len(facts()) == 1


def test_statement_without_time_or_number_is_taken(client, key):
    said = statement(timestamp=None)
    post(client, key, said)

    assert post(client, key, said).status_code == 200
    assert len(facts()) == 1
    nameless = statement(id=None)
    first, again = post(client, key, nameless).json(), post(client, key, nameless).json()
    assert first == again and uuid.UUID(first[0])
    assert len(facts()) == 2


def test_voided_statement_takes_its_fact_back_but_only_of_the_same_system(client, issuer, key):
    other = factories.EventKeyFactory(issuer=issuer, way="xapi")
    said = statement()
    void = statement("voided", object={"objectType": "StatementRef", "id": said["id"].upper()})
    post(client, key, said)

    assert post(client, other, void).status_code == 200
    assert len(facts()) == 1
    assert post(client, key, void).json() == [void["id"]]
    assert _counts(key)["withdrawn"] == 1
    assert facts() == []
    assert post(client, key, [void]).status_code == 200, "again"
    assert post(client, key, said).status_code == 200, "and it does not come back"
    assert facts() == []


def test_put_stores_one_statement_under_the_number_of_its_address(client, key):
    said = statement(id=None)
    number = str(uuid.uuid4())

    assert put(client, key, said, number).status_code == 204
    assert [fact.external_id for fact in facts()] == [number]
    assert _codes(put(client, key, statement(), number)) == [("/id", "statement_id_differs")]
    assert _codes(put(client, key, [said], number)) == [("", "json_object")]
    assert _codes(put(client, key, said, "7")) == [("", "statement_id")]


# What is no statement.


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"surprise": 1}, "/surprise", "unknown_field"),
        ({"id": "7"}, "/id", "statement_id"),
        ({"id": 7}, "/id", "json_text"),
        ({"verb": {}}, "/verb/id", "required"),
        ({"verb": {"id": "completed"}}, "/verb/id", "json_iri"),
        ({"object": "x"}, "/object", "json_object"),
        ({"timestamp": "2099-01-01T00:00:00Z"}, "/timestamp", "moment_in_future"),
        ({"timestamp": "2026-11-20T10:00:00"}, "/timestamp", "moment_without_zone"),
        ({"timestamp": "2026-11-20T10:00:00-00:00"}, "/timestamp", "moment_invalid"),
        ({"version": "2.0.0"}, "/version", "xapi_version"),
        ({"result": {"score": {"scaled": 2}}}, "/result/score/scaled", "scaled_range"),
        ({"result": {"score": {"raw": 9, "max": 5}}}, "/result/score/raw", "score_range"),
        ({"result": {"success": "yes"}}, "/result/success", "json_bool"),
        ({"result": {"duration": "an hour"}}, "/result/duration", "duration_invalid"),
        ({"context": {"platform": None}}, "/context/platform", "json_null"),
        ({"object": {"id": "https://x.example/" + "x" * 300}}, "/object/id", "too_long"),
    ],
)
def test_what_is_no_statement_is_refused_whole(client, key, said, pointer, code):
    answer = post(client, key, statement() | said)

    assert (answer.status_code, _codes(answer)) == (400, [(pointer, code)])
    assert facts() == []


def test_two_statements_of_one_number_are_refused(client, key):
    said = statement()

    assert _codes(post(client, key, [said, said])) == [("/0/id", "id_twice"), ("/1/id", "id_twice")]


@pytest.mark.parametrize("version", [None, "", "0.95", "1.1.0", "2.0.0", "1.0.x"])
def test_other_versions_are_refused(client, key, version):
    given = basic(key) | ({"X-Experience-API-Version": version} if version is not None else {})
    if version is None:
        del given["X-Experience-API-Version"]

    assert _codes(post(client, key, statement(), **given)) == [("", "xapi_version")]
    assert post(client, key, statement(), **basic(key) | {"X-Experience-API-Version": "1.0"}).status_code == 200


def test_parameters_that_nobody_knows_are_refused(client, key):
    address = f"{STATEMENTS}?method=PUT"
    answer = client.post(address, b"{}", content_type="application/json", headers=basic(key))

    assert (answer.status_code, _codes(answer)) == (400, [("", "unknown_parameter")])


# Who may.


def test_wrong_passwords_are_refused(client, issuer, key):
    events = factories.EventKeyFactory(issuer=issuer)
    other = factories.EventKeyFactory(way="xapi")
    good = basic(key)
    wrong = [
        basic(key, other.told),
        basic(events),
        basic(key, "é"),
        good | {"Authorization": "Bearer x"},
        good | {"Authorization": "Basic !"},
        good | {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()},
        good | {"Authorization": "Basic " + base64.b64encode(b"ek_\0:secret").decode()},
        {"X-Experience-API-Version": "1.0.3"},
    ]
    answers = [post(client, key, statement(), **given) for given in wrong]

    assert {(answer.status_code, answer["WWW-Authenticate"].split()[0]) for answer in answers} == {(401, "Basic")}
    assert {answer["X-Experience-API-Version"] for answer in answers} == {"1.0.3"}
    assert facts() == []


def test_statements_are_not_given_out(client, key):
    answer = client.get(STATEMENTS, headers=basic(key))

    assert (answer.status_code, answer["Allow"]) == (405, "PUT, POST")


def test_about_says_the_version_to_anybody(client):
    answer = client.get("/xapi/about")

    assert (answer.status_code, answer.json()) == (200, {"version": ["1.0.3"]})
