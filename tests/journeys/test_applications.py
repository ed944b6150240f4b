"""Applying in Chromium: staff make a form, a stranger applies with a phone and has the certificate; another one is declined."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from issuers.models import Role
from tests.architecture import walk
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import ApplicationFormFactory, IssuerFactory, MembershipFactory, QuestionFactory
from tests.published import publish

pytestmark = [COMMITTED, pytest.mark.browser, pytest.mark.usefixtures("no_haste")]
PHONE = {"width": 390, "height": 844}
HER, HIS = "ines@example.org", "olaf@example.org"


@pytest.fixture
def issuer(site):
    return IssuerFactory(slug="north", name="North College", undo_minutes=0)


@pytest.fixture
def faults():
    """Barriers of every page that the journey comes by, and what browsers complained of before axe looked."""
    found = []
    yield found
    assert found == []


@pytest.fixture
def look(faults):
    def looked(page, name):
        faults.extend(f"{name}: {barrier}" for barrier in barriers_in(page))
        page.set_viewport_size(page.own_size)

    return looked


@pytest.fixture
def staff(issuer, visitor, site):
    owner = MembershipFactory(issuer=issuer, role=Role.OWNER).user
    cookie = walk.signed_in(owner).cookies[settings.SESSION_COOKIE_NAME].value
    page = visitor(viewport={"width": 1280, "height": 900})
    page.own_size = {"width": 1280, "height": 900}
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    return page


@pytest.fixture
def stranger(visitor):
    page = visitor(viewport=PHONE)
    page.own_size = PHONE
    return page


def _make_form(page, site, issuer, achievement, look):
    """Two questions whose answers decide; the second is moved before the first."""
    page.goto(site + reverse("manage-achievement", args=[issuer.slug, achievement.public_id]))
    page.get_by_role("link", name="Applications", exact=True).last.click()
    page.get_by_text("The answers themselves", exact=True).click()
    page.get_by_label("What applicants should know").fill("For everybody who **guides** in the library.")
    first = page.get_by_role("group", name="Question 1")
    first.get_by_label("What is asked").fill("Which city had the great library?")
    first.get_by_text("Choices, and answers that earn it").click()
    first.get_by_label("Answers that earn it").fill("Alexandria")
    page.get_by_role("button", name="Add a question").click()
    second = page.get_by_role("group", name="Question 2")
    second.get_by_label("Kind").select_option("Several choices")
    second.get_by_label("What is asked").fill("What do you do with a wet book?")
    second.get_by_text("Choices, and answers that earn it").click()
    second.get_by_label("Choices, one a line").fill("Freeze it\nPress it\nBurn it")
    second.get_by_label("Answers that earn it").fill("Freeze it\nPress it")
    page.get_by_role("button", name="Move question 2 up").click()
    expect(page.get_by_label("What is asked").first).to_have_value("What do you do with a wet book?")
    look(page, "the form's making")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Open the form").click()
    expect(page.get_by_text("The form is open.")).to_be_visible()
    look(page, "the open form")
    return page.get_by_label("Address of the form").input_value()


def _apply(page, address, inbox, look):
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Apply for Library Guide")
    look(page, "the public form")
    page.get_by_label("Your name").fill("Ines Åsnes-Ωmega")
    page.get_by_label("Email address").fill(HER)
    page.get_by_label("Which city had the great library?").fill("alexandria")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("alert")).to_contain_text("One thing to mend")
    expect(page.get_by_label("Your name")).to_have_value("Ines Åsnes-Ωmega")
    look(page, "the form with a fault")
    page.get_by_label("Freeze it").check()
    page.get_by_label("Press it").check()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your inbox")
    look(page, "the code")


def _claim(page, inbox):
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("button", name="Accept").click()
    page.get_by_label("Your email address").fill(HER)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your inbox")
    page.get_by_label("Code").fill(inbox.code(HER))
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Public", exact=True).click()
    page.get_by_role("button", name="Claim it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("It is yours")


def test_c9_stranger_fills_in_a_form_and_has_the_certificate(site, issuer, staff, stranger, inbox, work, look):
    """Staff make a form; a stranger fills it in on a phone, proves the address, and has the certificate without anybody doing anything."""
    achievement = publish(issuer, name="Library Guide").achievement
    address = _make_form(staff, site, issuer, achievement, look)

    _apply(stranger, address, inbox, look)
    work()
    stranger.get_by_label("Code from the email").fill(inbox.code(HER))
    stranger.get_by_role("button", name="Continue").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("You have earned Library Guide")
    expect(stranger.get_by_role("status")).to_contain_text("is being made")
    work()
    stranger.get_by_role("link", name="Look again").click()
    look(stranger, "accepted")
    _claim(stranger, inbox)
    stranger.goto(site + reverse("wallet-applications"))
    expect(stranger.get_by_role("link", name=re.compile("Library Guide"))).to_contain_text("Accepted")
    look(stranger, "applications in the wallet")


def test_queue_declines_with_a_reason_that_the_applicant_reads(site, issuer, staff, visitor, inbox, work, look):
    form = ApplicationFormFactory(issuer=issuer, achievement=publish(issuer, name="Night Guide").achievement)
    QuestionFactory(issuer=issuer, form=form, label="Which night?")
    page = visitor(viewport=PHONE, java_script_enabled=False)
    page.goto(site + reverse("apply", args=[issuer.slug, form.achievement.slug]))
    page.get_by_label("Your name").fill("Olaf Li")
    page.get_by_label("Email address").fill(HIS)
    page.get_by_label("Which night?").fill("The last one")
    staff.goto(site + reverse("manage-applications", args=[issuer.slug]))
    expect(staff.get_by_text("Nothing waits for an answer.")).to_be_visible()
    look(staff, "the empty queue")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your inbox")
    work()
    link = re.search(r"http://\S+/applications/\S+", inbox.text(HIS))[0]
    page.goto(link)
    page.get_by_role("button", name="Yes, I sent it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It is being looked at")

    staff.reload()
    look(staff, "the queue")
    staff.get_by_role("link", name="Olaf Li").click()
    expect(staff.get_by_text("The last one")).to_be_visible()
    look(staff, "one application")
    staff.get_by_role("link", name="Decline").click()
    staff.locator("#decline").get_by_label("Reason").fill("There was no guide on the last night.")
    staff.locator("#decline").get_by_role("button", name="Decline").click()
    expect(staff.get_by_text("Declined.", exact=False).first).to_be_visible()
    work()
    assert "There was no guide on the last night." in inbox.text(HIS)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Not this time")
    expect(page.get_by_text("There was no guide on the last night.")).to_be_visible()
