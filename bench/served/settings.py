"""The settings of servers, with two addresses more. Middleware, database and everything else are the product's."""

from credentials_site.settings.production import *  # noqa: F403
from credentials_site.settings.production import ROOT, TEMPLATES

ROOT_URLCONF = "bench.served.urls"
TEMPLATES = [{**TEMPLATES[0], "DIRS": [*TEMPLATES[0]["DIRS"], ROOT / "bench" / "served" / "templates"]}]
# Mails of the seeded credentials go nowhere.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
