"""Many new rows at once: COPY into a temporary table, then one INSERT … SELECT as the app role.

PostgreSQL refuses COPY into a table behind row-level security; the INSERT goes through its policies as any other does. What
the ORM does beside writing is done here too or refused: ids come from the table's own sequence, columns that the database
fills are left to it, JSON goes through its field's encoder. Its twin is bulk_create (tests/recipients/test_copying.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import Field
from django.db.models.expressions import DatabaseDefault

Row = TypeVar("Row", bound=models.Model)
# Fewer than this are written sooner than the temporary table is made.
MANY = 40


def write(rows: Sequence[Row]) -> None:
    """Write new rows of one model, all or none, and give each its id. Inside a transaction and a scope."""
    if len(rows) >= MANY:
        copy_in(rows)
    elif rows:
        type(rows[0])._default_manager.bulk_create(rows)


def write_over(rows: Sequence[Row], *, unique: Sequence[str], update: Sequence[str]) -> None:
    """Write rows, or where one with the same `unique` stands its `update` fields; each row has its id afterwards."""
    if len(rows) < MANY:
        if rows:
            type(rows[0])._default_manager.bulk_create(
                rows, update_conflicts=True, unique_fields=list(unique), update_fields=list(update)
            )
        return
    copy_over(rows, unique=unique, update=update)


def copy_in(rows: Sequence[Row]) -> None:
    """`write`, by COPY."""
    model = type(rows[0])
    for row, number in zip(rows, _ids(model, len(rows)), strict=True):
        row.pk = number
    with _copied(rows, with_id=True) as (scratch, columns), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {_table(model)} ({columns}) SELECT {columns} FROM {scratch}")  # noqa: S608 -- our names
    for row in rows:
        row._state.adding = False


def copy_over(rows: Sequence[Row], *, unique: Sequence[str], update: Sequence[str]) -> None:
    """`write_over`, by COPY."""
    model = type(rows[0])
    keys, changed = _fields(model, unique), _fields(model, update)
    named, said = _list(keys), ", ".join(f"{_quoted(field)} = EXCLUDED.{_quoted(field)}" for field in changed)
    with _copied(rows, with_id=False) as (scratch, columns), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_table(model)} ({columns}) SELECT {columns} FROM {scratch}"  # noqa: S608 -- our own names
            f" ON CONFLICT ({named}) DO UPDATE SET {said} RETURNING id, {named}"
        )
        ids = {tuple(found): number for number, *found in cursor.fetchall()}
    for row in rows:
        row.pk = ids[tuple(getattr(row, field.attname) for field in keys)]
        row._state.adding = False


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _fields(model: type[models.Model], names: Sequence[str]) -> list[Field[Any, Any]]:
    return [field for name in names if isinstance(field := model._meta.get_field(name), Field)]


def _quoted(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))


def _list(fields: Sequence[Field[Any, Any]]) -> str:
    return ", ".join(map(_quoted, fields))


def _ids(model: type[models.Model], count: int) -> list[int]:
    """As many fresh ids, from the sequence that the table's identity column has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [_table(model), count]
        )
        return [found for (found,) in cursor.fetchall()]


@contextmanager
def _copied(rows: Sequence[models.Model], *, with_id: bool) -> Iterator[tuple[str, str]]:
    """The rows in a temporary table: its name, and the names of the columns that they bring."""
    model, fields = type(rows[0]), _brought(rows, with_id=with_id)
    scratch = connection.ops.quote_name(f"copied_{model._meta.db_table}")
    columns = _list(fields)
    readers = [(field.attname, _reader(field)) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {scratch} ON COMMIT DROP AS SELECT {columns} FROM {_table(model)} WITH NO DATA"  # noqa: S608
        )
        with cursor.copy(f"COPY {scratch} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([read(getattr(row, name)) for name, read in readers])
        yield scratch, columns
        cursor.execute(f"DROP TABLE {scratch}")


def _brought(rows: Sequence[models.Model], *, with_id: bool) -> list[Field[Any, Any]]:
    """Columns to write: those that the database fills or computes are left out, and must be in every row."""
    found = []
    for field in rows[0]._meta.concrete_fields:
        if field.generated or (field.primary_key and not with_id):
            continue
        left = {isinstance(getattr(row, field.attname), DatabaseDefault) for row in rows}
        if len(left) == 2:
            raise ValueError(f"{field.name}: some rows leave it to the database and some do not")
        if left == {False}:
            found.append(field)
    return found


def _reader(field: Field[Any, Any]) -> Callable[[Any], Any]:
    """How a value goes into COPY. Fields that change values as they are saved are not for this road."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        raise TypeError(f"{field.name} is set while it is saved")
    if isinstance(field, models.JSONField):
        return lambda value: field.get_db_prep_save(value, connection)
    return lambda value: value
