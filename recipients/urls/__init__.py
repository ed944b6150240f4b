"""Addresses of recipients: staff below /manage/, people's own pages, sharing, other systems."""

from django.urls import URLPattern, URLResolver

from recipients.urls import (
    activities,
    applications,
    check_in,
    events,
    log,
    person,
    rules,
    sharing,
    staff,
    student,
    work,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *staff.urlpatterns,
    *rules.urlpatterns,
    *activities.urlpatterns,
    *sharing.urlpatterns,
    *person.urlpatterns,
    *events.urlpatterns,
    *applications.urlpatterns,
    *work.urlpatterns,
    *student.urlpatterns,  # before a person's own: /wallet/goals/ is no credential
    *check_in.urlpatterns,
    *log.urlpatterns,  # wallet/log/ before wallet/<public_id>/
]
