"""Whose certificate could not be printed is said before anything is promised, with line, column and remedy."""

import pytest

from issuers.tenancy import scope
from recipients import checking, foreseeing, importing
from recipients.models import AchievementCredential, RecipientList
from tests.factories import IssuerFactory
from tests.published import person, publish

pytestmark = pytest.mark.django_db(databases=["default", "migrator"])
TIBETAN, ENDLESS = "བསྟན་འཛིན", "Ä" * 200
FILE = f"""name,email,grade
Ana Li,ana@example.org,A
{TIBETAN},tenzin@example.org,A
{ENDLESS},endless@example.org,A
not reached,broken,A
ཀ Bo,bo@example.org,A
"""


@pytest.fixture
def version():
    return publish(IssuerFactory())


def _found(report):
    return [(fault.line, fault.column, fault.code) for fault in report.faults]


def test_list_names_who_cannot_be_printed_beside_its_other_faults(version):
    with scope(version.issuer):
        kept = checking.start(
            version.issuer, version.achievement, source="file", file_name="a.csv", content=FILE.encode(), by=None
        )
        report = importing.Report.from_json(RecipientList.objects.get(pk=kept.pk).report)

    assert _found(report) == [
        (3, "recipient_name", "no_letter"),
        (4, "recipient_name", "no_room"),
        (5, "email", "invalid_email"),
        (6, "recipient_name", "no_letter"),
    ]
    assert [one.name for one in report.people] == ["Ana Li"]
    assert report.faults[0].params["letters"] and report.faults[0].who == TIBETAN


def test_one_person_from_the_form_is_told_at_the_name(version, client):
    with scope(version.issuer):
        told = checking.check_one(
            version.issuer, version.achievement, {"recipient_name": TIBETAN, "email": "tenzin@example.org"}
        )

    assert _found(told) == [(1, "recipient_name", "no_letter")]
    assert told.people == ()


def test_who_can_be_printed_is_left_alone_and_nothing_is_written(version):
    report = importing.Report(people=(person("Ana Li"), person("陳美玲", "mei@example.org")), faults=(), notices=())
    with scope(version.issuer):
        assert foreseeing.printable(report, version) is report
        assert not AchievementCredential.objects.exists()


def test_column_of_the_institution_is_named_when_it_is_to_blame(version):
    who = person("Ana Li", custom={"Room": "ཀ"}, grade="A")
    report = importing.Report(people=(who,), faults=(), notices=())
    with scope(version.issuer):
        found = foreseeing.printable(report, publish(version.issuer, name="With results", starter="transcript"))

    assert _found(found) == [(2, "custom.Room", "no_letter")]
