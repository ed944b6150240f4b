"""What a migration must not do while the release before it serves (SECURITY R14; how to write one: docs/migrations.md).

Judged is the SQL that it would run, put together by Django itself, so that what models, RunSQL and helpers say is treated
alike. Tables that are made after the baseline are new to everybody and free of all rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# The newest of each app when the rules began. What was written before is on nobody's server any more.
BASELINE = {"issuers": 4, "badges": 5, "recipients": 14, "verification": 4}
SHORTEST_REASON = 20

_NAME = r'(?:ONLY\s+)?(?:"?public"?\.)?"?(\w+)"?'
_ALTER = rf"ALTER TABLE (?:IF EXISTS )?{_NAME}\b"


@dataclass(frozen=True)
class Rule:
    """`pattern` finds it in one statement of SQL, with the table as its first group; `instead` is what to write."""

    name: str
    pattern: re.Pattern[str]
    instead: str


def _rule(name: str, pattern: str, instead: str) -> Rule:
    return Rule(name, re.compile(pattern, re.IGNORECASE | re.DOTALL), instead)


RULES: tuple[Rule, ...] = (
    _rule(
        "index",
        rf"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)(?:IF NOT EXISTS )?\S+ ON {_NAME}",
        "writing to the table waits until it is made: AddIndexConcurrently, and `atomic = False`",
    ),
    _rule(
        "drop-index",
        r"DROP INDEX (?!CONCURRENTLY)(?:IF EXISTS )?(?:\"?public\"?\.)?\"?(\w+)\"?",
        "everybody waits for it: RemoveIndexConcurrently, and `atomic = False`",
    ),
    _rule(
        "not-null",
        rf"{_ALTER}.*?\bADD COLUMN (?!.*\bDEFAULT\b)(?!.*\bGENERATED\b).*\bNOT NULL\b",
        "the release before writes rows without it: give the field a db_default",
    ),
    _rule(
        "drop-default",
        rf"{_ALTER}.*?\bALTER COLUMN \S+ DROP DEFAULT",
        "the release before writes rows without it: db_default stays in the database, default does not",
    ),
    _rule(
        "set-not-null",
        rf"{_ALTER}.*?\bALTER COLUMN \S+ SET NOT NULL",
        "every row is read while everybody waits: a CHECK (… IS NOT NULL) by not_valid, validate, and this one release later",
    ),
    _rule(
        "rewrite",
        rf"{_ALTER}.*?(?:\bALTER COLUMN \S+ (?:SET DATA )?TYPE\b|\bSET (?:UN)?LOGGED\b|\bADD COLUMN .*?(?:\bAS IDENTITY\b"
        r"|\bGENERATED ALWAYS AS\b|\bDEFAULT .*(?:random\(|gen_random|uuid|clock_timestamp|nextval)))",
        "the whole table is written anew while everybody waits: a new column, filled in_chunks, the old one left for a release",
    ),
    _rule(
        "rename",
        rf"{_ALTER}\"?\s+RENAME\b",
        "the release before asks for the old name: add the new one, write both, and remove the old one two releases later",
    ),
    _rule(
        "drop-column",
        rf"{_ALTER}.*?\bDROP COLUMN\b",
        "the release before still reads it: stop using it first (SeparateDatabaseAndState), and drop it one release later",
    ),
    _rule(
        "drop-table",
        rf"DROP TABLE (?:IF EXISTS )?{_NAME}",
        "the release before still reads it: stop using it first, and drop it one release later",
    ),
    _rule(
        "constraint",
        rf"{_ALTER}.*?\bADD CONSTRAINT \S+ (?!.*\bNOT VALID\b)(?:CHECK|FOREIGN KEY)\b",
        "every row is read while everybody waits: not_valid now, and validate in a migration of its own",
    ),
    _rule(
        "unique",
        rf"{_ALTER}.*?\bADD CONSTRAINT \S+ (?!.*\bUSING INDEX\b)(?:UNIQUE|PRIMARY KEY|EXCLUDE)\b",
        "its index is made while everybody waits: a unique index CONCURRENTLY, then ADD CONSTRAINT … UNIQUE USING INDEX",
    ),
    _rule(
        "lock",
        rf"(?:LOCK TABLE|VACUUM FULL|CLUSTER|REINDEX (?:TABLE|INDEX) (?!CONCURRENTLY))\s*{_NAME}",
        "everybody waits for it: is it needed at all?",
    ),
    _rule(
        "rows",
        rf"\A(?:WITH .*)?(?:UPDATE|DELETE FROM|INSERT INTO) {_NAME}",
        "all rows are locked until the end of the transaction: in_chunks, and `atomic = False`",
    ),
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
# What a function does, it does when it is called, and not while tables are changed.
_BODY = re.compile(r"\$\$.*?\$\$", re.DOTALL)
_SPLIT = re.compile(
    r";\s*(?:\n|\Z)|;(?=\s*(?:ALTER|CREATE|DROP|UPDATE|DELETE|INSERT|GRANT|REVOKE|COMMENT)\b)", re.IGNORECASE
)
_MADE = re.compile(rf"CREATE TABLE (?:IF NOT EXISTS )?{_NAME}", re.IGNORECASE)
_INDEX = re.compile(
    rf"CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?\"?(\w+)\"? ON {_NAME}", re.IGNORECASE
)


@dataclass(frozen=True)
class Breach:
    """One statement that people would feel, or one thing that a migration says of itself and that is not so."""

    migration: str
    rule: str
    words: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.rule}: {self.words}"


def statements(sql: str) -> list[str]:
    """The statements of a text, without comments and bodies of functions, and with single blanks."""
    cut = _SPLIT.split(_BODY.sub("$$ $$", _COMMENT.sub(" ", sql)))
    return [text for part in cut if (text := " ".join(part.split()))]


@dataclass
class Judge:
    """Goes through migrations in their order and remembers which tables and indexes are new."""

    made: set[str]

    def judge(self, name: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Rule and words of each breach in these statements."""
        not_yet_valid: set[str] = set()
        for text in texts:
            if found := _MADE.match(text):
                self.made.add(found[1])
            if (found := _INDEX.match(text)) and found[2] in self.made:
                self.made.add(found[1])
            for rule in RULES:
                found = rule.pattern.search(text)
                if found and found[1] not in self.made:
                    yield rule.name, f"{rule.instead}\n      {text[:160]}"
            not_yet_valid |= set(re.findall(r"ADD CONSTRAINT \"?(\w+)\"? .*NOT VALID", text, re.IGNORECASE))
            validated = re.search(r"VALIDATE CONSTRAINT \"?(\w+)", text, re.IGNORECASE)
            if validated and validated[1] in not_yet_valid:
                yield "validate", f"{validated[1]} is validated under the lock that made it: in a migration of its own"


