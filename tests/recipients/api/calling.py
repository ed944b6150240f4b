"""Calling the API in tests as a program would."""

import json
import uuid

from django.db import connection
from django.test import Client

from issuers.tenancy import across_issuers, tenant_models

# That a token was used is noted whatever becomes of the call.
_NOTED = {"last_used_at"}


class Program:
    """A program with a token."""

    def __init__(self, token, client=None):
        self.token, self.client = token, client or Client()

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, **headers)

    def award(self, body, key=None, **headers):
        return self.post("/awards", body, **{"idempotency-key": key or str(uuid.uuid4()), **headers})

    def call(self, method, path, body=None, **headers):
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if path.startswith("/") and not path.startswith("/api/"):
            path = f"/api/v1{path}"
        kind = headers.pop("content_type", "application/json" if content else "")
        named = {"authorization": f"Bearer {self.token.told}", **headers}
        named = {name.replace("_", "-"): value for name, value in named.items() if value is not None}
        return self.client.generic(method, path, content, content_type=kind, headers=named)


def contents():
    """Number and content of every tenant table, in one query."""
    tables = [model._meta.db_table for model in tenant_models()]
    dropped = " - ".join(["to_jsonb(t)", *(f"'{name}'" for name in _NOTED)])
    parts = [
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(({dropped})::text, 0)), 0) FROM {table} t"
        for table in tables
    ]
    with across_issuers("a test looks at every table"), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return cursor.fetchall()
