"""`migrate` beside a product in use: it waits for nobody longer than two seconds at a time, and goes on where it was."""

import threading
import time

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections, migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from credentials_site.management.commands import migrate
from issuers import migrating
from tests.conftest import COMMITTED
from tests.factories import OutgoingEmailFactory

pytestmark = COMMITTED
TABLE = "recipients_mailstop"
NAME = "9000_sample"


@pytest.fixture
def _one_to_do(monkeypatch):
    """A migration that nobody has applied, on a table that others use."""
    build = MigrationLoader.build_graph
    made = migrations.Migration(NAME, "recipients")
    made.operations = [migrations.RunSQL(f"ALTER TABLE {TABLE} ADD COLUMN sample integer")]

    def graph(loader):
        build(loader)
        before = max(node for node in loader.graph.leaf_nodes() if node[0] == "recipients")
        loader.graph.add_node(("recipients", NAME), made)
        loader.graph.add_dependency(NAME, ("recipients", NAME), before)
        loader.disk_migrations["recipients", NAME] = made

    monkeypatch.setattr(MigrationLoader, "build_graph", graph)
    monkeypatch.setattr(migrate.Command, "_pause", lambda self, tried: time.sleep(0.1))
    yield
    with connections["migrator"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN IF EXISTS sample")
        cursor.execute("DELETE FROM django_migrations WHERE name = %s", [NAME])


def _another():
    parameters = connections["migrator"].get_connection_params()
    return psycopg.connect(**{key: parameters[key] for key in ("dbname", "user", "host") if parameters.get(key)})


def _columns():
    with connections["migrator"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_name = %s AND column_name = 'sample'", [TABLE]
        )
        return cursor.fetchone()[0]


def test_table_in_use_is_waited_for_in_short_tries(_one_to_do, monkeypatch):
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 1)
    with _another() as other, connections["migrator"].cursor() as cursor:
        other.execute(f"LOCK TABLE {TABLE} IN ACCESS SHARE MODE")
        waited = []

        def reader():
            """Somebody who comes while it waits: queued behind it, and let through when it gives up."""
            time.sleep(0.3)
            with _another() as third:
                began = time.monotonic()
                third.execute(f"SELECT count(*) FROM {TABLE}")
                waited.append(time.monotonic() - began)
            other.rollback()

        thread = threading.Thread(target=reader)
        thread.start()
        call_command("migrate", verbosity=0, interactive=False)
        thread.join()
        cursor.execute("SELECT 1 FROM django_migrations WHERE name = %s", [NAME])
        assert cursor.fetchone() == (1,)

    assert _columns() == 1
    assert waited[0] < 5


def test_table_that_stays_in_use_is_named_and_nothing_is_half_done(_one_to_do, monkeypatch):
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 1)
    monkeypatch.setattr(migrate, "TRIES", 2)
    with _another() as other:
        other.execute(f"LOCK TABLE {TABLE} IN ACCESS SHARE MODE")

        with pytest.raises(CommandError, match="A table was in use each time, 2 times in a row"):
            call_command("migrate", verbosity=0, interactive=False)

    assert _columns() == 0


def test_lock_timeout_is_that_of_the_kind_of_migration():
    command = migrate.Command()
    command.on, command.verbosity = connections["migrator"], 0
    for atomic, expected in ((True, "2s"), (False, "0")):
        migration = migrations.Migration("x", "recipients")
        migration.atomic = atomic
        command.migration_progress_callback("apply_start", migration)
        with command.on.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone()[0] == expected


def test_rows_are_changed_in_chunks(monkeypatch):
    for number in range(7):
        OutgoingEmailFactory(attempts=3, message_id=f"<{number}@example.org>")
    monkeypatch.setattr(migrating, "CHUNK", 3)
    operation = migrating.in_chunks("recipients_outgoingemail", "attempts = 0", "attempts > 0")
    executor = MigrationExecutor(connections["migrator"])

    with connections["migrator"].schema_editor(atomic=False) as editor:
        operation.database_forwards(
            "recipients", editor, executor.loader.project_state(), executor.loader.project_state()
        )

    with connections["migrator"].cursor() as cursor:
        cursor.execute("SELECT count(*), max(attempts) FROM recipients_outgoingemail")
        assert cursor.fetchone() == (7, 0)
