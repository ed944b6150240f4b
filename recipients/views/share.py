"""The share page: networks with a dialog of consent, files, snippets to copy."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from issuers import media
from recipients import claiming, sharing
from recipients.composing import absolute
from recipients.networks import BY_KEY, NETWORKS
from recipients.views.person import held_or_404, own_page, pictured


class _Away(HttpResponseRedirect):
    """Leaving for a network; mailto: is what the email button opens."""

    allowed_schemes = ["https", "mailto"]


@require_safe
@own_page
def share(request: Any, public_id: str) -> HttpResponse:
    """It is yours: now tell the people who should know, or do nothing."""
    held = pictured(held_or_404(request, public_id))
    badge_url = absolute(media.url(held.version.badge_small))
    context = {
        "credential": held,
        "issuer": held.issuer,
        "networks": NETWORKS,
        "told": sharing.told(held),
        "resume_line": sharing.resume_line(held),
        "signature": sharing.email_signature(held, badge_url),
        "embed_code": sharing.embed_code(held),
        "caption": sharing.caption(held),
        "vector": bool(held.version.badge_svg),
        "older_address": absolute(reverse("credential-ob2", args=[held.public_id])),
        "unproved": "" if claiming.proved(request.user, held.recipient.address_key) else held.recipient.address,
        "tab": "wallet",
    }
    return render(request, "recipients/share/page.html", context)


@require_http_methods(["GET", "POST"])
@own_page
def share_to(request: Any, public_id: str, network: str) -> HttpResponse:
    """What this network will be told; with consent, go there."""
    held = held_or_404(request, public_id)
    if network not in BY_KEY:
        raise Http404
    if request.method == "POST":
        return _Away(sharing.consent(held, request.user, BY_KEY[network]), status=303)
    context = {"credential": held, "issuer": held.issuer, "network": BY_KEY[network], "told": sharing.told(held)}
    return render(request, "recipients/share/consent.html", {**context, "private": held.visibility == "private"})


@require_safe
@own_page
def download(request: Any, public_id: str, form: str) -> HttpResponse:
    """One's own file, whatever others may see."""
    held = held_or_404(request, public_id)
    try:
        made = sharing.download(held, form)
    except (KeyError, media.MissingFile) as error:
        raise Http404 from error
    except sharing.NotReady:
        return render(
            request, "recipients/share/not_ready.html", {"credential": held, "issuer": held.issuer}, status=503
        )
    response = HttpResponse(made.data, content_type=made.media_type)
    response["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return response
