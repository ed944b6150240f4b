"""Wall 1 of tenancy, and the key of wall 2 (docs/decisions/0002-tenancy-walls-and-roles.md).

A tenant query outside `scope(issuer)` raises; inside it is narrowed to that issuer, in Python and by row-level security.
`across_issuers(reason)` is the one way out. Its uses are listed in tests/architecture/test_tenancy.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import connection, models, transaction

if TYPE_CHECKING:
    from issuers.models import Issuer

EVERY = "*"
_scope: ContextVar[str] = ContextVar("issuer_scope", default="")
Row = TypeVar("Row", bound=models.Model)


class NoScope(RuntimeError):
    """A tenant table was asked for without saying whose rows."""


def current_scope() -> str:
    """The issuer's key as text, '*' across issuers, '' where nothing is set."""
    return _scope.get()


@contextmanager
def _scoped(value: str) -> Iterator[None]:
    before, token = _scope.get(), _scope.set(value)
    nested = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.issuer', %s, true)", [value])
            yield
            if nested:
                # SET LOCAL outlives a released savepoint, though not its transaction; after an exception the rollback restores it.
                cursor.execute("SELECT set_config('app.issuer', %s, true)", [before])
    finally:
        _scope.reset(token)


@contextmanager
def scope(issuer: Issuer | int) -> Iterator[None]:
    """One transaction in which only this issuer's rows exist."""
    with _scoped(str(issuer if isinstance(issuer, int) else issuer.pk)):
        yield


@contextmanager
def across_issuers(reason: str) -> Iterator[None]:
    """One transaction that sees every issuer's rows: public pages, a person's own things, workers. Say why."""
    if not reason:
        raise ValueError("across_issuers() needs its reason")
    with _scoped(EVERY):
        yield


class TenantQuerySet(models.QuerySet[Row]):
    """A query set that starts from the scope."""

    def in_scope(self) -> Self:
        value = _scope.get()
        if not value:
            raise NoScope(f"{self.model.__name__} was queried outside scope(issuer)")
        return self if value == EVERY else self.filter(issuer_id=int(value))


class TenantManager(models.Manager[Row]):
    """The default and the base manager of every tenant model."""

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet[Row]:
        query: Any = super().get_queryset()
        return query.in_scope()


class TenantModel(models.Model):
    """A row that belongs to one issuer, by its own column, behind both walls."""

    id = models.BigAutoField(primary_key=True)
    issuer = models.ForeignKey("issuers.Issuer", on_delete=models.PROTECT, related_name="+")

    objects = TenantManager.from_queryset(TenantQuerySet)()

    class Meta:
        abstract = True
        base_manager_name = "objects"


def tenant_models() -> list[type[models.Model]]:
    """Every model behind the walls, for the tests that walk them."""
    from django.apps import apps  # noqa: PLC0415 -- the registry is filled after this module is imported

    return [model for model in apps.get_models() if issubclass(model, TenantModel)]
