"""A run through claim, sign-in, stop, API calls and faults with planted secrets: none of them is in any line (T18, T47)."""

import base64
import json
import logging
import secrets

import pytest
from django.core import mail
from django.urls import reverse

from issuers.models import SigningKey
from issuers.tenancy import across_issuers, scope
from recipients import delivering, links, sending
from recipients.models import OutgoingEmail
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, UserFactory
from tests.operations.logged import written
from tests.published import deliver, intend, person, publish

pytestmark = COMMITTED
PASSWORD = "opensesame-canary-4711"
ADDRESS = "canary.person@students.example.org"


@pytest.fixture(autouse=True)
def _everything_is_logged():
    """More than servers write: whatever a library might say at all."""
    root = logging.getLogger()
    level, root.level = root.level, logging.DEBUG
    quiet = {
        name: logging.getLogger(name).level
        for name in ("weasyprint", "fontTools", "celery", "django.db.backends", "asyncio")
    }
    for name in quiet:
        logging.getLogger(name).setLevel(logging.INFO)
    yield
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)


def _offer(version):
    intend(version, person(address=ADDRESS))
    deliver()
    with across_issuers("a test looks"):
        email = OutgoingEmail.objects.get(kind="offer")
        return email, links.claim_token(email, email.credential_id)


def test_no_planted_secret_gets_into_any_line(client, monkeypatch, settings):
    version = publish(IssuerFactory())
    client.raise_request_exception = False
    with written() as out:
        email, token = _offer(version)
        planted = [token, links.stop_token(email).partition(".")[2], ADDRESS, PASSWORD]
        planted += _claim(client, token)
        planted += _sign_in(client)
        _stop(client, email)
        planted += _call(client)
        planted += _break(client, monkeypatch, token)
        planted += _fail_in_workers(version, monkeypatch)
        planted += [settings.SECRET_KEY, settings.KEY_ENCRYPTION_KEYS[0].partition(":")[2]]

    text = out.text()
    assert len(out.events()) > 10
    leaked = [secret for secret in planted if secret in text or json.dumps(secret)[1:-1] in text]
    assert leaked == []


def _claim(client, token):
    for path in (reverse("claim", args=[token]), reverse("claim", args=[token[:-1] + "x"]), f"/claim/{token}/no-such/"):
        client.get(path, headers={"referer": f"http://localhost:8000/claim/{token}/"})
        client.post(path, {"token": token})
    return [token[:-1] + "x"]


def _sign_in(client):
    user = UserFactory(password=PASSWORD)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD + "-wrong"})
    client.post(reverse("account_request_login_code"), {"email": user.email})
    codes = [word for message in mail.outbox for word in message.body.split() if word.isdecimal() and len(word) == 6]
    session = client.session.session_key or ""
    return [user.email, *codes, *filter(None, [session])]


def _stop(client, email):
    path = reverse("stop", args=[links.stop_token(email)])
    client.get(path)
    client.post(path)


def _call(client):
    key, password = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(), secrets.token_urlsafe(32)
    basic = base64.b64encode(f"ek_1:{password}".encode()).decode()
    for header in (f"Bearer {key}", f"Basic {basic}", f"Bearer lrl_{secrets.token_hex(4)}{password}"):
        for path in ("/api/v1/events", "/api/v1/xapi/statements", f"/api/v1/events?token={password}"):
            client.post(
                path,
                {"secret": key},
                content_type="application/json",
                headers={"authorization": header, "webhook-signature": key},
            )
    return [key, basic, password]


def _break(client, monkeypatch, token):
    """A fault of ours, with a secret in a local variable, in its message and in the path."""
    from recipients.views import claim

    hidden = secrets.token_urlsafe(32)

    def broken(*_args, **_kwargs):
        local_password = hidden  # noqa: F841 -- a traceback with locals would show it
        raise RuntimeError(f"cannot use token={token} of {ADDRESS} with {hidden}")

    monkeypatch.setattr(claim.claiming, "follow", broken)
    assert client.get(reverse("claim", args=[token])).status_code == 500
    return [hidden]


def _fail_in_workers(version, monkeypatch):
    intend(version, person("Second Canary", "second.canary@students.example.org"), key="second")
    with scope(version.issuer):
        SigningKey.objects.update(kek="gone")
    delivering.sign_chunk()

    def refuses(*_args, **_kwargs):
        raise ValueError("550 no such user second.canary@students.example.org")

    monkeypatch.setattr(sending.emails, "compose", refuses)
    sending.send_chunk()
    return ["second.canary@students.example.org"]
