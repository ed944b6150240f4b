"""Stages after issuing: correct, revoke, suspend, cancel, send again. Each once, each told to the person, each in the trail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from badges.openbadges import validate
from issuers import clock, keys, marks
from issuers.cleaning import Address
from issuers.models import AuditEvent, StatusList, User
from issuers.waking import wake
from recipients import announcing
from recipients.composing import Composer
from recipients.models import (
    ERASED,
    AchievementCredential,
    Award,
    ClaimLink,
    CredentialRevision,
    Notice,
    OutgoingEmail,
    Recipient,
    WebhookType,
)

Kind = OutgoingEmail.Kind


class NotPossible(Exception):
    """The credential is in a state in which this cannot be done; the code says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _tell(credential: AchievementCredential, kind: str, notice: str | None = None, **context: Any) -> OutgoingEmail:
    """Queue a mail about this credential, and a notice for its holder. A repeat gets the next sequence."""
    last = OutgoingEmail.objects.filter(credential=credential, kind=kind).aggregate(last=Max("sequence"))["last"]
    email = OutgoingEmail.prepared(
        kind,
        credential=credential,
        not_before=clock.now(),
        sequence=0 if last is None else last + 1,
        context=context,
    )
    email.save()
    if notice and credential.holder is not None:
        Notice.objects.create(issuer=credential.issuer, user=credential.holder, credential=credential, kind=notice)
    wake("recipients.tasks.send")
    return email


@transaction.atomic
def revoke(credential: AchievementCredential, *, reason: str, by: User | None) -> bool:
    """Take it back for good. False if it already was, or was never offered."""
    live = AchievementCredential.objects.live().filter(pk=credential.pk)
    revoked = live.update(revoked_at=clock.now(), revocation_reason=reason) == 1
    if revoked:
        marks.changed(credential.public_id)
        AuditEvent.objects.record(credential.issuer, by, "credential.revoked", credential)
        announcing.tell(WebhookType.REVOKED, credential.issuer, [credential.pk])
        if credential.offered_at or credential.claimed_at:
            _tell(credential, Kind.REVOKED, Notice.Kind.REVOKED, reason=reason)
    return revoked


def _suspendable(credential: AchievementCredential) -> None:
    if credential.version.status_purpose != StatusList.Purpose.SUSPENSION:
        raise NotPossible("not_suspendable")


@transaction.atomic
def suspend(credential: AchievementCredential, *, reason: str, by: User | None) -> bool:
    """Put it on hold, where the achievement allows it. False if it already was. Raises NotPossible."""
    _suspendable(credential)
    free = AchievementCredential.objects.live().filter(pk=credential.pk, suspended_at__isnull=True)
    suspended = free.update(suspended_at=clock.now(), suspension_reason=reason) == 1
    if suspended:
        marks.changed(credential.public_id)
        AuditEvent.objects.record(credential.issuer, by, "credential.suspended", credential)
        announcing.tell(WebhookType.SUSPENDED, credential.issuer, [credential.pk])
        if credential.claimed_at:
            _tell(credential, Kind.SUSPENDED, Notice.Kind.SUSPENDED, reason=reason)
    return suspended


@transaction.atomic
def reinstate(credential: AchievementCredential, *, by: User | None) -> bool:
    """Lift a hold. False if there is none."""
    held = AchievementCredential.objects.live().filter(pk=credential.pk, suspended_at__isnull=False)
    lifted = held.update(suspended_at=None, suspension_reason="") == 1
    if lifted:
        marks.changed(credential.public_id)
        AuditEvent.objects.record(credential.issuer, by, "credential.reinstated", credential)
        announcing.tell(WebhookType.REINSTATED, credential.issuer, [credential.pk])
        if credential.claimed_at:
            _tell(credential, Kind.REINSTATED, Notice.Kind.REINSTATED)
    return lifted


@transaction.atomic
def cancel(credential: AchievementCredential, *, by: User | None) -> bool:
    """Withdraw an offer that nobody has taken yet. False once it is claimed, revoked or withdrawn."""
    open_offer = AchievementCredential.objects.live().filter(pk=credential.pk, claimed_at__isnull=True)
    cancelled = open_offer.update(cancelled_at=clock.now()) == 1
    if cancelled:
        _stop_mails(OutgoingEmail.objects.filter(credential=credential))
        AuditEvent.objects.record(credential.issuer, by, "credential.cancelled", credential)
    return cancelled


def _stop_mails(mails: Any) -> None:
    mails.waiting().filter(sending_at__isnull=True).update(cancelled_at=clock.now(), response="withdrawn")


@transaction.atomic
def cancel_award(award: Award, *, by: User | None) -> int:
    """Undo a whole batch: every offer that nobody has taken. The number of people."""
    open_offers = award.credentials.live().filter(claimed_at__isnull=True)
    numbers = list(open_offers.select_for_update(of=("self",)).values_list("pk", flat=True))
    cancelled = AchievementCredential.objects.filter(pk__in=numbers).update(cancelled_at=clock.now())
    _stop_mails(OutgoingEmail.objects.filter(credential__in=numbers))
    Award.objects.filter(pk=award.pk, cancelled_at__isnull=True).update(cancelled_at=clock.now())
    if cancelled:
        AuditEvent.objects.record(award.issuer, by, "award.cancelled", award, people=cancelled)
    return cancelled


@transaction.atomic
def release(award: Award, *, by: User | None) -> bool:
    """End the undo window: the mails leave now. False when it had ended."""
    waiting = Award.objects.filter(pk=award.pk, release_at__gt=Now(), cancelled_at__isnull=True)
    released = waiting.update(release_at=clock.now()) == 1
    if released:
        mails = OutgoingEmail.objects.waiting().filter(credential__award=award)
        mails.update(not_before=clock.now())
        AuditEvent.objects.record(award.issuer, by, "award.released", award)
        wake("recipients.tasks.send")
    return released


