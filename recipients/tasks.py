"""The background pipeline, top to bottom: check a list → sign → render → send; `sweep` starts again whatever has stopped.

Each task does one chunk and wakes itself while there is more, so that queues stay fair and a worker can stop at any time.
Messages carry nothing: the rows say what to do.
"""

import structlog
from celery import shared_task

from badges.openbadges import validate
from issuers.tenancy import scope
from issuers.waking import wake
from recipients import awarding, checking, claiming, clearing, delivering, evidencing, issuing, sending
from recipients.models import Award

log = structlog.get_logger()


@shared_task
def check_lists() -> None:
    """Check one waiting list of people."""
    if checking.check_next():
        wake("recipients.tasks.check_lists")


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
        wake("recipients.tasks.send", "recipients.tasks.render")


@shared_task
def send() -> None:
    """Offer: take for those who take everything, mail the others."""
    taken = claiming.take_for_those_who_asked()
    if sending.send_chunk() or taken:
        wake("recipients.tasks.send")


@shared_task
def award_assessed() -> None:
    """Award what was demonstrated: once each, however often this runs."""
    for submission in awarding.demonstrated():
        with scope(submission.issuer):
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
def sweep() -> None:
    """Every 30 s: whatever waits and is nobody's is started again; what took its worker down five times is set aside."""
    delivering.give_up_crashed()
    delivering.take_up_withdrawn()
    sending.give_up_crashed()
    checking.forget_abandoned()
    clearing.forget_removed()
    waiting = {**delivering.waiting(), "send": sending.waiting(), "check_lists": True}
    waiting |= {"award_assessed": awarding.waiting()}
    wake(*(f"recipients.tasks.{step}" for step, some in waiting.items() if some))
