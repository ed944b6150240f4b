"""Addresses of recipients: staff below /manage/, people's own pages, sharing, other systems."""

from django.urls import URLPattern, URLResolver

from recipients.urls import (
    activities,
    api,
    applications,
    check_in,
    events,
    guide,
    log,
    mail,
    person,
    rules,
    sharing,
    staff,
    student,
    webhooks,
    work,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *staff.urlpatterns,
    *guide.urlpatterns,
    *rules.urlpatterns,
    *log.urlpatterns,  # activities/waiting/ is no activity
    *activities.urlpatterns,
    *check_in.urlpatterns,
    *applications.urlpatterns,
    *events.urlpatterns,
    *mail.urlpatterns,
    *webhooks.urlpatterns,
    *student.urlpatterns,
    *work.urlpatterns,
    # Last: whatever stands below /wallet/ and is no page of the above is a credential.
    *sharing.urlpatterns,
    *person.urlpatterns,
    *api.urlpatterns,
]
