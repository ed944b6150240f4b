"""Notices in sentences, one for each kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from recipients import prospects
from recipients.models import Notice

Kind = Notice.Kind
SENTENCES: dict[str, Any] = {
    Kind.OFFERED: _("%(issuer)s offers you this."),
    Kind.CLAIMED: _("From %(issuer)s, accepted for you as you wished."),
    Kind.CORRECTED: _("%(issuer)s corrected it. Your link is the same."),
    Kind.REVOKED: _("%(issuer)s revoked it."),
    Kind.SUSPENDED: _("%(issuer)s put it on hold."),
    Kind.REINSTATED: _("%(issuer)s reinstated it."),
    Kind.EARNED: _("You earned it at %(issuer)s."),
    Kind.CONFIRMED: _("%(issuer)s confirmed it. It counts."),
    Kind.REFUSED: _("%(issuer)s did not confirm it. %(reason)s"),
}


def said(notices: Iterable[Notice]) -> list[Any]:
    """The rows, each with its sentence; what is about an activity with its title too."""
    rows: list[Any] = list(notices)
    told = [row.activity for row in rows if row.activity]
    called = prospects.titles({one.issuer_id for one in told}, {one.key for one in told}) if told else {}
    for row in rows:
        reason = row.activity.refusal if row.activity else ""
        row.sentence = (str(SENTENCES[row.kind]) % {"issuer": row.issuer.name, "reason": reason}).strip()
        if row.activity:
            row.title = called.get((row.issuer_id, row.activity.kind, row.activity.key), row.activity.key)
    return rows
