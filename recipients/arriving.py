"""Stages of a door: it opens → a code is scanned or typed → an address is proved → a deed, for `recording` to write.

One fact a person and session, whoever says so: a helper's tick and the person's own scan have the same number, and meet at
`one_fact_once` (decision 0021).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from badges.models import Opportunity
from issuers import clock, proving
from issuers.cleaning import Address
from issuers.limits import Limit
from issuers.models import AuditEvent, Issuer, User
from issuers.tenancy import across_issuers
from issuers.waking import wake
from recipients import codes, links
from recipients.activities import Deed
from recipients.models import AchievementCredential, Activity, CheckIn, ClaimLink, Group, OutgoingEmail, Recipient

SOURCE = "check-in"
# Who has scanned may take so long: to type a name, and to wait for a mail.
SCAN_GOOD_FOR = timedelta(minutes=10)
# Tries at one code that was mailed, shared by all who try at once.
TRIES = Limit("door-code-tries", most=5, seconds=900)


def open_door(opportunity: Opportunity, by: User, *, opens_at: datetime, closes_at: datetime) -> CheckIn:
    """People may check in within these times; what was closed by hand is open again."""
    window = {"opens_at": opens_at, "closes_at": closes_at, "closed_at": None, "opened_by": by}
    return _set(opportunity, by, "check_in.opened", window)


def expect(opportunity: Opportunity, by: User, group: Group | None) -> CheckIn:
    """Who is on the tick list before anybody has come; everybody without a group."""
    return _set(opportunity, by, "check_in.expected", {"group": group})


@transaction.atomic
def _set(opportunity: Opportunity, by: User, action: str, values: dict[str, Any]) -> CheckIn:
    found, _made = CheckIn.objects.update_or_create(
        issuer=opportunity.issuer, opportunity=opportunity, defaults=values, create_defaults=values
    )
    AuditEvent.objects.record(opportunity.issuer, by, action, opportunity)
    return found


@transaction.atomic
def close_door(opportunity: Opportunity, by: User) -> bool:
    """No more codes from now on. Who has scanned already may finish. False where it was closed."""
    now = clock.now()
    closed = CheckIn.objects.open(now).filter(opportunity=opportunity).update(closed_at=now)
    if closed:
        AuditEvent.objects.record(opportunity.issuer, by, "check_in.closed", opportunity)
    return bool(closed)


def scanned(token: str) -> CheckIn | None:
    """The open door whose screen shows this token now, or showed it half a minute ago."""
    name, now = codes.name_in(token), clock.now()
    if not name:
        return None
    door = CheckIn.objects.open(now).with_what().filter(opportunity__public_id=name).first()
    return door if door and codes.fits(token, name, door.key, now) else None


def typed(letters: str) -> CheckIn | None:
    """The same by the six letters. None also where two doors show the same ones: both change soon."""
    now = clock.now()
    open_doors = CheckIn.objects.open(now).with_what()
    found = [door for door in open_doors if codes.letters_fit(letters, door.opportunity.public_id, door.key, now)]
    return found[0] if len(found) == 1 else None


def moment_of(opportunity: Opportunity, now: datetime) -> datetime:
    """When it was attended: now, and for what is written down afterwards, the end of the session."""
    if opportunity.ends_at and opportunity.ends_at < now:
        return opportunity.ends_at
    if opportunity.starts_at and not opportunity.ends_at and opportunity.starts_at + timedelta(hours=12) < now:
        return opportunity.starts_at
    return now


def deed(opportunity: Opportunity, address: Address, *, name: str = "") -> Deed:
    """That this person was there. `name` is needed for whom the institution does not know."""
    return Deed(
        address=address,
        name=name,
        kind=opportunity.kind,
        key=opportunity.key,
        title=opportunity.title,
        tags=tuple(opportunity.tags),
        at=moment_of(opportunity, clock.now()),
        value=opportunity.value,
        unit=opportunity.unit,
        place=opportunity.place,
        external_id=_number(opportunity, address),
    )


def _number(opportunity: Opportunity, address: Address) -> str:
    """One a person and session. What a helper undid can be said again: that has the next number, once for all who say so."""
    undone = Activity.objects.filter(
        issuer=opportunity.issuer,
        source=SOURCE,
        kind=opportunity.kind,
        key=opportunity.key,
        recipient__address_key=address.key,
        withdrawn_at__isnull=False,
    ).count()
    person = hashlib.sha256(address.key.encode()).hexdigest()[:32]
    return f"{opportunity.public_id}/{person}/{undone}"


def present(opportunity: Opportunity) -> dict[int, Activity]:
    """Who was there, from whatever source the fact came: recipient → the earliest fact."""
    facts = Activity.objects.counting().filter(issuer=opportunity.issuer, kind=opportunity.kind, key=opportunity.key)
    return {fact.recipient_id: fact for fact in facts.order_by("-at", "-id")}


def facts_of(opportunity: Opportunity, address: Address) -> list[Activity]:
    """Everything that says that this person was there: scans, ticks, files."""
    facts = Activity.objects.counting().filter(
        issuer=opportunity.issuer, kind=opportunity.kind, key=opportunity.key, recipient__address_key=address.key
    )
    return list(facts.select_related("recipient", "issuer").order_by("at", "id"))


def fact_of(opportunity: Opportunity, address: Address) -> Activity | None:
    """That this person was there, if anybody has said so."""
    return next(iter(facts_of(opportunity, address)), None)


def known_as(issuer: Issuer, user: User) -> Recipient | None:
    """The person as this institution knows them, by an account or an address that is proved; the oldest row of several."""
    rows = Recipient.objects.filter(issuer=issuer, erased_at__isnull=True)
    mine = rows.filter(Q(user=user) | Q(address_key__in=proving.verified_keys(user), user__isnull=True))
    return mine.order_by("user_id", "id").first()


def belongs_to(recipient: Recipient, user: User) -> None:
    """Whoever has proved the address, and says so here, is this person from now on."""
    if recipient.address_key in proving.verified_keys(user):
        Recipient.objects.filter(pk=recipient.pk, user__isnull=True).update(user=user)


def new_code() -> tuple[str, str]:
    """Six digits to mail, and a number by which tries at them are counted."""
    return f"{secrets.randbelow(1_000_000):06d}", secrets.token_hex(16)


def sealed(number: str, address: Address, code: str) -> str:
    """A code as the session keeps it: it is short, and without the site's secret its hash could be tried out."""
    text = f"laurel door code|{number}|{address.key}|{code}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def proves(number: str, address: Address, code: str, seal: str) -> bool:
    """Whether the digits are those that were mailed. Five tries a code, counted before it is looked at."""
    if not TRIES.allows(number):
        return False
    return hmac.compare_digest(seal, sealed(number, address, "".join(code.split())))


def mail_code(address: Address, code: str, title: str) -> None:
    """Queue the mail with the digits: the same mail to every address, known here or not."""
    with across_issuers("a code goes to an address that no institution has yet"):
        OutgoingEmail.objects.create(
            kind=OutgoingEmail.Kind.ADDRESS_CODE,
            to=address.mail_to,
            address_key=address.key,
            context={"code": code, "door": title},
            message_id=f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>",
            not_before=clock.now(),
        )
    wake("recipients.tasks.send")


def hand_over(credential: AchievementCredential) -> ClaimLink:
    """Whoever has just proved the address needs no mail to take the offer: a link of which nobody ever sees the token."""
    return ClaimLink.objects.create(
        issuer=credential.issuer,
        credential=credential,
        token_hash=links.digest(secrets.token_urlsafe(32)),
        address_key=credential.recipient.address_key,
    )
