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


@pytest.mark.django_db(transaction=True, databases=["default", "migrator"])
def test_copy_has_the_walls_and_the_shape_that_migrations_made():
    migrator = connections["migrator"]
    own, made = migrator.settings_dict["NAME"], _seen()
    connections.close_all()
    databases.copy(own, f"{own}_copy")
    try:
        databases._point_at(f"{own}_copy")
        copied = _seen()
    finally:
        connections.close_all()
        databases._point_at(own)
        with migrator._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{own}_copy"')

    assert copied == made
    walls = {model._meta.db_table for model in tenant_models()}
    assert all(any(f"'{table}', 'tenant'" in line for line in copied["policies"]) for table in walls)
    assert all(copied.values())
