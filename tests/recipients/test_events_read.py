"""Signatures, events and statements, read by themselves: whatever comes, it is read or refused, and never breaks."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.criteria.facts import KINDS
from issuers import strict_json
from issuers.cleaning import Refused
from issuers.wording import SENTENCES, sentence
from recipients.events import kinds, objects, reading, signing, xapi
from recipients.events.faults import MOST, Fault, Faulty
from recipients.events.signing import NotSigned, Signed
from tests.recipients.anything import EVENT, JSON, STATEMENT, places, replaced

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEW = settings(max_examples=150, deadline=None)


def events(body):
    return reading.read(body, kinds=KINDS, now=NOW)


def statements(body):
    return xapi.read(body, people={}, now=NOW)


def _exists(body, pointer):
    """Whether a pointer leads to something, or to a member that is missing from an object that is there."""
    inner = body
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for step in steps[:-1]:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    return isinstance(inner, dict | list) or not steps


def _read_or_refused(read, body):
    """What a body becomes; where it is refused, each fault has its sentence and a place in the body."""
    try:
        return read(body)
    except Faulty as faulty:
        assert faulty.faults
        for fault in faulty.faults:
            assert sentence(fault.code, **fault.params)
            assert fault.code in SENTENCES
            assert len(fault.pointer) > 200 or _exists(body, fault.pointer)
        return None


# Events.


def test_every_field_of_an_event_arrives():
    (told,) = events(EVENT)
    deed = told.deed

    assert (deed.kind, deed.key, deed.title, deed.tags) == ("assessment", "quiz-2", "Quiz 2", ("statistics",))
    assert (str(deed.value), deed.unit, deed.place, deed.peer) == ("72.5", "percent", "Room 4", "bo@example.org")
    assert (deed.note, deed.evidence_url) == ("Two lines\nof it", "https://example.org/essay")
    assert (deed.address.key, deed.name, deed.student_id) == ("ana@example.org", "Ana Li", "S1")
    assert (deed.at, deed.number) == (datetime(2026, 11, 20, 11, tzinfo=UTC), "1")


@FEW
@given(st.sampled_from(list(places(EVENT))), JSON)
def test_event_with_anything_anywhere_is_read_or_refused(path, value):
    _read_or_refused(events, replaced(EVENT, path, value))


@FEW
@given(JSON)
def test_anything_at_all_is_read_or_refused(value):
    _read_or_refused(events, value)
    _read_or_refused(statements, value)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12))
def test_events_of_a_list_come_in_its_order_and_no_number_twice(numbers):
    body = [EVENT | {"id": str(number)} for number in numbers]

    told = _read_or_refused(events, body)

    if len(set(numbers)) == len(numbers):
        assert [one.deed.external_id for one in told] == [str(number) for number in numbers]
    else:
        assert told is None


@given(st.decimals(0, 1_000_000, places=4, allow_nan=False))
def test_numbers_arrive_as_they_were_written(number):
    body = strict_json.parse(json.dumps(EVENT).replace("72.5", format(number, "f")), most=10_000)

    assert events(body)[0].deed.value == number


@pytest.mark.parametrize("number", ["1e7", "-1", "0.00001", "1000001", "1e-7", "true", '"7"', "null"])
def test_numbers_that_are_refused(number):
    body = strict_json.parse(json.dumps(EVENT).replace("72.5", number), most=10_000)

    with pytest.raises(Faulty, match="/value"):
        events(body)


@given(st.datetimes(timezones=st.timezones()))
def test_moments_are_read_as_python_writes_them(moment):
    text = moment.isoformat()

    try:
        assert objects.moment(text) == datetime.fromisoformat(text)
    except Refused as refused:
        # Offsets with seconds, of times before there were time zones.
        assert refused.code == "moment_invalid" and (text.count(":") > 3 or "-00:" in text[-6:])


@given(st.text())
def test_any_text_as_moment_is_read_or_refused(text):
    try:
        assert objects.at(text, NOW) <= NOW + timedelta(minutes=5)
    except Refused as refused:
        assert refused.code in SENTENCES


@pytest.mark.parametrize(
    "text", ["2026-02-30T10:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1e9"]
)
def test_moments_that_are_none(text):
    with pytest.raises(Refused):
        objects.at(text, NOW)


@pytest.mark.parametrize(
    "leap", ["2026-11-20T11:00Z", "2026-11-20t11:00:00z", "2026-11-20T11:00:00.123456789Z", "2026-11-20T12:00:00+01"]
)
def test_moments_as_others_write_them(leap):
    assert objects.moment(leap).hour in {11, 12}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("peer_review.completed", "peer_review"),
        ("Session.Attended", "session"),
        ("module.completed", "module"),
        ("webinar.attended", "session"),
        ("quiz.scored", "assessment"),
        ("forum_post.made", "contribution"),
        ("task", "task"),
    ],
)
def test_names_of_kinds(name, kind):
    assert kinds.kind(name) == kind


@pytest.mark.parametrize(
    "name", ["session.cancelled", "session.", ".completed", "credential", "credential.received", "group", "x", "a.b.c"]
)
def test_names_of_no_kind(name):
    with pytest.raises(Refused, match="unknown_kind"):
        kinds.kind(name)


def test_own_kind_goes_before_what_others_call_ours():
    assert kinds.kind("quiz.completed", {*KINDS, "quiz"}) == "quiz"


def test_more_faults_than_anybody_mends_are_counted():
    faulty = Faulty([Fault("", "required")] * (MOST + 7))

    assert (len(faulty.faults), faulty.more) == (MOST, 7)


# Statements.


@FEW
@given(st.sampled_from(list(places(STATEMENT))), JSON)
def test_statement_with_anything_anywhere_is_read_or_refused(path, value):
    _read_or_refused(statements, replaced(STATEMENT, path, value))


@given(JSON)
def test_accounts_are_looked_for_in_anything(value):
    assert all(isinstance(name, str) for name in xapi.accounts([{"actor": {"account": {"name": value}}}, value]))


# Signatures.


SECRET = signing.new_secret()


def _signed(message, seconds, *signatures):
    return Signed("ek_1", message, seconds, tuple(one[3:].encode() for one in signatures))


@given(st.binary(max_size=200), st.from_regex(r"[\x21-\x7e]{1,40}", fullmatch=True), st.integers(-300, 300))
def test_signed_message_is_accepted_within_five_minutes(body, message, age):
    seconds = int(NOW.timestamp()) - age

    signing.check(_signed(message, seconds, signing.signature(SECRET, message, seconds, body)), body, SECRET, NOW)


@given(st.binary(max_size=200), st.data())
def test_any_change_of_what_is_signed_is_refused(body, data):
    seconds, message = int(NOW.timestamp()), "m-1"
    right = signing.signature(SECRET, message, seconds, body)
    changed = data.draw(
        st.sampled_from(
            [
                (body + b"\0", _signed(message, seconds, right), SECRET),
                (body, _signed("m-2", seconds, right), SECRET),
                (body, _signed(message, seconds - 1, right), SECRET),
                (body, _signed(message, seconds, right[:3] + ("A" if right[3] != "A" else "B") + right[4:]), SECRET),
                (body, _signed(message, seconds, right.upper()), SECRET),
                (body, _signed(message, seconds, right), signing.new_secret()),
            ]
        )
    )

    with pytest.raises(NotSigned, match="signature_wrong"):
        signing.check(changed[1], changed[0], changed[2], NOW)


@pytest.mark.parametrize(
    ("age", "code"), [(301, "timestamp_old"), (-301, "timestamp_future"), (10**11, "timestamp_old")]
)
def test_only_of_genuine_messages_is_it_said_that_they_are_old(age, code):
    seconds = max(0, int(NOW.timestamp()) - age)

    with pytest.raises(NotSigned, match=code):
        signing.check(_signed("m", seconds, signing.signature(SECRET, "m", seconds, b"")), b"", SECRET, NOW)
    with pytest.raises(NotSigned, match="signature_wrong"):
        signing.check(_signed("m", seconds, "v1,AAAA"), b"", SECRET, NOW)


def test_signature_is_that_of_standard_webhooks():
    """The example of their specification."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'

    made = signing.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(
    st.dictionaries(st.sampled_from(["laurel-key", "webhook-id", "webhook-timestamp", "webhook-signature"]), st.text())
)
def test_any_headers_are_read_or_refused(said):
    try:
        assert signing.headers(said.get).signatures
    except NotSigned as error:
        assert error.code in SENTENCES


@given(st.text() | st.binary().map(lambda raw: "Basic " + base64.b64encode(raw).decode()))
def test_any_authorization_is_read_or_refused(header):
    try:
        assert signing.basic(header)[0]
    except NotSigned as error:
        assert error.code == "key_missing"


def test_secrets_are_long_and_never_the_same():
    made = {signing.new_secret() for _ in range(50)}

    assert len(made) == 50
    assert {len(base64.b64decode(one.removeprefix("whsec_"))) for one in made} == {32}
