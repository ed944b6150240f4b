"""Starter packs in Chromium, each from the guide to a claimed credential."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from issuers.models import Issuer, Role
from recipients import tasks
from tests.architecture.walk import signed_in
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import MembershipFactory, RecipientFactory, UserFactory
from tests.published import issuer_with_keys

pytestmark = [COMMITTED, pytest.mark.browser]
HERE = "/manage/north"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def sit_down(visitor, site):
    """A page of somebody who is signed in."""

    def arrive(user, **options):
        page = visitor(**options)
        cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
        page.goto(site)
        return page

    return arrive


@pytest.fixture
def staff(site, sit_down):
    """The owner of a new institution, at its guide."""
    issuer = issuer_with_keys(slug="north", name="Northmoor University", undo_minutes=0)
    page = sit_down(MembershipFactory(issuer=issuer, role=Role.OWNER).user)
    page.goto(site + HERE)
    page.get_by_role("link", name="Five steps, and packs to begin with").click()
    assert barriers_in(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def _begin(page, pack):
    page.get_by_role("button", name=re.compile(f"^Begin with it.*{pack}$")).click()
    expect(page.get_by_role("heading", name=f"{pack}: what comes next")).to_be_visible()


def _publish(page, site, name):
    page.goto(f"{site}{HERE}/guide/")
    page.goto(f"{site}{HERE}/achievements/?q={name.replace(' ', '+')}")
    page.get_by_role("link", name=name).first.click()
    page.get_by_role("link", name="Preview", exact=True).click()
    page.locator("#missing").get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()


def _switch_on(page):
    page.get_by_role("link", name="Rule", exact=True).first.click()
    page.get_by_role("link", name="Options and switching on").click()
    page.get_by_role("button", name=re.compile("^Switch on")).click()
    expect(page.get_by_text("Version 1 of the rule is on.")).to_be_visible()


def _claim(page, link, name):
    """Of somebody who is signed in under the address the mail came to."""
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"You have earned {name}")
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("Public", exact=True).click()
    page.get_by_role("button", name="Claim it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("It is yours")


def test_a44_webinar_series_from_the_guide_to_a_claimed_credential(site, staff, sit_down, work, inbox):
    """A registrar begins with the pack, ticks one person at three doors, and the third tick earns “Curious Learner”."""
    _begin(staff, "A series of webinars")
    _publish(staff, site, "Curious Learner")
    _switch_on(staff)
    for title in ("First webinar", "Second webinar", "Third webinar"):
        staff.goto(f"{site}{HERE}/opportunities/")
        staff.get_by_role("link", name=title).click()
        staff.get_by_role("link", name="At the door").click()
        if title == "First webinar":
            staff.get_by_label("Name", exact=True).fill("Siân Wŷn Llywelyn")
            staff.get_by_label("Email address").fill("sian@example.org")
            staff.get_by_role("button", name="Add, and here").click()
        else:
            staff.locator("button.door-tick", has_text="Siân Wŷn Llywelyn").click()
        expect(staff.locator("#door-count .num")).to_have_text("1")  # the list has one person before anybody is here
        work()

    student = sit_down(UserFactory(email="sian@example.org", name="Siân Wŷn Llywelyn"), **PHONE)
    _claim(student, inbox.link("sian@example.org"), "Curious Learner")


def test_a44_peer_mentoring_from_the_guide_to_a_claimed_credential(site, staff, sit_down, work, inbox):
    """Students tell whom they helped, staff confirm it together, and three different peers earn “Peer Helper”."""
    _begin(staff, "Peer mentoring")
    _publish(staff, site, "Peer Helper")
    _switch_on(staff)
    RecipientFactory(issuer=Issuer.objects.get(), name="Siân Wŷn Llywelyn", address="sian@example.org")
    student = sit_down(UserFactory(email="sian@example.org", name="Siân Wŷn Llywelyn"), **PHONE)
    for peer in ("Ana Li", "Noah Berg", "坂本 遥"):
        student.goto(f"{site}/wallet/log/")
        student.get_by_role("link", name="Tell Northmoor University").click()
        student.get_by_label("What kind").select_option("help")
        student.get_by_label("What you did").fill("Statistics")
        student.get_by_label("Whom you helped").fill(peer)
        student.get_by_role("button", name="Tell Northmoor University").click()
        expect(student.get_by_role("link", name="Tell Northmoor University")).to_be_visible()

    staff.goto(f"{site}{HERE}/activities/waiting/")
    staff.get_by_role("button", name="Confirm all 3 on this page").click()
    work()
    _claim(student, inbox.link("sian@example.org"), "Peer Helper")


def test_a44_micro_credential_from_the_guide_to_a_claimed_credential(site, staff, sit_down, work, inbox):
    """A learner hands in a data story, an assessor finds every criterion demonstrated, and mastery is claimed."""
    _begin(staff, "An assessed micro-credential")
    _publish(staff, site, "Data Storytelling")
    learner = sit_down(UserFactory(email="sian@example.org", name="Siân Wŷn Llywelyn"), **PHONE)
    learner.goto(f"{site}/i/north/a/data-storytelling/")
    learner.get_by_role("link", name="Work towards this").click()
    learner.get_by_text("A written page").click()
    learner.get_by_role("button", name="Begin").click()
    learner.get_by_text("Write a text").click()
    learner.locator("#add-text").get_by_label("Title").fill("When the library is full")
    learner.locator("#add-text").get_by_label("Text", exact=True).fill("Counted for two weeks.\n\nTuesdays at eleven.")
    learner.get_by_role("button", name="Add the text").click()
    learner.get_by_role("link", name="Hand in").click()
    learner.locator("#hand-in").get_by_role("button", name="Hand in").click()

    staff.goto(f"{site}{HERE}/submissions/")
    staff.get_by_role("link", name="Siân Wŷn Llywelyn").first.click()
    staff.get_by_role("button", name="Take it in hand").click()
    for criterion in ("The question", "The pictures", "What follows"):
        staff.get_by_role("group", name=criterion).get_by_role("radio", name="Proficient").check()
    staff.get_by_label("Feedback on the whole").fill("A question that others will take up.")
    staff.get_by_label("You assess as").fill("Librarian")
    staff.get_by_label("How you assessed").fill("read the page and its data")
    staff.get_by_role("button", name="Demonstrated").click()
    tasks.award_assessed()
    work()
    _claim(learner, inbox.link("sian@example.org"), "Data Storytelling")


@pytest.mark.usefixtures("no_haste")
def test_a45_transcript_pro_is_earned_by_a_self_guided_tutorial(site, staff, visitor, work, inbox):
    """Somebody without an account reads three pages on a phone, answers three questions, and has the badge."""
    _begin(staff, "A self-guided tutorial")
    _publish(staff, site, "Transcript Pro")
    staff.get_by_role("navigation", name="Parts of the achievement").get_by_role("link", name="Applications").click()
    staff.get_by_role("button", name="Open the form").click()
    expect(staff.get_by_text("The form is open.")).to_be_visible()

    learner = visitor(**PHONE)
    learner.goto(f"{site}/i/north/a/transcript-pro/")
    learner.get_by_role("link", name="Begin the tutorial").click()
    expect(learner.get_by_role("heading", level=1)).to_have_text("What a transcript is")
    assert barriers_in(learner, ((390, "light"), (1280, "dark"))) == []
    learner.get_by_role("link", name="Next page").click()
    learner.get_by_role("link", name="Next page").click()
    learner.get_by_role("link", name="To the questions").click()
    learner.get_by_label("Your name").fill("Øystein Åsnes")
    learner.get_by_label("Email address").fill("oystein@example.org")
    learner.get_by_text("A document from us that can be checked").click()
    learner.get_by_text("Two working days").click()
    learner.get_by_text("Yes", exact=True).click()
    learner.get_by_role("button", name="Send it").click()
    expect(learner.get_by_role("heading", level=1)).to_have_text("Check your inbox")
    work()
    learner.get_by_label("Code from the email").fill(inbox.code("oystein@example.org"))
    learner.get_by_role("button", name="Continue").click()
    work()
    learner.reload()
    expect(learner.get_by_role("heading", level=1)).to_have_text("You have earned Transcript Pro")
    assert "Transcript Pro" in inbox.text("oystein@example.org")
    assert inbox.link("oystein@example.org")
