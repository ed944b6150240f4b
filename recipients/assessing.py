"""Stages of assessors: take → mark → decide, with a second assessor, a moderator, or somebody from outside.

Demonstrated is only what reaches its level in every criterion; *not yet* needs words. Nobody assesses their own work, and
nobody twice. What follows from a decision (the award, the mail) is written down here and done by tasks.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from issuers import clock
from issuers.access import PERMISSIONS
from issuers.models import AuditEvent, Issuer, Membership, User
from issuers.waking import wake
from recipients.models import Marking, OutgoingEmail, ReviewerInvite, Submission

Turn = Submission.Turn
# Who may have a turn in hand.
NEEDS = {Turn.FIRST: "submission.assess", Turn.SECOND: "submission.assess", Turn.MODERATOR: "submission.manage"}
AWARD = "recipients.tasks.award_assessed"


class NotPossible(Exception):
    """An expected no; `code` says which: decided, withdrawn, not_yours, taken, own, marked_before, short, all_reached,
    no_feedback, unmarked.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Assessor:
    """Who marks: a member, or somebody with a mailed link."""

    user: User | None = None
    invite: ReviewerInvite | None = None


@dataclass(frozen=True)
class Told:
    """What an assessor says. `levels` and `notes` are by the place of the criterion."""

    levels: Mapping[int, int]
    notes: Mapping[int, str]
    feedback: str
    role: str
    method: str
    name: str = ""


# Whose work it is to assess


def assessors(issuer: Issuer, turn: str) -> list[Membership]:
    """Members who may have such a turn in hand; reviewers before those who do much else."""
    roles = [role for role, allowed in PERMISSIONS.items() if NEEDS[Turn(turn)] in allowed]
    found = list(Membership.objects.filter(issuer=issuer, role__in=roles).listed())
    reviewers = [row for row in found if row.role == "reviewer"]
    return reviewers if reviewers and turn != Turn.MODERATOR else found


def objection(submission: Submission, user: User) -> str:
    """Why this member may not assess this work; '' where nothing speaks against it."""
    if submission.user_id == user.pk or _is_their_address(submission, user):
        return "own"
    if submission.markings.filter(assessor=user).exclude(turn=submission.turn).exists():
        return "marked_before"
    return ""


def _is_their_address(submission: Submission, user: User) -> bool:
    own = EmailAddress.objects.filter(user=user, verified=True, email=submission.recipient.address_key)
    return own.exists()


def _open() -> Any:
    """What can be taken: waiting, in nobody's hand, and not with somebody outside."""
    invited = ReviewerInvite.objects.open().values("submission")
    return Submission.objects.waiting().filter(assessor__isnull=True).exclude(pk__in=invited)


@transaction.atomic
def take(submission: Submission, by: User) -> None:
    """Have it in hand. Raises NotPossible."""
    if code := objection(submission, by):
        raise NotPossible(code)
    if not _open().filter(pk=submission.pk).update(assessor=by, assigned_at=clock.now()):
        raise NotPossible("taken")


@transaction.atomic
def hand_back(submission: Submission, by: User) -> bool:
    """Give it back to the list. What was marked waits for oneself, until somebody else marks."""
    own = Submission.objects.waiting().filter(pk=submission.pk, assessor=by)
    return own.update(assessor=None, assigned_at=None) == 1


@transaction.atomic
def assign(submission: Submission, to: User | None, by: User) -> None:
    """Put it into somebody's hand, or out of it. Raises NotPossible."""
    if to is not None and (code := objection(submission, to)):
        raise NotPossible(code)
    _withdraw_links(submission)
    values = {"assessor": to, "assigned_at": clock.now() if to else None}
    if not Submission.objects.waiting().filter(pk=submission.pk).update(**values):
        raise NotPossible("decided")
    AuditEvent.objects.record(submission.issuer, by, "submission.assigned", submission)


@transaction.atomic
def distribute(issuer: Issuer, only: Submission | None = None) -> int:
    """Give what is in nobody's hand, oldest first, to whoever has fewest open; how many found somebody."""
    rows = _open().filter(issuer=issuer).select_related("recipient", "issuer").order_by("submitted_at", "id")
    if only is not None:
        rows = rows.filter(pk=only.pk)
    held = Submission.objects.waiting().filter(issuer=issuer, assessor__isnull=False)
    load = Counter(held.values_list("assessor", flat=True))
    given = 0
    for row in rows.select_for_update(of=("self",), skip_locked=True):
        free = [member.user for member in assessors(issuer, row.turn) if not objection(row, member.user)]
        if free:
            chosen = min(free, key=lambda user: (load[user.pk], user.pk))
            load[chosen.pk] += 1
            given += Submission.objects.filter(pk=row.pk).update(assessor=chosen, assigned_at=clock.now())
    return given


def _withdraw_links(submission: Submission) -> None:
    open_ones = ReviewerInvite.objects.filter(submission=submission, withdrawn_at__isnull=True, used_at__isnull=True)
    open_ones.update(withdrawn_at=clock.now())


# Marking


