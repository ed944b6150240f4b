"""Whatever changes what a public page says shows at the very next request: on the page, in the frame, in the signed text (R23)."""

import ast
import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from issuers import cleaning, keys
from issuers.models import Role, SigningKey
from issuers.tenancy import scope
from recipients import correcting, delivering, holding
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory
from tests.published import FULL, publish, reread
from tests.verification.fronted import Place, shown
from tests.verification.public import bar, path, text

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("", "/", ".json", "/embed/")


@pytest.fixture
def credential():
    issuer = IssuerFactory(name="Northmoor University", slug="northmoor", description="On the coast.")
    return shown(publish(issuer, status_purpose="suspension"), FULL)


@pytest.fixture
def place(credential):
    """Everything of this credential is kept already."""
    made = Place()
    for rest in PLACES:
        assert made.get(path(credential, rest)).status == 200
        made.get(path(credential, rest))
    assert made.asked == len(PLACES)
    return made


def staff(credential):
    client = Client()
    client.force_login(MembershipFactory(issuer=credential.issuer, role=Role.OWNER).user)
    return client


def revoke(credential):
    assert correcting.revoke(reread(credential), reason="Mistake", by=None)


def suspend(credential):
    assert correcting.suspend(reread(credential), reason="Under review", by=None)


def correct(credential):
    correcting.correct(reread(credential), name="Amal Corrected", address=cleaning.address("amal@example.org"), by=None)


def hide_evidence(credential):
    holding.show_evidence(reread(credential), set())


def see(credential, visibility):
    assert holding.set_visibility(reread(credential), credential.holder, visibility)


def in_scope(work, credential, *arguments):
    with scope(credential.issuer):
        work(credential, *arguments)


@COMMITTED
def test_revocation_shows_at_the_very_next_request_when_it_is_made(place, credential):
    in_scope(revoke, credential)
    for rest in ("", "/"):
        assert bar(place.get(path(credential, rest)))[0] == "standing standing-revoked"
    assert "Revoked" in text(place.get(path(credential, "/embed/")))
    entry = json.loads(place.get(path(credential, ".json")).body)["credentialStatus"]["statusListCredential"]
    assert Client().get(entry.removeprefix("http://localhost:8000")).status_code == 200


@COMMITTED
def test_suspension_and_its_end_show_at_the_very_next_request_when_made(place, credential):
    in_scope(suspend, credential)
    assert bar(place.get(path(credential)))[0] == "standing standing-suspended"
    assert "Suspended" in text(place.get(path(credential, "/embed/")))
    with scope(credential.issuer):
        assert correcting.reinstate(reread(credential), by=None)
    assert bar(place.get(path(credential)))[0] == "standing"
    assert "Suspended" not in text(place.get(path(credential, "/embed/")))


@COMMITTED
def test_correction_shows_at_the_very_next_request_when_made(place, credential):
    before = place.get(path(credential, ".json"))
    in_scope(correct, credential)
    for rest in ("", "/", "/embed/"):
        page = text(place.get(path(credential, rest)))
        assert "Amal Corrected" in page
        assert "Khalid" not in page
    after = place.get(path(credential, ".json"), if_none_match=before["ETag"])
    assert after.status == 200
    assert after.body.decode() == reread(credential).signed


@COMMITTED
def test_private_shows_nothing_at_the_very_next_request_when_chosen(place, credential):
    in_scope(see, credential, "private")
    assert {place.get(path(credential, rest)).status for rest in PLACES} == {404}
    in_scope(see, credential, "link")
    assert {place.get(path(credential, rest)).status for rest in PLACES} == {200}
    assert place.get(path(credential))["X-Robots-Tag"] == "noindex"


@COMMITTED
def test_hidden_evidence_is_gone_at_the_very_next_request_when_chosen(place, credential):
    assert "A poster session." in text(place.get(path(credential)))
    in_scope(hide_evidence, credential)
    assert "A poster session." not in text(place.get(path(credential)))


