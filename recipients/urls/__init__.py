"""Addresses of recipients: staff below /manage/, people's own pages, sharing."""

from django.urls import URLPattern, URLResolver

from recipients.urls import check_in, log, person, sharing, staff

urlpatterns: list[URLPattern | URLResolver] = [
    *staff.urlpatterns,
    *check_in.urlpatterns,
    *log.urlpatterns,  # wallet/log/ before wallet/<public_id>/
    *sharing.urlpatterns,
    *person.urlpatterns,
]
