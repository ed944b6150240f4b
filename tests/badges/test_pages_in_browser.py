"""What the pages of designs do with a script, and that they do the same without."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from badges import designing, previewing
from badges.tasks import preview as preview_task
from issuers.models import Role
from issuers.tenancy import scope
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory

pytestmark = [pytest.mark.browser, COMMITTED]


@pytest.fixture
def world(live_server, client):
    """An institution, its draft, and the cookie of its owner."""
    issuer = IssuerFactory()
    owner = MembershipFactory(issuer=issuer, role=Role.OWNER).user
    client.force_login(owner)
    with scope(issuer):
        draft = designing.begin(issuer, owner, name="Community Mentor")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    return issuer, draft, cookie


@pytest.fixture
def opened(browser, world, live_server, request):
    """A page of the owner's that may know no script, and how to go to a tab of the draft."""
    issuer, draft, cookie = world
    context = browser.new_context(java_script_enabled=getattr(request, "param", True))
    context.add_cookies([cookie])
    page, faults = context.new_page(), []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))

    def go(tab):
        page.goto(live_server.url + reverse(f"manage-achievement{tab}", args=[issuer.slug, draft.public_id]))
        return page

    yield go
    context.close()
    assert faults == []


def work():
    for _ in previewing.PEOPLE:
        preview_task()


def test_preview_asks_for_its_pages_and_shows_them_by_itself(opened):
    page = opened("-preview")
    expect(page.get_by_text("The page is being made…").first).to_be_visible()

    work()

    expect(page.locator("#proofs img")).to_have_count(len(previewing.PEOPLE))


@pytest.mark.parametrize("opened", [False], indirect=True)
def test_preview_is_made_by_a_button_and_shown_on_reload_without_script(opened):
    page = opened("-preview")
    page.get_by_role("button", name="Make the pages").click()
    work()

    page = opened("-preview")

    expect(page.locator("#proofs img")).to_have_count(len(previewing.PEOPLE))


def test_criteria_are_shown_as_they_read_while_one_types(opened):
    page = opened("-criteria")

    page.get_by_label("What it takes").fill("Meet **five** students.")

    expect(page.locator("#reads strong")).to_have_text("five")
