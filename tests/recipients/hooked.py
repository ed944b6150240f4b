"""The pages of webhooks as somebody uses them who may, with names that lead to public hosts as far as anybody looks."""

import html
import re

import pytest
from django.urls import reverse

from issuers.fetching import Guard
from issuers.tenancy import across_issuers
from recipients import destinations
from recipients.models import WebhookType
from tests import factories
from tests.issuers.test_fetching import NAMES

PASSWORD = "correct horse battery staple"
THERE = "https://lms.example.org/hooks/laurel"


@pytest.fixture(autouse=True)
def public_names(monkeypatch):
    """Names of the tests lead to a public host, as far as anybody looks."""
    guard = Guard(
        resolver=lambda host, port: NAMES.get(host, [host if host[0].isdecimal() else "93.184.215.14"]), seconds=0.3
    )
    monkeypatch.setattr(destinations, "OUTSIDE", guard)


@pytest.fixture
def to(issuer):
    return lambda name, *rest: reverse(f"manage-webhook{name}", args=[issuer.slug, *rest])


@pytest.fixture
def endpoint(issuer):
    made = factories.WebhookEndpointFactory(issuer=issuer)
    made.told = factories.WebhookSecretFactory(issuer=issuer, endpoint=made).told
    return made


@pytest.fixture
def proved(staff):
    """The owner has just typed the password again."""
    assert staff.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    return staff


def every(model, **wanted):
    with across_issuers("a test looks"):
        return list(model.objects.filter(**wanted).order_by("id"))


def values_of(**values):
    return {"name": "Moodle", "url": THERE, "types": WebhookType.values, "request_key": "a" * 22} | values


def make(client, to, **values):
    return client.post(to("-new"), values_of(**values), follow=True)


def shown(answer):
    return re.findall(r"whsec_[A-Za-z0-9+/=]+", html.unescape(answer.content.decode()))


def delivery(endpoint, **values):
    message = {"message__type": "credential.claimed", "message__payload": '{"type":"credential.claimed"}'}
    return factories.WebhookDeliveryFactory(issuer=endpoint.issuer, endpoint=endpoint, **{**message, **values})
