"""Addresses of webhooks: systems that are told, and what they were told."""

from django.urls import path

from recipients.views import webhook_log, webhooks

_ALL = "manage/<slug:slug>/webhooks"
_ONE = f"{_ALL}/<str:webhook>"

urlpatterns = [
    path(f"{_ALL}/", webhooks.webhooks, name="manage-webhooks"),
    path(f"{_ALL}/how-to/", webhooks.how_to, name="manage-webhooks-how-to"),
    path(f"{_ALL}/new/", webhooks.making, name="manage-webhook-new"),
    path(f"{_ONE}/", webhook_log.webhook, name="manage-webhook"),
    path(f"{_ONE}/edit/", webhooks.editing, name="manage-webhook-edit"),
    path(f"{_ONE}/change/", webhooks.change, name="manage-webhook-change"),
    path(f"{_ONE}/secret/", webhooks.rotation, name="manage-webhook-secret"),
    path(f"{_ONE}/old-secret/", webhooks.old_secret, name="manage-webhook-old-secret"),
    path(f"{_ONE}/pause/", webhooks.pause, name="manage-webhook-pause"),
    path(f"{_ONE}/resumption/", webhooks.resumption, name="manage-webhook-resumption"),
    path(f"{_ONE}/deletion/", webhooks.deletion, name="manage-webhook-deletion"),
    path(f"{_ONE}/test/", webhooks.test, name="manage-webhook-test"),
    path(f"{_ONE}/replay/", webhook_log.replay, name="manage-webhook-replay"),
    path(f"{_ONE}/deliveries/<int:delivery>/", webhook_log.delivery, name="manage-webhook-delivery"),
    path(
        f"{_ONE}/deliveries/<int:delivery>/replay/",
        webhook_log.delivery_replay,
        name="manage-webhook-delivery-replay",
    ),
]
