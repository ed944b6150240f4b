"""Stages of an application form: written by staff, opened, closed. What was sent keeps the questions as they were asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from badges.editing import EditedMeanwhile
from badges.models import Achievement, Rule
from issuers import clock
from issuers.models import AuditEvent, User
from recipients.models import ApplicationForm, Question
from recipients.questions import Asked

AnsweredBy = ApplicationForm.AnsweredBy


class NotOpenable(Exception):
    """The form cannot be opened as it stands; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def form_of(achievement: Achievement) -> ApplicationForm:
    """The form as it is stored, or an empty one that is not."""
    found = ApplicationForm.objects.select_related("issuer", "achievement").filter(achievement=achievement).first()
    return found or ApplicationForm(issuer=achievement.issuer, achievement=achievement)


def has_rule(achievement: Achievement) -> bool:
    """Whether there is a rule that was switched on once, so that it can be asked."""
    return Rule.objects.filter(achievement=achievement, version__isnull=False).exists()


@transaction.atomic
def save(
    achievement: Achievement, by: User, *, edits: int, questions: Sequence[Asked], **values: Any
) -> ApplicationForm:
    """Write the whole form. Raises EditedMeanwhile for the second of two people, and overwrites nothing then."""
    made = {"issuer": achievement.issuer, "made_by": by}
    form, _new = ApplicationForm.objects.get_or_create(achievement=achievement, defaults=made)
    standing = ApplicationForm.objects.filter(pk=form.pk, edits=edits)
    if not standing.update(edits=F("edits") + 1, edited_at=clock.now(), **values):
        raise EditedMeanwhile
    form.questions.all().delete()
    Question.objects.bulk_create(_row(form, place, asked) for place, asked in enumerate(questions))
    AuditEvent.objects.record_sitting(
        achievement.issuer, by, "achievement.edited", achievement, last=form.edited_at, part="application"
    )
    return form_of(achievement)


def _row(form: ApplicationForm, place: int, asked: Asked) -> Question:
    return Question(
        issuer=form.issuer,
        form=form,
        key=asked.key,
        position=place,
        kind=asked.kind.value,
        label=asked.label,
        hint=asked.hint,
        required=asked.required,
        options=list(asked.options),
        accepted=list(asked.accepted),
        at_least=asked.at_least,
    )


def refuse_unless_openable(form: ApplicationForm) -> None:
    """Raises NotOpenable: nobody could be awarded what is applied for, or nothing could answer."""
    if form.pk is None:
        raise NotOpenable("not_saved")
    if form.achievement.archived_at is not None:
        raise NotOpenable("archived")
    if form.achievement.latest is None:
        raise NotOpenable("not_published")
    if form.answered == AnsweredBy.RULE and not has_rule(form.achievement):
        raise NotOpenable("no_rule")
    if form.answered == AnsweredBy.ANSWERS and not any(asked.judged for asked in form.asked()):
        raise NotOpenable("nothing_judged")


@transaction.atomic
def open_(form: ApplicationForm, by: User, *, edits: int) -> bool:
    """People can apply from now on, within its days. False where it was open. Raises NotOpenable.

    `edits` is of the form that somebody has read and means: another one in its place raises EditedMeanwhile.
    """
    form = ApplicationForm.objects.select_for_update(of=("self",)).get(pk=form.pk) if form.pk else form
    refuse_unless_openable(form)
    if form.edits != edits:
        raise EditedMeanwhile
    shut = ApplicationForm.objects.filter(Q(opened_at__isnull=True) | Q(closed_at__isnull=False), pk=form.pk)
    opened = shut.update(opened_at=clock.now(), closed_at=None) == 1
    if opened:
        AuditEvent.objects.record(form.issuer, by, "application.opened", form.achievement)
    return opened


@transaction.atomic
def close(form: ApplicationForm, by: User) -> bool:
    """Nobody can apply any more; what was sent is still answered. False where it was closed."""
    standing = ApplicationForm.objects.filter(pk=form.pk, opened_at__isnull=False, closed_at__isnull=True)
    closed = standing.update(closed_at=clock.now()) == 1
    if closed:
        AuditEvent.objects.record(form.issuer, by, "application.closed", form.achievement)
    return closed
