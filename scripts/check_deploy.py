"""`check --deploy` with production settings and a fictional environment: no error, no warning."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "credentials_site.settings.production"
os.environ |= {
    "SITE_URL": "https://laurel.example.org",
    "SECRET_KEY": "fictional-fictional-fictional-fictional-fictional-1234567890-abcdef",
    "KEY_ENCRYPTION_KEYS": "fictional:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "EMAIL_URL": "smtp+tls://laurel:secret@mail.example.org:587",
}

from django.core.management import execute_from_command_line

execute_from_command_line(["manage.py", "check", "--deploy", "--fail-level", "WARNING"])
