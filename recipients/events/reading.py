"""The body of `POST /api/v1/events`: one event or a list of them, each to a deed. All of them, or every fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from issuers import cleaning
from issuers.cleaning import Refused
from recipients import activities
from recipients.activities import Deed
from recipients.events import kinds as names
from recipients.events import objects
from recipients.events.faults import Fault, Faulty
from recipients.events.objects import Object

MOST_EVENTS = 1000
MOST_BYTES = 1_000_000
FIELDS = ("id", "type", "kind", "actor", "object", "at", "value", "unit", "place", "peer", "note", "evidence")
ACTOR, OBJECT, PEER = ("email", "name", "student_id"), ("key", "title", "tags"), ("email",)
_STUDENT_ID_MOST = 60


@dataclass(frozen=True)
class Told:
    """One thing that a system told: the deed, where it stands in the body, and whether the sender said when it was."""

    deed: Deed
    pointer: str
    dated: bool = True


def read(body: Any, *, kinds: Container[str], now: datetime) -> list[Told]:
    """Deeds of a body, in its order. Raises Faulty."""
    faults: list[Fault] = []
    told = [_event(one, kinds, now) for one in each(body, faults, MOST_EVENTS)]
    numbers = [(one.pointer + "/id", one.deed.external_id) for one in told if one]
    faults += twice(numbers)
    if faults:
        raise Faulty(faults)
    return named([one for one in told if one])


def each(body: Any, faults: list[Fault], most: int) -> list[Object]:
    """The objects of a body: itself, or those of a list. What is no object is noted."""
    if isinstance(body, Mapping):
        return [Object(body, "", faults)]
    if not isinstance(body, list):
        raise Faulty([Fault("", "json_object_or_list")])
    if not body:
        raise Faulty([Fault("", "nothing_sent")])
    if len(body) > most:
        raise Faulty([Fault("", "too_many_events", {"found": len(body), "most": most})])
    found = []
    for place, value in enumerate(body):
        if isinstance(value, Mapping):
            found.append(Object(value, f"/{place}", faults))
        else:
            faults.append(Fault(f"/{place}", "json_object"))
    return found


def twice(numbers: Sequence[tuple[str, str]]) -> list[Fault]:
    """A fault for each place whose number stands at another place too."""
    counted = Counter(number for _place, number in numbers)
    return [Fault(place, "id_twice", {"value": number}) for place, number in numbers if counted[number] > 1]


def named(told: Sequence[Told]) -> list[Told]:
    """Who is named once in a body need not be named again in it."""
    known = {one.deed.address.key: one.deed.name for one in told if one.deed.name}
    return [replace(one, deed=replace(one.deed, name=known.get(one.deed.address.key, ""))) for one in told]


def _event(event: Object, kinds: Container[str], now: datetime) -> Told | None:
    before = len(event.faults)
    event.only(FIELDS)
    number = event.needed("id", objects.line(activities.ID_MOST))
    kind = _kind(event, kinds)
    who, what = _person(event), _about(event)
    at = event.needed("at", partial(objects.at, now=now))
    said = _said(event)
    if who and said["peer"] == who["address"].key:
        event.fault("peer", "peer_is_self")
    if len(event.faults) > before or not (number and kind and who and at):
        return None
    return Told(Deed(kind=kind, at=at, external_id=number, **who, **what, **said), event.pointer)


def _kind(event: Object, kinds: Container[str]) -> str | None:
    if "kind" in event and "type" in event:
        event.fault("kind", "one_of_two")
        return None
    return event.needed("kind" if "kind" in event else "type", partial(names.kind, known=kinds))


def _part(event: Object, name: str, fields: Sequence[str]) -> Object | None:
    found = event.inner(name)
    if found is not None:
        found.only(fields)
    return found


def _person(event: Object) -> dict[str, Any]:
    """Who did it; empty where that cannot be told."""
    actor = _part(event, "actor", ACTOR) if event.needs("actor") else None
    if actor is None:
        return {}
    name = actor.read("name", lambda text: cleaning.name(text).value, "")
    student_id = actor.read("student_id", objects.line(_STUDENT_ID_MOST), "")
    address = actor.needed("email", cleaning.address)
    return {"address": address, "name": name, "student_id": student_id} if address else {}


def _about(event: Object) -> dict[str, Any]:
    """What it was about."""
    about = _part(event, "object", OBJECT) if event.needs("object") else None
    if about is None:
        return {}
    none: tuple[str, ...] = ()
    return {
        "key": about.needed("key", activities.key),
        "title": about.read("title", objects.line(cleaning.LINE_MOST), ""),
        "tags": about.by_rule("tags", lambda: activities.tags(_texts(about, "tags")), none),
    }


def _texts(about: Object, name: str) -> list[str]:
    found = about.items(name)
    if not all(isinstance(item, str) for item in found):
        raise Refused("json_texts")
    return found


def _said(event: Object) -> dict[str, Any]:
    """Whatever else is known of it."""
    number, peer = event.value.get("value"), _part(event, "peer", PEER)
    helped = peer.needed("email", cleaning.address) if peer else None
    return {
        "value": event.by_rule("value", lambda: activities.value(objects.decimal_text(number)), None)
        if "value" in event
        else None,
        "unit": event.read("unit", objects.line(activities.UNIT_MOST), ""),
        "place": event.read("place", objects.line(activities.PLACE_MOST), ""),
        "note": event.read("note", lambda text: cleaning.prose(text, most=activities.NOTE_MOST).value, ""),
        "evidence_url": event.read("evidence", cleaning.web_address, ""),
        "peer": helped.key if helped else "",
    }
