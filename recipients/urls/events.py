"""Addresses of other systems: what they send to, and the pages of their keys."""

from django.urls import path

from recipients.views import event_keys, events, xapi

_KEYS = "manage/<slug:slug>/event-keys"

urlpatterns = [
    path("api/v1/events", events.events, name="api-events"),
    path("xapi/statements", xapi.statements, name="xapi-statements"),
    path("xapi/about", xapi.about, name="xapi-about"),
    path(f"{_KEYS}/", event_keys.event_keys, name="manage-event-keys"),
    path(f"{_KEYS}/how-to/", event_keys.how_to, name="manage-event-keys-how-to"),
    path(f"{_KEYS}/new/", event_keys.making, name="manage-event-key-new"),
    path(f"{_KEYS}/<str:event_key>/", event_keys.event_key, name="manage-event-key"),
    path(f"{_KEYS}/<str:event_key>/successor/", event_keys.successor, name="manage-event-key-successor"),
    path(f"{_KEYS}/<str:event_key>/withdrawal/", event_keys.withdrawal, name="manage-event-key-withdrawal"),
]
