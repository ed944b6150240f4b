"""Tokens of the API, and answers that it keeps."""

import secrets
from datetime import timedelta

import factory
from django.utils import timezone

from issuers import entrusting
from issuers.models import ApiToken, Scope
from recipients.models import KeptAnswer
from tests.making import TenantFactory, of


class ApiTokenFactory(TenantFactory):
    """In use, and may everything; its text is `row.told`, which no row of the product has."""

    class Meta:
        model = ApiToken

    name = "Student records"
    scopes = factory.LazyFunction(lambda: list(Scope.values))
    request_key = factory.LazyFunction(lambda: secrets.token_hex(16))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=365))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        told = entrusting.new_token()
        made = super()._create(
            model_class, *args, **{"prefix": told[:13], "token_hash": entrusting.digest(told), **kwargs}
        )
        made.told = told
        return made


class KeptAnswerFactory(TenantFactory):
    class Meta:
        model = KeptAnswer

    token = of(ApiTokenFactory)
    key = factory.LazyFunction(lambda: secrets.token_hex(8))
    digest = "0" * 64
    status = 201
    body = "{}"
