"""Ten thousand people in a file, three in a hundred with one fault of twelve kinds; the generator knows what is wrong where."""

import csv
import io
import random
from itertools import cycle
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "class-1000.csv"
HEAD = [
    "recipient_name",
    "email",
    "student_id",
    "issued_on",
    "expires_on",
    "grade",
    "credits",
    "narrative",
    "evidence_url",
]
PLACE = {name: index for index, name in enumerate(HEAD)}


def _spoil(column, value):
    def spoilt(row, _before):
        row[PLACE[column]] = value
        return {"column": column}

    return spoilt


def _too_few(row, _before):
    del row[-2:]
    return {"column": None}


def _again(row, before):
    line, address = before
    row[PLACE["email"]] = address.upper()
    return {"column": "email", "other_line": line}


# code → how a good row is spoilt, given an earlier good row's line and address; and what stands in the report.
KINDS = {
    "required": _spoil("recipient_name", "   "),
    "control_character": _spoil("recipient_name", "Bell\x07 Ringer"),
    "too_many_marks": _spoil("recipient_name", "Z" + "\u0301\u0302\u0303\u0304\u0306\u0307" + " Stacked"),
    "unassigned_character": _spoil("recipient_name", "Private \ue000 Use"),
    "invalid_email": _spoil("email", "nobody.example.org"),
    "duplicate_of_line": _again,
    "invalid_date": _spoil("issued_on", "2026-02-30"),
    "date_in_future": _spoil("issued_on", "2126-01-01"),
    "expires_before_issue": _spoil("expires_on", "2001-01-01"),
    "too_long": _spoil("grade", "A" * 61),
    "invalid_url": _spoil("evidence_url", "http://127.0.0.1/cellar"),
    "wrong_cell_count": _too_few,
}


def names():
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        return [row["recipient_name"] for row in csv.DictReader(file)]


def generate(rng: random.Random, people: int = 10_000, share: float = 0.03):
    """(bytes of a CSV file, the report that --json must print). Some cells run over several lines, so that lines are physical."""
    faulty = dict(zip(rng.sample(range(1, people), int(people * share)), cycle(KINDS), strict=False))
    out, line, good = io.StringIO(), 2, []
    csv.writer(out, lineterminator="\n").writerow(HEAD)
    truth = {"accepted_lines": [], "notices": [], "errors": []}
    for number, name in zip(range(people), cycle(names()), strict=False):
        row = _good(rng, number, name)
        if number in faulty:
            code = faulty[number]
            truth["errors"].append({"line": line, "code": code, **KINDS[code](row, rng.choice(good))})
        else:
            truth["accepted_lines"].append(line)
            good.append((line, row[PLACE["email"]]))
        text = _line(row)
        out.write(text)
        line += text.count("\n")
    return out.getvalue().encode(), truth


def _good(rng, number, name):
    told = rng.choice(["", "", "Guided five people.", 'Said: "go on",\nand so they did.\n\nAll of them.'])
    url = rng.choice(["", f"https://portfolio.example.org/{number}"])
    day, grade = f"2026-{rng.randint(1, 10):02}-{rng.randint(1, 28):02}", rng.choice(["Pass", "A", "Merit, first", ""])
    expires = rng.choice(["", "", "2031-12-31"])
    earned = rng.choice(["", "5", "7.5", "2,5"])
    return [name, f"student{number:05}@example.org", f"S{number:05}", day, expires, grade, earned, told, url]


def _line(row):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()
