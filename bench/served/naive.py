"""The public page as a first version would make it: three queries, twelve includes, nothing remembered.

A hard baseline: it shows every signed field as the product's page does, yet checks no signature, reads no status list, and
draws neither rosette nor QR code; its markup is a third of the product's.
"""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from issuers import clock, media
from issuers.tenancy import across_issuers
from recipients.models import AchievementCredential
from verification import reading


def page(request: HttpRequest, public_id: str) -> HttpResponse:
    with across_issuers("bench"):
        credential = AchievementCredential.objects.shown().filter(public_id=public_id).first()
        if credential is None:
            raise Http404
        version, issuer = credential.version, credential.issuer
        context = {
            "credential": credential,
            "issuer": issuer,
            "words": version.words,
            "alignments": version.content["alignments"],
            "badge_url": media.url(version.badge_picture),
            "checks": _checks(credential),
            "fields": reading.read(json.loads(credential.signed)).fields,
            "checked_at": clock.now(),
        }
        return render(request, "naive/page.html", context)


def _checks(credential: AchievementCredential) -> list[tuple[str, bool]]:
    """As the columns say."""
    return [
        ("Written correctly", True),
        ("Unchanged since it was signed", bool(credential.signed)),
        ("Issued by this institution", True),
        ("Not revoked", credential.revoked_at is None),
        ("Within its dates", credential.expires_at is None or credential.expires_at > clock.now()),
    ]
