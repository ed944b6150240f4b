"""Attendance reports and gradebooks as tools export them: every layout is read, every fault is named, and nothing is guessed."""

import json
import time
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuers.cleaning import Refused, address
from recipients.importing import DeedReport, FileRefused, Reading, exports, moments
from tests.recipients.attendance import ACTIVITIES, drawn, report_of
from tests.recipients.lists import workbook

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def told(report):
    return [
        (entry.deed.name, entry.deed.key, None if entry.deed.value is None else str(entry.deed.value), entry.deed.unit)
        for entry in report.entries
    ]


def faults(report):
    return [(fault.line, fault.column, fault.code) for fault in report.faults]


def sample(name, **said):
    return report_of((ACTIVITIES / name).read_bytes(), name, now=NOW, **said)


LAYOUTS = {
    "teams-2024.csv": ("Microsoft Teams", 4),
    "teams-2021.csv": ("Microsoft Teams", 1),
    "zoom-two-parts.csv": ("Zoom", 3),
    "zoom-summed.csv": ("Zoom", 2),
    "webex.csv": ("Webex", 1),
    "google-meet.csv": ("Google Meet", 2),
    "moodle-gradebook.csv": ("Moodle", 4),
    "moodle-quiz.csv": ("Moodle", 2),
    "canvas-gradebook.csv": ("Canvas", 2),
    "classroom.csv": ("Google Classroom", 3),
    "blackboard.xls": ("Blackboard", 1),
    "volunteering.csv": ("", 3),
}


def test_samples_are_all_there():
    assert sorted(path.name for path in ACTIVITIES.iterdir()) == sorted(LAYOUTS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_is_recognised_and_read(name):
    layout, entries = LAYOUTS[name]
    data = (ACTIVITIES / name).read_bytes()

    assert exports.read(data, name).layout == layout
    report = sample(name)
    assert (report.asks, len(report.entries)) == ((), entries)


def test_teams_report_gives_people_of_its_second_part_alone():
    report = sample("teams-2024.csv")

    key = "writing-a-résumé-that-is-read-2026-11-20"
    assert told(report) == [
        ("Amal bint Khalid", key, "88", "minutes"),
        ("Łukasz Brzęczyszczykiewicz", key, "15", "minutes"),
        ("山田 花子", key, "86", "minutes"),
        ("Siân Wŷn", key, "89", "minutes"),
    ]
    assert faults(report) == [(15, "email", "address_missing")]
    assert [(left.name, left.code) for left in report.left_out] == [("Ines Órganizer", "held_it")]
    assert report.entries[0].deed.at == datetime(2026, 11, 20, 15, 0, 2, tzinfo=UTC)


def test_several_joins_are_one_stay_and_two_devices_count_once():
    header = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"
    twice = "Ana,ana@x.org,11/20/2026 06:00:00 PM,11/20/2026 07:00:00 PM,60\n"

    assert told(sample("zoom-two-parts.csv"))[1][2] == "59"
    assert report_of(header + twice + twice, now=NOW).entries[0].deed.value == Decimal(62)


def test_short_stays_are_left_out_with_their_minutes():
    report = sample("teams-2024.csv", least=20)

    assert [(left.name, left.minutes) for left in report.left_out if left.code == "too_short"] == [
        ("Łukasz Brzęczyszczykiewicz", 15)
    ]
    assert len(report.entries) == 3


def test_gradebook_columns_are_things_of_their_own_and_empty_scores_are_none():
    assert told(sample("moodle-gradebook.csv")) == [
        ("Amal bint Khalid", "quiz-2", "8.50", "points"),
        ("Amal bint Khalid", "reflective-essay", "85.00", "percent"),
        ("Noah Kim", "reflective-essay", "70.00", "percent"),
        ("Ida Ås", "quiz-2", "6.00", "points"),
    ]
    assert told(sample("moodle-quiz.csv"))[1] == ("Amal bint Khalid", "grade", "95", "percent")


def test_canvas_scores_become_percent_of_the_points_that_there_are():
    report = sample("canvas-gradebook.csv", known={"S00002": address("noah@north.example.edu")})

    assert told(report) == [
        ("Amal bint Khalid", "quiz-2", "85", "percent"),
        ("Amal bint Khalid", "essay-ethics-part-1", "85", "percent"),
        ("Noah Kim", "quiz-2", "70", "percent"),
    ]
    assert told(sample("canvas-gradebook.csv", percent=False))[0][2:] == ("8.50", "points")


def test_person_without_address_is_found_by_a_known_student_number():
    unknown = sample("blackboard.xls")
    known = sample("blackboard.xls", known={"S00001": address("amal@north.example.edu")})

    assert faults(unknown) == [(2, "login", "address_missing")]
    assert [entry.deed.address.key for entry in known.entries] == ["amal@north.example.edu", "noah@north.example.edu"]


def test_hours_of_a_table_of_ones_own():
    report = sample("volunteering.csv", kind="volunteering")

    assert told(report)[0] == ("Amal bint Khalid", "bibliothek", "2.5", "hours")
    assert report.entries[0].deed.place == "Hauptgebäude"


def test_one_person_twice_in_a_gradebook_is_named():
    text = "Name,Email,Quiz 2\nAna,ana@x.org,5\nAna,ANA@x.org,7\n"

    assert faults(report_of(text, now=NOW)) == [(3, "email", "person_twice")]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Name,Duration\nAna,50\n", ("email", "title", "at")),
        ("Name,Email,Duration\nAna,ana@x.org,50\n", ("title", "at")),
        ("Name,Email,Join Time\nAna,ana@x.org,11/12/2025 16:00\n", ("title", "date_order")),
        ("Name,Email,Join Time\nAna,ana@x.org,11/20/2026 16:00\n", ("title",)),
        # The eleventh of December has not been yet.
        ("Name,Email,Join Time\nAna,ana@x.org,11/12/2026 16:00\n", ("title",)),
    ],
)
def test_what_a_file_leaves_open_is_asked_and_never_guessed(text, asks):
    report = report_of(text, now=NOW, title="", at="")

    assert (report.asks, report.entries) == (asks, ())


