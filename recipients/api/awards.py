"""Awards: making one, following it, sending it at once, taking it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router

from badges.models import Achievement
from issuers.models import Issuer
from issuers.wording import sentence
from recipients import correcting, issuing, states
from recipients.api import admission, people
from recipients.api.admission import ApiRequest, Needs
from recipients.api.answering import said
from recipients.api.once import once
from recipients.api.paging import page
from recipients.api.people import Asked
from recipients.api.problems import Problem, faulty, not_found
from recipients.api.shapes import Paged
from recipients.api.told import AlreadyOut, AwardMade, AwardOut, Awards, AwardStatus, CredentialRef, Progress, Trouble
from recipients.importing import Person
from recipients.models import AchievementCredential, Award
from recipients.views import causes, reasons

router = Router(tags=["Awards"])
_TROUBLES = 20


@router.post(
    "/awards",
    auth=Needs("awards:write", body=True),
    response={201: AwardMade, 200: AwardMade},
    url_name="api-awards",
    operation_id="makeAward",
    summary="Award an achievement",
)
def make(request: ApiRequest) -> HttpResponse:
    """One achievement to 1 to 1,000 people: all of them, or nobody.

    201 says that the award is written and will be delivered, whatever happens to us: signing, certificates and mails
    follow within seconds or minutes, and GET /awards/{award} tells how far they are. 200 says that everybody had it
    already. Send the same again with the same Idempotency-Key whenever you are unsure: the answer is the same.
    """
    # Read within: what was right when it was first sent may be of the past by now, and its answer is kept all the same.
    return once(request, lambda number: _made(request, people.read(request.issuer, request.said), number))


def _made(request: ApiRequest, asked: Asked, number: str) -> HttpResponse:
    issuer = request.issuer
    achievement = _achievement(issuer, asked.achievement)
    people.refuse_unprintable(asked, achievement)
    # Whoever awards at the same time waits here, so that nobody is new to both.
    Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)
    expected = issuing.forecast(achievement, asked.people)
    if expected.new:
        admission.count(request, admission.AWARDS, request.token)
    award = _intended(issuer, achievement, asked, number) if expected.new else None
    made = AwardMade(
        award=_shown(award) if award else None,
        created=award.total if award else 0,
        already_awarded=_already(asked.people, expected.already),
        credential=_only(award, expected) if len(asked.people) == 1 else None,
    )
    if award is None:
        return said(made)
    return said(made, 201, Location=_address("api-award", award.public_id))


def _achievement(issuer: Issuer, public_id: str) -> Achievement:
    """What is to be awarded. Raises Problem."""
    found = Achievement.objects.filter(public_id=public_id).prefetch_related("versions").first()
    if found is None:
        raise faulty("/achievement", "unknown_achievement", sentence("unknown_achievement"))
    try:
        issuing.refuse_unless_allowed(issuer, found)
    except issuing.NotAllowed as refused:
        raise faulty("/achievement", refused.code, reasons.not_allowed(refused.code)) from refused
    return found


def _intended(issuer: Issuer, achievement: Achievement, asked: Asked, number: str) -> Award:
    version = achievement.latest
    assert version is not None
    return issuing.intend(
        issuer,
        version,
        asked.people,
        source=Award.Source.API,
        by=None,
        request_key=number,
        skip_undo=asked.send_at_once,
    )


def _already(asked: Sequence[Person], had: Sequence[tuple[Person, AchievementCredential]]) -> list[AlreadyOut]:
    shown = _refs([credential for _person, credential in had])
    return [
        AlreadyOut(pointer=f"/recipients/{person.line - 1}", credential=shown[credential.pk])
        for person, credential in had
    ]


def _refs(credentials: Sequence[AchievementCredential]) -> dict[int, CredentialRef]:
    rows = states.with_state(AchievementCredential.objects.filter(pk__in=[row.pk for row in credentials]))
    return {row.pk: CredentialRef(id=row.public_id, url=row.url, state=row.state) for row in rows}


def _only(award: Award | None, expected: issuing.Forecast) -> CredentialRef | None:
    """The credential of the one person that was named."""
    rows = list(award.credentials.all()[:1]) if award else [credential for _person, credential in expected.already]
    return next(iter(_refs(rows).values()), None)


def _address(name: str, *arguments: str) -> str:
    return settings.SITE_URL + reverse(name, args=arguments)


def _shown(award: Award) -> AwardOut:
    return AwardOut(**_members(award))


def _members(award: Award) -> dict[str, Any]:
    return {
        "id": award.public_id,
        "achievement": award.achievement.public_id,
        "version": award.version.number,
        "source": award.source,
        "created_at": award.created_at,
        "total": award.total,
        "already": award.already,
        "release_at": award.release_at,
        "cancelled_at": award.cancelled_at,
        "credentials_url": f"{_address('api-credentials')}?award={award.public_id}",
    }


@router.get(
    "/awards",
    auth=Needs("awards:read", query=Paged),
    response=Awards,
    url_name="api-awards",
    operation_id="listAwards",
    summary="List awards",
)
def awards(request: ApiRequest, asked: Query[Paged]) -> HttpResponse:
    """Every award of your institution, however it was made; the newest first."""
    rows, after = page(request, "awards", Award.objects.select_related("achievement", "version"), asked)
    return said(Awards(items=[_shown(row) for row in rows], next=after))


def _found(public_id: str) -> Award:
    """One award of the token's institution. Raises Problem."""
    found = Award.objects.select_related("issuer", "achievement", "version").filter(public_id=public_id).first()
    if found is None:
        raise not_found()
    return found


