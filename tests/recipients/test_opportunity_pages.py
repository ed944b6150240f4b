"""Opportunities, kinds of one's own, groups, and how many took part, as staff press them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from badges.models import ActivityKind, Opportunity
from issuers.tenancy import across_issuers
from recipients.models import Group, GroupMember, Recipient
from tests.factories import (
    ActivityFactory,
    ActivityKindFactory,
    GroupFactory,
    GroupMemberFactory,
    OpportunityFactory,
    RecipientFactory,
    UserFactory,
)
from tests.making_rules import earnings, switched_on, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def to(issuer):
    """Address of a staff page of `issuer`."""
    return lambda name, *rest: reverse(name, args=[issuer.slug, *rest])


@pytest.fixture
def everything():
    with across_issuers("a test looks"):
        yield


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


def test_person_is_found_and_added_once(staff, to, issuer, everything):
    group = GroupFactory(issuer=issuer)
    RecipientFactory(issuer=issuer, name="Siân Wŷn", address="sian@example.org")
    page = to("manage-group", group.key)
    assert "sian@example.org" in staff.get(f"{page}?find=wŷn").content.decode()

    for _ in range(2):
        staff.post(to("manage-group-people", group.key), {"text": "sian@example.org"})

    assert GroupMember.objects.count() == 1
    assert "Nobody else is found" in staff.get(f"{page}?find=wŷn").content.decode()


def test_line_that_cannot_be_read_is_named_and_nobody_joins(staff, to, issuer, everything):
    group = GroupFactory(issuer=issuer)

    answer = staff.post(to("manage-group-people", group.key), {"text": "Ana, ana@example.org\nBo, bo@@example.org"})

    assert answer.status_code == 422
    assert "Line 2: There is more than one @" in answer.content.decode()
    assert not GroupMember.objects.exists()


@pytest.mark.parametrize("leaving", ["manage-group-removal", "manage-group-archive"])
def test_leaving_and_archiving_let_rules_look_again(staff, to, issuer, leaving):
    member = GroupMemberFactory(issuer=issuer)
    asks = {"format": "rule/1", "needs": {"of": "all", "conditions": [{"type": "member", "group": member.group.key}]}}
    rule = switched_on(issuer, asks)
    work()
    assert [one.doubted_at for one in earnings()] == [None]

    staff.post(to(leaving, member.group.key), {"person": [member.recipient_id, "x", 10**30]})
    work()

    assert earnings(rule_version=rule.version)[0].doubted_at is not None


def test_group_is_restored_and_renamed(staff, to, issuer, everything):
    key = GroupFactory(issuer=issuer, archived_at=timezone.now()).key
    staff.post(to("manage-group-restoration", key))
    staff.post(to("manage-group-name", key), {"name": "Other"})

    group = Group.objects.get()
    assert (group.archived_at, group.name, group.key) == (None, "Other", key)


# The report


def test_a31_how_many_students_completed_optional_sessions(staff, to, issuer):
    """Asked how many different people took part in optional sessions, the report answers by tag and by days."""
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
    """The same report counts the people behind any tag, such as leadership."""
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


def test_help_says_which_files_are_read(client):
    assert "gradebooks of Moodle, Canvas" in client.get(reverse("help-article", args=["activities"])).content.decode()
    assert "Recording what people did" in client.get(reverse("help")).content.decode()
