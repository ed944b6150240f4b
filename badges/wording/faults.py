"""Faults of a rule in words: what is wrong, and what to do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from badges.criteria.checking import Problem
from badges.wording.names import NAMES, Names

# %(detail)s is a number or a name of ours, %(thing)s what the institution calls something, %(way)s a row of credentials.
SENTENCES: dict[str, Any] = {
    # Of weight and form: what a builder never sends, and a program might.
    "too-heavy": _("This is more than a rule can hold. Take conditions away."),
    "too-deep": _("Conditions may be grouped once, and not again within a group."),
    "wrong-form": _("This is not written as it must be. Look for hidden characters and spaces at its ends."),
    "wrong-type": _("Here %(detail)s is wanted. Write it as that."),
    "missing": _("Something is missing here: %(detail)s. Fill it in."),
    "unknown-key": _("A rule knows nothing called “%(detail)s”. Remove it."),
    "not-a-choice": _("Choose one of these: %(detail)s."),
    "too-small": _("Write at least %(detail)s."),
    "too-large": _("Write at most %(detail)s."),
    "too-few": _("At least %(detail)s of them is needed. Add one."),
    "too-many": _("There is room for %(detail)s of them. Take some away."),
    "too-long": _("This is too long: up to %(detail)s fit. Shorten it."),
    "twice": _("The same stands here twice. Remove one."),
    "no-day": _("%(detail)s is no day of the calendar. Write it as 2026-11-20."),
    # Of meaning.
    "ends-before-start": _("It would end before it begins. Check both dates."),
    "terms-overlap": _("This term begins before the one before it has ended. Check the dates of both."),
    "unneeded": _("This has no meaning here. Remove it, or choose what it belongs to."),
    "too-exact": _("At most %(detail)s digits fit after the point. Round it."),
    "more-than-named": _(
        "It asks for more than the %(detail)s that are named, so nobody could ever meet it. Ask for less."
    ),
    "more-than-all": _("Nobody can have more than %(detail)s percent. Ask for less."),
    "more-than-time": _("These days have fewer hours than it asks for. Ask for less, or give more days."),
    "asks-anything": _("Say what kind of activity counts, or which tag it has. Otherwise everything would."),
    "said-twice": _("This condition stands here twice, so one deed would count as two. Remove one."),
    "never-together": _("No period has room for all of it, so nobody could ever meet it. Check the dates."),
    "nothing-anew": _(
        "What it asks for, once reached, stays so: it would be awarded anew in every period for nothing new. "
        "Award it once, or ask for something to be done."
    ),
    # Of what it refers to.
    "unknown-kind": _("No kind of activity is called “%(detail)s”. Choose another."),
    "not-recorded": _("Credentials and groups are conditions of their own (%(detail)s). Choose that instead."),
    "unknown-thing": _("%(thing)s is not there (any more). Choose another."),
    "unknown-credential": _("No credential of yours is %(thing)s. Choose another."),
    "archived": _("%(thing)s was archived, so nobody can earn it any more. Choose another, or bring it back."),
    "unknown-group": _("No group is called %(thing)s. Choose another."),
    "circle": _("This goes round in a circle: %(way)s. Each would wait for the other. Take one of them out."),
}


# What the document calls a part of a condition, as people say it.
_PARTS: dict[str, Any] = {
    "at_least": _("how much it takes"),
    "kind": _("which kind of activity"),
    "key": _("which one it is"),
    "keys": _("which ones count"),
    "tags": _("which tag"),
    "unit": _("what is counted, such as hours"),
    "by": _("the last day"),
    "credentials": _("which credentials"),
    "group": _("which group"),
    "n": _("how many of them"),
    "terms": _("the terms, each with its first and last day"),
    "name": _("its name"),
    "from": _("its first day"),
    "to": _("its last day"),
}
# What JSON Schema calls a sort of value.
_SORTS: dict[str, Any] = {
    "object": _("an object"),
    "array": _("a list"),
    "string": _("a text"),
    "number": _("a number"),
    "integer": _("a whole number"),
}
_DETAILS = {"wrong-type": _SORTS, "missing": _PARTS}


def sentence(problem: Problem, names: Names = NAMES) -> str:
    """One fault, with its remedy."""
    said = SENTENCES.get(problem.code)
    if said is None:
        return gettext("This cannot be part of a rule (%(code)s).") % {"code": problem.code}
    detail = _DETAILS.get(problem.code, {}).get(problem.detail, problem.detail)
    return str(said) % {"detail": detail, "thing": _thing(problem, names), "way": _way(problem, names)}


def _way(problem: Problem, names: Names) -> str:
    return " → ".join(names.credential(key) for key in problem.keys)


def _thing(problem: Problem, names: Names) -> str:
    if not problem.keys:
        return ""
    if problem.code == "unknown-group":
        return names.group(problem.keys[0])
    return names.thing(problem.detail, problem.keys[0]) if problem.detail else names.credential(problem.keys[0])
