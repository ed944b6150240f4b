"""Answers of the API that are given again to whoever sends the same once more (docs/decisions/0031)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from issuers.models import ApiToken
from issuers.tenancy import TenantModel


class KeptAnswer(TenantModel):
    """What was answered to one Idempotency-Key of one token, written in the transaction of the deed.

    `digest` is SHA-256 of the address and the body as it was understood. An answer names nobody; it is forgotten after some
    days. `status` is 0 only inside the transaction that writes it.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    location = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["issuer", "token", "key"], name="one_answer_a_key")]
        indexes = [models.Index(fields=["at"], name="kept_answer_by_age")]

    def __str__(self) -> str:
        return f"{self.token_id} {self.status}"
