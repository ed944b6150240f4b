"""The wallet: what one has and is offered, who may see it, notices."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from issuers import brand, clock
from issuers.cleaning import address
from recipients import claiming, clearing, holding, oneself
from recipients.forms.person import ForgetForm, VisibilityForm
from recipients.models import AchievementCredential, AutoAccept, Notice
from recipients.views import news, week
from recipients.views.claim import OWN_KEY, SESSION_KEY
from recipients.views.person import held_or_404, own_page, pictured, tabbed

Visibility = AchievementCredential.Visibility
FILTERS = {
    "all": gettext_lazy("All credentials"),
    "public": gettext_lazy("Public"),
    "link": gettext_lazy("Anyone with the link"),
    "private": gettext_lazy("Only you"),
    "ended": gettext_lazy("Expired, suspended or revoked"),
}


def _filtered(rows: list[AchievementCredential], chosen: str) -> list[AchievementCredential]:
    if chosen in Visibility.values:
        return [row for row in rows if row.visibility == chosen]
    if chosen == "ended":
        return [row for row in rows if state_of(row) != "valid"]
    return rows


def state_of(credential: AchievementCredential) -> str:
    """revoked, suspended, expired or valid, as lists show it; the public page computes its own."""
    if credential.revoked_at:
        return "revoked"
    if credential.suspended_at:
        return "suspended"
    return "expired" if credential.expires_at and credential.expires_at < clock.now() else "valid"


def _shown(rows: list[AchievementCredential]) -> list[AchievementCredential]:
    for row in rows:
        row.state = state_of(pictured(row))  # type: ignore[attr-defined]
    return rows


@require_safe
@own_page
def wallet(request: Any) -> HttpResponse:
    """What is to do this week and nearly earned; everything one holds, and what waits to be taken."""
    held = list(holding.held_by(request.user))
    chosen = request.GET.get("show", "all")
    valid = [row for row in held if state_of(row) == "valid"]
    context = {
        "offers": _shown(list(claiming.offers_of(request.user))),
        "held": _shown(_filtered(held, chosen)),
        "total": len(held),
        "chosen": chosen if chosen in FILTERS else "all",
        "filters": FILTERS.items(),
        "skills": holding.skills_in(valid),
        "most": len(valid),
        # Whoever filters looks for a credential.
        **(week.this_week(request, held) if chosen not in FILTERS or chosen == "all" else {}),
        "one_address": bool(held) and request.user.emailaddress_set.filter(verified=True).count() < 2,
        **tabbed(request, "wallet"),
    }
    return render(request, "recipients/wallet/list.html", context)


@require_safe
@own_page
def credential(request: Any, public_id: str) -> HttpResponse:
    """One credential: who may see it, its evidence, its files."""
    held = pictured(held_or_404(request, public_id))
    context = {
        "credential": held,
        "issuer": held.issuer,
        "state": state_of(held),
        "form": VisibilityForm(initial={"visibility": held.visibility}),
        "evidence": held.evidence.all(),
        "takes_all": AutoAccept.objects.filter(user=request.user, issuer=held.issuer).exists(),
        "revisions": held.revisions.order_by("-number"),
        "tab": "wallet",
    }
    return render(request, "recipients/wallet/credential.html", context)


@require_POST
@own_page
def visibility(request: Any, public_id: str) -> HttpResponse:
    """Who may see it, from now on."""
    held = held_or_404(request, public_id)
    form = VisibilityForm(request.POST)
    if form.is_valid() and holding.set_visibility(held, request.user, form.cleaned_data["visibility"]):
        messages.success(request, _("Changed. It shows everywhere within a minute."))
    return redirect("wallet-credential", public_id=public_id)


@require_POST
@own_page
def evidence(request: Any, public_id: str) -> HttpResponse:
    """Which evidence the public page shows."""
    held = held_or_404(request, public_id)
    holding.show_evidence(held, {int(number) for number in request.POST.getlist("shown") if number.isdecimal()})
    messages.success(request, _("The page shows the evidence you chose."))
    return redirect("wallet-credential", public_id=public_id)


@require_POST
@own_page
def take_all(request: Any, public_id: str) -> HttpResponse:
    """Be asked by this institution each time, or not."""
    held = held_or_404(request, public_id)
    holding.set_take_all(held.issuer, request.user, take_all="take_all" in request.POST)
    messages.success(request, _("Noted for everything %(issuer)s awards from now on.") % {"issuer": held.issuer.name})
    return redirect("wallet-credential", public_id=public_id)


@require_POST
@own_page
def offer_acceptance(request: Any, public_id: str) -> HttpResponse:
    """Accept an offer in the wallet; who may see it is asked next, as for a mailed link."""
    offered = get_object_or_404(claiming.offers_of(request.user), public_id=public_id)
    if not claiming.accept(offered):
        messages.error(request, _("This offer is no longer open."))
        return redirect("wallet")
    request.session.pop(SESSION_KEY, None)
    request.session[OWN_KEY] = offered.pk
    return redirect("offer-visibility")


@require_POST
@own_page
def offer_decline(request: Any, public_id: str) -> HttpResponse:
    """Turn an offer down."""
    claiming.decline(get_object_or_404(claiming.offers_of(request.user), public_id=public_id))
    messages.success(request, _("Declined. Nobody sees it."))
    return redirect("wallet")


@require_http_methods(["GET", "POST"])
@own_page
def notices(request: Any) -> HttpResponse:
    """News about one's credentials; a press on the button marks them as read."""
    own = Notice.objects.filter(user=request.user)
    if request.method == "POST":
        own.filter(read_at__isnull=True).update(read_at=clock.now())
        return redirect("wallet-notices")
    rows = own.select_related("credential__version", "credential__issuer", "activity", "issuer").order_by("-id")[:100]
    return render(request, "recipients/wallet/notices.html", {"notices": news.said(rows), **tabbed(request, "notices")})


@require_safe
@own_page
def export(request: Any) -> HttpResponse:
    """Everything held about oneself, as a JSON file."""
    told = holding.everything_about(request.user) | {"work": clearing.everything_of(request.user)}
    body = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="laurel-my-data.json"'
    return response


@require_http_methods(["GET", "POST"])
@own_page
def erasure(request: Any) -> HttpResponse:
    """Be forgotten: asked for twice, and done at once."""
    form = ForgetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if address(form.cleaned_data["email"]).key != request.user.email.lower():
            form.add_error("email", _("This is not your primary address."))
        else:
            return _forget(request, form)
    status = 422 if form.errors else 200
    return render(
        request, "recipients/wallet/erasure.html", {"form": form, **tabbed(request, "account")}, status=status
    )


def _forget(request: Any, form: ForgetForm) -> HttpResponse:
    try:
        with transaction.atomic():
            clearing.forget(request.user)
            holding.forget(request.user)
    except holding.LastOwner as last:
        form.add_error(
            None, _("You are the only owner of %(names)s. Make somebody else an owner first.") % {"names": last}
        )
        return render(
            request, "recipients/wallet/erasure.html", {"form": form, **tabbed(request, "account")}, status=409
        )
    logout(request)
    messages.success(request, _("Your account and everything in it is gone."))
    return redirect("home")


@require_safe
@own_page
def brands(request: Any) -> HttpResponse:
    """Colours of the institutions in one's wallet, as one stylesheet."""
    rows = [*holding.held_by(request.user), *claiming.offers_of(request.user), *oneself.known_as(request.user)]
    body = brand.stylesheet_of_several({row.issuer.slug: row.issuer.brand for row in rows})
    return HttpResponse(body, content_type="text/css")
