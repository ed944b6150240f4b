"""What other systems send, taken once: a message is answered, its deeds are recorded, and the call is noted.

All of a call or nothing of it: one transaction writes the message, the facts and the note (docs/decisions/0020).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q

from issuers import cleaning, clock
from issuers.models import Issuer
from issuers.tenancy import across_issuers, scope
from recipients import knowing, recording
from recipients.events import reading, xapi
from recipients.events.faults import Fault, Faulty
from recipients.events.reading import Told
from recipients.models import Activity, EventCall, EventKey, EventMessage, KeptAnswer, Recipient

# Senders try again for three days at most (Standard Webhooks); afterwards the facts themselves are known by their ids.
MESSAGES_KEPT, CALLS_KEPT = timedelta(days=7), timedelta(days=30)
# Of the API: as long as clients try again, and longer than the day that they may count on.
ANSWERS_KEPT = timedelta(days=3)
MOST_CALLS = 200
_NOTED_FAULTS = 20
# Faults that nobody finds without seeing what was written.
_TELLING = frozenset(
    {
        *("unknown_kind", "unknown_field", "unknown_parameter", "xapi_version", "duration_invalid", "json_iri"),
        *("moment_invalid", "moment_without_zone", "moment_in_future", "invalid_number", "number_out_of_range"),
    }
)
_USED_AGAIN = timedelta(minutes=1)


class Conflict(Faulty):
    """What came before under this id said something else; it stays."""


def key_of(key_id: str, way: str) -> EventKey | None:
    """The key in use of this name, for this way of sending. It says which institution is meant, and nothing else does."""
    if "\0" in key_id:  # encoded, it comes past what looks at requests
        return None
    with across_issuers("a key of another system names its institution"):
        keys = EventKey.objects.in_use().select_related("issuer")
        return keys.filter(key_id=key_id[:40], way=way, issuer__closed_at__isnull=True).first()


def used(key: EventKey) -> None:
    """Note that it is alive, to the minute: calls at the same moment must not wait for one another here."""
    now = clock.now()
    with scope(key.issuer):
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USED_AGAIN)
        EventKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def take_message(key: EventKey, message_id: str, content: bytes, body: Any) -> dict[str, Any]:
    """The events of one message; sent again, it gets its first answer and writes nothing. Raises Faulty, Conflict."""
    digest = hashlib.sha256(content).hexdigest()
    with scope(key.issuer):
        # Whoever sends the same at the same time waits here for the other's commit.
        message, fresh = EventMessage.objects.get_or_create(
            issuer=key.issuer, origin=key.origin, message_id=message_id, defaults={"key": key, "digest": digest}
        )
        if message.digest != digest:
            raise Conflict([Fault("", "message_id_used")])
        if fresh:
            told = reading.read(body, kinds=knowing.kinds(key.issuer), now=clock.now())
            message.answer = _answer(message_id, _record(key, told))
            message.save(update_fields=["answer"])
        answer: dict[str, Any] = message.answer
        recorded = answer["recorded"] if fresh else 0
        _note(key, 202, message_id=message_id, recorded=recorded, already=len(answer["events"]) - recorded)
        return answer


def _answer(message_id: str, results: Sequence[tuple[Activity, bool]]) -> dict[str, Any]:
    events = [
        {"id": row.external_id, "state": "recorded" if new else "already", "activity": row.public_id}
        for row, new in results
    ]
    recorded = sum(new for _row, new in results)
    return {"message": message_id, "recorded": recorded, "already": len(events) - recorded, "events": events}


def take_statements(key: EventKey, body: Any, *, number: str = "", status: int = 200) -> list[str]:
    """The ids of the statements of a body, once its deeds are recorded and its voids are done. Raises Faulty, Conflict."""
    with scope(key.issuer):
        people = _people(key.issuer, xapi.accounts(body))
        statements = xapi.read(body, people=people, now=clock.now(), number=number)
        results = _record(key, [one.told for one in statements if one.told])
        withdrawn = sum(_void(key, one.voids) for one in statements if one.voids)
        recorded = sum(new for _row, new in results)
        ignored = sum(not one.told and not one.voids for one in statements)
        counts = {"recorded": recorded, "already": len(results) - recorded, "ignored": ignored, "withdrawn": withdrawn}
        _note(key, status, **counts)
        return [one.number for one in statements]


def _people(issuer: Issuer, numbers: set[str]) -> dict[str, tuple[cleaning.Address, str]]:
    """Who has a student number alone: two people of one number cannot be told apart."""
    rows = Recipient.objects.filter(issuer=issuer, student_id__in=numbers - {""}, erased_at__isnull=True)
    alone = rows.values("student_id").annotate(people=Count("pk")).filter(people=1).values("student_id")
    return {row.student_id: (cleaning.address(row.address), row.name) for row in rows.filter(student_id__in=alone)}


def _record(key: EventKey, told: Sequence[Told]) -> list[tuple[Activity, bool]]:
    """A row for each, and whether it is new. Raises Faulty where somebody is unknown and unnamed, Conflict where a row differs."""
    if not told:
        return []
    unnamed = {deed.address.key for deed in recording.strangers(key.issuer, [one.deed for one in told])}
    if unnamed:
        nameless = [one for one in told if one.deed.address.key in unnamed]
        raise Faulty([Fault(one.pointer, "name_missing", {"address": one.deed.address.typed}) for one in nameless])
    done = recording.record(key.issuer, [one.deed for one in told], source=key.source)
    numbers = [one.deed.external_id for one in told]
    rows = Activity.objects.filter(issuer=key.issuer, source=key.source, external_id__in=numbers)
    stored = {row.external_id: row for row in rows.select_related("recipient")}
    differing = [one for one in told if not _says(stored[one.deed.external_id], one)]
    if differing:
        raise Conflict([Fault(one.pointer, "id_used", {"value": one.deed.external_id}) for one in differing])
    new = {row.pk for row in done.new}
    return [(stored[number], stored[number].pk in new) for number in numbers]


def _says(row: Activity, one: Told) -> bool:
    """Whether the row is what is told now. Titles of things may change, and who did it may be called otherwise."""
    deed = one.deed
    said = (
        deed.kind,
        deed.key,
        list(deed.tags),
        deed.value,
        deed.unit,
        deed.place,
        deed.peer,
        deed.note,
        deed.evidence_url,
    )
    kept = (row.kind, row.key, row.tags, row.value, row.unit, row.place, row.peer, row.note, row.evidence_url)
    same_moment = not one.dated or row.at == deed.at
    return said == kept and same_moment and row.recipient.address_key == deed.address.key


def _void(key: EventKey, number: str) -> bool:
    """Take back what the same system had told."""
    found = Activity.objects.filter(issuer=key.issuer, source=key.source, external_id=number)
    row = found.select_related("issuer").first()
    return row is not None and recording.withdraw(row, None)


def refused(key: EventKey, status: int, faults: Sequence[Fault], *, more: int = 0, message_id: str = "") -> None:
    """Note that a call was refused, and why."""
    with scope(key.issuer):
        shown = [_noted(fault) for fault in faults[:_NOTED_FAULTS]]
        hidden = more + max(0, len(faults) - _NOTED_FAULTS)
        _note(key, status, message_id=message_id, faults=shown, more_faults=hidden)


def _noted(fault: Fault) -> dict[str, Any]:
    """Without whatever could name somebody, as numbers and addresses of senders may: these notes are no record of people."""
    kept = {name: value for name, value in fault.params.items() if name != "value" or fault.code in _TELLING}
    params = {name: value for name, value in kept.items() if "@" not in str(value)}
    if fault.code == "name_missing":
        params["reason"] = "somebody"
    # A field that nobody knows may be called as somebody is, or by a character that PostgreSQL does not keep.
    pointer = re.sub(r"/[^/]*@.*", "", fault.pointer).replace("\0", "\ufffd")
    params = {
        name: value.replace("\0", "\ufffd") if isinstance(value, str) else value for name, value in params.items()
    }
    return {"pointer": pointer, "code": fault.code, "params": params}


def _note(key: EventKey, status: int, **values: Any) -> None:
    EventCall.objects.create(issuer=key.issuer, key=key, status=status, **values)


def forget() -> int:
    """Old messages, calls and answers of the API go; of each key the last calls stay for a month. How many went."""
    now = clock.now()
    with across_issuers("what other systems sent is remembered for some days"):
        gone = EventMessage.objects.filter(at__lt=now - MESSAGES_KEPT).delete()[0]
        gone += EventCall.objects.filter(at__lt=now - CALLS_KEPT).delete()[0]
        gone += KeptAnswer.objects.filter(at__lt=now - ANSWERS_KEPT).delete()[0]
        counted = EventCall.objects.order_by().values("key").annotate(number=Count("pk"))
        crowded: list[int] = [row["key"] for row in counted.filter(number__gt=MOST_CALLS)]  # type: ignore[misc]
        for key in crowded:
            calls = EventCall.objects.filter(key=key)
            last_kept = calls.order_by("-pk").values_list("pk", flat=True)[MOST_CALLS - 1]
            gone += calls.filter(pk__lt=last_kept).delete()[0]
    return gone
