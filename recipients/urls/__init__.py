"""Addresses of recipients: staff below /manage/, people's own pages, sharing."""

from django.urls import URLPattern, URLResolver

from recipients.urls import applications, person, sharing, staff

urlpatterns: list[URLPattern | URLResolver] = [
    *staff.urlpatterns,
    *applications.urlpatterns,
    *sharing.urlpatterns,
    *person.urlpatterns,
]
