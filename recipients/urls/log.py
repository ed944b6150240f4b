"""Addresses of people's own log, and of what waits for staff to confirm."""

from django.urls import path

from recipients.views import logbook, told

_TOLD = "manage/<slug:slug>/activities/waiting"
_ENTRY = "wallet/log/<str:public_id>"

urlpatterns = [
    path(f"{_TOLD}/", told.told, name="manage-told"),
    path(f"{_TOLD}/confirmation/", told.confirmation, name="manage-told-confirmation"),
    path(f"{_TOLD}/refusal/", told.refusal, name="manage-told-refusal"),
    path("wallet/log/", logbook.log, name="wallet-log"),
    path("wallet/log/new/<slug:slug>/", logbook.new, name="wallet-log-new"),
    path(f"{_ENTRY}/", logbook.entry, name="wallet-log-entry"),
    path(f"{_ENTRY}/removal/", logbook.removal, name="wallet-log-removal"),
]
