"""Addresses of getting started: the guide, and beginning with a pack."""

from django.urls import path

from recipients.views import guide

urlpatterns = [
    path("manage/<slug:slug>/guide/", guide.guide, name="manage-guide"),
    path("manage/<slug:slug>/guide/pack/", guide.pack, name="manage-guide-pack"),
]
