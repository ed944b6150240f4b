"""The desk's stage: ours without a single request, strangers' through the guard, and never green on what nobody checked."""

import copy
import json
import ssl
import time
from contextlib import contextmanager

import pytest

from issuers import fetching, keys, media
from issuers.fetching import Guard
from issuers.models import Issuer
from issuers.tenancy import across_issuers, scope
from recipients import correcting, sharing
from tests.factories import IssuerFactory
from tests.published import FULL, claimed, issued, person, publish
from tests.sink import certificate, full, loopback, pages, serving, sink
from tests.verification.public import UNKNOWN, update
from verification import desk, ours
from verification.report import Result
from verification.sandbox.client import NotExamined
from verification.wording import worded

ORDER = ["form", "shown", "signature", "key", "issuer", "status", "dates"]
pytestmark = pytest.mark.django_db


def nobody(host, port):
    raise AssertionError(f"{host} was asked for")


# Whoever uses it asks nobody outside: its resolver ends the test.
HERMIT = Guard(resolver=nobody)


def results(outcome):
    assert outcome.report is not None, outcome
    for check in outcome.report.checks:
        assert worded(check).title  # every finding has its words
    return {check.key: check.result.value for check in outcome.report.checks}


def findings(outcome):
    return {check.key: check.finding for check in outcome.report.checks}


def green(outcome):
    return set(results(outcome).values()) == {"passed"}


@pytest.fixture
def credential():
    return claimed(publish(IssuerFactory(name="Harbour College")), FULL)


def test_own_credential_passes_every_check_without_asking_anybody(credential):
    outcome = desk.examine(credential.signed.encode(), guard=HERMIT)

    assert list(results(outcome)) == ORDER and green(outcome)
    assert outcome.envelope == "json" and outcome.kind == "open_badge_3"
    known = next(check for check in outcome.report.checks if check.key == "issuer")
    assert (known.finding, known.facts["name"]) == ("issuer_known", "Harbour College")


@pytest.mark.parametrize("form", ["jwt", "png", "svg"])
def test_own_credential_passes_in_every_envelope(credential, form):
    with across_issuers("a test signs a token"):
        content = (
            keys.sign_jwt(credential.issuer, desk_prepared(credential)).encode()
            if form == "jwt"
            else sharing.download(credential, form).data
        )

    outcome = desk.examine(content, guard=HERMIT)

    assert outcome.envelope == form
    # A drawing is not compared with the picture that is named: that decides nothing, and is said.
    left = {key for key, result in results(outcome).items() if result != "passed"}
    assert left == ({"picture"} if form == "svg" else set()), findings(outcome)


def desk_prepared(credential):
    from verification import opening

    return opening.prepared(credential)


def test_address_that_a_viewer_types_is_compared_with_the_fingerprint(credential):
    own = desk.examine(credential.signed.encode(), "amal@example.org", guard=HERMIT)
    other = desk.examine(credential.signed.encode(), "somebody@example.org", guard=HERMIT)

    assert results(own)["recipient"] == "passed" and results(other)["recipient"] == "failed"


def test_altered_credential_fails_and_its_issuer_is_not_believed(credential):
    document = json.loads(credential.signed)
    document["credentialSubject"]["identifier"][1]["identityHash"] = "Somebody Else"

    outcome = desk.examine(json.dumps(document).encode(), guard=HERMIT)

    assert results(outcome)["signature"] == "failed"
    assert findings(outcome)["issuer"] == "issuer_unproved" and results(outcome)["issuer"] == "unknown"


def test_revoked_credential_fails_by_its_list(credential):
    with scope(credential.issuer):
        correcting.revoke(credential, reason="Wrong person", by=None)

    outcome = desk.examine(credential.signed.encode(), guard=HERMIT)

    assert [key for key, result in results(outcome).items() if result == "failed"] == ["status"]


def test_issuer_that_nobody_approved_is_not_known(credential):
    Issuer.objects.filter(pk=credential.issuer.pk).update(approved_at=None)

    outcome = desk.examine(credential.signed.encode(), guard=HERMIT)

    assert results(outcome)["issuer"] == "unknown" and findings(outcome)["issuer"] == "issuer_unknown"


