"""Addresses of the API. Last of all: whatever is below /api/v1/ and stands nowhere is a 404 in its own words."""

from django.urls import path

from recipients.api import document, gate, guide

urlpatterns = [
    path("api/v1/", guide.root, name="api-root"),
    path("api/v1/docs", guide.docs, name="api-docs"),
    path("api/v1/openapi.json", document.openapi, name="api-openapi"),
    *gate.operations(),
    path("api/v1/<path:rest>", gate.elsewhere, name="api-elsewhere"),
]