def marking_of(submission: Submission) -> Marking | None:
    """What was marked of this turn so far."""
    return submission.markings.filter(turn=submission.turn).first()


@transaction.atomic
def mark(submission: Submission, who: Assessor, told: Told, *, decision: bool | None = None) -> Marking:
    """Save what an assessor found; with a decision it stands, and the next turn begins or all is decided. Raises NotPossible."""
    row = _held(submission, who)
    if decision is not None:
        _refuse_unfounded(row, told, decision)
    now = clock.now()
    values = {
        "assessor": who.user,
        "invite": who.invite,
        "name": told.name or (str(who.user) if who.user else ""),
        "role": told.role,
        "method": told.method,
        "levels": {str(key): level for key, level in row.rubric.known(told.levels).items()},
        "notes": {str(key): note for key, note in told.notes.items() if note},
        "feedback": told.feedback,
        "saved_at": now,
        "decided_at": None if decision is None else now,
        "demonstrated": decision,
    }
    marking, _made = Marking.objects.update_or_create(
        submission=row, turn=row.turn, defaults=values, create_defaults={**values, "issuer_id": row.issuer_id}
    )
    if decision is not None:
        if who.invite is not None:
            ReviewerInvite.objects.filter(pk=who.invite.pk).update(used_at=now)
        details = {"turn": row.turn, "outcome": "demonstrated" if decision else "not_yet"}
        AuditEvent.objects.record(row.issuer, who.user, "submission.marked", row, **details)
        _go_on(row)
    return marking


def _held(submission: Submission, who: Assessor) -> Submission:
    """The row as it stands, held until the end; the assessor still has it in hand."""
    rows = Submission.objects.listed().prefetch_related("markings").select_for_update(of=("self",))
    row = rows.get(pk=submission.pk)
    if row.withdrawn_at or row.submitted_at is None:
        raise NotPossible("withdrawn")
    if row.decided_at:
        raise NotPossible("decided")
    if who.invite is not None:
        if row.turn != who.invite.turn or not ReviewerInvite.objects.open().filter(pk=who.invite.pk).exists():
            raise NotPossible("decided")
    elif who.user is None or row.assessor_id != who.user.pk:
        raise NotPossible("not_yours")
    elif code := objection(row, who.user):
        raise NotPossible(code)
    return row


def _refuse_unfounded(row: Submission, told: Told, decision: bool) -> None:
    rubric = row.rubric
    if decision:
        if rubric.short(told.levels):
            raise NotPossible("short")
        return
    if rubric.unmarked(told.levels):
        raise NotPossible("unmarked")
    if rubric.demonstrated(told.levels):
        raise NotPossible("all_reached")
    if not told.feedback:
        raise NotPossible("no_feedback")


def sampled(submission: Submission) -> bool:
    """Whether a moderator looks at it too: the same answer whenever it is asked, and nobody's choice."""
    drawn = hashlib.sha256(f"moderation|{submission.public_id}".encode()).digest()
    return int.from_bytes(drawn[:4]) % 100 < submission.assessment["sample_percent"]


def _go_on(row: Submission) -> None:
    """After a decided turn: whose turn comes, or what it comes to."""
    found = {
        marking.turn: marking.demonstrated
        for marking in Marking.objects.filter(submission=row, decided_at__isnull=False)
    }
    if row.turn == Turn.FIRST and row.assessment["second_assessor"]:
        _turn(row, Turn.SECOND)
    elif row.turn != Turn.MODERATOR and (len(set(found.values())) > 1 or sampled(row)):
        _turn(row, Turn.MODERATOR)
    else:
        _decide(row, demonstrated=bool(found[row.turn]))


def _turn(row: Submission, turn: str) -> None:
    Submission.objects.filter(pk=row.pk).update(turn=turn, assessor=None, assigned_at=None)
    if row.assessment["distributed"]:
        distribute(row.issuer, only=row)


def _decide(row: Submission, *, demonstrated: bool) -> None:
    now = clock.now()
    Submission.objects.waiting().filter(pk=row.pk).update(
        decided_at=now, demonstrated_at=now if demonstrated else None, assessor=None
    )
    if demonstrated:
        wake(AWARD)
    else:
        _tell(row)


def _tell(row: Submission) -> None:
    """Feedback waits: to the person's own address, once a try."""
    to = row.user.email if row.user else row.recipient.address
    OutgoingEmail.objects.create(
        issuer=row.issuer,
        kind=OutgoingEmail.Kind.NOT_YET,
        user=row.user,
        to=to,
        address_key=to.lower(),
        message_id=f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>",
        not_before=clock.now(),
        context={"submission": row.pk},
    )
    wake("recipients.tasks.send")


def findings(submission: Submission) -> list[Marking]:
    """What the learner reads: the markings that say what was decided."""
    if submission.decided_at is None:
        return []
    outcome = submission.demonstrated_at is not None
    rows = submission.markings.filter(demonstrated=outcome).order_by("id")
    moderated = [row for row in rows if row.turn == Turn.MODERATOR]
    return moderated or list(rows)
