"""Addresses of the share page."""

from django.urls import path

from recipients.views import share

urlpatterns = [
    path("wallet/<str:public_id>/share/", share.share, name="share"),
    path("wallet/<str:public_id>/share/<slug:network>/", share.share_to, name="share-to"),
    path("wallet/<str:public_id>/download/<slug:form>/", share.download, name="wallet-download"),
]
