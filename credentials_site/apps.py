"""Registered for its commands and checks; it has no models."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "credentials_site"

    def ready(self) -> None:
        from credentials_site import system_checks  # noqa: F401, PLC0415 -- importing registers them
