"""Stages of membership: invite → join → change role → remove.

Nobody gives a role that may do more than their own, or touches somebody whose role may; an institution keeps an owner
(SECURITY T25). The invitation's row is also the queue of its mail (issuers/tasks.py).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from issuers import clock, waking
from issuers.access import PERMISSIONS
from issuers.cleaning import address
from issuers.models import AuditEvent, Invitation, Issuer, Membership, Role, User
from issuers.tenancy import across_issuers, scope

OPEN_FOR = timedelta(days=14)
MOST_A_DAY = 50
SEND = "issuers.tasks.send_invitations"


class Refused(Exception):
    """An expected no; `code` says which: above_own_role, last_owner, member_already, invited_already, too_many,
    not_open, not_proved.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def may_give(by: Membership, role: str) -> bool:
    """Whether this member may give, change or take away a role: it allows nothing that their own does not."""
    return PERMISSIONS[role] <= PERMISSIONS[by.role]


def roles_of(by: Membership) -> list[Role]:
    """The roles that this member may give."""
    return [role for role in Role if may_give(by, role)]


def _require(by: Membership, roles: Iterable[str]) -> None:
    if not all(may_give(by, role) for role in roles):
        raise Refused("above_own_role")


def _one_at_a_time(issuer: Issuer) -> None:
    """Changes of one institution's members wait for each other: two owners cannot both demote the other."""
    Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)


# Invitations


def remember(invitation: Invitation) -> str:
    """The link's 256-bit token, its hash stored. It is derived from the row: a mail sent again carries the same link."""
    text = f"laurel invitation|{invitation.pk}|{invitation.issuer_id}|{invitation.address_key}"
    derived = hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).digest()
    token = base64.urlsafe_b64encode(derived).rstrip(b"=").decode()
    Invitation.objects.filter(pk=invitation.pk).update(token_hash=digest(token))
    return token


def digest(text: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def invite(issuer: Issuer, email: str, role: str, *, by: Membership) -> Invitation:
    """Offer a place by mail. Raises Refused, and cleaning.Refused for what is no address."""
    cleaned = address(email)
    _require(by, [role])
    _one_at_a_time(issuer)
    same = Invitation.objects.filter(address_key=cleaned.key, accepted_at__isnull=True, withdrawn_at__isnull=True)
    if same.open().exists():
        raise Refused("invited_already")
    if Membership.objects.filter(user__emailaddress__email=cleaned.key, user__emailaddress__verified=True).exists():
        raise Refused("member_already")
    if Invitation.objects.filter(created_at__gt=Now() - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refused("too_many")
    same.update(withdrawn_at=clock.now())  # lapsed ones make room
    invitation = Invitation.objects.create(
        issuer=issuer,
        email=cleaned.mail_to,
        address_key=cleaned.key,
        role=role,
        invited_by=by.user,
        expires_at=clock.now() + OPEN_FOR,
    )
    AuditEvent.objects.record(issuer, by.user, "member.invited", invitation, role=role)
    waking.wake(SEND)
    return invitation


@transaction.atomic
def resend(invitation: Invitation, *, by: Membership) -> bool:
    """Send the same link again, open for another two weeks; False if it is no longer waiting, or has only just gone."""
    _require(by, [invitation.role])
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True)
    calm = waiting.exclude(sent_at__gt=Now() - timedelta(minutes=1))
    again = calm.update(sent_at=None, lease_until=None, attempts=0, failure="", expires_at=clock.now() + OPEN_FOR) == 1
    if again:
        AuditEvent.objects.record(invitation.issuer, by.user, "member.invited_again", invitation)
        waking.wake(SEND)
    return again


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Membership) -> bool:
    """Close an invitation; its link stops working. False if it was taken or closed before."""
    _require(by, [invitation.role])
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True)
    withdrawn = waiting.update(withdrawn_at=clock.now()) == 1
    if withdrawn:
        AuditEvent.objects.record(invitation.issuer, by.user, "member.invitation_withdrawn", invitation)
    return withdrawn


