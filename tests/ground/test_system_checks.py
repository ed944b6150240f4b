"""What `check --deploy` and `check --database default` refuse."""

import pytest
from django.db import connections

from credentials_site import system_checks
from tests.factories import CredentialFactory


def test_role_of_the_application_stands_under_row_security(db):
    assert system_checks.restricted_role(databases=["default"]) == []


@pytest.mark.django_db(databases=["default", "migrator"])
def test_role_that_owns_tables_is_refused_when_it_serves(monkeypatch):
    monkeypatch.setattr(system_checks, "connections", {"default": connections["migrator"]})

    assert [found.id for found in system_checks.restricted_role(databases=["default"])] == ["laurel.E003"]


def test_mailbox_is_refused_when_it_is_shown(settings):
    settings.MAILBOX_SHOWN = True

    assert [found.id for found in system_checks.no_mailbox()] == ["laurel.E001"]


def test_plain_http_is_refused(settings):
    settings.SITE_URL = "http://laurel.example.org"

    assert [found.id for found in system_checks.https()] == ["laurel.E002"]


def test_checks_pass_when_the_site_is_served_as_it_should(settings):
    settings.SITE_URL, settings.MAILBOX_SHOWN = "https://laurel.example.org", False

    assert system_checks.https() + system_checks.no_mailbox() == []


def test_other_host_is_refused_when_something_was_issued(db, settings):
    CredentialFactory(document='{"id": "https://old.example.org/c/abc"}')
    settings.SITE_URL = "https://laurel.example.org"

    assert [found.id for found in system_checks.same_host(databases=["default"])] == ["laurel.E004"]
    settings.SITE_URL = "https://old.example.org"
    assert system_checks.same_host(databases=["default"]) == []
