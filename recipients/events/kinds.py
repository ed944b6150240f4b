"""Names of kinds as other systems write them: `peer_review.completed` is a peer review."""

from __future__ import annotations

from collections.abc import Container

from badges.criteria.facts import KINDS
from recipients import activities

# What others call things of our kinds.
_THINGS = {
    "event": "session",
    "lesson": "module",
    "meeting": "session",
    "webinar": "session",
    "workshop": "session",
    "assignment": "task",
    "exam": "assessment",
    "quiz": "assessment",
    "test": "assessment",
    "forum_post": "contribution",
    "post": "contribution",
    "peer_help": "help",
}
# What may have happened to them: only what is over counts, never what began, was cancelled or was merely looked at.
_DONE = frozenset(
    {
        *("attended", "checked_in", "completed", "contributed", "done", "finished", "given", "graded", "logged"),
        *("made", "passed", "posted", "received", "recorded", "scored", "taken"),
    }
)


def kind(value: str, known: Container[str] = KINDS) -> str:
    """A kind that there is here, by its name or as `thing.done`. Raises Refused."""
    text = value.strip().lower()
    thing, dot, done = text.partition(".")
    if dot and done in _DONE:
        # An institution's own kind of that name goes first.
        text = thing if thing in known else _THINGS.get(thing, value)
    return activities.kind(text, known)