def test_private_credential_in_hand_is_checked(credential):
    update(credential, visibility="private")

    assert green(desk.examine(credential.signed.encode(), guard=HERMIT))


def test_link_or_id_of_this_site_leads_to_the_signed_text(credential):
    url = credential.url
    written = [url, f"{url}/", f"{url}.json", f"{url}.png", f"{url}?x=1", f" {credential.public_id} "]
    written += [url.replace("http://", "https://"), url.replace("localhost", "LOCALHOST")]

    assert [text for text in written if not green(desk.look_up(text, guard=HERMIT))] == []


def test_private_unclaimed_cancelled_and_unknown_are_the_same_nothing(credential):
    waiting = issued(credential.version, person("Waiting Person", "waits@example.org"), key="waiting")
    update(credential, visibility="private")

    found = [
        desk.look_up(text, guard=HERMIT)
        for text in (
            credential.url,
            credential.public_id,
            waiting.url,
            f"{credential.url}.pdf",
            UNKNOWN,
            waiting.public_id,
        )
    ]

    assert len({str(outcome.as_json()) for outcome in found}) == 1
    assert found[0].report is None and credential.name not in str(found)


@pytest.mark.parametrize(
    "path",
    ["/manage/", "/accounts/login/", "/readyz", "/i/nobody/did.json", "/media/pdf/../x", "/%2e%2e/", "/c/" + "1" * 22],
)
def test_other_addresses_of_this_site_are_nothing(settings, path):
    assert ours.answer(settings.SITE_URL + path).problem == "not_found"
    assert desk.look_up(settings.SITE_URL + path, guard=HERMIT).report is None


@pytest.mark.parametrize(
    "text", ["", "hello", "javascript:alert(1)", "ftp://example.org/x", "example", "1" * 21, "http"]
)
def test_text_that_leads_nowhere_is_nothing(text):
    assert desk.look_up(text, guard=HERMIT).report is None


def test_private_media_is_not_answered(credential, settings):
    assert credential.pdf
    key = credential.pdf
    for path in (f"/media/{key}", f"/media/../{key}", f"/media/%2e%2e/{key}"):
        assert ours.answer(settings.SITE_URL + path).problem == "not_found"
    assert ours.answer(settings.SITE_URL + media.url(credential.version.badge_picture)).body.startswith(b"\x89PNG")


def test_list_on_the_inside_is_never_asked_for(credential):
    document = json.loads(credential.signed)
    with sink(lambda talk: talk.sendall(full(b"{}"))) as made:
        for host in ("127.0.0.1", "localhost.", "[::1]", "2130706433", "[::ffff:127.0.0.1]"):
            document["credentialStatus"]["statusListCredential"] = f"http://{host}:{made.port}/list"

            outcome = desk.examine(json.dumps(document).encode())

            assert results(outcome)["status"] != "passed" and not green(outcome)
            assert made.connections == 0, host


class Elsewhere:
    """Another site with an issuer of its own: what it publishes, served over https by a name that only the test resolves."""

    HOST = "badges.xn--bcher-kva.example"

    def __init__(self, made, guard, signed, url):
        self.sink, self.guard, self.signed, self.url = made, guard, signed, url


@pytest.fixture
def elsewhere(tmp_path, settings):
    with _elsewhere(tmp_path, settings, Elsewhere.HOST) as made:
        yield made


@contextmanager
def _elsewhere(tmp_path, settings, host):
    found, here = {}, settings.SITE_URL
    file = certificate(tmp_path, host)
    with sink(pages(found), tls=serving(file)) as made:
        settings.SITE_URL = f"https://{host}:{made.port}"
        credential = claimed(publish(IssuerFactory(name="Harvard")), person())
        document = json.loads(credential.signed)
        did = f"{settings.SITE_URL}/i/{credential.issuer.slug}/did.json"
        for url in (did, document["credentialStatus"]["statusListCredential"], credential.url):
            found[url.removeprefix(settings.SITE_URL)] = ours.answer(url).body
        url, settings.SITE_URL = credential.url, here
        guard = loopback(made, tls=ssl.create_default_context(cafile=str(file)), seconds=1)
        yield Elsewhere(made, guard, credential.signed, url)


