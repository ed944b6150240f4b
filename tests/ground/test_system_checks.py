"""What `check --deploy` and `check --database default` refuse."""

import pytest
from django.db import connections

from credentials_site import system_checks


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
