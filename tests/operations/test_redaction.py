"""The last wall: no secret gets into a line, whatever it is wrapped in, and no line becomes two."""

import json
import logging
import re
import time

import pytest
import structlog
from hypothesis import HealthCheck, given
from hypothesis import settings as pace
from hypothesis import strategies as st

from credentials_site.logs import lines, redaction
from tests.operations.logged import written

TOKEN = "x9-_" * 10 + "Abc"
REDACTOR = redaction.Redactor(["knownSecretOfTheProcess", "short"])
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

IN_TEXT = [
    f"/claim/{TOKEN}/",
    f"Not Found: /stop/4711.{TOKEN[:22]}/",
    f"GET /assess/{TOKEN}?x=1",
    "/slip/7K2M-QXRT-9BCD-WFGH/",
    "Not Found: /slip/7K2M QXRT 9BCD WFGH/",
    "GET /slip/7K2M-QXRT-9BCD-WFGH?next=/",
    "GET /slip/7K2M%20QXRT%209BCD%20WFGH/?x=1",
    f"Authorization: Bearer {TOKEN}",
    "authorization: basic dXNlcjpwYXNzd29yZA==",
    "{'Authorization': 'Basic dXNlcjpwYXNzd29yZA=='}",
    "Cookie: __Host-sessionid=4fj2k1hg; theme=dark",
    "postgres://app:hunter2secret@db.example.org/laurel",
    "redis://:hunter2secret@valkey:6379/0",
    "?token=abc123&next=/",
    "password='hunter2secret'",
    "api_key=abc123abc123",
    "secret = whsec_c2VjcmV0c2VjcmV0c2VjcmV0/+a=",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "lrl_4nRkV8sQe1Zy7Wc2Tb9Xp3Lm5Ho6",
    "Your code is 482913",
    "code: 482913",
    "amal.haddad@students.example.org",
    "RCPT TO:<amal+tag@example.org>",
    "/find/?address=amal%40example.org",
    "amal@bücher.example",
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----",
    "DETAIL:  Failing row contains (7, Amal Haddad, amal).",
    "DETAIL:  Key (address_key)=(amal) already exists.",
    "it was knownSecretOfTheProcess all along",
    TOKEN,
]
MUST_GO = re.compile(
    re.escape(TOKEN[:22])
    + r"|7K2M|QXRT|9BCD|WFGH|dXNlcjpw|4fj2k1hg|hunter2|abc123|c2VjcmV0|MfKQ9r8|4nRkV8s|482913|amal|Amal|MC4CAQ|knownSecret"
)


@pytest.mark.parametrize("text", IN_TEXT)
def test_secret_in_a_text_is_taken_out(text):
    assert MUST_GO.search(text)
    assert not MUST_GO.search(REDACTOR.text(text))


@pytest.mark.parametrize(
    "text",
    [
        "/c/4nRkV8sQe1Zy7Wc2Tb9Xp3/",
        "/slip/",
        "/slip/number/",
        "/slip/number?x=1",
        "credential 4nRkV8sQe1Zy7Wc2Tb9Xp3 of ek_4nRkV8sQe1Zy7Wc2Tb9Xp3",
        "pdf/ab/0123456789abcdef0123456789abcdef01234567.pdf",
        "6f1c2a3e-1111-4222-8333-444455556666",
        "key z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK does not open",
        'File "/app/recipients/delivering.py", line 182, in _one',
        "recipients.tasks.evaluate_everybody_again_after_a_while",
        "application_waits",
        "exit code 1",
        "2026-11-26T09:41:07.123456Z",
        "short",
    ],
)
def test_what_is_no_secret_stays(text):
    assert REDACTOR.text(text) == text


def test_only_the_code_of_a_slip_is_taken_out_of_a_line():
    assert REDACTOR.text("GET /slip/7K2M-QXRT-9BCD-WFGH HTTP/1.1") == "GET /slip/... HTTP/1.1"


@pytest.mark.parametrize(
    "name", ["password", "NEW_PASSWORD", "token", "claim_token", "Authorization", "set-cookie", "kek", "csrf-token"]
)
@pytest.mark.parametrize("value", ["opensesame", 12345678, ["opensesame"], {"inside": "opensesame"}, b"opensesame"])
def test_value_under_a_secret_name_is_never_written(name, value):
    assert REDACTOR.value(name, value) == "[redacted]"


def test_codes_and_addresses_go_by_their_names_and_what_is_called_alike_stays():
    assert REDACTOR.value("code", 482913) == REDACTOR.value("code", "482913") == "[redacted]"
    assert REDACTOR.value("code", "not_signed") == "not_signed"
    assert REDACTOR.value("to", "root@localhost") == "[address]"
    assert REDACTOR.value("email", 4711) == 4711
    assert REDACTOR.value("key", "ek_4nRkV8sQe1Zy7Wc2Tb9Xp3") == "ek_4nRkV8sQe1Zy7Wc2Tb9Xp3"


