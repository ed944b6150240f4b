"""Addresses of recipients: staff below /manage/, people's own pages, sharing."""

from django.urls import URLPattern, URLResolver

from recipients.urls import person, sharing, staff, work

urlpatterns: list[URLPattern | URLResolver] = [
    *work.urlpatterns,
    *staff.urlpatterns,
    *sharing.urlpatterns,
    *person.urlpatterns,
]
