"""Pages of people by how near they are: a page begins after a share and a row, so that the hundredth is as fast as the first."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from recipients.models import DryRunOutcome
from recipients.views.paging import SIZE, Page


def page(request: HttpRequest, rows: QuerySet[Any], size: int = SIZE) -> Page:
    """The page that `?after=share-row` or `?before=share-row` asks for; the nearest people for anything else."""
    if before := _place(request, "before"):
        share, recipient = before
        ahead = Q(share__gt=share) | Q(share=share, recipient_id__lt=recipient)
        found = list(rows.filter(ahead).order_by("share", "-recipient_id")[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        return _made(request, found, newer=more, older=True)
    after = _place(request, "after")
    if after:
        share, recipient = after
        rows = rows.filter(Q(share__lt=share) | Q(share=share, recipient_id__gt=recipient))
    found = list(rows.order_by("-share", "recipient_id")[: size + 1])
    return _made(request, found[:size], newer=bool(after), older=len(found) > size)


def _place(request: HttpRequest, name: str) -> tuple[int, int] | None:
    share, _between, recipient = request.GET.get(name, "").partition("-")
    both = share.isdecimal() and recipient.isdecimal() and len(share) < 5 and len(recipient) < 19
    return (int(share), int(recipient)) if both else None


def _made(request: HttpRequest, rows: list[DryRunOutcome], *, newer: bool, older: bool) -> Page:
    if not rows:
        return Page([], "", "")
    return Page(
        rows,
        _with(request, "before", rows[0]) if newer else "",
        _with(request, "after", rows[-1]) if older else "",
    )


def _with(request: HttpRequest, name: str, row: DryRunOutcome) -> str:
    query = request.GET.copy()
    for other in ("before", "after"):
        query.pop(other, None)
    query[name] = f"{row.share}-{row.recipient_id}"
    return f"?{query.urlencode()}"
