"""A rule while it is written: what of it can be read already, and how its conditions are added, moved and grouped. Pure.

Nothing here changes the document that it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from badges.criteria import rules, soundness
from badges.criteria.checking import check_form
from badges.criteria.rules import FORMAT, Every, Of, Rule, Type

Json = dict[str, Any]
# Where a member stands: among the rule's own, or in a group and among its conditions.
Place = tuple[int, ...]

EMPTY: Json = {"format": FORMAT, "needs": {"of": "all", "conditions": []}}
# What a condition asks until somebody has said more: so that a type can be tried without filling everything in.
FIRST: dict[str, Json] = {
    Type.COUNT: {"kind": "session", "at_least": 3},
    Type.SET: {"kind": "module"},
    Type.SUM: {"kind": "volunteering", "unit": "hours"},
    Type.SCORE: {"kind": "assessment"},
    Type.IMPROVED: {"kind": "assessment"},
    Type.DEADLINE: {"kind": "module"},
    Type.PEERS: {"kind": "help", "at_least": 3},
    Type.HOLDS: {},
    Type.MEMBER: {},
}


def begun(asked: str) -> Json:
    """A condition of a type, as it is first shown."""
    return {"type": asked, **FIRST.get(asked, {})}


def readable(document: Mapping[str, Any]) -> Rule | None:
    """The rule without what is not complete in it yet; None where nothing is left."""
    needs = _complete(document.get("needs", {}))
    if needs is None:
        return None
    every = {"every": document["every"]} if document.get("every") in tuple(Every) else {}
    return rules.read({"needs": needs, **every})


def _complete(group: Any) -> Json | None:
    """A group with those of its members that can be read. How many it needs is guessed low where it does not say."""
    said = group.get("conditions") if isinstance(group, Mapping) else None
    members = [kept for member in said or () if (kept := _kept(member)) is not None]
    if not members:
        return None
    of, n = group.get("of"), group.get("n")
    if of == Of.AT_LEAST and isinstance(n, int) and not isinstance(n, bool) and n >= 1:
        return {"of": of, "n": n, "conditions": members}
    return {"of": of if of in (Of.ALL, Of.ANY) else Of.ANY, "conditions": members}


def _kept(member: Any) -> Json | None:
    if isinstance(member, Mapping) and "of" in member:
        return _complete(member)
    alone = {"format": FORMAT, "needs": {"of": "all", "conditions": [member]}}
    unreadable = check_form(alone) or any(fault.code == "no-day" for fault in soundness.check(alone))
    return None if unreadable else dict(member)


def is_group(member: Mapping[str, Any]) -> bool:
    """Whether a member has conditions of its own."""
    return "of" in member


def add(document: Json, place: Place, member: Json) -> tuple[Json, Place]:
    """One more at the end: of the rule's own members, or with a place of those of that group."""
    made = deepcopy(document)
    members = _siblings(made, (*place, 0))
    members.append(deepcopy(member))
    return made, (*place, len(members) - 1)


def remove(document: Json, place: Place) -> Json:
    """Without it; a group that it leaves empty goes with it."""
    made = deepcopy(document)
    del _siblings(made, place)[place[-1]]
    return _without_empty(made)


def move(document: Json, place: Place, by: int) -> tuple[Json, Place]:
    """Before the one above (-1) or after the one below (1), among its own; where there is none it stays."""
    made = deepcopy(document)
    members, here = _siblings(made, place), place[-1]
    there = here + by
    if not 0 <= there < len(members):
        return made, place
    members[here], members[there] = members[there], members[here]
    return made, (*place[:-1], there)


def filled(document: Json, place: Place, fill: Callable[[Json], Json]) -> Json:
    """With another member in one place, made of the one that stands there."""
    made = deepcopy(document)
    members = _siblings(made, place)
    members[place[-1]] = fill(members[place[-1]])
    return made


def group(document: Json, place: Place) -> tuple[Json, Place]:
    """Together with the one above: into its group where it is one, else both into a new one."""
    made = deepcopy(document)
    members, (here, *inner) = made["needs"]["conditions"], place
    if inner or here == 0 or is_group(members[here]):
        return made, place
    mine, above = members.pop(here), members[here - 1]
    if not is_group(above):
        members[here - 1] = above = {"of": Of.ANY.value, "conditions": [above]}
    above["conditions"].append(mine)
    return made, (here - 1, len(above["conditions"]) - 1)


def take_out(document: Json, place: Place) -> tuple[Json, Place]:
    """One condition out of its group, to stand after it; of a group itself all of them, in its place."""
    made = deepcopy(document)
    members = made["needs"]["conditions"]
    here = place[0]
    if len(place) == 1:
        members[here : here + 1] = members[here].get("conditions", [members[here]])
        return made, place
    members.insert(here + 1, members[here]["conditions"].pop(place[1]))
    emptied = not members[here]["conditions"]
    return _without_empty(made), (here if emptied else here + 1,)


def _siblings(document: Json, place: Place) -> list[Json]:
    """The list in which a place lies."""
    members: list[Json] = document["needs"]["conditions"]
    for step in place[:-1]:
        members = members[step]["conditions"]
    return members


def _without_empty(document: Json) -> Json:
    needs = document["needs"]
    needs["conditions"] = [one for one in needs["conditions"] if not is_group(one) or one["conditions"]]
    return document
