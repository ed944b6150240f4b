"""Addresses below /vc-api/: those that the VC-API prescribes. All answer 404 unless the profile is on."""

from django.urls import path

from verification.vc_api import views

urlpatterns = [
    path("credentials/issue", views.issue, name="vc-api-issue"),
    path("credentials/verify", views.verify_credential, name="vc-api-verify"),
    path("presentations/verify", views.verify_presentation, name="vc-api-verify-presentation"),
    path("status/revocation/1", views.status_list, name="vc-api-status-list"),
]