def _number(name: str) -> int:
    return int(name[:4]) if name[:4].isdigit() else 10_000


def _is_new(migration: Migration) -> bool:
    return migration.app_label in BASELINE and _number(migration.name) > BASELINE[migration.app_label]


def check(connection: BaseDatabaseWrapper) -> list[Breach]:
    """Everything that is wrong with migrations after the baseline, in the order in which they run."""
    loader = MigrationLoader(connection, replace_migrations=False)
    state, judge, found = ProjectState(), Judge(set()), list[Breach]()
    # One of our own: whoever asks may stand in a transaction, in which nothing can be done concurrently.
    connection = connection.copy()
    for node in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):  # noqa: SLF001 -- what `migrate` itself plans
        migration = loader.get_migration(*node)
        if _is_new(migration):
            found += check_one(migration, state, connection, judge)
        state = migration.mutate_state(state, preserve=False)
    connection.close()
    return found


def check_one(migration: Migration, state: ProjectState, connection: BaseDatabaseWrapper, judge: Judge) -> list[Breach]:
    """Breaches of one migration that it does not give a reason for; and reasons for what it does not do."""
    name = f"{migration.app_label}.{migration.name}"
    reasons: dict[str, str] = dict(getattr(migration, "reviewed", {}))
    found = [*_of_python(migration, state), *judge.judge(name, _sql(migration, state, connection))]
    breaches = [Breach(name, rule, words) for rule, words in found if not _holds(reasons.get(rule, ""))]
    unused = reasons.keys() - {rule for rule, _ in found}
    stale = [Breach(name, rule, "reviewed, and nothing here does it: take the reason out") for rule in sorted(unused)]
    return breaches + stale


def _holds(reason: str) -> bool:
    return len(reason.strip()) >= SHORTEST_REASON


def _of_python(migration: Migration, state: ProjectState) -> Iterator[tuple[str, str]]:
    """Functions of ours: what they do cannot be read from outside, so that they say it."""
    for operation in migration.operations:
        if not isinstance(operation, RunPython):
            continue
        if not getattr(operation.code, "chunked", False):
            yield (
                "python",
                "nobody knows how many rows it takes at once: in_chunks, or @chunked on a function that takes chunks",
            )
        elif migration.atomic:
            yield "python", "its chunks are one transaction all the same: `atomic = False`"


def _sql(migration: Migration, state: ProjectState, connection: BaseDatabaseWrapper) -> list[str]:
    """What it would run, statement by statement; widening a text is left out, for PostgreSQL then only notes it."""
    texts: list[str] = []
    before = state.clone()
    for operation in migration.operations:
        after = before.clone()
        operation.state_forwards(migration.app_label, after)
        if not isinstance(operation, RunPython) and not _only_widens(operation, migration.app_label, before, after):
            texts += _sql_of(operation, migration, before, after, connection)
        before = after
    return texts


def _sql_of(
    operation: Operation, migration: Migration, before: ProjectState, after: ProjectState, connection: Any
) -> list[str]:
    if isinstance(operation, RunSQL):
        return [text for sql in _texts(operation.sql) for text in statements(sql)]
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        operation.database_forwards(migration.app_label, editor, before, after)
    return [text for sql in editor.collected_sql for text in statements(sql)]


def _texts(sql: Any) -> list[str]:
    """RunSQL takes a text, or several, or texts with their parameters."""
    parts = [sql] if isinstance(sql, str) else sql
    return [part if isinstance(part, str) else part[0] for part in parts]


def _only_widens(operation: Operation, app: str, before: ProjectState, after: ProjectState) -> bool:
    if type(operation).__name__ != "AlterField":
        return False
    old, new = (
        state.models[app, operation.model_name_lower].fields[operation.name]  # type: ignore[attr-defined]
        for state in (before, after)
    )
    texts = (models.CharField, models.TextField)
    if not isinstance(old, texts) or not isinstance(new, texts) or old.null != new.null or old.unique != new.unique:
        return False
    room = (field.max_length or 10**9 if type(field) is not models.TextField else 10**9 for field in (old, new))
    same = getattr(old, "db_index", False) == getattr(new, "db_index", False)
    return same and next(room) <= next(room)
