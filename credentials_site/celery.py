"""Celery wakes workers; what they do stands in rows (docs/issuance-cycle.md)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credentials_site.settings.development")
app = Celery("laurel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
