"""Proofs of drafts are made in the background; the rows are the queue, and messages carry nothing."""

from celery import shared_task

from badges import previewing
from issuers.waking import wake


@shared_task
def preview() -> None:
    """Make one proof, and the small pictures of designs in the colour of its institution once nothing else waits."""
    row = previewing.make_next()
    if row is None:
        return
    wake(previewing.TASK)
    previewing.draw_samples(row.issuer.brand)
