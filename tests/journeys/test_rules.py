"""A rule from nothing to its first credential: written by keyboard, looked at, switched on."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from issuers.models import Role
from issuers.tenancy import scope
from recipients.models import AchievementCredential
from tests import factories
from tests.architecture.walk import signed_in
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.published import issuer_with_keys, publish

pytestmark = [pytest.mark.browser, COMMITTED]
SENTENCE = (
    "Attended at least 3 different sessions tagged webinar between 1 September 2026 and 20 December 2026, "
    "and scored at least 70 in Quiz 2."
)


@pytest.fixture
def achievement(site):
    """Two people were at three webinars; one of them has passed the quiz."""
    issuer = issuer_with_keys(name="Northmoor University", slug="northmoor")
    version = publish(issuer, name="Curious Learner")
    for n in range(3):
        factories.OpportunityFactory(issuer=issuer, key=f"webinar-{n}", title=f"Webinar {n + 1}", tags=["webinar"])
    factories.OpportunityFactory(issuer=issuer, kind="assessment", key="quiz-2", title="Quiz 2")
    for name, score in (("坂本 遥", 82), ("Siân Wŷn Llywelyn", 61)):
        person = factories.RecipientFactory(issuer=issuer, name=name)
        for n in range(3):
            at = datetime(2026, 9, 10, 16, tzinfo=UTC) + timedelta(days=n)
            factories.ActivityFactory(issuer=issuer, recipient=person, key=f"webinar-{n}", at=at)
        tried = {"kind": "assessment", "key": "quiz-2", "value": score, "tags": []}
        factories.ActivityFactory(issuer=issuer, recipient=person, at=datetime(2026, 10, 1, tzinfo=UTC), **tried)
    return version.achievement


@pytest.fixture
def page(site, visitor, achievement):
    owner = factories.MembershipFactory(issuer=achievement.issuer, role=Role.OWNER).user
    page = visitor(locale="en-US", viewport={"width": 1280, "height": 900})
    session = signed_in(owner).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page.goto(site + reverse("manage-rule", args=[achievement.issuer.slug, achievement.public_id]))
    return page


def typed(page, label, text):
    page.get_by_label(label).focus()
    page.keyboard.type(text)


def test_rule_is_written_by_keyboard_tried_and_switched_on(page, achievement, work):
    first = page.get_by_role("group", name="Condition 1")
    first.get_by_label("Tagged").focus()
    page.keyboard.type("webinar")
    expect(first.get_by_label("Tag 2")).to_be_visible()
    typed(page, "First day", "09012026")
    typed(page, "Last day", "12202026")
    page.get_by_role("button", name="Add a condition").focus()
    page.keyboard.press("Enter")
    second = page.get_by_role("group", name="Condition 2")
    expect(second.get_by_label("What counts")).to_be_focused()
    page.keyboard.type("A score")
    expect(second.get_by_label("Which one")).to_be_visible()
    expect(second.get_by_label("What counts")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("70")
    second.get_by_label("Which one").focus()
    page.keyboard.type("Quiz 2")
    expect(page.locator("#reads")).to_contain_text(SENTENCE)
    page.keyboard.press("Enter")

    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(page.locator("#reads")).to_contain_text(SENTENCE)
    expect(page.get_by_text("before it can be switched on")).to_have_count(0)
    assert barriers_in(page) == []
    page.get_by_role("link", name="Open the dry run").click()
    page.get_by_role("button", name="Make the dry run").click()
    expect(page.get_by_role("row", name="坂本 遥")).to_contain_text("2 of 2")
    page.get_by_role("navigation", name="Where people stand").get_by_role("link", name="Nearly there").click()
    expect(page.get_by_role("row", name="Siân Wŷn Llywelyn")).to_contain_text("Score at least 70 in Quiz 2.")
    assert barriers_in(page) == []

    page.get_by_role("link", name="Rule", exact=True).first.click()
    page.get_by_role("link", name="Options and switching on").click()
    assert barriers_in(page) == []
    page.get_by_role("button", name="Switch on for 1 person").click()
    expect(page.get_by_text("Version 1 of the rule is on.")).to_be_visible()
    work()
    with scope(achievement.issuer):
        assert AchievementCredential.objects.get().recipient.name == "坂本 遥"
    page.goto(page.url.split("/manage/")[0] + reverse("manage-rules", args=[achievement.issuer.slug]))
    expect(page.get_by_text("1 earned it")).to_be_visible()
    assert barriers_in(page) == []
