"""Tests: real engines in temporary folders (tests/engines.py), no network, mails kept in memory."""

import os

os.environ.setdefault("SITE_URL", "http://localhost:8000")
os.environ.setdefault("SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests-only-for-tests")
os.environ.setdefault("KEY_ENCRYPTION_KEYS", "test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
os.environ.setdefault("LOG_FORMAT", "console")
# Tools that only read the models (mypy) start no engines; tests have theirs in the environment already.
os.environ.setdefault("DATABASE_URL", "postgres://app@/laurel?host=/nonexistent")
os.environ.setdefault("MIGRATION_DATABASE_URL", "postgres://migrator@/laurel?host=/nonexistent")
os.environ.setdefault("REDIS_URL", "unix:///nonexistent/valkey.sock")

from credentials_site.settings.base import *
from credentials_site.settings.base import CACHES, DATABASES, REDIS_URL, STORAGES

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
# Workers of the fault tests are processes of their own and send to a server of the test's.
if "EMAIL_URL" not in os.environ:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAILBOX_SHOWN = False
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# The live server serves files as they lie.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
# The real hasher is measured elsewhere; most tests only need somebody to be signed in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "django.contrib.auth.hashers.Argon2PasswordHasher"]
# Each xdist worker clears its own limits only: Django clears a whole database of Valkey.
CACHES = {
    "default": {
        **CACHES["default"],
        "LOCATION": f"{REDIS_URL}?db={int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:]) + 1}",
    }
}
# Threads of a live server end with their request, and so do their connections: the test database can be dropped.
for _database in DATABASES.values():
    _database["CONN_MAX_AGE"] = 0
