"""From an application to its answer: the strings of stages that pages and workers share (decision 0023).

What can be answered without a person is answered as soon as the mailbox is proved; the rest waits for staff, or for facts.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction

from badges.criteria import rules
from badges.criteria.evaluating import Verdict, evaluate
from badges.criteria.facts import History
from badges.models import Rule
from issuers import clock
from issuers.cleaning import address
from issuers.models import User
from issuers.tenancy import across_issuers, scope
from recipients import deciding, earning, issuing, knowing, questions
from recipients.importing import Person
from recipients.models import AchievementCredential, Application, ApplicationForm, Award, Recipient

log = structlog.get_logger()
CHUNK = 50
AnsweredBy = ApplicationForm.AnsweredBy
# What staff took back is not given again without them.
TAKEN_BACK = ("revoked_at", "cancelled_at")


@transaction.atomic
def accept(applications: Iterable[int], by: User) -> int:
    """Yes, by staff: whoever of them waits is awarded it, one batch a form. How many. Raises issuing.NotAllowed."""
    return sum(_award(rows, by) for rows in _by_form(deciding.take(applications)))


def _by_form(applications: Iterable[Application]) -> list[list[Application]]:
    found: dict[int, list[Application]] = defaultdict(list)
    for application in applications:
        found[application.form_id].append(application)
    return list(found.values())


def _award(
    rows: Sequence[Application], by: User | None, rule: Rule | None = None, keys: Mapping[str, str] | None = None
) -> int:
    """Award what `rows`, all of one form, apply for, and write the answer. Without `by` it leaves at once.

    `keys` are the verdicts' of a rule, by address: it earns once in each of its periods.
    """
    achievement, people = rows[0].form.achievement, [_person(row) for row in rows]
    if issuing.forecast(achievement, people, keys).new:
        if achievement.latest is None:
            raise issuing.NotAllowed("not_published")
        issuing.intend(
            rows[0].issuer,
            achievement.latest,
            people,
            source=Award.Source.APPLIED,
            by=by,
            request_key=_request_key(rows),
            skip_undo=by is None,
            award_keys=keys,
            rule_version=rule.version if rule else None,
        )
    has = issuing.standing_credentials(achievement, [row.address_key for row in rows])
    return sum(deciding.accepted(row, has[row.address_key], by) for row in rows if row.address_key in has)


def _person(application: Application) -> Person:
    return Person(line=1, name=application.name, address=address(application.address))


def _request_key(rows: Sequence[Application]) -> str:
    """The same decision again meets the award that it made."""
    said = "|".join(f"{row.public_id}/{row.round}" for row in rows)
    return f"applications/{hashlib.sha256(said.encode()).hexdigest()[:40]}"


@transaction.atomic
def settle(application: Application) -> None:
    """Answer it by itself, where its form does and nothing speaks against it; else it waits. Safe to run twice."""
    for row in deciding.take([application.pk]):
        deciding.looked(row)
        achievement, key = row.form.achievement, row.address_key
        if standing := issuing.standing_credentials(achievement, [key]).get(key):
            deciding.accepted(row, standing, None)
        elif row.form.answered != AnsweredBy.STAFF and not taken_back(row):
            _settle(row)


def try_to_settle(application: Application) -> None:
    """The same, where nothing else may fail with it: what went wrong is logged, and the application waits for staff."""
    try:
        settle(application)
    except Exception:
        log.exception("application_not_settled", application=application.public_id)


def _settle(row: Application) -> None:
    if row.form.answered == AnsweredBy.ANSWERS:
        answered = row.answered()
        if not any(one.asked.judged for one in answered):
            return  # sent while staff answered: nothing in it earns anything
        wrong = questions.missing(answered)
        if wrong:
            deciding.not_yet(row, wrong)
            return
        _award_by_itself(row, None)
        return
    rule = rule_of(row.form)
    if rule is None:
        return
    # Whoever else would count its cap waits meanwhile, as in earning.take.
    Rule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    if not _may_award(rule):
        return
    found = verdict(row, rule)
    if found.met:
        _award_by_itself(row, rule, {row.address_key: found.award_key})


def _award_by_itself(row: Application, rule: Rule | None, keys: Mapping[str, str] | None = None) -> None:
    """Where the institution cannot issue just now, it waits for staff, who see why."""
    try:
        _award([row], None, rule, keys)
    except issuing.NotAllowed as refused:
        log.info("application_waits", application=row.public_id, code=refused.code)


def taken_back(application: Application) -> bool:
    """Whether this person had it, and staff revoked or cancelled it: then a person decides."""
    had = AchievementCredential.objects.filter(
        achievement=application.form.achievement, recipient__address_key=application.address_key
    )
    return any(had.filter(**{f"{moment}__isnull": False}).exists() for moment in TAKEN_BACK)


def rule_of(form: ApplicationForm) -> Rule | None:
    """The rule that a form is answered by, once it was switched on."""
    rules_on = Rule.objects.select_related("version", "issuer")
    return rules_on.filter(achievement=form.achievement, version__isnull=False).first()


def _may_award(rule: Rule) -> bool:
    """A rule that is off, paused, over, full or held for approval says what it found, and staff answer."""
    today = clock.now().astimezone(ZoneInfo(rule.issuer.time_zone)).date()
    stopped = rule.switched_on_at is None or rule.paused_at is not None
    return not (rule.over_on(today) or stopped or rule.approval != Rule.Approval.NONE or earning.full(rule))


def verdict(application: Application, rule: Rule) -> Verdict:
    """What the rule says of this person now."""
    assert rule.version is not None
    issuer, now = application.issuer, clock.now()
    known = Recipient.objects.filter(issuer=issuer, address_key=application.address_key).first()
    history = (
        knowing.histories(issuer, [known], now=now)[known.pk]
        if known
        else History.of([], zone=ZoneInfo(issuer.time_zone), now=now)
    )
    return evaluate(rules.read(rule.version.document), history)


def waiting() -> bool:
    """Whether an application should be looked at now."""
    with across_issuers("sweep"):
        return bool(deciding.due().exists())


def settle_chunk() -> int:
    """A worker's part: look at applications about whose person something is known since. The number looked at."""
    with across_issuers("a worker looks at waiting applications of every institution"):
        free = deciding.due().select_for_update(skip_locked=True, of=("self",), no_key=True)
        rows = list(free.select_related("issuer").order_by("id")[:CHUNK])
        for row in rows:  # first of all: one that takes its worker down is not the next one again
            deciding.looked(row)
    for row in rows:
        with scope(row.issuer):
            try_to_settle(row)
    return len(rows)
