"""From a meeting tool's own report to a list of who attended, in Chromium: looked at, read differently, confirmed, found."""

import os

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from issuers.models import Role
from tests import factories
from tests.architecture import walk
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.recipients.attendance import ACTIVITIES

pytestmark = [COMMITTED, pytest.mark.browser]
SHOTS = os.environ.get("LAUREL_SHOTS", "")


@pytest.fixture
def desk(site, visitor):
    """A page of an awarder, and what the console complained of."""
    issuer = factories.IssuerFactory(slug="north", name="North College", time_zone="Europe/Berlin")
    user = factories.MembershipFactory(issuer=issuer, role=Role.AWARDER).user
    page = visitor(viewport={"width": 1280, "height": 900})
    cookie = walk.signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    heard = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.issuer, page.heard = issuer, heard
    return page


def looked_at(page, name, faults):
    """Without barriers in every width and scheme; pictures of it, for whoever wants to look."""
    faults += [f"{name}: {heard}" for heard in page.heard if "Content Security Policy" not in heard]
    faults += [f"{name}: {barrier}" for barrier in barriers_in(page)]
    page.heard.clear()
    for width, scheme in ((1280, "light"), (390, "dark"), (390, "light"), (1280, "dark")) if SHOTS else ():
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{SHOTS}/activities-{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a4_report_of_a_meeting_becomes_a_list_of_who_attended(desk, site):
    """The attendance report of a meeting tool, as it was exported, becomes facts in one confirming click."""
    page, faults = desk, []

    def go(name, *rest):
        page.goto(site + reverse(name, args=[page.issuer.slug, *rest]))

    go("manage-activities")
    looked_at(page, "empty", faults)
    page.get_by_role("link", name="Read a file").first.click()
    page.locator("input[type=file]").set_input_files(ACTIVITIES / "teams-2024.csv")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("read as an export of Microsoft Teams")).to_be_visible()
    looked_at(page, "review", faults)

    page.get_by_label("Minutes that are enough").fill("20")
    page.get_by_label("Tags").first.fill("webinar, optional")
    page.get_by_role("button", name="Read it like this").click()
    expect(page.get_by_text("Record 3 activities")).to_be_visible()
    page.get_by_role("button", name="Record 3").click()
    expect(page.get_by_text("3 activities recorded")).to_be_visible()
    page.get_by_role("link", name="Open the activities").click()
    expect(page.get_by_role("link", name="Amal bint Khalid")).to_be_visible()
    looked_at(page, "list", faults)

    page.get_by_role("link", name="Writing a résumé that is read").first.click()
    page.get_by_text("Put it right").click()
    looked_at(page, "one", faults)
    for name in ("manage-activity-new", "manage-activity-report", "manage-opportunities", "manage-activity-files"):
        go(name)
        looked_at(page, name.removeprefix("manage-"), faults)
    go("manage-opportunities")
    page.get_by_role("link", name="Writing a résumé that is read").click()
    looked_at(page, "opportunity", faults)

    go("manage-group-new")
    page.get_by_label("Name of the group").fill("Mentors")
    page.get_by_role("button", name="Make it").click()
    page.get_by_label("One person a line").fill("Noah Kim, noah@north.example.edu")
    page.get_by_role("button", name="Add these people").click()
    expect(page.get_by_text("1 person joined")).to_be_visible()
    looked_at(page, "group", faults)
    go("manage-activity-kinds")
    looked_at(page, "kinds", faults)
    assert faults == []
