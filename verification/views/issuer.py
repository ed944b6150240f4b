"""Public pages of an institution and of one achievement."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from badges.models import Achievement
from badges.rubric import Rubric
from issuers import keys, media
from issuers.models import Issuer
from issuers.tenancy import across_issuers
from recipients.models import ApplicationForm


@require_safe
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """Who this is, and what it recognises."""
    found = get_object_or_404(Issuer, slug=slug, approved_at__isnull=False)
    with across_issuers("a public page of an institution"):
        issued = Count("credentials", filter=Q(credentials__claimed_at__isnull=False))
        rows = list(Achievement.objects.published().filter(issuer=found).listed().annotate(issued=issued))
        for row in rows:
            row.badge_url = media.url(row.latest.badge_small) if row.latest else ""  # type: ignore[attr-defined]
        context = {"issuer": found, "achievements": rows, "did": keys.did(found)}
        return render(request, "verification/issuer.html", context)


@require_safe
def achievement(request: HttpRequest, slug: str, achievement: str) -> HttpResponse:
    """What it takes to earn it, as published last."""
    with across_issuers("a public page of an achievement"):
        rows = Achievement.objects.select_related("issuer").prefetch_related("versions")
        found = get_object_or_404(rows, issuer__slug=slug, slug=achievement)
        version = found.latest
        if version is None:
            raise Http404
        form = ApplicationForm.objects.select_related("issuer", "achievement").filter(achievement=found).first()
        context = {
            "issuer": found.issuer,
            "achievement": found,
            "version": version,
            "words": version.words,
            "alignments": version.content["alignments"],
            "badge_url": media.url(version.badge_picture),
            "badge_alt": version.content["badge"]["alt"],
            "takes_applications": form is not None and form.is_open,
            "has_tutorial": form is not None and bool(form.tutorial),
            "basis": dict(Achievement.Basis.choices).get(version.content.get("basis", ""), ""),
            "assessment": version.content.get("assessment"),
            "rubric": Rubric.of(version.content),
        }
        return render(request, "verification/achievement.html", context)
