"""The background pipeline, top to bottom: check a list → sign → render → send; `sweep` starts again whatever has stopped.

Each task does one chunk and wakes itself while there is more, so that queues stay fair and a worker can stop at any time.
Messages carry nothing: the rows say what to do.
"""

from celery import shared_task

from issuers.waking import wake
from recipients import checking, claiming, delivering, digesting, recognising, sending, telling


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
        wake("recipients.tasks.send", "recipients.tasks.tell", "recipients.tasks.render")


@shared_task
def send() -> None:
    """Offer: take for those who take everything, mail the others."""
    taken = claiming.take_for_those_who_asked()
    if sending.send_chunk() or taken:
        wake("recipients.tasks.send")


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
def sweep() -> None:
    """Every 30 s: whatever waits and is nobody's is started again; what took its worker down five times is set aside."""
    delivering.give_up_crashed()
    delivering.take_up_withdrawn()
    sending.give_up_crashed()
    checking.forget_abandoned()
    recognising.recognise_newest()
    waiting = {**delivering.waiting(), "send": sending.waiting(), "tell": telling.waiting(), "check_lists": True}
    wake(*(f"recipients.tasks.{step}" for step, some in waiting.items() if some))