WRAPS = st.sampled_from(
    [
        "{}",
        "x {} y",
        "'{}'",
        '"{}"',
        "({})",
        "<{}>",
        "a={}&b=1",
        "a: {}",
        "[{}]",
        "\n{}\n",
        "{};",
        "/x/{}/",
        "{}.",
        "\t{}",
        "é{}é",
    ]
)
KINDS = st.sampled_from(
    ["amal@example.org", TOKEN, "knownSecretOfTheProcess", f"/claim/{TOKEN}/", "postgres://a:hunter2secret@h/x"]
)


@pace(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    kind=KINDS,
    wraps=st.lists(WRAPS, max_size=3),
    before=st.text(max_size=30),
    after=st.text(max_size=30),
    name=st.text(max_size=12),
)
def test_secret_is_found_however_it_is_wrapped(kind, wraps, before, after, name):
    text = kind
    for wrap in wraps:
        text = wrap.replace("{}", text)
    # A letter that touches makes another word of it, which is no secret; whatever else touches does not.
    text = f"{before} {text} {after}"

    cleaned = json.dumps([REDACTOR.value(name, text), REDACTOR.value(name, {"inner": [text]}), REDACTOR.text(text)])

    assert not MUST_GO.search(cleaned.replace(json.dumps(before)[1:-1], "").replace(json.dumps(after)[1:-1], ""))


@pace(max_examples=200, deadline=None)
@given(
    st.text(),
    st.dictionaries(
        st.text(max_size=20),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text() | st.binary(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        ),
    ),
)
def test_every_line_is_one_line_of_ascii_and_reads_as_json(event, values):
    reserved = {
        "event",
        "level",
        "timestamp",
        "exc_info",
        "stack_info",
        "stack",
        "exception",
        "_record",
        "_from_structlog",
        "positional_args",
        "logger",
    }
    with written() as out:
        record = {name: value for name, value in values.items() if name not in reserved and name.isidentifier()}
        structlog.get_logger("property").info(event, **record)

    (line,) = out.text().splitlines()
    assert line.isascii()
    assert line.isprintable()
    assert "${" not in line
    assert json.loads(line)["level"] == "info"


INJECTIONS = [
    "a\nlevel=error",
    "a\r\nb",
    "\x1b[2J\x1b[31mred",
    "${jndi:ldap://sink}",
    "a\u2028b",
    "a\u202eb",
    "\x00",
    "\x85",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_nothing_forges_a_line_or_colours_a_terminal(text):
    for form in ("json", "console"):
        formatter = lines.formatter(form)
        record = logging.LogRecord("other", logging.WARNING, "x.py", 1, "said %s", (text,), None)

        said = formatter.format(record)

        assert len(said.splitlines()) == 1
        assert said.isprintable()
        assert form == "console" or "${" not in said


def test_traceback_has_no_local_variables_and_no_secret():
    def inner(password):
        local_secret = f"hunter2secret {password}"
        raise ValueError(f"could not open for amal@example.org with token={TOKEN}, {len(local_secret)}")

    word = "".join(list("opensesame"))
    with written() as out:
        try:
            inner(word)
        except ValueError:
            structlog.get_logger().exception("failed")
            logging.getLogger("third.party").exception("failed too")

    ours, theirs = out.events()
    for event in (ours, theirs):
        assert "in inner" in event["exception"]
        assert "ValueError: could not open for [address]" in event["exception"]
    assert theirs["logger"] == "third.party"
    assert not MUST_GO.search(out.text())
    assert "opensesame" not in out.text()


def test_forged_traceback_is_indented_on_a_terminal():
    formatter = lines.formatter("console")
    try:
        raise ValueError("x\n2026-11-26T09:00:00Z [error] everything is lost")
    except ValueError as error:
        record = logging.LogRecord(
            "other", logging.ERROR, "x.py", 1, "failed", (), (ValueError, error, error.__traceback__)
        )

    first, *rest = formatter.format(record).splitlines()

    assert "failed" in first
    assert all(line.startswith("    ") for line in rest)


def test_time_is_linear_in_the_length():
    """No pattern goes over a text again and again: a line that somebody makes long costs its length."""
    for piece in (
        "a",
        "a@",
        "/claim/",
        "code",
        "://a:",
        "Key (",
        "authorization:",
        "%40a",
        "password=",
        "-----BEGIN PRIVATE KEY-----",
        " ",
    ):
        text = piece * (redaction.LONGEST // len(piece))
        began = time.process_time()
        REDACTOR.text(text)
        assert time.process_time() - began < 1.0, piece


def test_unprintable_value_is_named():
    class Broken:
        def __str__(self):
            raise RuntimeError("no words")

    assert REDACTOR.value("thing", Broken()) == "<Broken: RuntimeError>"


def test_lines_within_a_scope_name_the_institution(issuer):
    from issuers.tenancy import scope

    with written() as out, scope(issuer):
        structlog.get_logger().info("inside")
    with written() as outside:
        structlog.get_logger().info("outside")

    assert out.events()[0]["issuer"] == issuer.pk
    assert "issuer" not in outside.events()[0]
