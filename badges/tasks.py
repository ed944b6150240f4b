"""Proofs of drafts are made in the background; the rows are the queue, and messages carry nothing."""

from celery import shared_task

from badges import previewing
from issuers.waking import wake


@shared_task
def preview() -> None:
    """Make one proof; with the last that waits, the small pictures of designs in the colour of its institution too."""
    row = previewing.make_next()
    if row is None:
        return
    if previewing.waiting():
        wake(previewing.TASK)
    else:
        previewing.draw_samples(row.issuer.brand)
