"""Each rule refuses what people would feel, takes what they would not, and lets somebody say why all the same."""

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import connections, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from credentials_site import migration_rules
from issuers import migrating
from issuers.row_security import protect, same_issuer

pytestmark = pytest.mark.django_db(databases=["default", "migrator"])
APP, MODEL, TABLE = "recipients", "outgoingemail", "recipients_outgoingemail"
REASON = "because the table has twelve rows and nobody reads it"


@pytest.fixture(scope="module")
def state():
    return MigrationLoader(None).project_state((APP, "0014_tutorial"))


@pytest.fixture
def judged(state):
    def judge(*operations, atomic=True, **attributes):
        migration = migrations.Migration("9999_sample", APP)
        migration.operations, migration.atomic = list(operations), atomic
        for name, value in attributes.items():
            setattr(migration, name, value)
        found = migration_rules.check_one(migration, state.clone(), connection, migration_rules.Judge(set()))
        return [breach.rule for breach in found]

    connection = connections["migrator"].copy()
    yield judge
    connection.close()


def add(field, name="extra"):
    return migrations.AddField(MODEL, name, field)


def alter(name, field):
    return migrations.AlterField(MODEL, name, field)


INDEX = models.Index(fields=["response"], name="sample")
CHECK = models.CheckConstraint(condition=models.Q(attempts__lt=9), name="few")
UNIQUE = models.UniqueConstraint(fields=["response"], name="alone")
FELT = [
    ("index", [migrations.AddIndex(MODEL, INDEX)]),
    ("index", [add(models.CharField(max_length=9, db_default="", db_index=True))]),
    ("index", [migrations.RunSQL(f"CREATE INDEX sample ON {TABLE} (response)")]),
    (
        "index",
        [
            migrations.AddConstraint(
                MODEL, models.UniqueConstraint(fields=["response"], condition=models.Q(attempts=1), name="alone")
            )
        ],
    ),
    ("index", [add(models.ForeignKey("recipients.award", models.PROTECT, null=True, db_constraint=False))]),
    ("drop-index", [migrations.RemoveIndex(MODEL, "email_of_credential")]),
    ("not-null", [migrations.RunSQL(f"ALTER TABLE {TABLE} ADD COLUMN extra integer NOT NULL")]),
    ("drop-default", [add(models.IntegerField(default=3))]),
    ("set-not-null", [alter("sent_at", models.DateTimeField(db_default=Now()))]),
    ("rewrite", [alter("response", models.IntegerField(default=0))]),
    ("rewrite", [alter("response", models.CharField(max_length=100, blank=True))]),
    (
        "rewrite",
        [
            add(
                models.GeneratedField(
                    expression=models.F("attempts") + 1, output_field=models.IntegerField(), db_persist=True
                )
            )
        ],
    ),
    ("rewrite", [migrations.RunSQL(f"ALTER TABLE {TABLE} ADD COLUMN extra uuid NOT NULL DEFAULT gen_random_uuid()")]),
    ("rename", [migrations.RenameField(MODEL, "response", "answer")]),
    ("rename", [migrations.AlterModelTable(MODEL, "recipients_mail")]),
    ("drop-column", [migrations.RemoveField(MODEL, "response")]),
    ("drop-table", [migrations.DeleteModel("mailstop")]),
    ("constraint", [migrations.AddConstraint(MODEL, CHECK)]),
    ("constraint", [same_issuer(TABLE, "credential_id", "recipients_achievementcredential")]),
    ("unique", [migrations.AddConstraint(MODEL, UNIQUE)]),
    ("validate", [migrating.not_valid(TABLE, "few", "CHECK (attempts < 9)"), migrating.validate(TABLE, "few")]),
    ("lock", [migrations.RunSQL(f"LOCK TABLE {TABLE}")]),
    ("lock", [migrations.RunSQL(f"VACUUM FULL {TABLE}")]),
    ("rows", [migrations.RunSQL(f"UPDATE {TABLE} SET attempts = 0")]),
    ("rows", [migrations.RunSQL([(f"DELETE FROM {TABLE} WHERE attempts = %s", [5])])]),
    ("rows", [migrations.RunSQL(f"-- with a word\nWITH old AS (SELECT 1) INSERT INTO {TABLE} (id) SELECT 1")]),
    ("python", [migrations.RunPython(lambda apps, editor: None)]),
    ("python", [migrating.in_chunks(TABLE, "attempts = 0", "attempts > 0")]),  # in one transaction
]
SAFE = [
    [add(models.IntegerField(null=True))],
    [add(models.IntegerField(db_default=3))],
    [add(models.DateTimeField(db_default=Now()))],
    [add(models.ForeignKey("recipients.award", models.PROTECT, null=True, db_constraint=False, db_index=False))],
    [alter("response", models.CharField(max_length=500, blank=True))],
    [alter("response", models.TextField(blank=True))],
    [migrating.not_valid(TABLE, "few", "CHECK (attempts < 9)")],
    [migrating.validate(TABLE, "few")],
    [migrations.RunSQL("GRANT SELECT ON recipients_outgoingemail TO app")],
    [
        migrations.CreateModel(
            "Sample",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("text", models.TextField()),
                ("issuer", models.ForeignKey("issuers.issuer", models.PROTECT)),
            ],
        ),
        migrations.AddIndex("sample", models.Index(fields=["text"], name="sample_text")),
        migrations.AddConstraint("sample", models.UniqueConstraint(fields=["issuer", "id"], name="sample_issuer_id")),
        protect("recipients_sample"),
        same_issuer("recipients_sample", "id", "recipients_award"),
        migrations.RemoveIndex("sample", "sample_text"),
        migrations.RunSQL("INSERT INTO recipients_sample (text) VALUES ('first')"),
    ],
]
OUTSIDE = [
    [AddIndexConcurrently(MODEL, INDEX)],
    [RemoveIndexConcurrently(MODEL, "email_of_credential")],
    [migrating.in_chunks(TABLE, "attempts = 0", "attempts > 0")],
]


