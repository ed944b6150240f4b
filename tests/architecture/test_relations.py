"""What imports cannot show: relations between models point left, and every tenant table stands behind both walls."""

import pytest
from django.apps import apps
from django.db import connection

from issuers.tenancy import TenantManager, TenantModel, tenant_models
from tests import factories

ORDER = ["issuers", "badges", "recipients", "verification"]
# Models that belong to no issuer, each with its reason.
SHARED = {
    "issuers.User": "a person may belong to many institutions, and to none",
    "issuers.AddressProof": "an address is the person's",
    "issuers.Issuer": "it is the tenant itself; name, slug and logo are public",
    "recipients.Digest": "a weekly mail is the person's, about all institutions",
    "recipients.MailServer": "mails of all institutions leave by one server, which is there for all or for none",
    "recipients.MailStop": "an address asks for silence, from one institution or from all",
    "verification.VerificationReceipt": "a stranger made it, of links from anywhere",
    "verification.VerificationItem": "a line of a stranger's list; it holds what any stranger may see",
}


def _own():
    return [model for model in apps.get_models() if model._meta.app_label in ORDER]


def test_relations_never_point_right():
    wrong = []
    for model in _own():
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model:
                target = field.related_model._meta.app_label
                if target in ORDER and ORDER.index(target) > ORDER.index(model._meta.app_label):
                    wrong.append(str(field))

    assert wrong == []


def test_every_model_is_behind_the_walls_or_says_why_not():
    shared = {model._meta.label for model in _own() if not issubclass(model, TenantModel)}

    assert shared == set(SHARED)


def test_site_has_no_models():
    assert list(apps.get_app_config("credentials_site").get_models()) == []


def test_default_and_base_managers_are_scoped():
    for model in tenant_models():
        assert isinstance(model._default_manager, TenantManager), model
        assert isinstance(model._base_manager, TenantManager), model


@pytest.mark.django_db
def test_every_tenant_table_has_forced_row_security_for_all_commands():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polcmd FROM pg_class c"
            " LEFT JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        )
        found = {name: (enabled, forced, command) for name, enabled, forced, command in cursor.fetchall()}

    for model in tenant_models():
        assert found[model._meta.db_table] == (True, True, "*"), model


@pytest.mark.django_db
def test_every_reference_between_tenant_rows_has_the_issuer_in_its_key():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, array_agg(a.attname::text ORDER BY k.n) FROM pg_constraint c,"
            " unnest(c.conkey) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attnum = k.attnum"
            " WHERE c.contype = 'f' AND a.attrelid = c.conrelid GROUP BY c.oid, conrelid"
        )
        keys = {(table, tuple(columns)) for table, columns in cursor.fetchall()}

    for model in tenant_models():
        for field in model._meta.concrete_fields:
            if field.is_relation and issubclass(field.related_model, TenantModel):
                assert (model._meta.db_table, ("issuer_id", field.column)) in keys, field


@pytest.mark.django_db
def test_app_role_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = 'app')"
        )
        assert cursor.fetchone() == (0,)


def test_every_model_has_a_factory():
    made = {f._meta.model for f in vars(factories).values() if isinstance(f, type) and hasattr(f, "_meta")}

    assert set(_own()) - made == set()
