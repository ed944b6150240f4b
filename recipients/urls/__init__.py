"""Addresses of recipients: staff below /manage/, people's own pages, sharing."""

from django.urls import URLPattern, URLResolver

from recipients.urls import person, sharing, staff, student

urlpatterns: list[URLPattern | URLResolver] = [
    *staff.urlpatterns,
    *student.urlpatterns,  # before a person's own: /wallet/goals/ is no credential
    *sharing.urlpatterns,
    *person.urlpatterns,
]
