"""Recipients: people as the institution knows them. They have no number of ours: their address tells them apart."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router

from recipients.api.admission import ApiRequest, Needs
from recipients.api.answering import said
from recipients.api.credentials import address_of
from recipients.api.paging import page
from recipients.api.shapes import RecipientFilters
from recipients.api.told import RecipientOut, Recipients
from recipients.models import Recipient

router = Router(tags=["Recipients"])


@router.get(
    "/recipients",
    auth=Needs("recipients:read", query=RecipientFilters),
    response=Recipients,
    url_name="api-recipients",
    operation_id="listRecipients",
    summary="List recipients",
)
def recipients(request: ApiRequest, asked: Query[RecipientFilters]) -> HttpResponse:
    """Everybody whom your institution knows, or who has exactly this address or student number."""
    rows = Recipient.objects.filter(erased_at__isnull=True)
    if asked.email is not None:
        rows = rows.filter(address_key=address_of(asked.email))
    if asked.student_id is not None:
        rows = rows.filter(student_id=asked.student_id)
    found, after = page(request, "recipients", rows, asked)
    return said(Recipients(items=[_shown(row) for row in found], next=after))


def _shown(row: Recipient) -> RecipientOut:
    theirs = f"{settings.SITE_URL}{reverse('api-credentials')}?{urlencode({'email': row.address})}"
    return RecipientOut(
        name=row.name,
        email=row.address,
        student_id=row.student_id,
        created_at=row.created_at,
        has_account=row.user_id is not None,
        credentials_url=theirs,
    )
