"""`manage.py invariants` for programs: JSON, and an exit code that says which."""

import json

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from tests.factories import CredentialFactory


@pytest.mark.django_db(transaction=True, databases=["default", "migrator"])
def test_invariants_say_everything_as_json(capsys):
    call_command("invariants", "--json", "--thorough")

    found = json.loads(capsys.readouterr().out)
    assert (found["holds"], found["breaches"]) == (True, 0)
    assert {"signatures verify", "certificates are whole", "status lists say so"} <= {
        one["name"] for one in found["checks"]
    }


@pytest.mark.django_db(transaction=True, databases=["default", "migrator"])
def test_invariants_end_with_1_for_a_breach_and_2_where_nobody_knows(capsys, monkeypatch):
    from django.core.management import CommandError

    from verification.management.commands import invariants

    CredentialFactory(claimed_at=timezone.now(), accepted_at=timezone.now(), cancelled_at=timezone.now())
    with pytest.raises(CommandError) as broken:
        call_command("invariants", "--json")
    assert broken.value.returncode == 1
    assert json.loads(capsys.readouterr().out)["breaches"] >= 1

    monkeypatch.setattr(invariants, "across_issuers", lambda why: (_ for _ in ()).throw(OperationalError("away")))
    with pytest.raises(CommandError, match="could not be asked") as away:
        call_command("invariants")
    assert away.value.returncode == 2
