"""What verification does in the background."""

from celery import shared_task

from verification import counting


@shared_task
def count_looks() -> None:
    """Every 30 s: looks at public pages become numbers of a day."""
    counting.write_down()