@pytest.mark.parametrize(
    ("rule", "operations"), FELT, ids=[f"{rule}-{number}" for number, (rule, _) in enumerate(FELT)]
)
def test_what_people_would_feel_is_refused(judged, rule, operations):
    assert rule in judged(*operations)


def test_every_rule_has_a_sample():
    named = {rule.name for rule in migration_rules.RULES} | {"validate", "python"}

    assert {rule for rule, _ in FELT} == named


@pytest.mark.parametrize("operations", SAFE)
def test_what_nobody_feels_is_taken(judged, operations):
    assert judged(*operations) == []


@pytest.mark.parametrize("operations", OUTSIDE)
def test_what_is_done_outside_of_a_transaction_is_taken(judged, operations):
    assert judged(*operations, atomic=False) == []


def test_reason_is_taken_for_its_rule_alone(judged):
    both = [migrations.AddIndex(MODEL, INDEX), migrations.RemoveField(MODEL, "response")]

    assert judged(*both, reviewed={"index": REASON}) == ["drop-column"]
    assert judged(*both, reviewed={"index": REASON, "drop-column": REASON}) == []


@pytest.mark.parametrize("reason", ["", "ok", " " * 40])
def test_reason_that_says_nothing_is_none(judged, reason):
    assert judged(migrations.AddIndex(MODEL, INDEX), reviewed={"index": reason}) == ["index"]


def test_reason_without_a_cause_is_stale(judged):
    assert judged(add(models.IntegerField(null=True)), reviewed={"rename": REASON}) == ["rename"]


def test_statements_are_told_apart():
    sql = "-- a; b\nALTER TABLE a ENABLE ROW LEVEL SECURITY;CREATE POLICY p ON a USING (x = ';');\n/* c; */ GRANT SELECT ON a TO b"

    assert migration_rules.statements(sql) == [
        "ALTER TABLE a ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY p ON a USING (x = ';')",
        "GRANT SELECT ON a TO b",
    ]


def test_migrations_of_this_release_may_run_while_the_one_before_serves():
    assert [str(breach) for breach in migration_rules.check(connections["migrator"])] == []


def test_baseline_names_migrations_that_exist():
    numbers = {}
    for app, name in MigrationLoader(None).disk_migrations:
        numbers.setdefault(app, set()).add(migration_rules._number(name))

    assert all(number in numbers[app] for app, number in migration_rules.BASELINE.items())
