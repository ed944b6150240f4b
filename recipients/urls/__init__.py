"""Addresses of recipients: staff below /manage/, people's own pages, sharing, other systems."""

from django.urls import URLPattern, URLResolver

from recipients.urls import events, person, sharing, staff

urlpatterns: list[URLPattern | URLResolver] = [
    *staff.urlpatterns,
    *sharing.urlpatterns,
    *person.urlpatterns,
    *events.urlpatterns,
]
