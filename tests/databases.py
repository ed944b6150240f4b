"""Databases of the tests: migrations run once a run, and each process of xdist gets a copy that PostgreSQL makes of it.

A copy is the same files: tables, owners, grants, default privileges, row-level security and its policies are just what the
migrations made (tests/ground/test_databases.py looks); roles belong to the cluster. Template and copies live in the run's own
cluster and go with it. On engines of somebody else's, and where one process runs alone, Django makes its database as ever.
"""

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.test.utils import setup_databases

from tests.engines import OWN

TEMPLATE = "test_template"


@contextmanager
def one_at_a_time(folder, name):
    """Among the processes of this run."""
    with (Path(folder) / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make():
    """The database of this process: what `teardown_databases` wants to know."""
    if not is_copied():
        return _migrated()
    migrator = connections["migrator"]
    with one_at_a_time(os.environ[OWN], "template"), migrator._nodb_cursor() as cursor:
        if not migrator.creation._database_exists(cursor, TEMPLATE):
            _make_template(cursor)
    return _copied()


def is_copied():
    """Whether this process works on a copy."""
    return "PYTEST_XDIST_WORKER" in os.environ and OWN in os.environ


def _migrated():
    """The migrator makes the test database and the app is its mirror: always both, whichever a test names."""
    return setup_databases(verbosity=0, interactive=False, aliases={"default", "migrator"}, serialized_aliases=set())


def _make_template(cursor):
    """A template has its name only when it is whole."""
    made = _migrated()
    connections.close_all()
    named, old, _ = made[0]
    cursor.execute(f'ALTER DATABASE "{named.settings_dict["NAME"]}" RENAME TO "{TEMPLATE}"')
    _point_at(old)


def _copied():
    migrator = connections["migrator"]
    old, own = migrator.settings_dict["NAME"], migrator.creation._get_test_db_name()
    copy(TEMPLATE, own)
    _point_at(own)
    return [(migrator, old, True)]


def copy(template, name):
    """CREATE DATABASE … TEMPLATE, by the migrator; nobody is connected to the template. Files are copied, not logged."""
    with connections["migrator"]._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')


def _point_at(name):
    migrator = connections["migrator"]
    settings.DATABASES["migrator"]["NAME"] = migrator.settings_dict["NAME"] = name
    connections["default"].creation.set_as_test_mirror(migrator.settings_dict)
