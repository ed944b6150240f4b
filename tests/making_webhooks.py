"""Endpoints of other systems that are told, and what they were told."""

import secrets

import factory
from django.utils import timezone

from recipients.events import signing
from recipients.models import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret, WebhookType
from tests.making import TenantFactory, of


class WebhookEndpointFactory(TenantFactory):
    """Wants to be told everything; it has no secret yet (`WebhookSecretFactory`)."""

    class Meta:
        model = WebhookEndpoint

    name = "Course platform"
    url = "https://lms.example.org/hooks/laurel"
    types = factory.LazyFunction(lambda: list(WebhookType.values))
    request_key = factory.LazyFunction(lambda: secrets.token_hex(16))


class WebhookSecretFactory(TenantFactory):
    """Signs; its text is `row.told`, which no row of the product has."""

    class Meta:
        model = WebhookSecret

    endpoint = of(WebhookEndpointFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        row, told = model_class(*args, **kwargs), signing.new_secret()
        row.seal(told.encode())
        sealed = {"secret": row.secret, "kek": row.kek, "public_id": row.public_id}
        made = super()._create(model_class, *args, **{**kwargs, **sealed})
        made.told = told
        return made


class WebhookMessageFactory(TenantFactory):
    class Meta:
        model = WebhookMessage

    type = WebhookType.CLAIMED
    subject = factory.LazyFunction(lambda: secrets.token_hex(11))
    sequence = factory.Sequence(lambda n: n + 1)
    payload = '{"type":"credential.claimed"}'
    ready_at = factory.LazyFunction(timezone.now)


class WebhookDeliveryFactory(TenantFactory):
    class Meta:
        model = WebhookDelivery

    endpoint = of(WebhookEndpointFactory)
    message = of(WebhookMessageFactory)
    subject = factory.SelfAttribute("message.subject")
    sequence = factory.SelfAttribute("message.sequence")
    not_before = factory.LazyFunction(timezone.now)
