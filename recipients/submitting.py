"""Stages of a learner's work: begin → add evidence → hand in → work on it again. What was handed in does not change.

Whoever works is signed in, and works under an address that they have proved. Everything here starts from their own rows.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F, Max

from badges.models import Achievement
from issuers import clock, media
from issuers.models import AuditEvent, Issuer, User
from recipients.artefacts import MOST_FILES, Kept
from recipients.models import AchievementCredential, Artefact, Recipient, Submission

FOLDER = "evidence"
MOST_PIECES = 30


class NotPossible(Exception):
    """An expected no; `code` says which: not_assessed, not_open, not_proved, no_tries, has_it, many, nothing, no_route."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def of(user: User) -> Any:
    """Everything that this person works on or has handed in, newest first."""
    return Submission.objects.listed().filter(user=user).order_by("-id")


def refuse_unless_open(achievement: Achievement) -> None:
    """Raises NotPossible where nobody can begin."""
    issuer, version = achievement.issuer, achievement.latest
    if issuer.approved_at is None or issuer.closed_at is not None or achievement.archived_at is not None:
        raise NotPossible("not_open")
    if version is None or not version.content.get("assessment"):
        raise NotPossible("not_assessed")


def known_as(issuer: Issuer, user: User) -> Recipient | None:
    """This person as the institution knows them, by an address that they have proved."""
    keys = _proved(user)
    found = Recipient.objects.filter(issuer=issuer, address_key__in=keys, erased_at__isnull=True)
    return found.order_by(F("user").desc(nulls_last=True), "id").first()


def _proved(user: User) -> list[str]:
    return [
        key.lower() for key in EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    ]


def _recipient(issuer: Issuer, user: User, name: str) -> Recipient:
    recipient = known_as(issuer, user)
    if recipient is None:
        if user.email.lower() not in _proved(user):
            raise NotPossible("not_proved")
        recipient, _made = Recipient.objects.get_or_create(
            issuer=issuer, address_key=user.email.lower(), defaults={"name": name, "address": user.email, "user": user}
        )
    return recipient


def open_one(achievement: Achievement, user: User) -> Submission | None:
    """What this person has begun or handed in here, and nobody has decided."""
    rows = of(user).filter(achievement=achievement, decided_at__isnull=True, withdrawn_at__isnull=True)
    found: Submission | None = rows.first()
    return found


@transaction.atomic
def start(
    achievement: Achievement, user: User, *, name: str, route: str = "", due_on: date | None = None
) -> Submission:
    """Begin, or go on with what was begun. Raises NotPossible."""
    refuse_unless_open(achievement)
    issuer = achievement.issuer
    recipient = _recipient(issuer, user, name)
    Recipient.objects.select_for_update(no_key=True).get(pk=recipient.pk)  # two presses of the button wait here
    if begun := open_one(achievement, user):
        return begun
    _refuse_without_tries(achievement, recipient)
    made = _begin(achievement, recipient, user, name=name, route=route, due_on=due_on)
    AuditEvent.objects.record(issuer, None, "submission.begun", made)
    return made


def _refuse_without_tries(achievement: Achievement, recipient: Recipient) -> None:
    has = AchievementCredential.objects.live().filter(achievement=achievement, recipient=recipient)
    if has.filter(declined_at__isnull=True).exists():
        raise NotPossible("has_it")
    latest = achievement.latest
    assert latest is not None
    if tries_used(achievement, recipient) >= latest.content["assessment"]["tries"]:
        raise NotPossible("no_tries")


def tries_used(achievement: Achievement, recipient: Recipient) -> int:
    """Tries that were decided; what was taken back counts for nothing."""
    return Submission.objects.decided().filter(achievement=achievement, recipient=recipient).count()


def tries_left(submission: Submission) -> int:
    """How often this person may still hand in, this try included while it is not decided."""
    used = tries_used(submission.achievement, submission.recipient)
    return max(0, int(submission.assessment["tries"]) - used)


def _begin(achievement: Achievement, recipient: Recipient, user: User, **told: Any) -> Submission:
    before = Submission.objects.filter(achievement=achievement, recipient=recipient)
    last = before.aggregate(last=Max("number"))["last"] or 0
    version = achievement.latest
    assert version is not None
    return Submission.objects.create(
        issuer=achievement.issuer,
        achievement=achievement,
        version=version,
        recipient=recipient,
        user=user,
        number=last + 1,
        saved_at=clock.now(),
        **told,
    )


def _draft(submission: Submission) -> Submission:
    """The draft, held until the transaction ends. Raises NotPossible when it was handed in or taken back meanwhile."""
    found = Submission.objects.begun().select_for_update(of=("self",)).filter(pk=submission.pk).first()
    if found is None:
        raise NotPossible("not_open")
    Submission.objects.filter(pk=found.pk).update(saved_at=clock.now(), edits=F("edits") + 1)
    return found


@transaction.atomic
def save(submission: Submission, *, name: str, route: str, due_on: date | None, levels_public: bool) -> None:
    """What is said of the work. Raises NotPossible."""
    found = _draft(submission)
    Submission.objects.filter(pk=found.pk).update(name=name, route=route, due_on=due_on, levels_public=levels_public)


