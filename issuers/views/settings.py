"""Settings of an institution, and its colour as a stylesheet."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from issuers import brand, cleaning, marks
from issuers.access import StaffRequest, member_required
from issuers.forms.institutions import SettingsForm
from issuers.models import AuditEvent, Issuer


def _colour(text: str) -> str:
    """A colour from an address, with or without its #; '' for anything else."""
    try:
        return cleaning.colour("#" + text.strip().lstrip("#"))
    except cleaning.Refused:
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("issuer.edit")
def settings(request: StaffRequest) -> HttpResponse:
    """Profile, and how mails behave."""
    # A form's check writes into its instance: the page around it shows what is stored.
    form = SettingsForm(request.POST or None, instance=Issuer.objects.get(pk=request.issuer.pk))
    if request.method == "POST" and form.is_valid():
        if form.changed_data:
            form.save()
            marks.all_changed()
            AuditEvent.objects.record(
                request.issuer, request.user, "issuer.edited", request.issuer, fields=form.changed_data
            )
        messages.success(request, _("Settings saved."))
        return redirect(reverse("manage-settings", args=[request.issuer.slug]))
    return render(request, "issuers/settings.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def brand_stylesheet(request: HttpRequest, slug: str) -> HttpResponse:
    """The institution's colour as CSS; `?colour=1f5c45` gives another one to try, stored nowhere."""
    issuer = get_object_or_404(Issuer, slug=slug)
    tried = _colour(request.GET["colour"]) if "colour" in request.GET else ""
    answer = HttpResponse(brand.stylesheet(tried or issuer.brand), content_type="text/css; charset=utf-8")
    named = not tried and request.GET.get("v") == brand.version(issuer.brand)
    answer["Cache-Control"] = "public, max-age=31536000, immutable" if named else "public, max-age=60"
    return answer