def test_credential_of_a_stranger_is_checked_in_full_and_its_issuer_is_not_known(elsewhere):
    outcome = desk.examine(elsewhere.signed.encode(), guard=elsewhere.guard)

    found = results(outcome)
    assert {key for key, result in found.items() if result != "passed"} == {"issuer"}, findings(outcome)
    check = next(check for check in outcome.report.checks if check.key == "issuer")
    assert check.finding == "issuer_unknown" and check.result is Result.UNKNOWN
    assert check.facts["host"] == Elsewhere.HOST and check.facts["written"] == "badges.bücher.example"
    assert check.facts["name"] == "Harvard"
    assert Elsewhere.HOST in worded(check).summary
    assert elsewhere.sink.connections == 2


def test_link_of_a_stranger_is_followed_and_checked(elsewhere):
    outcome = desk.look_up(elsewhere.url.replace("xn--bcher-kva", "bücher"), guard=elsewhere.guard)

    assert {key for key, result in results(outcome).items() if result != "passed"} == {"issuer"}
    assert elsewhere.sink.connections == 3


def test_stranger_without_an_answer_is_never_passed(elsewhere):
    elsewhere.sink.say = lambda talk, asked: None

    outcome = desk.examine(elsewhere.signed.encode(), guard=elsewhere.guard)

    found = results(outcome)
    assert found["signature"] != "passed" and found["status"] == "unknown" and found["issuer"] == "unknown"


@pytest.mark.parametrize("silent", [False, True])
def test_slow_stranger_is_given_up_within_the_time_of_a_page(elsewhere, silent):
    def drips(talk, asked):
        while True:
            talk.sendall(b"" if silent else b"H")
            time.sleep(0.05)

    elsewhere.sink.say = drips
    began = time.monotonic()

    outcome = desk.examine(elsewhere.signed.encode(), guard=elsewhere.guard)

    assert time.monotonic() - began < 5
    assert results(outcome)["status"] == "unknown" and not green(outcome)


def test_link_that_gives_nothing_says_why_and_nothing_of_what_came():
    with sink(lambda talk: talk.sendall(full(b"secret", b"HTTP/1.1 500 Oops\r\n"))) as made:
        outcome = desk.look_up(f"http://a.example.org:{made.port}/x", guard=loopback(made))

    assert findings(outcome)["form"] == "link_not_had" and set(results(outcome).values()) == {"unknown"}
    assert "secret" not in str(outcome.as_json())


def test_link_to_the_inside_is_refused_before_anybody_is_asked():
    with sink(lambda talk: talk.sendall(full(b"secret"))) as made:
        outcome = desk.look_up(f"http://127.0.0.1:{made.port}/latest/meta-data/")

        assert findings(outcome)["form"] == "link_not_had" and made.connections == 0


def test_document_may_want_a_few_addresses_and_no_more(credential):
    """However many statuses a document names, few are asked for."""
    document = json.loads(credential.signed)
    entry = document["credentialStatus"]
    asked = []
    guard = Guard(resolver=lambda host, port: asked.append(host) or [], seconds=0.5)
    document["credentialStatus"] = [
        {**copy.deepcopy(entry), "statusListCredential": f"https://list-{n}.example.org/"} for n in range(100)
    ]

    outcome = desk.examine(json.dumps(document).encode(), guard=guard)

    assert len(set(asked)) <= desk.MOST_ADDRESSES and not green(outcome)


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"{}", b"[]", b"null", b"<html>", b"%PDF", b"\x89PNG\r\n\x1a\n", "é".encode("latin-1")]
)
def test_what_is_no_credential_gets_a_report_that_is_not_green(content):
    assert not green(desk.examine(content, guard=HERMIT))


def test_too_much_is_refused_before_it_is_read(credential):
    for content in (b" " * 300_000 + b"{}", b"\x89PNG" + b"0" * 1_600_000, b"%PDF-" + b"0" * 11_000_000):
        with pytest.raises(NotExamined) as caught:
            desk.examine(content, guard=HERMIT)
        assert caught.value.code == "too_big"


def test_product_uses_the_guard_that_has_no_seam():
    assert (
        desk.examine.__kwdefaults__["guard"] is fetching.GUARD
        and desk.look_up.__kwdefaults__["guard"] is fetching.GUARD
    )
