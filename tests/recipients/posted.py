"""Endpoints with a secret, and what is due to them: for tests of whatever is posted."""

from issuers.tenancy import across_issuers
from tests import factories

SAID = '{"type":"credential.claimed","data":{"name":"Søren"}}'


def hook(url, issuer=None, **values):
    """An endpoint with a secret."""
    made = factories.WebhookEndpointFactory(url=url, **({"issuer": issuer} if issuer else {}), **values)
    made.told = factories.WebhookSecretFactory(issuer=made.issuer, endpoint=made).told
    return made


def due(endpoint, count=1, *, subject=None, **values):
    messages = [
        factories.WebhookMessageFactory(
            issuer=endpoint.issuer, payload=SAID, **({"subject": subject} if subject else {})
        )
        for _ in range(count)
    ]
    rows = [
        factories.WebhookDeliveryFactory(issuer=endpoint.issuer, endpoint=endpoint, message=message, **values)
        for message in messages
    ]
    return rows if count > 1 else rows[0]


def again(row):
    with across_issuers("a test looks"):
        return type(row)._default_manager.get(pk=row.pk)


def put(row, **values):
    with across_issuers("a test"):
        type(row)._default_manager.filter(pk=row.pk).update(**values)
