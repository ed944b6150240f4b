"""Credentials: found by award, achievement, address or state; revoked, put on hold, corrected by the pages' own stages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Query, Router

from issuers import cleaning
from issuers.cleaning import Address, Refused
from recipients import correcting, states
from recipients.api import faults
from recipients.api.admission import ApiRequest, Needs
from recipients.api.answering import refuse_if_changed, said, tagged
from recipients.api.faults import Checked
from recipients.api.paging import page
from recipients.api.problems import Problem, not_found
from recipients.api.shapes import CorrectionIn, CredentialFilters, ReasonIn
from recipients.api.told import CredentialOut, Credentials, CredentialWhole, Ended, EvidenceOut, PersonOut
from recipients.models import ERASED, AchievementCredential
from recipients.views import reasons

router = Router(tags=["Credentials"])


def _rows() -> QuerySet[Any]:
    return states.with_state(AchievementCredential.objects.listed())


@router.get(
    "/credentials",
    auth=Needs("credentials:read", query=CredentialFilters),
    response=Credentials,
    url_name="api-credentials",
    operation_id="listCredentials",
    summary="List credentials",
)
def credentials(request: ApiRequest, asked: Query[CredentialFilters]) -> HttpResponse:
    """The newest first. Filters narrow the list together."""
    found, after = page(request, "credentials", _wanted(asked), asked)
    return said(Credentials(items=[CredentialOut(**_members(row)) for row in found], next=after))


def _wanted(asked: CredentialFilters) -> QuerySet[Any]:
    rows = _rows()
    if asked.award is not None:
        rows = rows.filter(award__public_id=asked.award)
    if asked.achievement is not None:
        rows = rows.filter(achievement__public_id=asked.achievement)
    if asked.email is not None:
        rows = rows.filter(recipient__address_key=address_of(asked.email))
    if asked.state is not None:
        rows = states.in_state(rows, asked.state)
    return rows


def address_of(text: str) -> str:
    """The key of an address that is asked for. Raises Problem."""
    try:
        return cleaning.address_key(text)
    except Refused as refused:
        raise faults.refused_parameter("email", refused) from refused


def _one(public_id: str) -> Any:
    """One credential of the token's institution. Raises Problem."""
    found = _rows().filter(public_id=public_id).first()
    if found is None:
        raise not_found()
    return found


@router.get(
    "/credentials/{credential}",
    auth=Needs("credentials:read"),
    response={200: CredentialWhole, 304: None},
    url_name="api-credential",
    operation_id="getCredential",
    summary="Get one credential",
)
def credential(request: ApiRequest, credential: str) -> HttpResponse:
    """Everything about it, with the signed document and an ETag for If-Match and If-None-Match."""
    return tagged(request, _whole(_one(credential)))


def _members(row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "url": row.url,
        "state": row.state,
        "achievement": row.achievement.public_id,
        "achievement_name": row.words["name"],
        "version": row.version.number,
        "award": row.award.public_id,
        "recipient": PersonOut(name=row.name, email=row.recipient.address, student_id=row.recipient.student_id),
        "revision": row.revision,
        "issued_on": row.awarded_on,
        "valid_from": row.valid_from,
        "valid_until": row.expires_at,
        "printed_at": row.rendered_at,
        "revocation": _ended(row.revoked_at, row.revocation_reason),
        "suspension": _ended(row.suspended_at, row.suspension_reason),
        "trouble": _trouble(row),
        **{name: getattr(row, name) for name in _MOMENTS},
    }


_MOMENTS = (
    *("created_at", "signed_at", "offered_at", "claimed_at", "declined_at", "cancelled_at", "corrected_at"),
    "offer_expires_at",
)


def _ended(at: Any, reason: str) -> Ended | None:
    return Ended(at=at, reason=reason) if at else None


def _trouble(row: Any) -> str:
    if row.state == "not_delivered":
        return row.mail_response or ""
    return row.failure if row.state == "failed" else ""


def _whole(row: Any) -> CredentialWhole:
    parts = EvidenceOut.model_fields
    return CredentialWhole(
        **_members(row),
        values=row.values,
        evidence=[EvidenceOut(**{name: getattr(piece, name) for name in parts}) for piece in row.evidence.all()],
        document=json.loads(row.signed) if row.signed not in {"", ERASED} else None,
    )


