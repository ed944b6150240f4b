"""Wiring: settings, addresses, engines. Nothing here knows what a badge is."""

from credentials_site.celery import app as celery_app

__all__ = ["celery_app"]
