"""After signing in; choosing an institution; opening one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from issuers import entrance, opening
from issuers.forms.institutions import OpeningForm
from issuers.models import Membership, User
from issuers.tenancy import across_issuers
from issuers.views.joining import INVITATION


def _places(user: User) -> list[Membership]:
    """Where somebody works, by name; call it across issuers."""
    own = Membership.objects.filter(user=user, issuer__closed_at__isnull=True)
    return list(own.select_related("issuer").order_by("issuer__name", "id"))


@require_safe
@login_required
def after_sign_in(request: Any) -> HttpResponse:
    """To the invitation that was open, else to the offer one was about to claim, to one's work, or to one's wallet."""
    if request.session.get(INVITATION):
        return redirect("join")
    if on := entrance.lead_on(request):
        return redirect(on)
    with across_issuers("where a person works"):
        works = bool(_places(request.user))
    try:
        return redirect("manage" if works else reverse("wallet"))
    except NoReverseMatch:
        return redirect("manage")


@require_safe
@login_required
def choose(request: Any) -> HttpResponse:
    """One's institutions, each with its state; straight in where there is only one and nothing else was asked."""
    with across_issuers("the institutions of one person"):
        places = _places(request.user)
        context = {"places": places, "may_open": opening.may_open(request.user), "signup": settings.ISSUER_SIGNUP}
        return render(request, "issuers/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def open_new(request: Any) -> HttpResponse:
    """A new institution, with this person as its owner."""
    if not opening.may_open(request.user):
        return render(request, "issuers/open_closed.html", {"signup": settings.ISSUER_SIGNUP}, status=403)
    form = OpeningForm(request.POST or None, initial={"email": request.user.email})
    if request.method == "POST" and form.is_valid():
        try:
            issuer = opening.open_issuer(request.user, **form.cleaned_data, time_zone=request.user.time_zone or "UTC")
        except opening.SlugTaken:
            form.add_error("slug", _("Somebody took this short name a moment ago. Try another."))
        else:
            messages.success(request, _("%(name)s is open.") % {"name": issuer.name})
            return redirect(reverse("manage-settings", args=[issuer.slug]))
    return render(request, "issuers/open.html", {"form": form}, status=422 if form.is_bound else 200)
