"""Stages of an answer: accepted, declined, not yet, looked at, taken back. Each by one conditional update."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from badges.models import RuleVersion
from issuers import clock
from issuers.models import AuditEvent, User
from issuers.waking import wake
from recipients.models import AchievementCredential, Activity, Application, ApplicationForm, OutgoingEmail

Decision = Application.Decision
# Groups, periods and what only becomes true with time: at the latest then the rule is asked again.
ONCE_MORE = timedelta(days=1)
# What is written at one moment is seen by others when it is committed, a little later.
SLACK = timedelta(minutes=1)
# So that a look is not repeated at once for as long as that.
PAUSE = timedelta(seconds=20)
_UNDECIDED: dict[str, Any] = {
    "decided_at": None,
    "decided_by": None,
    "decision": "",
    "reason": "",
    "missing": [],
    "release_at": None,
    "credential": None,
}


def take(applications: Iterable[int]) -> list[Application]:
    """Those of them that wait for an answer, kept from everybody else until the transaction ends."""
    waiting = Application.objects.waiting().filter(pk__in=list(applications)).order_by("id")
    locked = list(waiting.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    return list(Application.objects.with_form().filter(pk__in=locked).order_by("id"))


@transaction.atomic
def accepted(application: Application, credential: AchievementCredential, by: User | None) -> bool:
    """It was awarded, or they had it. The person is told with the award's own mail. False where it was answered before."""
    done = _decide(application, Decision.ACCEPTED, by, credential=credential, release_at=credential.award.release_at)
    if done and by is not None:
        AuditEvent.objects.record(application.issuer, by, "application.accepted", application)
    return done


@transaction.atomic
def decline(application: Application, by: User, *, reason: str) -> bool:
    """No, and why. The mail waits for the minutes in which it can be taken back. False where it was answered before."""
    release_at = clock.now() + timedelta(minutes=application.issuer.undo_minutes)
    done = _decide(application, Decision.DECLINED, by, reason=reason, release_at=release_at)
    if done:
        _tell(application, release_at)
        AuditEvent.objects.record(application.issuer, by, "application.declined", application)
    return done


@transaction.atomic
def not_yet(application: Application, missing: Sequence[str]) -> bool:
    """The answers do not earn it. `missing` are keys of questions. False where it was answered before."""
    now = clock.now()
    done = _decide(application, Decision.DECLINED, None, missing=list(missing), release_at=now)
    if done:
        _tell(application, now)
    return done


def _decide(application: Application, decision: str, by: User | None, **values: Any) -> bool:
    waiting = Application.objects.waiting().filter(pk=application.pk)
    done = waiting.update(decision=decision, decided_at=clock.now(), decided_by=by, **values) == 1
    if done:
        application.refresh_from_db()
    return done


def _tell(application: Application, not_before: datetime) -> None:
    kind = OutgoingEmail.Kind.ANSWER
    OutgoingEmail.about(application, kind, not_before=not_before, sequence=application.round).save()
    wake("recipients.tasks.send")


def looked(application: Application) -> None:
    """The rule was asked, and it waits on."""
    Application.objects.filter(pk=application.pk).update(looked_at=clock.now())


def can_reopen(application: Application) -> bool:
    """Whether the answer can still be taken back: declined and not told yet, or awarded and the award undone."""
    if application.decision == Decision.DECLINED:
        return application.release_at is not None and application.release_at > clock.now()
    return application.credential is not None and application.credential.cancelled_at is not None


def reopen(application: Application, by: User) -> bool:
    """Take the answer back: it waits again. False where it is too late, or the person has another one open."""
    undone = Q(decision=Decision.DECLINED, release_at__gt=clock.now()) | Q(
        decision=Decision.ACCEPTED, credential__cancelled_at__isnull=False
    )
    decided = Application.objects.filter(undone, pk=application.pk).values("pk")
    try:
        with transaction.atomic():
            rows = Application.objects.filter(pk__in=decided)
            if rows.update(round=F("round") + 1, **_UNDECIDED) != 1:
                return False
    except IntegrityError:
        return False
    answers = OutgoingEmail.objects.waiting().filter(application=application, kind=OutgoingEmail.Kind.ANSWER)
    answers.update(cancelled_at=clock.now(), response="taken back")
    AuditEvent.objects.record(application.issuer, by, "application.reopened", application)
    return True


def due() -> Any:
    """Waiting applications about whose person something is known since they were looked at."""
    now = clock.now()
    of_person = {"issuer": OuterRef("issuer_id"), "recipient__address_key": OuterRef("address_key")}
    since = OuterRef("looked_at") - SLACK
    facts = Activity.objects.filter(Q(confirmed_at__gt=since) | Q(withdrawn_at__gt=since), **of_person)
    version = RuleVersion.objects.filter(rule__achievement=OuterRef("form__achievement_id"), created_at__gt=since)
    awarded = AchievementCredential.objects.filter(
        achievement=OuterRef("form__achievement_id"), created_at__gt=since, **of_person
    )
    by_rule = Q(form__answered=ApplicationForm.AnsweredBy.RULE) & (
        Q(looked_at__lt=now - ONCE_MORE) | Exists(facts) | Exists(version)
    )
    rested = Q(looked_at__lt=now - PAUSE)
    return Application.objects.waiting().filter(Q(looked_at__isnull=True) | rested & (by_rule | Exists(awarded)))
