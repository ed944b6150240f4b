"""What was done by whom. Rows are only ever added: the application's role may not change or remove one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Now

from issuers import clock
from issuers.models.issuer import Issuer
from issuers.models.user import User
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet

# Work on one thing with shorter breaks than this is one deed.
SITTING = timedelta(minutes=15)
_LOOKED_BACK = 20
_through: ContextVar[str] = ContextVar("audit_through", default="")


@contextmanager
def through(token: str) -> Iterator[None]:
    """Whatever is recorded within was done with this token of the API, named by its public id: no person stands behind it."""
    before = _through.set(token)
    try:
        yield
    finally:
        _through.reset(before)


class AuditEventQuerySet(TenantQuerySet["AuditEvent"]):
    """The trail, newest first."""

    def newest_first(self) -> AuditEventQuerySet:
        return self.select_related("actor").order_by("-id")

    def record(self, issuer: Issuer, actor: User | None, action: str, subject: models.Model, **details: Any) -> None:
        """Write one line. `details` holds no personal data: names and addresses stay in rows that can be erased."""
        if token := _through.get():
            details["token"] = token
        self.create(
            issuer=issuer,
            at=clock.now(),
            actor=actor,
            action=action,
            subject_kind=subject._meta.model_name or "",
            subject_id=str(getattr(subject, "public_id", subject.pk)),
            details=details,
        )

    def record_sitting(
        self, issuer: Issuer, actor: User | None, action: str, subject: models.Model, *, last: datetime, **details: Any
    ) -> None:
        """Write one line, unless it goes on with what the same person was doing; `last` is when the subject last changed.

        A page that saves by itself would otherwise fill the trail with a line for every pause in typing.
        """
        if clock.now() - last > SITTING or not self._goes_on(actor, action, subject, details):
            self.record(issuer, actor, action, subject, **details)

    def _goes_on(self, actor: User | None, action: str, subject: models.Model, details: dict[str, Any]) -> bool:
        """Whether this deed stands in the trail, with nothing after it but the same person at the same kind of work."""
        kind, name = subject._meta.model_name or "", str(getattr(subject, "public_id", subject.pk))
        for event in self.filter(subject_kind=kind, subject_id=name).order_by("-id")[:_LOOKED_BACK]:
            if event.action != action or event.actor_id != (actor.pk if actor else None):
                return False
            if event.details == details:
                return True
        return False


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
