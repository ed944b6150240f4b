"""Proofs of drafts are made in the background; the rows are the queue, and messages carry nothing.

A design that was handed in stands in no row: a lost message costs its picture, and nothing else.
"""

from celery import shared_task

from badges import previewing, receiving
from issuers.models import Issuer
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


@shared_task
def design_pages(issuer: int, token: str) -> None:
    """Draw the certificate of a design that somebody looks at before taking it."""
    receiving.draw_pages(Issuer.objects.get(pk=issuer), token)
