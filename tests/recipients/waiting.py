"""Thousands of rows that wait for a worker, written by the database itself: no stage makes so many in a test's time."""

import json

from django.db import connection

from issuers.tenancy import across_issuers
from tests import factories
from tests.published import intend, person
from tests.recipients.running import LISTS

# Copies of one credential: another id, address of its own, index in a list of its own.
_COPY = """
INSERT INTO recipients_achievementcredential ({names}) SELECT {values}
FROM recipients_achievementcredential AS c, generate_series(1, %s) AS n WHERE c.id = %s
"""
_OWN = {
    "public_id": "left(md5(c.public_id || n), 22)",
    "subject_id": "gen_random_uuid()",
    "award_key": "'copy/' || n",
    "status_list_id": "%s",
    "status_index": "n",
    "document": "replace(c.document, c.public_id, left(md5(c.public_id || n), 22))",
    "signed": "replace(c.signed, c.public_id, left(md5(c.public_id || n), 22))",
}


def copies(row, number):
    """As many credentials beside this one, all but the few columns that must differ like it."""
    with across_issuers("a test writes rows"), connection.cursor() as cursor:
        list_id = factories.StatusListFactory(issuer=row.issuer, number=next(LISTS)).pk
        fields = [
            f.column for f in row._meta.concrete_fields if not f.primary_key and not getattr(f, "generated", False)
        ]
        quoted = [connection.ops.quote_name(name) for name in fields]
        values = [_OWN.get(name, f"c.{quote}") for name, quote in zip(fields, quoted, strict=True)]
        sql = _COPY.format(names=", ".join(quoted), values=", ".join(values))
        cursor.execute(sql, [list_id, number, row.pk])
        cursor.execute("ANALYZE recipients_achievementcredential") if number > 1000 else None


def waiting(version, number, **options):
    """The oldest of so many credentials of one batch that are not signed yet."""
    award = intend(version, person(), **options)
    with across_issuers("a test looks"):
        row = award.credentials.select_related("issuer").get()
    copies(row, number - 1)
    return row


def said(row):
    return json.loads(row.document)["id"]
