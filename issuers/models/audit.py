"""What was done by whom. Rows are only ever added: the application's role may not change or remove one."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from issuers import clock
from issuers.models.issuer import Issuer
from issuers.models.user import User
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


class AuditEventQuerySet(TenantQuerySet["AuditEvent"]):
    """The trail, newest first."""

    def newest_first(self) -> AuditEventQuerySet:
        return self.select_related("actor").order_by("-id")

    def record(self, issuer: Issuer, actor: User | None, action: str, subject: models.Model, **details: Any) -> None:
        """Write one line. `details` holds no personal data: names and addresses stay in rows that can be erased."""
        self.create(
            issuer=issuer,
            at=clock.now(),
            actor=actor,
            action=action,
            subject_kind=subject._meta.model_name or "",
            subject_id=str(getattr(subject, "public_id", subject.pk)),
            details=details,
        )


class AuditEvent(TenantModel):
    """One deed. The actor has no database constraint, so that an account can be erased while the line stays."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="audit_events")
    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.ForeignKey(User, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    action = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    details = models.JSONField(default=dict)

    objects = TenantManager.from_queryset(AuditEventQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["issuer", "-id"], name="audit_newest")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_id}"
