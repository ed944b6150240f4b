"""The product's Celery application, for a worker that dies by SIGSEGV when it prints one name: as a library with a fault would.

`celery -A tests.faults.dying worker`. Nothing of the product knows of it.
"""

import os
import signal

from celery.signals import worker_process_init

from credentials_site.celery import app

__all__ = ["app"]
NAME = "Segmentation Fault"


@worker_process_init.connect
def _fragile(**_told):
    from badges.rendering import pdf
    from badges.rendering.splicing.designs import Design

    render, splice = pdf.render, Design.splice

    def dies(layout, values, **told):
        if values.recipient_name == NAME:
            os.kill(os.getpid(), signal.SIGSEGV)
        return render(layout, values, **told)

    def dies_too(self, values, credential_json):
        if values.recipient_name == NAME:
            os.kill(os.getpid(), signal.SIGSEGV)
        return splice(self, values, credential_json)

    pdf.render, Design.splice = dies, dies_too
