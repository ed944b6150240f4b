"""What all pages of activities share: names of kinds and things, the tabs between them, and one deed as a row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from badges.models import ActivityKind, Opportunity
from badges.wording.kinds import KINDS
from badges.wording.names import amount
from issuers.access import StaffRequest
from issuers.models import Issuer
from recipients.models import Activity


def kind_labels(issuer: Issuer) -> dict[str, str]:
    """Every kind that there is here, by its key: everybody's, then the institution's own by name."""
    own = ActivityKind.objects.filter(issuer=issuer).order_by("name").values_list("key", "name")
    return {key: str(words.label) for key, words in KINDS.items()} | dict(own)


def tabs(request: StaffRequest, current: str) -> list[dict[str, Any]]:
    """For components/tabs.html: the pages of what people do."""
    words = {
        "manage-activities": _("Activities"),
        "manage-activity-files": _("Files"),
        "manage-opportunities": _("Opportunities"),
        "manage-groups": _("Groups"),
        "manage-activity-report": _("Report"),
        "manage-activity-kinds": _("Own kinds"),
    }
    return [
        {"url": reverse(name, args=[request.issuer.slug]), "label": label, "current": name == current}
        for name, label in words.items()
    ]


def named(issuer: Issuer, rows: Iterable[Activity], labels: dict[str, str]) -> list[Activity]:
    """Rows with what pages say of them: `thing`, `kind_name`, `amount`, `state`. One query for all."""
    found = list(rows)
    keys = {row.key for row in found}
    things = {(one.kind, one.key): one for one in Opportunity.objects.filter(issuer=issuer, key__in=keys)}
    for row in found:
        made: Any = row
        made.thing = things.get((row.kind, row.key))
        made.thing_name = made.thing.title if made.thing else row.key
        made.kind_name = labels.get(row.kind, row.kind)
        made.amount = amount(row.value, row.unit) if row.value is not None else ""
        made.state = state_of(row)
    return found


def state_of(row: Activity) -> str:
    """Whether it counts: counts, waiting, refused, withdrawn."""
    if row.withdrawn_at:
        return "withdrawn"
    if row.refused_at:
        return "refused"
    return "counts" if row.confirmed_at else "waiting"


def states() -> dict[str, str]:
    """The words of the filter."""
    return {
        "counts": _("Counts"),
        "waiting": _("Waits for a look"),
        "refused": _("Not accepted"),
        "withdrawn": _("Withdrawn"),
    }


def source_name(source: str) -> str:
    """Where a fact came from, in words."""
    words = {
        "staff": _("recorded by hand"),
        "file": _("from a file"),
        "check-in": _("checked in"),
        "log": _("told by the person"),
        "events": _("sent by another system"),
        "correction": _("a correction"),
    }
    return words.get(source.partition(":")[0], source)