def find(text: str) -> Invitation | None:
    """The open invitation of a token, or None: unknown, lapsed, withdrawn and taken ones look alike."""
    return find_by_hash(digest(text))


def find_by_hash(token_hash: str) -> Invitation | None:
    """The same, by what a session keeps of the token."""
    with across_issuers("an invitation is found by its token"):
        found = Invitation.objects.open().select_related("issuer", "invited_by")
        return found.filter(token_hash=token_hash, issuer__closed_at__isnull=True).first()


def join(user: User, token_hash: str) -> Membership:
    """Take the place. The invited address must be this person's own and proved; a member keeps the role they have."""
    invitation = find_by_hash(token_hash)
    if invitation is None:
        raise Refused("not_open")
    if not user.emailaddress_set.filter(email=invitation.address_key, verified=True).exists():
        raise Refused("not_proved")
    with scope(invitation.issuer):
        if Invitation.objects.open().filter(pk=invitation.pk).update(accepted_at=clock.now()) != 1:
            raise Refused("not_open")
        membership, joined = Membership.objects.get_or_create(
            issuer=invitation.issuer, user=user, defaults={"role": invitation.role}
        )
        if joined:
            AuditEvent.objects.record(invitation.issuer, user, "member.joined", membership, role=membership.role)
        return membership


# Members


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: Membership) -> bool:
    """Give another role, effective with the next request; False if it is the one they have. Raises Refused."""
    _one_at_a_time(membership.issuer)
    membership.refresh_from_db(fields=["role"])
    by.refresh_from_db(fields=["role"])
    _require(by, [membership.role, role])
    if role == membership.role:
        return False
    _keep_an_owner(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    AuditEvent.objects.record(
        membership.issuer,
        by.user,
        "member.role_changed",
        membership,
        before=before,
        after=role,
        person=membership.user_id,
    )
    return True


@transaction.atomic
def remove(membership: Membership, *, by: Membership) -> None:
    """End a membership, effective with the next request. Raises Refused."""
    _one_at_a_time(membership.issuer)
    membership.refresh_from_db(fields=["role"])
    by.refresh_from_db(fields=["role"])
    _require(by, [membership.role])
    _keep_an_owner(membership)
    AuditEvent.objects.record(
        membership.issuer, by.user, "member.removed", membership, role=membership.role, person=membership.user_id
    )
    membership.delete()


def _keep_an_owner(membership: Membership) -> None:
    if membership.role == Role.OWNER and Membership.objects.owners().count() == 1:
        raise Refused("last_owner")


# The mail of an invitation

_LEASE = timedelta(minutes=5)
_ATTEMPTS = 5


def take_due(limit: int = 20) -> list[Invitation]:
    """Lease invitations whose mail has not gone. Each attempt is counted first, so that a bad row stops after five."""
    with across_issuers("mails of invitations go out for every institution"):
        due = Invitation.objects.open().filter(sent_at__isnull=True, attempts__lt=_ATTEMPTS)
        free = due.exclude(lease_until__gt=Now()).order_by("id").select_for_update(skip_locked=True, of=("self",))
        taken = [invitation.pk for invitation in free[:limit]]
        Invitation.objects.filter(pk__in=taken).update(lease_until=Now() + _LEASE, attempts=F("attempts") + 1)
        return list(Invitation.objects.filter(pk__in=taken).select_related("issuer", "invited_by"))


def mark_sent(invitation: Invitation) -> None:
    """Its mail has gone."""
    with scope(invitation.issuer_id):
        Invitation.objects.filter(pk=invitation.pk).update(sent_at=clock.now(), lease_until=None, failure="")


def mark_failed(invitation: Invitation, why: str) -> None:
    """Its mail was refused; it is tried again when the lease ends, five times in all."""
    with scope(invitation.issuer_id):
        Invitation.objects.filter(pk=invitation.pk).update(
            failure=why[:300], lease_until=Now() + timedelta(minutes=1) * invitation.attempts
        )
