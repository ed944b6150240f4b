"""Pages of what people do, as staff press them: record, put right, withdraw, the list, files."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from badges.models import Opportunity
from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers
from recipients.models import Activity, ActivityFile
from tests.factories import (
    ActivityFactory,
    ActivityFileFactory,
    GroupFactory,
    MembershipFactory,
    OpportunityFactory,
    RecipientFactory,
)
from tests.recipients.attendance import ACTIVITIES

pytestmark = pytest.mark.django_db


@pytest.fixture
def to(issuer):
    """Address of a staff page of `issuer`."""
    return lambda name, *rest: reverse(name, args=[issuer.slug, *rest])


@pytest.fixture
def everything():
    with across_issuers("a test looks"):
        yield


def said(**values):
    return {
        "email": "ana@example.org",
        "name": "Ana Li",
        "thing": "",
        "title": "Open day",
        "kind": "volunteering",
        "at": "2026-01-10T10:00",
        "value": "2,5",
        "unit": "hours",
        "tags": "service, optional",
        "request_key": "k" * 16,
        **values,
    }


# One activity


def test_a30_contribution_is_recorded_by_hand_and_listed(staff, to, everything):
    """Staff write down a contribution that nothing else records, and find it in the list."""
    answer = staff.post(to("manage-activity-new"), said())

    row = Activity.objects.get()
    assert answer.url == to("manage-activity", row.public_id)
    assert (row.key, str(row.value), row.tags) == ("open-day", "2.5000", ["service", "optional"])
    assert row.recorded_by is not None
    assert "Open day" in staff.get(to("manage-activities")).content.decode()
    assert "2.5 hours" in staff.get(to("manage-person-activities", row.recipient_id)).content.decode()


def test_pressing_twice_records_once(staff, to, everything):
    first, second = (staff.post(to("manage-activity-new"), said()) for _ in range(2))

    assert first.url == second.url
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"at": "2199-01-01T10:00"}, "lies in the future"),
        ({"email": "ana-at-x"}, "There is no @"),
        ({"name": ""}, "is not known here yet"),
        ({"title": ""}, "Choose what it was"),
        ({"value": "many"}, "is no number"),
        ({"value": "", "unit": "hours"}, "How many of them"),
        ({"kind": "credential"}, "Choose its kind"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_recorded(staff, to, values, sentence, everything):
    answer = staff.post(to("manage-activity-new"), said(**values))

    assert (answer.status_code, Activity.objects.count()) == (422, 0)
    assert sentence in answer.content.decode()


def test_listed_thing_and_person_are_begun_from_links(staff, to, issuer):
    thing = OpportunityFactory(issuer=issuer, title="Webinar on CVs", tags=["webinar"])
    person = RecipientFactory(issuer=issuer, address="noah@example.org")

    page = staff.get(
        f"{to('manage-activity-new')}?person={person.pk}&opportunity={thing.public_id}&q=noah"
    ).content.decode()

    assert 'value="noah@example.org"' in page
    assert f'value="session/{thing.key}" selected' in page


def test_correction_says_what_it_does_and_replaces_the_row(staff, to, issuer, everything):
    row = ActivityFactory(issuer=issuer, evaluated_at=timezone.now())
    page = staff.get(to("manage-activity", row.public_id)).content.decode()
    assert "nothing that was awarded changes by itself" in page

    values = said(thing="session/webinar-x", title="", tags="webinar")
    assert staff.post(to("manage-activity-correction", row.public_id), values).status_code == 422
    staff.post(to("manage-activity-correction", row.public_id), said(thing=f"session/{row.key}", tags="webinar"))

    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert row.evaluated_at is None
    assert Activity.objects.counting().get().corrects_id == row.pk


def test_nothing_is_corrected_of_somebody_who_was_forgotten(staff, to, issuer, everything):
    nobody = RecipientFactory(issuer=issuer, name="", address="erased-1", erased_at=timezone.now())
    row = ActivityFactory(issuer=issuer, recipient=nobody)

    path = to("manage-activity-correction", row.public_id)
    answer = staff.post(path, said(thing=f"session/{row.key}", tags="webinar"), follow=True)

    assert "asked to be forgotten" in answer.content.decode()
    row.refresh_from_db()
    assert row.withdrawn_at is None


def test_withdrawal_is_done_once(staff, to, issuer, everything):
    row = ActivityFactory(issuer=issuer)

    for _ in range(2):
        staff.post(to("manage-activity-withdrawal", row.public_id))

    assert not Activity.objects.counting().exists()
    assert AuditEvent.objects.filter(action="activity.withdrawn").count() == 1


# The list


@pytest.fixture
def some(issuer):
    ana = RecipientFactory(issuer=issuer, name="Ana Li", address="ana@example.org")
    quiz = OpportunityFactory(issuer=issuer, kind="assessment", key="quiz", title="The quiz")
    return {
        "webinar": ActivityFactory(issuer=issuer, recipient=ana, key="webinar"),
        "quiz": ActivityFactory(issuer=issuer, kind="assessment", key="quiz", tags=[]),
        "told": ActivityFactory(issuer=issuer, confirmed_at=None, tags=[], kind="volunteering", key="help"),
        "gone": ActivityFactory(issuer=issuer, withdrawn_at=timezone.now(), tags=[], key="gone"),
        "thing": quiz,
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=ana", ["webinar"]),
        ("q=ana+li", ["webinar"]),
        ("kind=assessment", ["quiz"]),
        ("tag=webinar", ["webinar"]),
        ("state=waiting", ["help"]),
        ("state=withdrawn", ["gone"]),
        ("state=counts", ["quiz", "webinar"]),
        ("opportunity={thing}", ["quiz"]),
        ("opportunity=none", []),
        ("kind=;drop&state=x&before=abc", []),
        ("", ["gone", "help", "quiz", "webinar"]),
    ],
)
def test_list_is_filtered(staff, to, some, asked, found):
    answer = staff.get(f"{to('manage-activities')}?{asked.format(thing=some['thing'].public_id)}")

    assert [row.key for row in answer.context["page"].rows] == found


def test_pages_are_told_apart_by_the_row_they_begin_after(staff, to, issuer):
    person = RecipientFactory(issuer=issuer)
    for _ in range(60):
        ActivityFactory(issuer=issuer, recipient=person)

    first = staff.get(to("manage-activities")).context["page"]
    second = staff.get(to("manage-activities") + first.older).context["page"]

    assert (len(first.rows), len(second.rows), second.older) == (50, 10, "")


def test_list_asks_as_often_for_many_rows_as_for_one(staff, to, issuer, django_assert_num_queries):
    ActivityFactory(issuer=issuer)
    with CaptureQueriesContext(connection) as few:
        staff.get(to("manage-activities"))
    for _ in range(20):
        ActivityFactory(issuer=issuer)

    with django_assert_num_queries(len(few)):
        staff.get(to("manage-activities"))


def test_empty_list_says_what_will_be_there(staff, to):
    assert "Nothing is recorded yet" in staff.get(to("manage-activities")).content.decode()


def test_export_carries_no_formula_and_stands_in_the_trail(staff, to, issuer, everything):
    ActivityFactory(issuer=issuer, recipient=RecipientFactory(issuer=issuer, name="=HYPERLINK(1)"), key="webinar")

    text = b"".join(staff.get(to("manage-activities-export")).streaming_content).decode("utf-8-sig")

    assert "'=HYPERLINK(1)" in text
    assert AuditEvent.objects.get(action="activity.exported").details == {"activities": 1}


# Files


def upload(staff, to, name):
    file = SimpleUploadedFile(name, (ACTIVITIES / name).read_bytes())
    return staff.post(to("manage-activity-file-new"), {"file": file})


def read_as(staff, url, **values):
    """The form as the page shows it, apart from `values`."""
    form = staff.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data["tags"] = ", ".join(data["tags"] or [])
    data = {name: value for name, value in {**data, **values}.items() if value not in {None, False}}
    return staff.post(f"{url}reading/", data)


def test_file_is_looked_at_then_recorded_by_the_click_that_names_the_number(staff, to, everything):
    page = upload(staff, to, "teams-2024.csv").url
    shown = staff.get(page).content.decode()
    assert "read as an export of Microsoft Teams" in shown
    assert "Nobody Known (Unverified)" in shown
    assert "address_missing" in shown
    assert Activity.objects.count() == 0

    assert staff.post(f"{page}confirmation/", {"activities": 3}).url == page
    assert Activity.objects.count() == 0
    for _ in range(2):
        staff.post(f"{page}confirmation/", {"activities": 4})

    assert Activity.objects.count() == 4
    file = ActivityFile.objects.get()
    assert (file.recorded, file.told_before) == (4, 0)
    assert "new activities" in staff.get(page).content.decode()
    again = staff.get(upload(staff, to, "teams-2024.csv").url)
    assert (again.context["new"], again.context["told"]) == (0, 4)
    assert "nothing to record" in again.content.decode()


def test_reading_is_changed_on_the_page(staff, to, issuer, everything):
    thing = OpportunityFactory(issuer=issuer, key="cv-week", title="CV week", tags=["webinar"])
    page = upload(staff, to, "zoom-two-parts.csv").url

    read_as(staff, page, thing=f"session/{thing.key}", least=59, tags="optional")
    context = staff.get(page).context

    assert [entry.deed.key for entry in context["shown"].expected.new] == ["cv-week"] * 2
    assert context["shown"].expected.new[0].deed.tags == ("webinar", "optional")
    assert [left.code for left in context["report"].left_out] == ["too_short"]


def test_gradebook_is_asked_for_its_day_and_its_columns_are_named(staff, to, everything):
    page = upload(staff, to, "classroom.csv").url
    assert "The file does not say when it was" in staff.get(page).content.decode()

    read_as(staff, page, at="2026-01-10T10:00", item_3="Lab 1")
    staff.post(f"{page}confirmation/", {"activities": 3})

    assert sorted(Activity.objects.values_list("key", flat=True)) == ["lab-1", "poster", "poster"]
    assert set(Opportunity.objects.values_list("title", flat=True)) == {"Lab 1", "Poster"}


def test_file_taken_for_the_wrong_sort_is_turned_round(staff, to, everything):
    page = upload(staff, to, "zoom-summed.csv").url

    read_as(staff, page, what="scored", column_2="score", at="2026-01-10T10:00", percent=False)

    reading = ActivityFile.objects.get().reading
    assert (reading["what"], reading["kind"], reading["percent"]) == ("scored", "assessment", True)
    deeds = [entry.deed for entry in staff.get(page).context["shown"].expected.new]
    assert [(deed.kind, deed.title, str(deed.value)) for deed in deeds] == [
        ("assessment", "Total Duration (Minutes)", "61"),
        ("assessment", "Total Duration (Minutes)", "12"),
    ]


def test_columns_of_one_field_are_refused_with_both_named(staff, to):
    page = upload(staff, to, "zoom-summed.csv").url

    answer = read_as(staff, page, column_0="email", column_1="email")

    assert answer.status_code == 422
    assert "goes there already" in answer.content.decode()


def test_rows_to_mend_are_downloaded_with_what_is_wrong(staff, to):
    page = upload(staff, to, "zoom-two-parts.csv").url

    text = staff.get(f"{page}rows-to-mend.csv").content.decode("utf-8-sig")

    assert "iPhone" in text
    assert "There is no email address in this row" in text
    assert "Amal" not in text


def test_file_that_is_no_table_is_refused_at_its_field(staff, to, everything):
    answer = staff.post(to("manage-activity-file-new"), {"file": SimpleUploadedFile("a.csv", b"%PDF-1.7")})

    assert answer.status_code == 422
    assert "neither a CSV nor an XLSX" in answer.content.decode()
    assert not ActivityFile.objects.exists()


# Who may


def test_reviewer_reads_and_records_nothing(issuer, to, client):
    client.force_login(MembershipFactory(issuer=issuer, role=Role.REVIEWER).user)
    ActivityFactory(issuer=issuer)

    page = client.get(to("manage-activities")).content.decode()

    assert "Read a file" not in page
    assert client.get(to("manage-activity-new")).status_code == 403
    assert client.post(to("manage-group-new"), {"name": "A"}).status_code == 403


def test_viewer_and_designer_see_no_activities(issuer, to, client):
    for role in (Role.VIEWER, Role.DESIGNER):
        client.force_login(MembershipFactory(issuer=issuer, role=role).user)
        assert client.get(to("manage-activities")).status_code == 403
        assert to("manage-activities") not in client.get(to("manage-home")).content.decode()


def test_another_institution_finds_nothing(issuer, client):
    stranger = MembershipFactory()
    client.force_login(stranger.user)
    rows = {
        "manage-activity": ActivityFactory(issuer=issuer).public_id,
        "manage-opportunity": OpportunityFactory(issuer=issuer).public_id,
        "manage-group": GroupFactory(issuer=issuer).key,
        "manage-activity-file": ActivityFileFactory(issuer=issuer).public_id,
        "manage-person-activities": RecipientFactory(issuer=issuer).pk,
    }

    for slug in (issuer.slug, stranger.issuer.slug):
        assert {client.get(reverse(name, args=[slug, row])).status_code for name, row in rows.items()} == {404}
