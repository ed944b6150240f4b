"""What verification does in the background. Links of the hiring desk have a queue of their own, so that issuing never waits."""

from celery import shared_task

from issuers.waking import wake
from verification import counting, receipts


@shared_task
def check_links() -> None:
    """Check some of the links that wait."""
    if receipts.check_chunk():
        wake(receipts.TASK)


@shared_task
def sweep() -> None:
    """Every 30 s: what waits and is nobody's is started again."""
    receipts.give_up_crashed()
    if receipts.waiting():
        wake(receipts.TASK)


@shared_task
def forget() -> None:
    """Every hour: what has lapsed, or was closed by its holder since, goes."""
    receipts.forget_lapsed()
    receipts.forget_hidden()


@shared_task
def count_looks() -> None:
    """Every 30 s: looks at public pages become numbers of a day."""
    counting.write_down()
