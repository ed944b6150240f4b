"""What the pages of keys say about sending: addresses, fields, two programs, and calls in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from badges.wording.kinds import KINDS
from issuers.wording import sentence
from recipients import receiving
from recipients.events import reading
from recipients.models import EventCall

MOST_CALLS, DAYS = receiving.MOST_CALLS, receiving.CALLS_KEPT.days
ANY_KEY = "ek_…"


class Field(NamedTuple):
    """One line of the reference."""

    name: str
    needed: bool
    what: Any


FIELDS = (
    Field(
        "id",
        True,
        gettext_lazy("Your own number of what happened, up to 200 characters. The same number is the same fact."),
    ),
    Field(
        "type",
        True,
        gettext_lazy("What was done: a kind from the table below, or a name such as quiz.scored. Or call it kind."),
    ),
    Field("at", True, gettext_lazy("When it was done, with its time zone: 2026-11-20T14:30:00Z. Not in the future.")),
    Field("actor.email", True, gettext_lazy("Whose deed it is.")),
    Field(
        "actor.name",
        False,
        gettext_lazy("Their name; needed the first time you tell of somebody who is not known here yet."),
    ),
    Field("actor.student_id", False, gettext_lazy("Their student number, kept with somebody who is new here.")),
    Field(
        "object.key",
        True,
        gettext_lazy("Which session, quiz or course: a name that stays, such as webinar-1 or its address."),
    ),
    Field("object.title", False, gettext_lazy("How people call it. Rules and pages say this.")),
    Field("object.tags", False, gettext_lazy("Up to 10 words that rules may ask for, such as webinar.")),
    Field("value", False, gettext_lazy("A score, or how much: a number with at most four decimals.")),
    Field("unit", False, gettext_lazy("Of the value: percent, points, hours, minutes, or your own.")),
    Field("place", False, gettext_lazy("Where it was.")),
    Field("peer.email", False, gettext_lazy("Who was helped, reviewed or mentored. Never the person themselves.")),
    Field("note", False, gettext_lazy("A word for staff, up to 2,000 characters.")),
    Field("evidence", False, gettext_lazy("The address of a page that shows it.")),
)
# How each kind is usually told: `thing.done`.
EXAMPLES = {
    "session": "session.attended, webinar.attended, event.attended",
    "course": "course.completed",
    "module": "module.completed, lesson.completed",
    "task": "task.completed, assignment.completed",
    "assessment": "assessment.scored, quiz.scored, exam.passed",
    "peer_review": "peer_review.completed",
    "help": "help.given",
    "contribution": "contribution.posted, forum_post.made",
    "volunteering": "volunteering.logged",
    "mentoring": "mentoring.completed",
    "nomination": "nomination.received",
}


def addresses() -> dict[str, str]:
    """Where to send to; the xAPI one is what other programs call the endpoint."""
    xapi = settings.SITE_URL + reverse("xapi-statements").removesuffix("statements")
    return {"events_address": settings.SITE_URL + reverse("api-events"), "xapi_address": xapi}


def samples(key_id: str) -> dict[str, str]:
    """Two programs that send one event with this key."""
    said = {"address": addresses()["events_address"], "key": key_id}
    names = {"python": "send.py.txt", "shell": "send.sh.txt"}
    return {name: render_to_string(f"recipients/events/{file}", said).rstrip() for name, file in names.items()}


def guide() -> dict[str, Any]:
    """Everything that the page about sending shows."""
    kinds = [(name, KINDS[name].label, EXAMPLES[name]) for name in EXAMPLES]
    limits = {"most_events": f"{reading.MOST_EVENTS:,}", "most_bytes": f"{reading.MOST_BYTES:,}"}
    return {"fields": FIELDS, "kinds": kinds, **limits, **addresses(), **samples(ANY_KEY)}


def call(row: EventCall) -> EventCall:
    """One call with its words: `summary` is a sentence, `said` its faults."""
    shown: Any = row
    shown.summary = _taken(row) if row.taken else _("Refused with status %(status)s.") % {"status": row.status}
    shown.said = [(fault["pointer"], _sentence(fault)) for fault in row.faults]
    return row


def _sentence(fault: Mapping[str, Any]) -> str:
    """Values that may be somebody's address are not kept: a sentence that wants one says so."""
    params: dict[str, Any] = {"value": "…", "address": "…", "detail": "…", "most": "…", "found": "…", "length": "…"}
    return sentence(fault["code"], **(params | fault["params"]))


def _taken(row: EventCall) -> str:
    """`3 recorded, 1 known before.`"""
    counted = [
        (row.recorded, ngettext("%(number)s recorded", "%(number)s recorded", row.recorded)),
        (row.already, ngettext("%(number)s known before", "%(number)s known before", row.already)),
        (row.withdrawn, ngettext("%(number)s taken back", "%(number)s taken back", row.withdrawn)),
        (row.ignored, ngettext("%(number)s told of no deed", "%(number)s told of no deed", row.ignored)),
    ]
    said = [words % {"number": f"{number:,}"} for number, words in counted if number]
    return ", ".join(said) + "." if said else _("Nothing was in it that counts.")
