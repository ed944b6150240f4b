"""Addresses of recipients: staff below /manage/, people's own pages, sharing."""

from django.urls import URLPattern, URLResolver

from recipients.urls import person, sharing

urlpatterns: list[URLPattern | URLResolver] = [*sharing.urlpatterns, *person.urlpatterns]
