"""Other systems that are told: making an endpoint, changing, pausing and deleting it, its secret, a test, and how to receive."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from issuers.access import StaffRequest, member_required, proved_again
from issuers.limits import Limit
from recipients import calling, retrying, subscribing
from recipients.forms.webhooks import NewWebhookForm, WebhookForm
from recipients.models import WebhookEndpoint, WebhookType
from recipients.views import webhook_words

# For each institution: every look at an address asks name servers, every test asks the other system.
DEEDS, TESTS = Limit("webhook-deeds", most=40, seconds=86_400), Limit("webhook-tests", most=60, seconds=3_600)


@require_safe
@member_required("webhook.edit")
def webhooks(request: StaffRequest) -> HttpResponse:
    """The systems that are told, and how it goes."""
    return _list(request, NewWebhookForm())


def _list(request: StaffRequest, form: NewWebhookForm, status: int = 200) -> HttpResponse:
    endpoints = list(WebhookEndpoint.objects.filter(issuer=request.issuer).as_listed())
    context = {
        "endpoints": endpoints,
        "form": form,
        "room": len(endpoints) < subscribing.MOST,
        "most": subscribing.MOST,
    }
    return render(request, "recipients/staff/webhooks.html", context, status=status)


def found(request: StaffRequest, webhook: str) -> WebhookEndpoint:
    """The endpoint of an address; 404 for another institution's."""
    return get_object_or_404(WebhookEndpoint, issuer=request.issuer, public_id=webhook)


def back(request: StaffRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    """To the page of the endpoint."""
    return redirect("manage-webhook", slug=request.issuer.slug, webhook=endpoint.public_id)


def _too_often(request: StaffRequest, limit: Limit) -> bool:
    if limit.allows(str(request.issuer.pk)):
        return False
    messages.error(request, _("This was done very often lately. Try again later, or ask who runs this site."))
    return True


@require_POST
@never_cache
@member_required("webhook.edit")
@proved_again
def making(request: StaffRequest) -> HttpResponse:
    """An endpoint, and its secret this once."""
    if _too_often(request, DEEDS):
        return redirect("manage-webhooks", slug=request.issuer.slug)
    form = NewWebhookForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        made = subscribing.make(request.issuer, request.user, **form.cleaned_data)
    except subscribing.TooMany:
        messages.error(request, _("There are as many webhooks as there may be. Delete one that is not needed."))
        return redirect("manage-webhooks", slug=request.issuer.slug)
    if made is None:
        messages.warning(request, _("This webhook was made before, and its secret was shown then."))
        return redirect("manage-webhooks", slug=request.issuer.slug)
    return _secret(request, *made, fresh=True)


def _secret(request: StaffRequest, endpoint: WebhookEndpoint, secret: str, *, fresh: bool) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": secret, "fresh": fresh, "program": webhook_words.program()}
    return render(request, "recipients/staff/webhook_secret.html", context)


@require_safe
@member_required("webhook.edit")
def editing(request: StaffRequest, webhook: str) -> HttpResponse:
    """The form with what is there."""
    endpoint = found(request, webhook)
    return _form(request, endpoint, WebhookForm.of(endpoint))


def _form(request: StaffRequest, endpoint: WebhookEndpoint, form: WebhookForm, status: int = 200) -> HttpResponse:
    return render(request, "recipients/staff/webhook_form.html", {"endpoint": endpoint, "form": form}, status=status)


@require_POST
@never_cache
@member_required("webhook.edit")
@proved_again
def change(request: StaffRequest, webhook: str) -> HttpResponse:
    """Another address, another choice: from the next try on."""
    endpoint = found(request, webhook)
    if _too_often(request, DEEDS):
        return back(request, endpoint)
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _form(request, endpoint, form, status=422)
    if subscribing.edit(endpoint, request.user, **form.cleaned_data):
        messages.success(request, _("Saved. It counts from the next message on, and for whatever is tried again."))
    else:
        messages.warning(request, _("Nothing is different. Nothing was done."))
    return back(request, endpoint)


@require_POST
@never_cache
@member_required("webhook.edit")
@proved_again
def rotation(request: StaffRequest, webhook: str) -> HttpResponse:
    """Another secret, shown this once; the old one signs beside it for a day."""
    endpoint = found(request, webhook)
    if _too_often(request, DEEDS):
        return back(request, endpoint)
    first = not endpoint.signs()
    return _secret(request, endpoint, subscribing.rotate(endpoint, request.user), fresh=first)


@require_POST
@member_required("webhook.edit")
@proved_again
def old_secret(request: StaffRequest, webhook: str) -> HttpResponse:
    """The old secret signs no more."""
    endpoint = found(request, webhook)
    if subscribing.end_old_secret(endpoint, request.user):
        messages.success(request, _("The old secret signs no more. Messages carry the signature of the new one alone."))
    else:
        messages.warning(request, _("There was no old secret that still signed. Nothing was done."))
    return back(request, endpoint)


@require_POST
@member_required("webhook.edit")
def pause(request: StaffRequest, webhook: str) -> HttpResponse:
    """What there is to tell waits."""
    endpoint = found(request, webhook)
    if subscribing.pause(endpoint, request.user):
        messages.success(request, _("Paused. What there is to tell waits until you resume it, for 30 days at most."))
    else:
        messages.warning(request, _("Nothing was sent to it anyway. Nothing was done."))
    return back(request, endpoint)


@require_POST
@member_required("webhook.edit")
def resumption(request: StaffRequest, webhook: str) -> HttpResponse:
    """What waited leaves."""
    endpoint = found(request, webhook)
    if subscribing.resume(endpoint, request.user):
        messages.success(request, _("Resumed. What has waited leaves now, in order."))
    elif not endpoint.signs():
        messages.warning(request, _("It has no secret, so that nothing can be signed. Make another secret first."))
    else:
        messages.warning(request, _("It was running. Nothing was done."))
    return back(request, endpoint)


@require_POST
@member_required("webhook.edit")
def deletion(request: StaffRequest, webhook: str) -> HttpResponse:
    """It is told nothing any more."""
    subscribing.delete(found(request, webhook), request.user)
    messages.success(request, _("Deleted. Nothing is sent there any more."))
    return redirect("manage-webhooks", slug=request.issuer.slug)


@require_POST
@member_required("webhook.edit")
def test(request: StaffRequest, webhook: str) -> HttpResponse:
    """A message that tells of nothing, and its page."""
    endpoint = found(request, webhook)
    if _too_often(request, TESTS):
        return back(request, endpoint)
    if endpoint.disabled_at is not None:
        messages.warning(request, _("Nothing is sent while it is disabled. Resume it first."))
        return back(request, endpoint)
    made = subscribing.test(endpoint, request.user)
    messages.success(request, _("A test is on its way. Open this page again in a moment to see what became of it."))
    return redirect("manage-webhook-delivery", slug=request.issuer.slug, webhook=endpoint.public_id, delivery=made.pk)


@require_safe
@member_required("webhook.edit")
def how_to(request: StaffRequest) -> HttpResponse:
    """Headers, fields, and a program that receives and checks."""
    context: dict[str, Any] = {
        "program": webhook_words.program(),
        "types": WebhookType.choices,
        "tries": retrying.TRIES,
        "days": calling.KEPT.days,
    }
    return render(request, "recipients/staff/webhook_how_to.html", context)
