"""Why mails of a batch have not left, in words for staff. What the server said word for word is the operator's: logs have it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from recipients import pausing
from recipients.models import Award, OutgoingEmail, Trouble
from recipients.models.email import WAITING

TROUBLES = {
    Trouble.UNREACHABLE: _(
        "The mail server of this site does not answer. Nothing is lost: mails leave as soon as it does."
    ),
    Trouble.BUSY: _(
        "The mail server of this site asks to come later. Nothing is lost: mails leave as soon as it takes them."
    ),
    Trouble.TLS: _(
        "The connection to the mail server of this site cannot be secured. Tell whoever runs the site; mails wait."
    ),
    Trouble.LOGIN: _("The mail server of this site refuses its password. Tell whoever runs the site; mails wait."),
    Trouble.SENDER: _(
        "The mail server refuses the address that this site sends from. Tell whoever runs it; mails wait."
    ),
}


def of_award(award: Award, *, running: bool) -> dict[str, Any]:
    """What holds the claim mails of a batch up: `trouble` for all, `put_off` by mailboxes until `next_try`, `unknown` ones."""
    mails = OutgoingEmail.objects.filter(credential__award=award, kind=OutgoingEmail.Kind.OFFER)
    put_off = WAITING & Q(deferred_since__isnull=False)
    found = mails.order_by().aggregate(
        put_off=Count("pk", filter=put_off),
        next_try=Min("not_before", filter=put_off),
        unknown=Count("pk", filter=Q(failed_at__isnull=False, unsure_at__isnull=False)),
    )
    trouble = pausing.trouble() if running else None
    said = {"trouble": TROUBLES[Trouble(trouble.why)], "trouble_since": trouble.down_since} if trouble else {}
    return {"mail": {**found, **said}}
