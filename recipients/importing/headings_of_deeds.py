"""Which column of an attendance report or a gradebook means what, by the words of the usual tools. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from issuers.cleaning import Refused
from recipients import activities
from recipients.importing import headers
from recipients.importing.headers import plain
from recipients.importing.tables import Column, Row

SCORE = "score"
# `login` is taken as an address where it is one; `role` says who only held the meeting.
FIELDS = (
    *("recipient_name", "first_name", "last_name", "email", "login", "student_id"),
    *("joined", "left", "length", "when", SCORE),
    *("title", "value", "place", "note", "tags", "role"),
)
_PERSON = {"recipient_name", "first_name", "last_name"}
# Rows of gradebooks that are about the columns, and people whom the tool made up.
_POSSIBLE = {"points possible", "points", "max points"}
_NOBODY = {
    *_POSSIBLE,
    *("date", "due date", "overall average", "class average", "average", "student test", "test student"),
}
_WHO = {"recipient_name", "first_name", "last_name", "email", "student_id"}
_SYNONYMS = {
    "recipient_name": "name original name|display name|participant|full name|attendee|attendee name|user name original name|"
    "nutzername originalname|nom nom d origine|nombre nombre original|vollstandiger name|nom complet|nombre completo",
    "email": "attendee email|user email|email address|participant email|benutzer e mail|e mail adresse|adresse de courriel|"
    "direccion de correo|e mailadres",
    "login": "sis login id|login id|login|username|user name|user id|participant id upn|participant id|upn|benutzername|"
    "teilnehmer id upn|nom d utilisateur|nombre de usuario|gebruikersnaam",
    "student_id": "sis user id|id number|student id|student number|matrikelnummer",
    "joined": "join time|first join|first join time|joined|joined at|time joined|check in|check in time|"
    "beitrittszeit|erster beitritt|zeitpunkt des beitritts|heure d arrivee|premiere participation|hora de union|primera union|"
    "tijdstip van deelname|eerste deelname",
    "left": "leave time|last leave|last leave time|left|left at|time left|time exited|check out|check out time|"
    "austrittszeit|letzter austritt|verlassen um|heure de depart|dernier depart|hora de salida|ultima salida|"
    "tijdstip van vertrek|laatste vertrek",
    "length": "duration|duration minutes|total duration minutes|total duration|in meeting duration|attendance duration|"
    "attended duration|time in session minutes|minutes|minutes attended|meeting duration|dauer|dauer minuten|"
    "besprechungsdauer|gesamtdauer minuten|duree|duree minutes|duracion|duracion minutos|duur|duur minuten",
    "when": "when|date|date and time|completed|completed on|completion date|submitted|submitted on|timestamp|attended on|"
    "datum|abgeschlossen|date d achevement|fecha|completado",
    SCORE: "grade|score|result|points|mark|final grade|bewertung|punkte|note|calificacion|nota|cijfer",
    "title": "activity|session|session name|meeting name|meeting title|topic|event|event name|workshop|webinar|module|"
    "thema|veranstaltung|aktivitat|activite|actividad|activiteit|titel",
    "value": "hours|value|amount|stunden|heures|horas|uren",
    "place": "place|location|room|ort|raum|lieu|lugar|plaats",
    "note": "comment|note to staff|notes|remark|remarks|bemerkung|commentaire|comentario|opmerking",
    "tags": "tag|tags|schlagworter|etiquettes|etiquetas|labels",
    "role": "role|rolle|rol|attendee role|participant role",
}
_KNOWN = {word: field for field, words in _SYNONYMS.items() for word in words.split("|")}
# Columns that say nothing of what a person did: numbers of other products, sums, and what they say to themselves.
_IGNORED = (
    "id|integration id|section|root account|institution|department|guest|recording consent|recording disclaimer response|"
    "in waiting room|is original host|last access|availability|last downloaded from this course|state|status|time taken|"
    "country region name|connection type|registration time|approval status|meeting id|meeting start time|meeting end time|"
    "start time|end time|started on|host|host name|host email|participants|line|what to mend|overall|feedback|group|class"
)
_LEFT = frozenset(_IGNORED.split("|"))
_SUM = re.compile(
    r"q\.? ?[0-9]+ ?/[0-9.,]+$|"
    r"(course total|category total|(unposted )?(current|final) (score|points|grade)|weighted total|overall|running total)\b|"
    r"\b(letter|feedback|current points|final points|current score|final score|current grade|final grade|total)$",
    re.IGNORECASE,
)
# What gradebooks put into a cell without a score.
NO_SCORE = {
    "",
    "-",
    "–",
    "—",
    "n/a",
    "na",
    "ex",
    "excused",
    "not graded",
    "missing",
    "needs grading",
    "in progress",
    "null",
}
_OF = re.compile(
    r"\[total pts: ?(?:up to )?([0-9]+(?:[.,][0-9]+)?)[^\]]*\]|/([0-9]+(?:[.,][0-9]+)?)\s*$", re.IGNORECASE
)
# What stands round the name of a column: `Quiz: Ethics (Real)`, `Essay (4711)`, `Quiz 3 [Total Pts: 10 Score] |664617`.
_AROUND = re.compile(
    r"^(?:quiz|assignment|test|aufgabe|devoir|cuestionario|tarea):\s*(?=\S)|\s*\((?:real|percentage|[0-9]{2,})\)$|"
    r"\s*\[total pts:[^\]]*\]|\s*\|[0-9]+$",
    re.IGNORECASE,
)
_LOOKED_AT = 200


def suggest(columns: Sequence[Column], rows: Sequence[Row]) -> dict[int, str]:
    """Field of each column; '' is left out. Every column of scores is one of its own."""
    found = {column.index: _field(column.heading) for column in columns}
    people = [row for row in rows[:_LOOKED_AT] if not is_of_layout(row, found)]
    graded = any(found[column.index] in {None, SCORE} and possible(column.heading) for column in columns)
    attended = not graded and {"joined", "left", "length"} & set(found.values())
    for column in columns:
        field = found[column.index]
        if field is None:
            found[column.index] = SCORE if not attended and _holds_scores(column, people) else ""
        elif field in ({SCORE} if attended else {"joined", "left", "length"} if graded else set()):
            found[column.index] = ""
    return _once_each({index: field or "" for index, field in found.items()})


def is_of_layout(row: Row, columns: Mapping[int, Any]) -> bool:
    """A row that is about no person: points possible, dates, the test student."""
    return _called(row, columns) in _NOBODY


def says_possible(row: Row, columns: Mapping[int, str]) -> bool:
    """The row that says how many points there are."""
    return _called(row, columns) in _POSSIBLE


def _called(row: Row, columns: Mapping[int, Any]) -> str:
    said = [row.cells[index] for index, field in columns.items() if field in _PERSON and index < len(row.cells)]
    return plain(" ".join(said))


def _field(heading: str) -> str | None:
    """By its words; None where only its values can tell."""
    word = re.sub(r" [0-9]$", "", plain(heading)) if heading.endswith(")") else plain(heading)
    field = _KNOWN.get(word)
    if field is None and (known := headers.known(heading)) in _WHO:
        field = known
    if field is None and (not word or word in _LEFT or _SUM.search(heading.strip()) or _SUM.search(item(heading))):
        return ""
    return field


def _once_each(found: dict[int, str]) -> dict[int, str]:
    """One column a field, except scores. What stands before the name of the person belongs to the meeting or its host."""
    names = [index for index, field in found.items() if field in {"recipient_name", "first_name"}]
    taken: dict[str, int] = {}
    for index, field in found.items():
        before = taken.get(field)
        if not field or field == SCORE or before is None:
            taken[field] = index
        elif names and before < names[0] < index:
            found[before], taken[field] = "", index
        else:
            found[index] = ""
    return found


def _holds_scores(column: Column, rows: Sequence[Row]) -> bool:
    values = [row.cells[column.index].strip() for row in rows if column.index < len(row.cells)]
    told = [value for value in values if value.lower() not in NO_SCORE]
    return bool(told) and 5 * sum(_is_number(value) for value in told) >= 4 * len(told)


def _is_number(text: str) -> bool:
    try:
        return activities.value(text) is not None
    except Refused:
        return False


def item(heading: str) -> str:
    """What people call the thing that a column of scores is about."""
    name = heading
    while (bare := _AROUND.sub("", name).strip()) != name:
        name = bare
    return re.sub(r"/[0-9]+(?:[.,][0-9]+)?$", "", name).strip() or heading


def possible(heading: str) -> Decimal | None:
    """How many points there are, where the heading says so."""
    found = _OF.search(heading)
    return Decimal((found[1] or found[2]).replace(",", ".")) if found else None
