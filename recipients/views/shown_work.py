"""A piece of evidence that its learner made public, while the holder of the credential shows it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from issuers.tenancy import across_issuers
from recipients import evidencing
from recipients.models import AchievementCredential, Artefact, Evidence
from recipients.views.giving import given


@require_safe
@never_cache
def evidence(request: HttpRequest, public_id: str) -> HttpResponse:
    """A file as it is given out everywhere, a text as a page; the same 404 for what is private, hidden or unknown."""
    with across_issuers("a public piece of evidence"):
        rows = Artefact.objects.there().select_related("submission__version", "submission__credential", "issuer")
        found = rows.filter(public_id=public_id, public=True).first()
        if found is None or not _shown(found):
            raise Http404
        if found.kind == Artefact.Kind.FILE:
            return given(found)
        context = {"piece": found, "issuer": found.issuer, "credential": found.submission.credential}
        return render(request, "recipients/work/shown.html", context)


def _shown(found: Artefact) -> bool:
    """Whether the credential is open to strangers, and its holder shows this piece on it."""
    piece = Evidence.objects.filter(credential=OuterRef("pk"), url=evidencing.url_of(found), shown=True)
    credentials = AchievementCredential.objects.shown().filter(pk=found.submission.credential_id or 0)
    return bool(credentials.filter(Exists(piece)).exists())
