"""What the pages of webhooks say about deliveries: states, problems, and the program that checks a signature."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recipients.models import WebhookDelivery, WebhookType
from recipients.models.webhook import TEST

STATES = {
    "": gettext_lazy("Everything"),
    "failed": gettext_lazy("Given up"),
    "trying": gettext_lazy("Tried in vain so far"),
    "waiting": gettext_lazy("Not tried yet"),
    "delivered": gettext_lazy("Delivered"),
}
PILLS = {
    "delivered": ("valid", gettext_lazy("Delivered")),
    "failed": ("failed", gettext_lazy("Given up")),
    "trying": ("waiting", gettext_lazy("Will be tried again")),
    "waiting": ("queued", gettext_lazy("Not tried yet")),
}
PROBLEMS = {
    "status": gettext_lazy("It answered with status %(status)s."),
    "gone": gettext_lazy("It answered 410: this address is gone for good."),
    "redirect": gettext_lazy(
        "It answered with status %(status)s and another address. Enter that one here: nobody follows it."
    ),
    "refused": gettext_lazy("Its name does not lead to a public host, so that nothing was sent."),
    "unreachable": gettext_lazy("Nobody answered, or the connection broke off."),
    "timeout": gettext_lazy("There was no whole answer within 15 seconds."),
    "too_large": gettext_lazy("The answer was too long. A status, and at most a few words, are enough."),
    "secret": gettext_lazy("The secret could not be opened here. Whoever runs this site has been told."),
    "crashed": gettext_lazy("The worker stopped each time it tried."),
}
TYPES: dict[str, Any] = dict(WebhookType.choices) | {TEST: gettext_lazy("A test")}


def shown(row: WebhookDelivery) -> Any:
    """A delivery with its words: `pill`, `said` (what the last try brought), and `means` (its type)."""
    row.pill = PILLS[row.state]  # type: ignore[attr-defined]
    row.means = TYPES.get(row.message.type, row.message.type)  # type: ignore[attr-defined]
    row.said = said(row)  # type: ignore[attr-defined]
    return row


def said(row: WebhookDelivery) -> str:
    """What the last try brought, in a sentence; '' before the first one."""
    if row.problem:
        return str(PROBLEMS[row.problem]) % {"status": row.status}
    if row.delivered_at:
        return _("Taken with status %(status)s.") % {"status": row.status}
    return ""


def program() -> str:
    """A whole receiver that checks signatures, of the standard library alone."""
    return render_to_string("recipients/webhooks/receive.py.txt").rstrip()
