"""Attendance reports made at random, with the truth about each of their rows."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from recipients.importing import Reading, deeds, exports, headings_of_deeds
from tests.recipients.lists import SAMPLES

ACTIVITIES = SAMPLES / "activities"
HEADER = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"
BEGINS = datetime(2026, 11, 20, 18, 0)


@dataclass
class Truth:
    """What a report ought to come to."""

    lines: list[str] = field(default_factory=lambda: [HEADER])
    minutes: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def text(self):
        return "\r\n".join(self.lines) + "\r\n"


def _row(name, email, joined, left, minutes):
    def clock(at):
        return at.strftime("%m/%d/%Y %I:%M:%S %p") if isinstance(at, datetime) else at

    return f'"{name}",{email},{clock(joined)},{clock(left)},{minutes},No'


# What can be wrong with a row: (column, code), and the row.
WRONG = {
    "nobody": ("email", "address_missing", lambda at: _row("iPhone", "", at, at + timedelta(minutes=5), 5)),
    "address": ("email", "invalid_email", lambda at: _row("Noah", "noah-at-x.org", at, at + timedelta(minutes=5), 5)),
    "day": ("joined", "invalid_date", lambda at: _row("Ida", "ida@x.org", "02/30/2026 06:00:00 PM", at, 5)),
    "future": (
        "joined",
        "moment_in_future",
        lambda at: _row("Eva", "eva@x.org", at + timedelta(days=30), at + timedelta(days=30, minutes=5), 5),
    ),
    "backwards": ("left", "left_before_joined", lambda at: _row("Bo", "bo@x.org", at, at - timedelta(minutes=5), 5)),
    "length": ("length", "invalid_length", lambda at: _row("Cy", "cy@x.org", at, at + timedelta(minutes=5), "long")),
    "name": (
        "recipient_name",
        "control_character",
        lambda at: _row("Da\x07n", "dan@x.org", at, at + timedelta(minutes=5), 5),
    ),
}


def drawn(seed, people=60, wrong=15):
    """A report of people who join up to three times, one after the other, with wrong rows among them."""
    dice, truth, rows = random.Random(seed), Truth(), []
    for number in range(people):
        email, at = f"person{number}@north.example.edu", BEGINS + timedelta(minutes=dice.randrange(10))
        for _ in range(dice.choice([1, 1, 1, 2, 3])):
            minutes = dice.randrange(1, 25)
            rows.append(
                (_row(f"Person Ñ {number}", email, at, at + timedelta(minutes=minutes), minutes), email, minutes)
            )
            at += timedelta(minutes=minutes + dice.randrange(1, 5))
    for _ in range(wrong):
        column, code, made = WRONG[dice.choice(sorted(WRONG))]
        rows.append((made(BEGINS), None, (column, code)))
    dice.shuffle(rows)
    for text, email, told in rows:
        truth.lines.append(text)
        if email is None:
            truth.faults.append((len(truth.lines), *told))
        else:
            truth.minutes[email] = truth.minutes.get(email, 0) + told
    return truth


def report_of(data, name="report.csv", *, now, known=None, **said):
    """A file read as it would be proposed, apart from what a test says."""
    export = exports.read(data if isinstance(data, bytes) else data.encode(), name)
    columns = headings_of_deeds.suggest(export.table.columns, export.table.rows)
    scored = headings_of_deeds.SCORE in columns.values()
    usual = {
        "what": Reading.SCORED if scored else Reading.DID,
        "kind": "assessment" if scored else "session",
        "zone": "Europe/Berlin",
        "columns": columns,
        "title": "" if scored or "title" in columns.values() else export.about.get("title", "Study skills"),
        "at": "2026-11-20T16:00",
    }
    return deeds.check(export, Reading(**{**usual, **said}), now=now, known=known)
