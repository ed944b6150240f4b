"""Keys of other systems, and what they sent."""

import secrets

import factory

from recipients.events import signing
from recipients.models import EventCall, EventKey, EventMessage
from tests.making import TenantFactory, of


class EventKeyFactory(TenantFactory):
    """In use, for signed events; its secret is `row.told`, which no row of the product has."""

    class Meta:
        model = EventKey

    name = "Moodle"
    way = EventKey.Way.EVENTS
    request_key = factory.LazyFunction(lambda: secrets.token_hex(16))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        row, told = model_class(*args, **kwargs), signing.new_secret()
        row.origin = row.origin or row.key_id
        row.seal(told.encode())
        fields = {field.attname: getattr(row, field.attname) for field in model_class._meta.concrete_fields}
        made = super()._create(
            model_class, **{name: fields[name] for name in fields if name not in {"id", "created_at"}}
        )
        made.told = told
        return made


class EventMessageFactory(TenantFactory):
    class Meta:
        model = EventMessage

    key = of(EventKeyFactory)
    origin = factory.SelfAttribute("key.origin")
    message_id = factory.LazyFunction(lambda: secrets.token_hex(8))
    digest = "0" * 64


class EventCallFactory(TenantFactory):
    class Meta:
        model = EventCall

    key = of(EventKeyFactory)
    status = 202
    recorded = 1
