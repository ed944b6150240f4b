"""The background pipeline, top to bottom: check a list, or evaluate facts → award → sign → render → send; `sweep` starts
again whatever has stopped.

Each task does one chunk and wakes itself while there is more, so that queues stay fair and a worker can stop at any time.
Messages carry nothing: the rows say what to do.
"""

import structlog
from celery import shared_task

from badges.openbadges import validate
from issuers.tenancy import scope
from issuers.waking import wake
from recipients import (
    announcing,
    answering,
    applying,
    awarding,
    calling,
    checking,
    claiming,
    clearing,
    delivering,
    digesting,
    earning,
    evidencing,
    gathering,
    issuing,
    noticing,
    receiving,
    recognising,
    rehearsing,
    reminding,
    searching,
    sending,
    tallying,
    telling,
    tidying,
)
from recipients.models import Award, Submission

log = structlog.get_logger()


@shared_task
def check_lists() -> None:
    """Check one waiting list of people."""
    if checking.check_next():
        wake("recipients.tasks.check_lists")


@shared_task
def rehearse() -> None:
    """Make one waiting dry run."""
    if rehearsing.make_next():
        wake("recipients.tasks.rehearse")


@shared_task
def evaluate() -> None:
    """Let rules look at everybody where they are due, and at what is new; what somebody has earned can be awarded."""
    if noticing.look_at_everybody() + noticing.evaluate_chunk():
        wake("recipients.tasks.evaluate", "recipients.tasks.award")


@shared_task
def award() -> None:
    """Award what was earned; a credential may be what earns another."""
    if award_earned():
        wake("recipients.tasks.award", "recipients.tasks.evaluate")


def award_earned() -> int:
    """One batch of every rule for which something may be awarded; how many earnings are settled."""
    done = 0
    for rule, issuer in earning.ready():
        try:
            with scope(issuer):
                done += _award_next(rule)
        except Exception:  # its neighbours go on, and `sweep` tries it again
            log.exception("awarding_failed", issuer=issuer, rule=rule)
    return done


def _award_next(rule: int) -> int:
    """Award and settle in one transaction, so that nothing is awarded twice or forgotten."""
    due = earning.take(rule)
    if due is None:
        return 0
    made = None
    if issuing.forecast(due.version.achievement, due.people, due.award_keys).new:
        made = issuing.intend(
            due.issuer,
            due.version,
            due.people,
            source=Award.Source.RULE,
            by=None,
            request_key=due.request_key,
            undo_minutes=due.undo_minutes,
            award_keys=due.award_keys,
            rule_version=due.rule_version,
        )
    return earning.settle(due, made)


@shared_task
def check_activity_files() -> None:
    """Check one waiting file of what people did."""
    if gathering.check_next():
        wake("recipients.tasks.check_activity_files")


@shared_task
def sign() -> None:
    """Sign what was intended; what is signed can be printed."""
    if delivering.sign_chunk():
        wake("recipients.tasks.render", "recipients.tasks.sign")


@shared_task
def sign_again() -> None:
    """Sign again what a compromised key had signed; its certificate is printed again."""
    if delivering.sign_again_chunk():
        wake("recipients.tasks.render", "recipients.tasks.sign_again")


@shared_task
def render() -> None:
    """Print certificates; what is printed can be sent."""
    if delivering.render_chunk():
        wake("recipients.tasks.send", "recipients.tasks.tell", "recipients.tasks.render")


@shared_task
def send() -> None:
    """Offer: take for those who take everything, mail the others."""
    taken = claiming.take_for_those_who_asked()
    if sending.send_chunk() or taken:
        wake("recipients.tasks.send")


@shared_task
def answer_applications() -> None:
    """Look again at applications that wait for a rule."""
    if answering.settle_chunk():
        wake("recipients.tasks.answer_applications")


@shared_task
def award_assessed() -> None:
    """Award what was demonstrated: once each, however often this runs."""
    for submission in awarding.demonstrated():
        try:
            with scope(submission.issuer):
                _award_submission(submission)
        except Exception:  # its neighbours go on, and `sweep` tries it again
            log.exception("awarding_failed", submission=submission.public_id)


def _award_submission(submission: Submission) -> None:
    try:
        award = issuing.intend(
            submission.issuer,
            submission.version,
            [evidencing.person(submission)],
            source=Award.Source.ASSESSED,
            by=awarding.decided_by(submission),
            request_key=f"submission/{submission.public_id}",
        )
    except issuing.NotAllowed as refused:
        awarding.award_refused(submission, refused.code)
    except validate.NotPrepared:
        log.exception("award_not_prepared", submission=submission.public_id)
        awarding.award_refused(submission, "not_prepared")
    else:
        awarding.awarded(submission, award.credentials.first())


@shared_task
def tell() -> None:
    """News in the wallet for who has earned something by a rule."""
    if telling.tell_chunk():
        wake("recipients.tasks.tell")


@shared_task
def digests() -> None:
    """Weekly mails of those who want one, and whose Monday has begun."""
    if digesting.write_chunk():
        wake("recipients.tasks.send", "recipients.tasks.digests")


@shared_task
def remind() -> None:
    """Reminders of offers that nobody has taken, and of credentials that end soon."""
    if reminding.write_due():
        wake("recipients.tasks.send")


@shared_task
def sweep() -> None:
    """Every 30 s: whatever waits and is nobody's is started again; what took its worker down five times is set aside."""
    delivering.give_up_crashed()
    delivering.take_up_withdrawn()
    sending.give_up_crashed()
    checking.forget_abandoned()
    gathering.forget_abandoned()
    noticing.try_again()
    # What is always looked for costs one query where nothing waits.
    waiting = {**delivering.waiting(), "send": sending.waiting(), "check_lists": True, "check_activity_files": True}
    waiting |= {"rehearse": True, "evaluate": noticing.waiting(), "award": bool(earning.ready())}
    applying.forget_unproved()
    clearing.forget_removed()
    recognising.recognise_newest()
    tallying.fold()
    searching.read_chunk()
    waiting |= {"answer_applications": answering.waiting(), "award_assessed": awarding.waiting()}
    waiting |= {"tell": telling.waiting()}
    wake(*(f"recipients.tasks.{step}" for step, some in waiting.items() if some))


@shared_task
def forget_events() -> None:
    """Every hour: what other systems sent is remembered for some days, and their last calls."""
    receiving.forget()
    recognising.recognise_newest(everybody=True)


@shared_task
def post_webhooks() -> None:
    """Tell other systems what is due; every ten seconds also what nobody has woken us for. On a queue of its own."""
    calling.give_up_crashed()
    announcing.complete_awards()
    if calling.post() and calling.waiting():
        wake("recipients.tasks.post_webhooks")


@shared_task
def forget_webhooks() -> None:
    """Every hour: what other systems were told is kept for 30 days."""
    calling.forget()


@shared_task
def forget_strays() -> None:
    """Every night: files of certificates that killed workers left."""
    tidying.forget_strays()
