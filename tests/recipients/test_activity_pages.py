"""Pages of what people do, as staff press them: record, put right, withdraw, files, opportunities, groups, the report."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from badges.models import ActivityKind, Opportunity
from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers
from recipients.models import Activity, ActivityFile, Group, GroupMember, Recipient
from tests.factories import (
    ActivityFactory,
    ActivityFileFactory,
    ActivityKindFactory,
    GroupFactory,
    GroupMemberFactory,
    MembershipFactory,
    OpportunityFactory,
    RecipientFactory,
    UserFactory,
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


# Opportunities and kinds


def test_opportunity_gets_a_readable_key_that_stays(staff, to, issuer, everything):
    values = {
        "title": "Budget night",
        "kind": "session",
        "starts_at": "2026-01-10T18:00",
        "tags": "webinar",
        "unit": "",
    }
    for _ in range(2):
        staff.post(to("manage-opportunity-new"), values)
    first, second = Opportunity.objects.order_by("pk")
    assert (first.key, second.key) == ("budget-night-2026-01-10", "budget-night-2026-01-10-2")
    row = ActivityFactory(issuer=issuer, key=first.key, tags=["webinar"], evaluated_at=timezone.now())

    edited = {**values, "title": "Budget evening", "tags": "optional", "retag": "on"}
    staff.post(to("manage-opportunity-words", first.public_id), edited)

    first.refresh_from_db()
    row.refresh_from_db()
    assert (first.title, first.key, first.tags) == ("Budget evening", "budget-night-2026-01-10", ["optional"])
    assert (row.tags, row.evaluated_at) == (["optional"], None)


def test_opportunity_that_ends_before_it_begins_is_refused(staff, to):
    values = {"title": "A", "kind": "session", "starts_at": "2026-01-10T18:00", "ends_at": "2026-01-10T17:00"}

    assert "end before it begins" in staff.post(to("manage-opportunity-new"), values).content.decode()


def test_archived_opportunity_leaves_the_choice_and_comes_back(staff, to, issuer):
    thing = OpportunityFactory(issuer=issuer, title="Old talk")
    staff.post(to("manage-opportunity-archive", thing.public_id))
    assert "Old talk" not in staff.get(to("manage-activity-new")).content.decode()
    assert "Old talk" in staff.get(to("manage-opportunities") + "?state=archived").content.decode()

    staff.post(to("manage-opportunity-restoration", thing.public_id))

    assert "Old talk" in staff.get(to("manage-activity-new")).content.decode()


def test_own_kind_is_added_once_and_renamed_without_changing_its_key(staff, to, everything):
    staff.post(to("manage-activity-kinds"), {"name": "Lab visit"})
    assert staff.post(to("manage-activity-kinds"), {"name": "Lab  visit"}).status_code == 422
    kind = ActivityKind.objects.get()

    staff.post(to("manage-activity-kind-name", kind.pk), {"name": "Besuch im Labor"})

    kind.refresh_from_db()
    assert (kind.key, kind.name) == ("lab_visit", "Besuch im Labor")
    assert "Besuch im Labor" in staff.get(to("manage-activity-new")).content.decode()


# Groups


def test_group_is_filled_from_a_list_and_strangers_are_named(staff, to, issuer, everything):
    RecipientFactory(issuer=issuer, address="known@example.org")
    staff.post(to("manage-group-new"), {"name": "Mentors, autumn 2026"})
    group = Group.objects.get()
    assert group.key == "mentors-autumn-2026"

    lines = "Ana Li, ana@example.org\nknown@example.org\nstranger@example.org"
    page = staff.post(to("manage-group-people", group.key), {"text": lines}, follow=True).content.decode()

    assert "2 people joined" in page
    assert "stranger@example.org" in page
    assert set(GroupMember.objects.values_list("evaluated_at", flat=True)) == {None}
    assert Recipient.objects.filter(address_key="ana@example.org", name="Ana Li").exists()


def test_line_that_cannot_be_read_is_named_and_nobody_joins(staff, to, issuer, everything):
    group = GroupFactory(issuer=issuer)

    answer = staff.post(to("manage-group-people", group.key), {"text": "Ana, ana@example.org\nBo, bo@@example.org"})

    assert answer.status_code == 422
    assert "Line 2: There is more than one @" in answer.content.decode()
    assert not GroupMember.objects.exists()


def test_leaving_and_archiving_let_rules_look_again(staff, to, issuer, everything):
    member = GroupMemberFactory(issuer=issuer)
    row = ActivityFactory(issuer=issuer, recipient=member.recipient, evaluated_at=timezone.now())
    key = member.group.key

    staff.post(to("manage-group-removal", key), {"person": [member.recipient_id, "x", 10**30]})
    assert not GroupMember.objects.exists()
    row.refresh_from_db()
    assert row.evaluated_at is None
    for name in ("manage-group-archive", "manage-group-restoration"):
        staff.post(to(name, key))
    staff.post(to("manage-group-name", key), {"name": "Other"})

    group = Group.objects.get()
    assert (group.archived_at, group.name, group.key) == (None, "Other", key)


# The report


def test_a31_how_many_students_completed_optional_sessions(staff, to, issuer):
    both = UserFactory()
    school, home, other = (RecipientFactory(issuer=issuer, user=user) for user in (both, both, None))
    for person, tags in ((school, ["optional"]), (home, ["optional"]), (other, ["optional", "webinar"]), (other, [])):
        ActivityFactory(issuer=issuer, recipient=person, tags=tags)
    ActivityFactory(issuer=issuer, tags=["optional"], withdrawn_at=timezone.now())
    ActivityFactory(issuer=issuer, tags=["optional"], at=datetime(2025, 1, 1, tzinfo=UTC))
    since = (timezone.now() - timedelta(days=2)).date().isoformat()

    context = staff.get(f"{to('manage-activity-report')}?from={since}&kind=session").context

    assert [(line.label, line.people, line.activities) for line in context["by_tag"]] == [
        ("optional", 2, 3),
        ("webinar", 1, 1),
    ]
    assert (context["people"], context["activities"]) == (2, 4)
    assert staff.get(to("manage-activity-report")).context["by_tag"][0].people == 3


def test_a36_how_many_students_took_up_leadership(staff, to, issuer):
    kind = ActivityKindFactory(issuer=issuer, name="Office held")
    led = [ActivityFactory(issuer=issuer, kind=kind.key, key="president", tags=["leadership"]) for _ in range(3)]
    OpportunityFactory(issuer=issuer, kind=kind.key, key="president", title="=President of the union")
    group = GroupMemberFactory(issuer=issuer, recipient=led[0].recipient).group

    text = staff.get(to("manage-activity-report-export")).content.decode("utf-8-sig")
    of_group = staff.get(f"{to('manage-activity-report')}?group={group.key}").context["by_tag"]

    assert "Tag,leadership,,3,3" in text
    assert "Opportunity,'=President of the union,Office held,3,3" in text
    assert [(line.label, line.people) for line in of_group] == [("leadership", 1)]


@pytest.mark.parametrize("asked", ["from=x&to=2026-13-01", "kind=%27--", "group=none", "from=2030-01-01"])
def test_odd_questions_to_the_report_are_answered(staff, to, asked):
    assert staff.get(f"{to('manage-activity-report')}?{asked}").status_code == 200


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
