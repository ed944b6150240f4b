"""Registered for its commands; it has no models."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "credentials_site"
