"""Emptying the database after a test that commits: its rows are deleted in one statement, the tables stay.

Django's flush truncates each table, whose files PostgreSQL then makes anew, and writes content types and permissions
again, which nobody reads. It also needs every table for itself, while the last request of a page about to close may
still hold one.
"""

import time
from functools import cache

from django.db import IntegrityError, OperationalError, connections

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
ATTEMPTS = 4


def empty(case):
    """In place of `TransactionTestCase._fixture_teardown`."""
    for alias in case._databases_names(include_mirrors=False):
        _delete(alias)


def _delete(alias):
    for attempt in range(ATTEMPTS):
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute(_statement(alias))
        except (IntegrityError, OperationalError):  # a straggler wrote or waited: it will be done in a moment
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(0.2)
        else:
            return


@cache
def _statement(alias):
    """One statement, so that relations are checked when all rows are gone, in whatever order."""
    names = connections[alias].introspection.django_table_names(only_existing=True, include_views=False)
    quoted = [connections[alias].ops.quote_name(name) for name in sorted(set(names) - KEPT)]
    return f"WITH {', '.join(f'd{n} AS (DELETE FROM {name})' for n, name in enumerate(quoted))} SELECT 1"
