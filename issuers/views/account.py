"""One's own account: the name that others read; where everything else about signing in is."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from issuers.forms.accounts import PersonForm
from issuers.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account(request: Any) -> HttpResponse:
    """Name and time zone, and the ways to sign in that are set up."""
    form = PersonForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account")
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    return render(request, "account/account.html", {"form": form, "kinds": kinds}, status=422 if form.is_bound else 200)
