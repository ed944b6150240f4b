"""Licence number, role, term, credits and days of the activity: from a file and the form into what is signed and shown."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from badges.openbadges import validate
from badges.rendering import certificate
from issuers.tenancy import across_issuers
from recipients import importing, printing
from recipients.models import AchievementCredential
from tests.conftest import COMMITTED
from tests.published import claimed, deliver, intend, issued, person, publish
from tests.recipients.lists import checked, found
from verification import reading

pytestmark = COMMITTED
FILE = Path(__file__).with_name("short-course.csv").read_bytes()


@pytest.fixture
def version(issuer):
    return publish(issuer, credits="3.00")


def documents_of(version):
    with across_issuers("a test looks"):
        rows = list(AchievementCredential.objects.filter(version=version).order_by("id"))
    return [json.loads(row.signed or row.document) for row in rows]


def test_file_brings_every_field():
    report = checked(FILE)

    assert report.faults == ()
    ana, bjorn, chloe = report.people
    assert (ana.role, ana.term, ana.license_number, ana.credits) == ("Team lead", "Autumn 2026", "SC-0001", "2.5")
    assert (ana.activity_start, ana.activity_end) == (date(2026, 9, 1), date(2026, 10, 30))
    assert ana.evidence == importing.Evidence(
        "https://example.org/p/1", "Project", "A bridge of paper.", genre="Model", audience="First-year students"
    )
    assert (bjorn.credits, bjorn.activity_start, bjorn.activity_end) == ("0", None, date(2026, 10, 30))
    assert (chloe.role, chloe.credits, chloe.activity_start) == ("", "", date(2026, 9, 1))
    assert ana.custom == {}


def test_report_travels_as_json_and_older_reports_are_still_read():
    report = checked(FILE)
    made = json.loads(json.dumps(report.to_json()))
    assert importing.Report.from_json(made) == report

    for row in made["people"]:
        for key in ("license_number", "role", "term", "credits", "activity_start", "activity_end"):
            del row[key]
        for key in ("genre", "audience"):
            (row["evidence"] or {}).pop(key, "")
    assert importing.Report.from_json(made).people[0].evidence.genre == ""
    assert importing.Report.from_json(made).people[0].credits == ""


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("credits", "many", "invalid_credits"),
        ("credits", "-1", "invalid_credits"),
        ("credits", "1.234", "invalid_credits"),
        ("credits", "1e3", "invalid_credits"),
        ("credits", "1,000.50", "invalid_credits"),
        ("credits", "999999", "invalid_credits"),
        ("credits", "\u0663", "invalid_credits"),
        ("activity_start", "2026-11-22", "date_in_future"),
        ("activity_end", "2026-02-30", "invalid_date"),
        ("role", "x" * 121, "too_long"),
        ("license_number", "x" * 61, "too_long"),
        ("term", "x" * 61, "too_long"),
        ("evidence_genre", "x" * 61, "too_long"),
        ("evidence_audience", "x" * 121, "too_long"),
        ("evidence_genre", "Film", "evidence_unnamed"),
        ("evidence_audience", "Children", "evidence_unnamed"),
    ],
)
def test_bad_value_is_named_by_its_column(column, value, code):
    report = checked(f'name,email,{column}\nAna,ana@example.org,"{value}"\n')

    assert found(report) == [(2, column, code)]


def test_activity_does_not_end_before_it_began():
    text = "name,email,start date,end date\nAna,ana@example.org,2026-09-02,2026-09-01\nBo,bo@example.org,2026-09-01,2026-09-01\n"

    assert found(checked(text)) == [(2, "activity_end", "ends_before_start")]


@pytest.mark.parametrize(
    ("typed", "kept"), [("2,50", "2.5"), (" 3 ", "3"), ("007", "7"), ("0.0", "0"), ("12345.67", "12345.67")]
)
def test_credits_are_plain_numbers(typed, kept):
    assert checked(f'name,email,credits\nAna,ana@example.org,"{typed}"\n').people[0].credits == kept


def test_everything_of_the_file_is_signed_in_its_own_term(version):
    intend(version, *checked(FILE).people)
    deliver()

    ana, bjorn, chloe = documents_of(version)
    subject = ana["credentialSubject"]
    assert {key: subject[key] for key in ("role", "term", "licenseNumber", "creditsEarned", "narrative")} == {
        "role": "Team lead",
        "term": "Autumn 2026",
        "licenseNumber": "SC-0001",
        "creditsEarned": 2.5,
        "narrative": "Led the group project.",
    }
    # Days of the institution's own time zone.
    assert subject["activityStartDate"] == "2026-09-01T00:00:00Z"
    assert subject["activityEndDate"] == "2026-10-30T00:00:00Z"
    assert ana["evidence"] == [
        {
            "id": "https://example.org/p/1",
            "type": ["Evidence"],
            "name": "Project",
            "description": "A bridge of paper.",
            "genre": "Model",
            "audience": "First-year students",
        }
    ]
    assert bjorn["evidence"] == [{"type": ["Evidence"], "name": "Bridge", "genre": "Drawing"}]
    assert "evidence" not in chloe
    assert ana["credentialSubject"]["achievement"]["creditsAvailable"] == 3
    assert bjorn["credentialSubject"]["creditsEarned"] == 0
    assert chloe["credentialSubject"]["creditsEarned"] == 3
    assert not {"role", "term", "licenseNumber", "activityEndDate"} & set(chloe["credentialSubject"])


def test_what_nobody_said_is_in_no_document(version):
    row = issued(version, person())

    assert row.values == {"custom": {}}
    assert not {"role", "term", "licenseNumber", "activityStartDate"} & set(
        json.loads(row.document)["credentialSubject"]
    )


def test_public_page_shows_every_signed_field(version, client):
    row = claimed(version, checked(FILE).people[0])

    shown = dict(reading.read(json.loads(row.signed)).fields)
    assert shown["credentialSubject.licenseNumber"] == "SC-0001"
    page = client.get(f"/c/{row.public_id}").content.decode()
    for text in (
        "Team lead",
        "Autumn 2026",
        "SC-0001",
        "2.5",
        "2026-09-01T00:00:00Z",
        "Led the group project.",
        "Model · First-year students · A bridge of paper.",
    ):
        assert text in page


def test_review_shows_them_before_anything_is_written(version, staff, issuer):
    from django.core.files.uploadedfile import SimpleUploadedFile

    begin = reverse("manage-issue-to", args=[issuer.slug, version.achievement.public_id])
    answer = staff.post(begin, {"tab": "file", "file": SimpleUploadedFile("short-course.csv", FILE)}, follow=True)
    page = answer.content.decode()

    for text in ("SC-0001", "Team lead", "Autumn 2026", "2.5 credits", "Licence number", "Began on"):
        assert text in page


def test_form_takes_them_too_and_names_what_is_wrong(version, staff, issuer):
    begin = reverse("manage-issue-to", args=[issuer.slug, version.achievement.public_id])
    sent = {"tab": "person", "recipient_name": "Ana Li", "email": "ana@example.org", "request_key": "k" * 12}
    wrong = staff.post(begin, {**sent, "credits": "many", "activity_start": "2026-09-02", "activity_end": "2026-09-01"})
    assert wrong.status_code == 422
    assert "is no number of credits" in wrong.content.decode()
    assert "ended before it began" in wrong.content.decode()
    assert '<details class="more-fields" open>' in wrong.content.decode()

    more = {
        "credits": "1,5",
        "role": "Mentor",
        "term": "Autumn",
        "license_number": "L-1",
        "narrative": "Very well done.",
        "evidence_name": "Final film",
        "evidence_genre": "Film",
    }
    nothing_named = staff.post(begin, {**sent, "evidence_genre": "Film"})
    assert nothing_named.status_code == 422
    assert "add its address, title or description" in nothing_named.content.decode()
    assert staff.post(begin, {**sent, **more, "activity_end": "2026-09-01"}).status_code == 302
    (document,) = documents_of(version)
    subject = document["credentialSubject"]
    assert (subject["creditsEarned"], subject["role"], subject["licenseNumber"]) == (1.5, "Mentor", "L-1")
    assert subject["activityEndDate"].startswith("2026-0")
    assert document["evidence"] == [{"type": ["Evidence"], "name": "Final film", "genre": "Film"}]


def test_design_that_asks_for_them_prints_what_is_signed(version):
    row = issued(version, checked(FILE).people[0])
    with across_issuers("a test prints"):
        printed = printing.values(AchievementCredential.objects.listed().get(pk=row.pk)).fields({})

    assert {key: printed[key] for key in printed if key in certificate.KNOWN and key.startswith("award.")} == {
        "award.date": printed["award.date"],
        "award.expires": "",
        "award.grade": "A",
        "award.hours": "",
        "award.license_number": "SC-0001",
        "award.role": "Team lead",
        "award.term": "Autumn 2026",
        "award.credits": "2.5",
    }
    assert str(json.loads(row.signed)["credentialSubject"]["creditsEarned"]) == printed["award.credits"]


def test_full_document_follows_the_schema_and_has_no_lost_term(version):
    intend(version, checked(FILE).people[0])

    assert validate.prepare(documents_of(version)[0]).issuer_id
