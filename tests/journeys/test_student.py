"""A student on a phone, in Chromium: what is nearly earned, a goal of the week, and the moment it is earned."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from issuers.models import Role
from issuers.tenancy import across_issuers
from recipients import telling
from recipients.models import AchievementCredential
from tests import factories
from tests.architecture import walk
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.published import claimed, intend, person, publish
from tests.recipients.running import WEBINARS, deed, holds, running

pytestmark = [COMMITTED, pytest.mark.browser, pytest.mark.slow]
PHONE = {"viewport": {"width": 390, "height": 844}}
VIEWS = ((390, "light"), (1280, "dark"))


@pytest.fixture
def issuer(site):
    return factories.IssuerFactory(slug="northmoor", name="Northmoor University", brand="#7a2230", leaderboard=True)


@pytest.fixture
def student(issuer):
    """Somebody whom the institution knows by an address that they have proved."""
    user = factories.UserFactory(name="Siân Wŷn Llywelyn", email="sian@example.org")
    user.row = factories.RecipientFactory(issuer=issuer, name=user.name, address=user.email)
    return user


@pytest.fixture
def opened(visitor, site):
    """How somebody opens a page; the faults that a console names are collected."""
    faults = []

    def arrive(user, name, *args, **options):
        page = visitor(**options)
        cookie = walk.signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(site + reverse(name, args=args))
        return page

    yield arrive
    assert faults == []


def world(issuer, student):
    """Webinars and a lab, a milestone over three credentials, a group with a goal, two others who compete."""
    for number, title in enumerate(["Writing a résumé", "Reading a contract", "قراءة العقود"]):
        factories.OpportunityFactory(issuer=issuer, key=f"webinar-{number}", title=title, tags=["webinar"])
    rule = running(issuer, "Curious Learner", WEBINARS, version=publish(issuer, name="Curious Learner"))
    hours = {"type": "sum", "kind": "volunteering", "unit": "hours", "at_least": 40}
    volunteer = running(issuer, "Volunteer, 40 hours", hours, version=publish(issuer, name="Volunteer, 40 hours"))
    lab = {"type": "set", "kind": "task", "keys": ["lab-safety"], "at_least": 1}
    factories.OpportunityFactory(issuer=issuer, kind="task", key="lab-safety", title="Lab safety")
    safe = running(issuer, "Safe in the Lab", lab, version=publish(issuer, name="Safe in the Lab"))
    parts = [one.achievement.public_id for one in (rule, volunteer, safe)]
    stack = {"type": "holds", "credentials": parts, "at_least": 2}
    running(issuer, "First Year", stack, version=publish(issuer, name="First Year"))
    deed(student.row, "webinar-0", days_ago=40), deed(student.row, "webinar-1", days_ago=2)
    deed(student.row, "food-bank", kind="volunteering", value="26.5", unit="hours", tags=[])
    deed(student.row, "soup-kitchen", kind="volunteering", value="4", unit="hours", tags=[], confirmed_at=None)
    group = factories.GroupFactory(issuer=issuer, name="Autumn cohort")
    factories.GroupMemberFactory(issuer=issuer, group=group, recipient=student.row)
    factories.GoalFactory(
        issuer=issuer, achievement=safe.achievement, recipient=None, group=group, note="Before the first practical"
    )
    for number, name in enumerate(["Bo Ek", "Cy Dee"]):
        other = factories.RecipientFactory(issuer=issuer, name=name, user=factories.UserFactory(name=name))
        factories.LeaderboardEntryFactory(issuer=issuer, user=other.user, pseudonym="Night Owl" if number else "")
        deed(other, f"webinar-{number}")
        factories.GroupMemberFactory(issuer=issuer, group=group, recipient=other)
    claimed(publish(issuer, name="Peer Reviewer"), user=student)
    return rule


def earn(rule, student):
    """What the engine does at the third webinar."""
    award = intend(rule.published, person(student.name, student.email), source="rule", key="rule-1")
    with across_issuers("a test looks"):
        credential = AchievementCredential.objects.get(award=award)
    factories.EarningFactory(
        issuer=rule.issuer,
        rule_version=rule.version,
        achievement=rule.achievement,
        recipient=student.row,
        credential=credential,
        settled_at=timezone.now(),
    )


def test_student_chooses_a_goal_and_hears_when_it_is_earned(issuer, student, opened, work, site):
    rule = world(issuer, student)
    phone = opened(student, "wallet", **PHONE)
    near = phone.locator("section", has=phone.get_by_role("heading", name="Nearly there"))
    expect(near).to_contain_text("Curious Learner")
    expect(near).to_contain_text("Attend 1 more session")
    expect(phone.get_by_role("heading", name="This week")).to_be_in_viewport()
    expect(phone.get_by_text("For Autumn cohort")).to_be_visible()
    faults = barriers_in(phone, VIEWS)
    phone.set_viewport_size(PHONE["viewport"])

    phone.get_by_role("link", name="What else can be earned").click()
    faults += barriers_in(phone, VIEWS)
    phone.set_viewport_size(PHONE["viewport"])
    for name in ("Curious Learner", "Volunteer, 40 hours"):
        phone.get_by_role("button", name=f"Goal for this week {name}").click()
        expect(phone.get_by_text(f"“{name}” is one of your goals.")).to_be_visible()
    phone.get_by_role("navigation", name="Wallet").get_by_role("link", name="Goals").click()
    phone.get_by_role("button", name="Move Volunteer, 40 hours up").click()
    lines = phone.locator("section", has=phone.get_by_role("heading", name="This week")).locator(".told .top b")
    expect(lines).to_have_text(["Safe in the Lab", "Volunteer, 40 hours", "Curious Learner"])
    faults += barriers_in(phone, VIEWS)
    phone.set_viewport_size(PHONE["viewport"])

    phone.goto(site + reverse("wallet"))
    expect(phone.get_by_text("0 of 3 goals done, 3 left")).to_be_visible()
    deed(student.row, "webinar-2", days_ago=0)
    earn(rule, student)
    work()
    telling.tell_chunk()
    news = phone.get_by_role("status").get_by_role("link", name="You earned Curious Learner")
    expect(news).to_be_visible(timeout=30_000)
    news.click()
    expect(phone.get_by_text("1 of 3 goals done, 2 left")).to_be_visible()
    expect(phone.get_by_text("Curious Learner is waiting for you")).to_be_visible()
    assert faults == []


def test_other_pages_of_the_students_side_are_accessible(issuer, student, opened, site):
    rule = world(issuer, student)
    holds(student.row, rule)
    owner = factories.MembershipFactory(issuer=issuer, role=Role.OWNER).user
    phone = opened(student, "wallet-leaderboard", "northmoor", **PHONE)
    phone.get_by_label("Pseudonym").fill("Early Bird")
    phone.get_by_role("button", name="Join").click()
    expect(phone.get_by_text("You, as Early Bird")).to_be_visible()
    faults = barriers_in(phone, VIEWS)
    phone.goto(site + reverse("wallet-growth"))
    faults += barriers_in(phone, VIEWS)

    desk = opened(owner, "manage-goals", "northmoor")
    faults += barriers_in(desk, VIEWS)
    desk.get_by_role("link", name="Safe in the Lab").click()
    expect(desk.get_by_text("0 of 3")).to_be_visible()
    faults += barriers_in(desk, VIEWS)

    assert faults == []