@transaction.atomic
def resend(credential: AchievementCredential, *, by: User | None) -> OutgoingEmail:
    """A fresh claim link to the person's address; links sent before stay good. Raises NotPossible."""
    credential = AchievementCredential.objects.select_for_update(of=("self",)).listed().get(pk=credential.pk)
    for moment, code in (
        (credential.claimed_at, "claimed"),
        (credential.cancelled_at, "cancelled"),
        (credential.revoked_at, "revoked"),
        (credential.declined_at, "declined"),
    ):
        if moment is not None:
            raise NotPossible(code)
    waiting = OutgoingEmail.objects.filter(credential=credential, kind=Kind.OFFER).waiting().first()
    if waiting is not None:
        return waiting
    AuditEvent.objects.record(credential.issuer, by, "credential.resent", credential)
    return _offer_again(credential)


def _offer_again(credential: AchievementCredential) -> OutgoingEmail:
    """A mail with a link that can be taken: the offer is open for its full time from now, also when it had ended."""
    until = clock.now() + timedelta(days=credential.issuer.offer_days)
    AchievementCredential.objects.filter(pk=credential.pk).update(offer_expires_at=until)
    return _tell(credential, Kind.OFFER)


@transaction.atomic
def correct(
    credential: AchievementCredential, *, name: str, address: Address, by: User | None, reason: str = ""
) -> AchievementCredential:
    """A new revision at the same public address: signed at once, so that the page is never without a signature.

    Same id and awardedDate, later validFrom, a new status index; the old index's bit is set, so that old copies verify as
    replaced. The holder does nothing. Raises NotPossible.
    """
    credential = AchievementCredential.objects.select_for_update(of=("self",)).listed().get(pk=credential.pk)
    refuse_erased(credential)
    if credential.revoked_at or credential.cancelled_at:
        raise NotPossible("revoked" if credential.revoked_at else "cancelled")
    if credential.expires_at is not None and credential.expires_at <= clock.database_now():
        raise NotPossible("expired")
    moved = address.key != credential.recipient.address_key
    if name == credential.name and not moved:
        raise NotPossible("unchanged")
    _keep_revision(credential, by, reason)
    if moved:
        _move(credential, address, name)
    Recipient.objects.filter(pk=credential.recipient_id).update(name=name)
    credential.name = name
    _sign_again(credential)
    marks.changed(credential.public_id)
    AuditEvent.objects.record(
        credential.issuer, by, "credential.corrected", credential, revision=credential.revision, address_changed=moved
    )
    announcing.tell(WebhookType.CORRECTED, credential.issuer, [credential.pk])
    if credential.claimed_at is not None:
        _tell(credential, Kind.CORRECTED, Notice.Kind.CORRECTED)
    elif moved and credential.offered_at is not None:
        _offer_again(credential)
    wake("recipients.tasks.render")
    return credential


def refuse_erased(credential: AchievementCredential) -> None:
    """Signed again it would say who it was that asked to be forgotten. Raises NotPossible."""
    if credential.signed == ERASED or credential.recipient.erased_at is not None:
        raise NotPossible("erased")


def _keep_revision(credential: AchievementCredential, by: User | None, reason: str) -> None:
    CredentialRevision.objects.create(
        issuer=credential.issuer,
        credential=credential,
        number=credential.revision,
        name=credential.name,
        document=credential.document,
        signed=credential.signed,
        status_list=credential.status_list,
        status_index=credential.status_index,
        replaced_at=clock.now(),
        replaced_by=by,
        reason=reason,
    )


def _move(credential: AchievementCredential, address: Address, name: str) -> None:
    """The offer belongs to another address: links to the old one open nothing any more."""
    issuer = credential.issuer
    recipient, _ = Recipient.objects.get_or_create(
        issuer=issuer, address_key=address.key, defaults={"name": name, "address": address.mail_to}
    )
    others = AchievementCredential.objects.filter(achievement=credential.achievement, recipient=recipient)
    if others.live().exists():
        raise NotPossible("other_has_it")
    credential.recipient = recipient
    credential.award_key = f"corrected/{credential.public_id}"
    ClaimLink.objects.filter(credential=credential).delete()
    waiting = OutgoingEmail.objects.filter(credential=credential, kind=Kind.OFFER).waiting()
    waiting.update(to=address.mail_to, address_key=address.key)


def _sign_again(credential: AchievementCredential) -> None:
    places = StatusList.objects.take(credential.issuer, credential.version.status_purpose, 1)
    credential.status_list, credential.status_index = places[0]
    credential.revision += 1
    credential.valid_from = clock.database_now()
    credential.document = Composer(credential.issuer, credential.version).compose(
        credential, list(credential.evidence.all())
    )
    try:
        credential.signed = keys.sign(credential.issuer, validate.prepare_quickly(json.loads(credential.document)))
    except validate.Mismatch as error:  # nothing is written; the next try goes another way
        raise NotPossible("not_signed") from error
    credential.signed_at = credential.corrected_at = clock.now()
    credential.rendered_at, credential.pdf = None, ""
    credential.attempts, credential.lease_until, credential.failed_at, credential.failure = 0, None, None, ""
    credential.save()


def each(
    credentials: Iterable[AchievementCredential], deed: Callable[[AchievementCredential], object]
) -> tuple[int, list[AchievementCredential]]:
    """Do something to a selection: how many it was done to, and those it could not be done to."""
    done, left = 0, []
    for credential in credentials:
        try:
            with transaction.atomic():
                happened = deed(credential)
        except NotPossible:
            happened = False
        if happened:
            done += 1
        else:
            left.append(credential)
    return done, left
