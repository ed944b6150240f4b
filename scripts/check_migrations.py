"""Every migration after the baseline may run while the release before serves: exit code 1 and a sentence for each that may not.

Run on a migrated database: scripts/with-engines .venv/bin/python scripts/check_migrations.py
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credentials_site.settings.test")

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- models need the settings
from django.db import connections  # noqa: E402

from credentials_site import migration_rules  # noqa: E402

call_command("migrate", verbosity=0, interactive=False)
breaches = migration_rules.check(connections["migrator"])
for breach in breaches:
    print(breach)
if breaches:
    sys.exit(f"{len(breaches)} statements would be felt by people. How to write them: docs/migrations.md")
