"""A copy of the migrated database is the migrated database: walls, grants and shape."""

import pytest
from django.db import connections

from issuers.tenancy import tenant_models
from tests import databases

LOOKED_AT = {
    "policies": "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies",
    "walls": "SELECT relname, relkind, relowner::regrole::text, relrowsecurity, relforcerowsecurity, relacl::text"
    " FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "grants": "SELECT defaclrole::regrole::text, defaclobjtype, defaclacl::text FROM pg_default_acl",
    "columns": "SELECT table_name, column_name, data_type, column_default, is_nullable, generation_expression"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "migrations": "SELECT app, name FROM django_migrations",
    "settings": "SELECT setdatabase = 0, setrole::regrole::text, setconfig FROM pg_db_role_setting",
}


def _seen():
    with connections["migrator"].cursor() as cursor:
        found = {}
        for what, sql in LOOKED_AT.items():
            cursor.execute(sql)
            found[what] = sorted(map(str, cursor.fetchall()))
        return found


def _seen_at(name):
    """From another database of the cluster; nobody stays connected to it."""
    own = connections["migrator"].settings_dict["NAME"]
    connections.close_all()
    try:
        databases._point_at(name)
        return _seen()
    finally:
        connections.close_all()
        databases._point_at(own)


def _made_and_copied():
    """Processes of xdist run on copies already; one process alone on what the migrations made, which is copied here."""
    migrator, own = connections["migrator"], _seen()
    if databases.is_copied():
        return _seen_at(databases.TEMPLATE), own
    name = migrator.settings_dict["NAME"]
    connections.close_all()
    databases.copy(name, f"{name}_copy")
    try:
        return own, _seen_at(f"{name}_copy")
    finally:
        with migrator._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}_copy"')


@pytest.mark.django_db(transaction=True, databases=["default", "migrator"])
def test_copy_has_the_walls_and_the_shape_that_migrations_made():
    made, copied = _made_and_copied()

    assert copied == made
    walls = {model._meta.db_table for model in tenant_models()}
    assert all(any(f"'{table}', 'tenant'" in line for line in copied["policies"]) for table in walls)
    assert all(copied.values())
