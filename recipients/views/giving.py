"""Files of learners, given out. Never as a page of this site: an attachment without rights, or a picture that we encoded.

Whoever asks has been looked at before: every view that comes here has found the piece among what this reader may see.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from issuers import media
from recipients.models import Artefact


def addressed(rows: Iterable[Artefact], page: str, *arguments: str) -> list[Artefact]:
    """The pieces, each file with the address under which this reader may have it."""
    found = list(rows)
    for row in found:
        own = row.kind == Artefact.Kind.FILE
        row.file_url = reverse(page, args=[*arguments, row.public_id]) if own else ""  # type: ignore[attr-defined]
    return found


def given(artefact: Artefact) -> HttpResponse:
    """The bytes of a file (SECURITY T12, T40)."""
    if artefact.kind != Artefact.Kind.FILE:
        raise Http404
    try:
        answer = HttpResponse(media.fetch(artefact.key), content_type=artefact.media_type)
    except media.MissingFile as missing:
        raise Http404 from missing
    suffix = artefact.key.rpartition(".")[2]
    disposition = content_disposition_header(not artefact.is_picture, f"{artefact.name[:120]}.{suffix}")
    answer["Content-Disposition"] = disposition or "attachment"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
