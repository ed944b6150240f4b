"""The front page and the field that takes a link or an id."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from verification.forms.find import FindForm


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Laurel is, for whom, and a field to check a credential."""
    return render(request, "pages/landing.html", {"form": FindForm()})


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Type a link or a number; leads to the credential's own page."""
    form = FindForm(request.GET) if "q" in request.GET else FindForm()
    if form.is_bound and form.is_valid():
        return redirect("credential", public_id=form.cleaned_data["q"])
    return render(request, "verification/verify.html", {"form": form}, status=422 if form.is_bound else 200)