@router.get(
    "/awards/{award}",
    auth=Needs("awards:read"),
    response=AwardStatus,
    url_name="api-award",
    operation_id="getAward",
    summary="See how far an award is",
)
def award(request: ApiRequest, award: str) -> HttpResponse:
    """How many are signed, printed, mailed and claimed, and what went wrong."""
    return said(_status(_found(award)))


def _status(found: Award) -> AwardStatus:
    passed = states.steps(found.credentials.all())
    progress = Progress(
        written=passed["written"],
        signed=passed["signed"],
        printed=passed["rendered"],
        mailed=passed["sent"],
        claimed=passed["claimed"],
        cancelled=passed["cancelled"],
        failed=passed["failed"],
    )
    counts = states.counted(found.credentials.all())
    return AwardStatus(**_members(found), progress=progress, states=counts, troubles=_troubles(found))


def _troubles(found: Award) -> list[Trouble]:
    """What staff see on the award's page, counted by its reason. Answers of mail servers name people, so causes stand for them."""
    rows = states.with_state(found.credentials.order_by()).filter(state__in=["failed", "not_delivered"])
    counted: Counter[tuple[str, str]] = Counter()
    for row in rows.values("state", "failure", "mail_response").annotate(people=Count("pk")).iterator():
        failed = row["state"] == "failed"
        reason = row["failure"] if failed else causes.why_of_many(row["mail_response"] or "")
        counted[row["state"], reason] += row["people"]
    troubles = counted.most_common(_TROUBLES)
    return [Trouble(state=state, reason=reason, people=people) for (state, reason), people in troubles]  # type: ignore[arg-type]


@router.post(
    "/awards/{award}/release",
    auth=Needs("awards:write"),
    response=AwardStatus,
    url_name="api-award-release",
    operation_id="releaseAward",
    summary="Send the mails now",
)
def release(request: ApiRequest, award: str) -> HttpResponse:
    """Instead of after the minutes in which it can be undone. Sent again it changes nothing."""
    found = _found(award)
    if not correcting.release(found, by=None) and found.cancelled_at is not None:
        raise _impossible("cancelled")
    return said(_status(_found(award)))


@router.post(
    "/awards/{award}/cancellation",
    auth=Needs("awards:write"),
    response=AwardStatus,
    url_name="api-award-cancellation",
    operation_id="cancelAward",
    summary="Take an award back",
)
def cancellation(request: ApiRequest, award: str) -> HttpResponse:
    """From everybody who has not claimed it. What is claimed stays: revoke it. Sent again it changes nothing."""
    found = _found(award)
    if found.cancelled_at is None:
        correcting.cancel_award(found, by=None)
    return said(_status(_found(award)))


def _impossible(code: str) -> Problem:
    return Problem("not_possible", code=code, params={"reason": reasons.not_possible(code)})
