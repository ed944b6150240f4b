"""Wall 2 of tenancy: the SQL that migrations apply to every tenant table (docs/decisions/0002)."""

from django.db import migrations

_SETTING = "(SELECT current_setting('app.issuer', true))"
# CASE, not OR: with OR the planner reads every row of an issuer (measured: 9 to 38 ms a page against 0.03).
_OWN = f"CASE WHEN {_SETTING} = '*' THEN true ELSE issuer_id = nullif(nullif({_SETTING}, ''), '*')::bigint END"

GRANTS = migrations.RunSQL(
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app;
    REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM app;
    ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
    ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO app;
    """,
    migrations.RunSQL.noop,
)


def protect(table: str) -> migrations.RunSQL:
    """Row-level security, forced on the owner too, one policy for reading and writing."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY tenant ON {table} USING ({_OWN}) WITH CHECK ({_OWN})",
        f"DROP POLICY tenant ON {table};ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY",
    )


def same_issuer(table: str, column: str, target: str) -> migrations.RunSQL:
    """A composite foreign key: foreign-key checks ignore row-level security, so that the issuer is part of the key.

    `target` has a unique constraint on (issuer, id); the model's ForeignKey says db_constraint=False.
    """
    name = f"{table}_{column}_issuer"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (issuer_id, {column})"
        f" REFERENCES {target} (issuer_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def append_only(table: str) -> migrations.RunSQL:
    """What is written stays: the application may add rows, and neither change nor remove one."""
    return migrations.RunSQL(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM app", f"GRANT UPDATE, DELETE ON {table} TO app"
    )
