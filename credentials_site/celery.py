"""Celery wakes workers; what they do stands in rows (docs/issuance-cycle.md)."""

import os

from celery import Celery

from credentials_site import broker
from credentials_site.logs import tasks  # noqa: F401 -- importing connects it

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credentials_site.settings.development")
broker.use()
app = Celery("laurel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