# Evidence


def _add(submission: Submission, kind: str, **told: Any) -> Artefact:
    found = _draft(submission)
    there = Artefact.objects.there().filter(submission=found)
    if there.count() >= MOST_PIECES or (kind == Artefact.Kind.FILE and files_left(found) < 1):
        raise NotPossible("many")
    last = Artefact.objects.filter(submission=found).aggregate(last=Max("position"))["last"]
    place = 0 if last is None else last + 1
    return Artefact.objects.create(issuer_id=found.issuer_id, submission=found, kind=kind, position=place, **told)


def files_left(submission: Submission) -> int:
    """How many files there is room for."""
    held = Artefact.objects.there().filter(submission=submission, kind=Artefact.Kind.FILE)
    return MOST_FILES - held.count()


@transaction.atomic
def add_file(submission: Submission, kept: Kept, *, name: str, description: str = "", public: bool = False) -> Artefact:
    """Keep a file that was examined, under a name made of its content. Raises NotPossible."""
    _draft(submission)
    Artefact.objects.alone(media.key_of(FOLDER, kept.data, kept.suffix))
    key = media.keep(FOLDER, kept.data, kept.suffix)
    told = {"name": name, "description": description, "public": public}
    digest = hashlib.sha256(kept.data).hexdigest()
    stored: dict[str, Any] = {"key": key, "media_type": kept.media_type, "size": len(kept.data), "sha256": digest}
    return _add(submission, Artefact.Kind.FILE, **told, **stored)


@transaction.atomic
def add(submission: Submission, kind: str, **told: Any) -> Artefact:
    """A link, a video's link, or a text. Raises NotPossible."""
    return _add(submission, kind, **told)


@transaction.atomic
def change(artefact: Artefact, **told: Any) -> None:
    """Say something else of a piece, or in it. Raises NotPossible."""
    _draft(artefact.submission)
    Artefact.objects.filter(pk=artefact.pk).update(**told)


@transaction.atomic
def move(artefact: Artefact, *, down: bool) -> None:
    """Change places with the neighbour. Raises NotPossible."""
    _draft(artefact.submission)
    rows = list(Artefact.objects.there().filter(submission=artefact.submission))
    at = next((place for place, row in enumerate(rows) if row.pk == artefact.pk), None)
    if at is None:
        return
    other = at + (1 if down else -1)
    if 0 <= other < len(rows):
        rows[at], rows[other] = rows[other], rows[at]
    for place, row in enumerate(rows):
        Artefact.objects.filter(pk=row.pk).update(position=place)


@transaction.atomic
def remove(artefact: Artefact) -> None:
    """Take it out; it can be put back until the work is handed in, for a day. Raises NotPossible."""
    _draft(artefact.submission)
    Artefact.objects.filter(pk=artefact.pk, removed_at__isnull=True).update(removed_at=clock.now())


@transaction.atomic
def restore(artefact: Artefact) -> None:
    """Put it back. Raises NotPossible."""
    found = _draft(artefact.submission)
    if artefact.kind == Artefact.Kind.FILE and files_left(found) < 1:
        raise NotPossible("many")
    Artefact.objects.filter(pk=artefact.pk).update(removed_at=None)


# Handing in


@transaction.atomic
def submit(submission: Submission) -> None:
    """Hand it in: nothing of it changes any more. Raises NotPossible."""
    found = _draft(submission)
    if not Artefact.objects.there().filter(submission=found).exists():
        raise NotPossible("nothing")
    if found.assessment["routes"] and not found.route:
        raise NotPossible("no_route")
    Submission.objects.filter(pk=found.pk).update(submitted_at=clock.now(), turn=Submission.Turn.FIRST)
    AuditEvent.objects.record(found.issuer, None, "submission.handed_in", found)


@transaction.atomic
def withdraw(submission: Submission) -> bool:
    """Take it back, before it is decided. False when it was decided or taken back before."""
    standing = Submission.objects.filter(pk=submission.pk, decided_at__isnull=True, withdrawn_at__isnull=True)
    done = standing.update(withdrawn_at=clock.now()) == 1
    if done:
        AuditEvent.objects.record(submission.issuer, None, "submission.withdrawn", submission)
    return done


@transaction.atomic
def again(submission: Submission) -> Submission:
    """The next try, beginning with what was handed in last. Raises NotPossible."""
    if submission.decided_at is None or submission.demonstrated_at is not None or submission.user is None:
        raise NotPossible("not_open")
    told = {"name": submission.name, "levels_public": submission.levels_public}
    made = start(submission.achievement, submission.user, name=submission.name)
    if made.artefacts.exists() or made.submitted_at is not None:
        return made  # pressed twice
    route = submission.route if submission.route in made.assessment["routes"] else ""
    Submission.objects.filter(pk=made.pk).update(**told, route=route)
    for row in Artefact.objects.there().filter(submission=submission):
        row.pk, row.public_id, row.submission = None, Artefact._meta.get_field("public_id").get_default(), made
        row.save(force_insert=True)
    return made
