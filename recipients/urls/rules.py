"""Addresses of rules: what earns a credential by itself."""

from django.urls import path

from recipients.views import rule

_RULE = "manage/<slug:slug>/achievements/<str:public_id>/rule/"

urlpatterns = [
    path(_RULE, rule.rule, name="manage-rule"),
]
