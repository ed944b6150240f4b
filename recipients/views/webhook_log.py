"""What an endpoint was told: the log with its filter, one delivery, and sending again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from issuers import clock
from issuers.access import StaffRequest, member_required
from recipients import calling, subscribing
from recipients.forms.webhooks import ReplayForm
from recipients.models import WebhookDelivery, WebhookEndpoint
from recipients.views import webhook_words
from recipients.views.paging import page
from recipients.views.webhooks import back, found

# Counting stops here: beyond it "many" says as much.
_MANY = 1_000


@require_safe
@member_required("webhook.edit")
def webhook(request: StaffRequest, webhook: str) -> HttpResponse:
    """One endpoint: what it is told, whether it takes it, and every delivery of the last 30 days."""
    endpoint = found(request, webhook)
    deliveries = WebhookDelivery.objects.filter(endpoint=endpoint)
    listed = page(request, _wanted(request, deliveries).listed())
    listed.rows[:] = [webhook_words.shown(row) for row in listed.rows]
    context = {
        "endpoint": endpoint,
        "told": [webhook_words.TYPES[kind] for kind in endpoint.types],
        **_secrets(endpoint),
        "page": listed,
        "failed": deliveries.failed().order_by()[:_MANY].count(),
        "waits": deliveries.waiting().order_by()[:_MANY].count(),
        "days": calling.KEPT.days,
        "replay": ReplayForm(),
        **_asked(request),
    }
    return render(request, "recipients/staff/webhook.html", context)


def _secrets(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Whether it signs, and the secret that signs beside the newest one during a change-over."""
    in_use = list(endpoint.secrets.signing())
    old = next((secret for secret in in_use if secret.until), None)
    return {"signs": any(secret.until is None for secret in in_use), "old_secret": old}


def _asked(request: StaffRequest) -> dict[str, Any]:
    state, kind = request.GET.get("state", ""), request.GET.get("type", "")
    state, kind = state if state in webhook_words.STATES else "", kind if kind in webhook_words.TYPES else ""
    return {
        "state": state,
        "type": kind,
        "states": webhook_words.STATES.items(),
        "types": webhook_words.TYPES.items(),
        "asked": bool(state or kind),
    }


def _wanted(request: StaffRequest, deliveries: Any) -> Any:
    asked = _asked(request)
    by_state = {
        "failed": deliveries.failed,
        "trying": deliveries.trying,
        "waiting": lambda: deliveries.waiting().filter(problem=""),
        "delivered": deliveries.delivered,
    }
    rows = by_state[asked["state"]]() if asked["state"] else deliveries
    return rows.filter(message__type=asked["type"]) if asked["type"] else rows


def _delivery(endpoint: WebhookEndpoint, number: int) -> WebhookDelivery:
    return get_object_or_404(WebhookDelivery.objects.listed(), endpoint=endpoint, pk=number)


@require_safe
@member_required("webhook.edit")
def delivery(request: StaffRequest, webhook: str, delivery: int) -> HttpResponse:
    """One delivery: what was sent byte for byte, what was answered, and when it is tried next."""
    endpoint = found(request, webhook)
    row = _delivery(endpoint, delivery)
    context = {"endpoint": endpoint, "row": webhook_words.shown(row), "under_way": row.lease_until is not None}
    context["hurried"] = row.state == "trying" and row.not_before > clock.now()
    return render(request, "recipients/staff/webhook_delivery.html", context)


@require_POST
@member_required("webhook.edit")
def delivery_replay(request: StaffRequest, webhook: str, delivery: int) -> HttpResponse:
    """One delivery again, under the same number; one that waits for its next try does not wait for it."""
    endpoint = found(request, webhook)
    row = _delivery(endpoint, delivery)
    if subscribing.hurry(endpoint, row.pk) or subscribing.replay(endpoint, request.user, delivery=row.pk):
        messages.success(request, _("It is sent again. Open this page again in a moment to see what became of it."))
    else:
        messages.warning(request, _("It is on its way already. Nothing was done."))
    return redirect("manage-webhook-delivery", slug=request.issuer.slug, webhook=webhook, delivery=row.pk)


@require_POST
@member_required("webhook.edit")
def replay(request: StaffRequest, webhook: str) -> HttpResponse:
    """All that failed since a moment, again."""
    endpoint = found(request, webhook)
    form = ReplayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose since when what failed is sent again. Nothing was done."))
        return back(request, endpoint)
    since = clock.now() - timedelta(hours=int(form.cleaned_data["since"]))
    number = subscribing.replay(endpoint, request.user, since=since)
    said = ngettext("%(number)s message is sent again.", "%(number)s messages are sent again.", number)
    if number:
        messages.success(request, said % {"number": f"{number:,}"})
    else:
        messages.warning(request, _("Nothing has failed in this time. Nothing was done."))
    return back(request, endpoint)