def _did(request: ApiRequest, public_id: str, deed: Callable[[Any], object]) -> HttpResponse:
    """Do it to the credential as it is now, or say why that is not possible. Two at once wait for each other."""
    locked = AchievementCredential.objects.select_for_update().filter(public_id=public_id).first()
    if locked is None:
        raise not_found()
    found = _one(public_id)
    refuse_if_changed(request, _whole(found))
    try:
        deed(found)
    except correcting.NotPossible as refused:
        raise impossible(refused.code) from refused
    return tagged(request, _whole(_one(public_id)))


def impossible(code: str) -> Problem:
    """409: its state does not allow it."""
    return Problem("not_possible", code=code, params={"reason": reasons.not_possible(code)})


def _reason(text: str) -> str:
    """One line that is not empty. Raises Problem."""
    checked = Checked()
    cleaned: str = checked.value("reason", text, lambda text: cleaning.name(text, most=300).value)
    checked.refuse()
    return cleaned


@router.post(
    "/credentials/{credential}/revocation",
    auth=Needs("credentials:write", body=True),
    response=CredentialWhole,
    url_name="api-credential-revocation",
    operation_id="revokeCredential",
    summary="Revoke a credential",
)
def revocation(request: ApiRequest, credential: str, told: ReasonIn) -> HttpResponse:
    """For good. Everybody who checks it reads the reason within a minute. Sent again it changes nothing."""
    reason = _reason(told.reason)

    def deed(found: Any) -> None:
        if not correcting.revoke(found, reason=reason, by=None) and found.cancelled_at:
            raise correcting.NotPossible("cancelled")

    return _did(request, credential, deed)


@router.post(
    "/credentials/{credential}/suspension",
    auth=Needs("credentials:write", body=True),
    response=CredentialWhole,
    url_name="api-credential-suspension",
    operation_id="suspendCredential",
    summary="Put a credential on hold",
)
def suspension(request: ApiRequest, credential: str, told: ReasonIn) -> HttpResponse:
    """Where its achievement allows it. Sent again it changes nothing."""
    reason = _reason(told.reason)
    return _did(request, credential, lambda found: _living(found, correcting.suspend(found, reason=reason, by=None)))


@router.post(
    "/credentials/{credential}/reinstatement",
    auth=Needs("credentials:write"),
    response=CredentialWhole,
    url_name="api-credential-reinstatement",
    operation_id="reinstateCredential",
    summary="Let a credential count again",
)
def reinstatement(request: ApiRequest, credential: str) -> HttpResponse:
    """Lifts the hold. Sent again it changes nothing."""
    return _did(request, credential, lambda found: _living(found, correcting.reinstate(found, by=None)))


def _living(found: Any, done: bool) -> None:
    """What has ended for good is neither put on hold nor let go on. Raises NotPossible."""
    for moment, code in ((found.revoked_at, "revoked"), (found.cancelled_at, "cancelled")):
        if not done and moment:
            raise correcting.NotPossible(code)


@router.post(
    "/credentials/{credential}/correction",
    auth=Needs("credentials:write", body=True),
    response=CredentialWhole,
    url_name="api-credential-correction",
    operation_id="correctCredential",
    summary="Correct a name or an address",
)
def correction(request: ApiRequest, credential: str, told: CorrectionIn) -> HttpResponse:
    """A new revision at the same address, signed at once; the certificate follows. Sent again it changes nothing.

    Send If-Match with the ETag that you have seen, so that you never overwrite what somebody else corrected.
    """
    name, address, reason = _corrected(told)

    def deed(found: Any) -> None:
        correcting.refuse_erased(found)  # nobody's address is left to read
        to = address or cleaning.address(found.recipient.address)
        try:
            correcting.correct(found, name=name or found.name, address=to, by=None, reason=reason)
        except correcting.NotPossible as refused:
            if refused.code != "unchanged":
                raise

    return _did(request, credential, deed)


def _corrected(told: CorrectionIn) -> tuple[str, Address | None, str]:
    """What was said, cleaned. Raises Problem with everything that is wrong in it."""
    checked = Checked()
    if not told.name and not told.email:
        checked.fault("", "nothing_to_correct")
    name = checked.value("name", told.name, lambda text: cleaning.name(text).value) if told.name else ""
    address = checked.value("email", told.email, cleaning.address) if told.email else None
    reason = checked.value("reason", told.reason, lambda text: cleaning.line(text, most=300).value)
    checked.refuse()
    return name, address, reason