def test_future_given_by_staff_is_asked_again():
    assert report_of("Name,Email\nAna,ana@x.org\n", now=NOW, at="2026-11-27T10:00").asks == ("at",)


@pytest.mark.parametrize("seed", range(12))
def test_faults_and_minutes_of_a_random_report_are_the_truth(seed):
    truth = drawn(seed)

    report = report_of(truth.text, now=NOW)

    assert faults(report) == truth.faults
    assert {entry.deed.address.key: int(entry.deed.value) for entry in report.entries} == truth.minutes
    assert DeedReport.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_order_of_rows_changes_no_number():
    truth = drawn(5, wrong=0)
    turned = "\n".join([truth.lines[0], *reversed(truth.lines[1:])])

    def numbers(text):
        return {(entry.deed.number, entry.deed.value) for entry in report_of(text, now=NOW).entries}

    assert numbers(truth.text) == numbers(turned)


def test_workbook_with_a_part_above_the_people():
    data = workbook(
        ["Meeting title", "Study skills"],
        ["Start time", "2026-11-10 16:00:00"],
        [],
        ["Name", "Email", "Duration"],
        ["Ana", "ana@x.org", 50],
        ["Bo", "bo@x.org"],
    )
    report = report_of(data, "a.xlsx", now=NOW)

    assert [(entry.deed.title, entry.lines) for entry in report.entries] == [
        ("Study skills", (5,)),
        ("Study skills", (6,)),
    ]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("1h 12m 3s", 4323), ("45 mins", 2700), ("1 hr 2 min", 3720), ("57", 3420), ("57,5", 3450)),
        *(("0:45:10", 2710), ("1:30", 5400), ("15m 20s", 920), ("1 Std. 5 Min.", 3900), ("", None), ("30s", 30)),
    ],
)
def test_lengths_as_tools_write_them(text, seconds):
    assert moments.seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "order", "utc"),
    [
        ("11/20/26, 4:00:02\u202fPM", "MDY", "2026-11-20T15:00:02+00:00"),
        ("20/11/2026 16:00", "DMY", "2026-11-20T15:00:00+00:00"),
        ("20 November 2026  10:05 AM", None, "2026-11-20T09:05:00+00:00"),
        ("Friday, Nov 20, 2026, 12:05 AM", None, "2026-11-19T23:05:00+00:00"),
        ("20.11.2026, 16:00:01", "", "2026-11-20T15:00:01+00:00"),
        ("2026-11-20T16:00:00Z", None, "2026-11-20T16:00:00+00:00"),
        ("2026-11-20 16:00:00+0100", None, "2026-11-20T15:00:00+00:00"),
        ("2026-11-20", None, "2026-11-20T11:00:00+00:00"),
    ],
)
def test_moments_as_tools_write_them(text, order, utc):
    assert moments.moment(text, order=order, zone=BERLIN).isoformat() == utc


@pytest.mark.parametrize(
    "text", ["4:00 PM", "2026-11-20 25:00", "2026-11-20 16:61", "13/13/2026 16:00", "soon", "2026-11-20 13:00 PM"]
)
def test_moments_that_are_refused(text):
    with pytest.raises(Refused):
        moments.moment(text, order="DMY", zone=BERLIN)


@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
@settings(max_examples=200, deadline=None)
def test_no_bytes_make_anything_but_a_refusal_or_a_report(data):
    for head in (b"", b"Name,User Email,Join Time,Duration\n", b"Name,Email,Quiz 1 (12)\n"):
        try:
            report = report_of(head + data, now=NOW)
        except FileRefused:
            continue
        assert "\\u0000" not in json.dumps(report.to_json(), ensure_ascii=False)


@pytest.mark.parametrize("cell", ["," * 31_000 + "x", "a" + " " * 31_000 + "b"])
def test_no_cell_keeps_a_worker_busy(cell):
    began = time.process_time()
    rows = "".join(f'"{cell}",a{n}@example.org,2026-11-20 16:00,"{cell}"\n' for n in range(3))

    report_of(f"Name (original name),User Email,Join Time,Duration\n{rows}".encode(), now=NOW)

    assert time.process_time() - began < 2


def test_reading_travels():
    reading = Reading(
        "did", "session", "UTC", {0: "email", 3: ""}, tags=("a",), value=Decimal("1.5"), items={2: "Quiz"}
    )

    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading
