"""This machine: embedded engines unless DATABASE_URL and REDIS_URL name real ones, secrets made once and kept in .local."""

import os

from credentials_site import embedded, local_secrets

os.environ.setdefault("SITE_URL", f"http://localhost:{os.environ.get('PORT', '8000')}")
os.environ.setdefault("LOG_FORMAT", "console")
for _name, _value in local_secrets.load().items():
    os.environ.setdefault(_name, _value)
if "DATABASE_URL" not in os.environ:
    for _name, _value in embedded.start().environment().items():
        os.environ.setdefault(_name, _value)

from credentials_site.settings.base import *  # noqa: E402
from credentials_site.settings.base import STORAGES  # noqa: E402

ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
# Files are served as they lie: an edit shows at once, and the first start collects nothing.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
