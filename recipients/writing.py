"""Many rows in one statement with one parameter: ten thousand cost a tenth of what one placeholder a value costs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models


def insert_new(rows: Sequence[models.Model]) -> None:
    """Write those that meet no unique constraint; whoever writes the same at the same time waits for the other's commit.

    Values are checked by PostgreSQL as it reads them. Columns that the database fills are left to it.
    """
    if not rows:
        return
    meta = rows[0]._meta
    filled = [field for field in meta.concrete_fields if not field.primary_key and not field.has_db_default()]
    quoted = [connection.ops.quote_name(str(field.column)) for field in filled]
    names = ", ".join(quoted)
    typed = ", ".join(f"{name} {field.db_type(connection)}" for name, field in zip(quoted, filled, strict=True))
    values = [{field.column: _plain(getattr(row, field.attname)) for field in filled} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({names})"  # noqa: S608 -- names of our own columns
            f" SELECT {names} FROM jsonb_to_recordset(%s::jsonb) AS given ({typed}) ON CONFLICT DO NOTHING",
            [json.dumps(values, cls=_Exactly)],
        )


class _Exactly(DjangoJSONEncoder):
    """Moments to the microsecond: JSON of browsers has milliseconds alone."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