@COMMITTED
def test_erasure_shows_at_the_very_next_request_when_made(place, credential):
    holding.forget(credential.holder)
    assert {place.get(path(credential, rest)).status for rest in PLACES} == {404}


@COMMITTED
def test_name_and_colour_of_the_institution_show_at_the_very_next_request_when_changed(place, credential):
    client = staff(credential)
    url = reverse("manage-settings", args=[credential.issuer.slug])
    form = client.get(url).context["form"]
    values = {name: form.initial[name] for name in form.fields if form.initial[name] is not None}
    assert client.post(url, {**values, "description": "On the other coast."}).status_code == 302
    assert "On the other coast." in text(place.get(path(credential)))
    before = place.get(path(credential, "/embed/")).body
    colour = reverse("manage-kit-colours", args=[credential.issuer.slug])
    assert client.post(colour, {"brand": "#aa1122"}).status_code == 302
    assert place.get(path(credential, "/embed/")).body != before


@COMMITTED
def test_withdrawn_key_shows_at_the_very_next_request_and_signing_again_does_too(place, credential):
    with scope(credential.issuer):
        keys.compromise(credential.issuer.keys.signing().get(kind=SigningKey.Kind.ED25519), None, "Lost")
    assert "Being signed again" in text(place.get(path(credential)))
    while delivering.sign_again_chunk():
        continue
    assert bar(place.get(path(credential)))[0] == "standing"
    assert place.get(path(credential, ".json")).body.decode() == reread(credential).signed != credential.signed


# What decides about a public page. Who writes one of these for rows that may be shown says so to `marks`.
_DECIDES = {"revoked_at", "suspended_at", "visibility", "signed", "shown", "compromised_at"}
# Functions that write one of them where nothing can have been kept, and why.
_BEFORE_ANYTHING_IS_SHOWN = {
    "recipients/claiming.py:claim": "unclaimed until now: strangers were told that there is nothing",
    "recipients/delivering.py:_sign": "unsigned until now",
    "recipients/failing.py:_stop_batch": "neither sent nor claimed: strangers were told that there is nothing",
    "recipients/correcting.py:_keep_revision": "the old text, which no page shows",
    "recipients/correcting.py:_sign_again": "`correct` says it",
    "recipients/delivering.py:_render": "a condition, not a value",
}


def _writes(function):
    """Columns that a function sets: by keyword, in a dictionary of values, or on a row."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    writing = [call for call in calls if _name(call.func) in {"update", "create", "_done", "_end"}]
    yield from (word.arg for call in writing for word in call.keywords if word.arg)
    if writing:
        dicts = [node for node in ast.walk(function) if isinstance(node, ast.Dict)]
        yield from (key.value for found in dicts for key in found.keys if isinstance(key, ast.Constant))
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            yield from (target.attr for target in node.targets if isinstance(target, ast.Attribute))


def _name(called):
    return getattr(called, "attr", "") or getattr(called, "id", "")


def _functions():
    for app in ("issuers", "recipients", "verification"):
        for file in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in file.parts:
                for node in ast.walk(ast.parse(file.read_text())):
                    if isinstance(node, ast.FunctionDef):
                        yield f"{file.relative_to(ROOT)}:{node.name}", node


def _says_so(function):
    calls = [n.func for n in ast.walk(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    return any(call.attr in {"changed", "all_changed"} and getattr(call.value, "id", "") == "marks" for call in calls)


def test_every_writer_of_what_a_page_says_tells_the_marks():
    writers = {name: node for name, node in _functions() if set(_writes(node)) & _DECIDES}
    silent = {name for name, node in writers.items() if not _says_so(node)}
    assert {"recipients/correcting.py:revoke", "recipients/holding.py:set_visibility"} <= set(writers)
    assert {"issuers/keys.py:compromise", "recipients/delivering.py:_sign_again"} <= set(writers)
    assert silent == set(_BEFORE_ANYTHING_IS_SHOWN)
