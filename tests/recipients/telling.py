"""Another system, as a test plays it: events that it signs, statements that it posts."""

import base64
import json
import secrets
import uuid

from django.utils import timezone

from issuers.tenancy import across_issuers
from recipients.events import signing
from recipients.models import Activity

EVENTS, STATEMENTS = "/api/v1/events", "/xapi/statements"
VERBS = "http://adlnet.gov/expapi/verbs/"


def event(number="1", **said):
    """Ana took part in a webinar an hour ago."""
    hour_ago = (timezone.now() - timezone.timedelta(hours=1)).isoformat()
    made = {
        "id": number,
        "type": "webinar.attended",
        "at": hour_ago,
        "actor": {"email": "ana@example.org", "name": "Ana Li"},
        "object": {"key": "webinar-1", "title": "Writing a résumé", "tags": ["webinar"]},
    }
    return {name: value for name, value in (made | said).items() if value is not None}


def headers(key, body, *, message=None, seconds=None, secret=None):
    message = message or secrets.token_hex(8)
    seconds = int(timezone.now().timestamp()) if seconds is None else seconds
    return {
        "laurel-key": key.key_id,
        "webhook-id": message,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signing.signature(secret or key.told, message, seconds, body),
    }


def send(client, key, body, **said):
    """POST what is given: JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(EVENTS, content, content_type="application/json", headers=headers(key, content, **said))


def statement(verb="completed", of="http://adlnet.gov/expapi/activities/module", **said):
    """Ana completed a module an hour ago."""
    made = {
        "id": str(uuid.uuid4()),
        "actor": {"mbox": "mailto:ana@example.org", "name": "Ana Li"},
        "verb": {"id": verb if ":" in verb else VERBS + verb},
        "object": {"id": "https://lms.example/module/1", "definition": {"type": of, "name": {"en": "Module 1"}}},
        "timestamp": (timezone.now() - timezone.timedelta(hours=1)).isoformat(),
    }
    return {name: value for name, value in (made | said).items() if value is not None}


def basic(key, secret=None):
    told = base64.b64encode(f"{key.key_id}:{secret or key.told}".encode()).decode()
    return {"Authorization": f"Basic {told}", "X-Experience-API-Version": "1.0.3"}


def post(client, key, body, **given):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(STATEMENTS, content, content_type="application/json", headers=given or basic(key))


def put(client, key, body, number):
    address = f"{STATEMENTS}?statementId={number}"
    return client.put(address, json.dumps(body).encode(), content_type="application/json", headers=basic(key))


def facts():
    """What counts now, of all institutions."""
    with across_issuers("a test looks"):
        return list(Activity.objects.counting().select_related("recipient").order_by("id"))


def calls(key):
    """Status and codes of each call that is noted with a key, oldest first."""
    with across_issuers("a test looks"):
        return [(call.status, [fault["code"] for fault in call.faults]) for call in key.calls.order_by("id")]
