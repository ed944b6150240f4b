"""Both walls, each on its own."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from issuers.models import Membership, User
from issuers.tenancy import NoScope, across_issuers, current_scope, scope
from tests.factories import AchievementFactory, BadgeDesignFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def _count(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_query_raises_when_no_scope_is_set():
    MembershipFactory()

    with pytest.raises(NoScope):
        list(Membership.objects.all())


def test_scope_shows_own_rows_only_when_another_issuer_has_some():
    mine, _other = MembershipFactory(), MembershipFactory()

    with scope(mine.issuer):
        assert list(Membership.objects.all()) == [mine]
        assert _count("issuers_membership") == 1


def test_database_shows_nothing_when_python_forgets_the_scope():
    MembershipFactory()

    assert _count("issuers_membership") == 0


def test_database_refuses_a_row_of_another_issuer_when_inside_a_scope():
    mine, other = MembershipFactory(), MembershipFactory()

    with pytest.raises(ProgrammingError, match="row-level security"), scope(mine.issuer), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO issuers_membership (issuer_id, user_id, role) VALUES (%s, %s, 'owner')",
                [other.issuer_id, mine.user_id],
            )


def test_composite_key_refuses_a_reference_into_another_issuer():
    mine, other = AchievementFactory(), AchievementFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        BadgeDesignFactory(issuer=mine.issuer, achievement=other)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_scope_restores_the_outer_scope_when_it_ends():
    one, other = MembershipFactory(), MembershipFactory()

    with scope(one.issuer):
        with across_issuers("test"):
            assert Membership.objects.count() == 2
        assert Membership.objects.count() == _count("issuers_membership") == 1
        with pytest.raises(ZeroDivisionError), scope(other.issuer):
            raise ZeroDivisionError
        assert list(Membership.objects.all()) == [one]
    assert current_scope() == ""


def test_tests_run_as_the_restricted_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("app", False, False)


@pytest.mark.parametrize(
    "statement", ["TRUNCATE issuers_user CASCADE", "DROP TABLE issuers_user", "CREATE TABLE x (y int)"]
)
def test_app_role_is_refused_when_it_tries_to_change_tables(statement):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["issuers_auditevent", "badges_achievementversion"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_append_only_table_refuses_changes(table, statement):
    with pytest.raises(ProgrammingError), across_issuers("test"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_user_is_shared_between_issuers():
    MembershipFactory()

    assert User.objects.count() == 1
