"""Stage: people are listed together. Joining is seen by rules at once; leaving takes nothing back that was awarded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from issuers import clock
from issuers.cleaning import Address, Refused
from issuers.models import AuditEvent, Issuer, User
from issuers.waking import wake
from recipients import writing
from recipients.models import Group, GroupMember, Recipient

EVALUATE = "recipients.tasks.evaluate"


@dataclass(frozen=True)
class Joined:
    """What came of a list: how many are new, who was in it before, and who is neither known nor named."""

    new: int
    before: int
    strangers: tuple[str, ...]


@transaction.atomic
def make(issuer: Issuer, by: User, *, key: str, name: str) -> Group:
    """A new group. Raises Refused where there is one under this key."""
    made, new = Group.objects.get_or_create(issuer=issuer, key=key, defaults={"name": name, "made_by": by})
    if not new:
        raise Refused("group_exists", value=name)
    AuditEvent.objects.record(issuer, by, "group.made", made)
    return made


@transaction.atomic
def rename(group: Group, by: User, name: str) -> bool:
    """Call it differently; its key, which rules name, stays."""
    renamed = bool(Group.objects.filter(pk=group.pk).exclude(name=name).update(name=name))
    if renamed:
        AuditEvent.objects.record(group.issuer, by, "group.renamed", group)
    return renamed


@transaction.atomic
def archive(group: Group, by: User) -> bool:
    """Nobody belongs to it any more, as far as rules can see; its list is kept."""
    archived = bool(Group.objects.filter(pk=group.pk, archived_at__isnull=True).update(archived_at=clock.now()))
    if archived:
        AuditEvent.objects.record(group.issuer, by, "group.archived", group)
    return archived


@transaction.atomic
def restore(group: Group, by: User) -> bool:
    """Its people belong to it again."""
    restored = bool(Group.objects.filter(pk=group.pk, archived_at__isnull=False).update(archived_at=None))
    if restored:
        AuditEvent.objects.record(group.issuer, by, "group.restored", group)
        GroupMember.objects.filter(group=group).update(evaluated_at=None)
        wake(EVALUATE)
    return restored


@transaction.atomic
def join(group: Group, people: Sequence[tuple[str, Address]], by: User) -> Joined:
    """Add people, each by name and address; who is known here needs no name."""
    issuer = group.issuer
    named = {
        address.key: Recipient(issuer=issuer, name=name, address=address.mail_to, address_key=address.key)
        for name, address in people
        if name
    }
    writing.insert_new(list(named.values()))
    keys = dict.fromkeys(address.key for _name, address in people)
    known = dict(Recipient.objects.filter(issuer=issuer, address_key__in=keys).values_list("address_key", "pk"))
    before = GroupMember.objects.filter(group=group).count()
    rows = [GroupMember(issuer=issuer, group=group, recipient_id=known[key]) for key in keys if key in known]
    writing.insert_new(rows)
    new = GroupMember.objects.filter(group=group).count() - before
    if new:
        AuditEvent.objects.record(issuer, by, "group.joined", group, people=new)
        wake(EVALUATE)
    strangers = tuple(dict.fromkeys(address.mail_to for _name, address in people if address.key not in known))
    return Joined(new, len(rows) - new, strangers)


@transaction.atomic
def remove(group: Group, recipients: Iterable[int], by: User) -> int:
    """Take people out; how many were in it."""
    whose = list(recipients)
    removed, _ = GroupMember.objects.filter(group=group, recipient__in=whose).delete()
    if removed:
        AuditEvent.objects.record(group.issuer, by, "group.left", group, people=removed)
    return removed
