"""xAPI 1.0.3 statements, as far as they tell of deeds: verb, object, person, score, duration (decision 0020)."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from issuers import cleaning
from issuers.cleaning import Address, Refused
from recipients import activities
from recipients.activities import Deed
from recipients.events import objects, reading, results, verbs
from recipients.events.faults import Fault, Faulty
from recipients.events.objects import Object
from recipients.events.reading import Told

VERSION = "1.0.3"
MOST_STATEMENTS = reading.MOST_EVENTS
_VERSION = re.compile(r"1\.0(?:\.[0-9]{1,4})?")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_STATEMENT = (
    *("id", "actor", "verb", "object", "result", "context", "timestamp"),
    *("stored", "authority", "version", "attachments"),
)
_AGENT = ("objectType", "name", "mbox", "mbox_sha1sum", "openid", "account")
_IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_ACTIVITY, _VERB = ("objectType", "id", "definition"), ("id", "display")
_GROUPED = ("category", "grouping")
# People of the institution by their student number: address and name.
People = Mapping[str, tuple[Address, str]]


@dataclass(frozen=True)
class Statement:
    """`told` is its deed, where it tells of one; `voids` the statement that it takes back; neither: it is let go."""

    number: str
    told: Told | None = None
    voids: str = ""


def version(header: str | None) -> None:
    """The header X-Experience-API-Version (section 3.3). Raises Faulty."""
    if not header or not _VERSION.fullmatch(header.strip()):
        raise Faulty([Fault("", "xapi_version", {"value": (header or "")[:20]})])


def accounts(body: Any) -> set[str]:
    """Names of accounts that stand for people: they may be student numbers."""
    statements = body if isinstance(body, list) else [body]
    actors = [one.get("actor") for one in statements if isinstance(one, Mapping)]
    found = [actor.get("account") for actor in actors if isinstance(actor, Mapping)]
    names = [account.get("name") for account in found if isinstance(account, Mapping)]
    return {name for name in names if isinstance(name, str) and len(name) <= 60 and "\0" not in name}


def read(body: Any, *, people: People, now: datetime, number: str = "") -> list[Statement]:
    """Statements of a body, in its order; `number` is the statementId of a PUT. Raises Faulty."""
    faults: list[Fault] = []
    found = [_statement(one, people, now, number) for one in reading.each(body, faults, MOST_STATEMENTS)]
    given = [(place, one.number) for place, one in found if one]
    faults += reading.twice(given)
    if faults:
        raise Faulty(faults)
    told = iter(reading.named([one.told for _place, one in found if one and one.told]))
    return [Statement(one.number, next(told) if one.told else None, one.voids) for _place, one in found if one]


def _statement(one: Object, people: People, now: datetime, number: str) -> tuple[str, Statement | None]:
    before = len(one.faults)
    one.faults += [Fault(place, "json_null") for place in _nulls(one.value, one.pointer)]
    one.only(_STATEMENT)
    one.read("version", _require_version, "")
    identity, at = _identity(one, number), one.read("timestamp", partial(objects.at, now=now), None)
    verb, about = _part(one, "verb", _VERB), one.inner("object") if one.needs("object") else None
    actor, result = _part(one, "actor", ()), one.inner("result")
    outcome = results.read(result) if result else results.Outcome()
    did = (verb.needed("id", _iri) if verb else None) or ""
    place = objects.step(one.pointer, "id")
    if len(one.faults) > before or not (about and actor):
        return place, None
    if verbs.bare(did) == verbs.VOIDED:
        return place, Statement(identity, voids=_voided(about))
    kind = _kind(did, actor, about, outcome)
    made = _deed(one, kind, actor, people, outcome) if kind else None
    told = Told(Deed(at=at or now, external_id=identity, **made), one.pointer, dated=bool(at)) if made else None
    return place, Statement(identity, told)


def _require_version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        raise Refused("xapi_version", value=text[:20])
    return text


def _part(one: Object, name: str, fields: tuple[str, ...]) -> Object | None:
    found = one.inner(name) if one.needs(name) else None
    if found is not None and fields:
        found.only(fields)
    return found


def _nulls(value: Any, pointer: str) -> Iterator[str]:
    """Part two, 2.2: nothing is null, except in extensions."""
    members = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, item in members:
        here = objects.step(pointer, name)
        if item is None:
            yield here
        elif name != "extensions":
            yield from _nulls(item, here)


def _identity(one: Object, number: str) -> str:
    """The id of the statement; where it has none, one made of what it says and of when, else a new one (2.4.1)."""
    given = one.text("id")
    if given and not _UUID.fullmatch(given):
        one.fault("id", "statement_id", value=given[:40])
    if number and given and given.lower() != number:
        one.fault("id", "statement_id_differs", value=given[:40])
    if given or number:
        return (given or number).lower()
    if "timestamp" not in one:
        return str(uuid.uuid4())
    said = json.dumps(one.value, sort_keys=True, ensure_ascii=False).encode()
    return str(uuid.UUID(bytes=hashlib.sha256(said).digest()[:16], version=4))


def statement_id(text: str) -> str:
    """The parameter statementId. Raises Faulty."""
    if not _UUID.fullmatch(text):
        raise Faulty([Fault("", "statement_id", {"value": text[:40]})])
    return text.lower()


def _iri(text: str) -> str:
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:.", text):
        raise Refused("json_iri", value=text[:60])
    return text


def _voided(about: Object) -> str:
    """Part two, 2.3.2: the object of such a statement is a reference to another."""
    if about.value.get("objectType") != "StatementRef":
        about.fault("objectType", "statement_ref")
    return about.needed("id", _reference) or ""


def _reference(text: str) -> str:
    if not _UUID.fullmatch(text):
        raise Refused("statement_id", value=text[:40])
    return text.lower()


def _kind(did: str, actor: Object, about: Object, outcome: results.Outcome) -> str:
    """'' where nobody did anything that is over: groups, people as objects, what was not completed."""
    if actor.value.get("objectType", "Agent") != "Agent" or about.value.get("objectType", "Activity") != "Activity":
        return ""
    definition = about.inner("definition")
    return "" if outcome.incomplete else verbs.kind(did, definition.text("type") if definition else "")


def _person(actor: Object, people: People) -> tuple[Address, str] | None:
    """Whom an agent stands for (2.4.2.3): by the address, or by an account whose name is an address or a student number."""
    actor.only(_AGENT)
    if sum(name in actor for name in _IDENTIFIERS) != 1:
        actor.fault("", "one_identifier")
        return None
    name = actor.read("name", lambda text: cleaning.name(text).value, "")
    if "mbox" in actor:
        address = actor.needed("mbox", _mailbox)
        return (address, name) if address else None
    account = actor.inner("account")
    login = account.needed("name", str.strip) if account else None
    if login and login in people:
        return people[login]
    if account and login and "@" in login:
        address = account.read("name", cleaning.address, None)
        return (address, name) if address else None
    if login or not account:
        actor.fault("", "person_unknown")
    return None


def _mailbox(text: str) -> Address:
    if not text.lower().startswith("mailto:"):
        raise Refused("mailbox")
    return cleaning.address(text[len("mailto:") :])


def _deed(one: Object, kind: str, actor: Object, people: People, outcome: results.Outcome) -> dict[str, Any] | None:
    """What a deed is made of, apart from its number and its moment; None where that cannot be told."""
    who, about = _person(actor, people), Object(one.value["object"], objects.step(one.pointer, "object"), one.faults)
    about.only(_ACTIVITY)
    key, definition = about.needed("id", lambda text: activities.key(_iri(text))), about.inner("definition")
    title, tags = _said(definition.inner("name")) if definition else "", _tags(one)
    if who is None or key is None:
        return None
    value, unit = outcome.amount(kind)
    made = {"address": who[0], "name": who[1], "kind": kind, "key": key}
    return {**made, "title": title, "tags": tags, "value": value, "unit": unit}


def _said(words: Object | None) -> str:
    """One text of a language map: English if there is one."""
    if words is None:
        return ""
    tongues = sorted(words.value, key=lambda tongue: (tongue.lower().partition("-")[0] != "en", len(tongue)))
    best = next((tongue for tongue in tongues if words.value[tongue]), "")
    return words.read(best, objects.line(cleaning.LINE_MOST), "") if best else ""


def _tags(one: Object) -> tuple[str, ...]:
    """Names of categories and groupings; without a name the end of their address. As many as a deed may have."""
    context = one.inner("context")
    grouped = context.inner("contextActivities") if context else None
    if grouped is None:
        return ()
    found = []
    for name in _GROUPED:
        # Part two, 2.4.6.2: a single activity may stand there without its list.
        listed = [grouped.inner(name)] if isinstance(grouped.value.get(name), Mapping) else _inner(grouped, name)
        found += [_tag(activity) for activity in listed if activity]
    fitting = [tag for tag in found if tag and len(tag) <= activities.TAG_MOST]
    return tuple(dict.fromkeys(fitting))[: activities.MOST_TAGS]


def _inner(owner: Object, name: str) -> list[Object]:
    listed, here = owner.items(name), objects.step(owner.pointer, name)
    return [
        Object(item, objects.step(here, place), owner.faults)
        for place, item in enumerate(listed)
        if isinstance(item, Mapping)
    ]


def _tag(activity: Object) -> str:
    definition = activity.inner("definition")
    named = _said(definition.inner("name")) if definition else ""
    return named or activity.read("id", lambda text: objects.line(2000)(_last(text)), "")


def _last(iri: str) -> str:
    return iri.rstrip("/").rpartition("/")[2]
