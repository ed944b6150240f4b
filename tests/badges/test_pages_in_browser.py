"""What the pages of designs do with a script, and that they do the same without."""

import pytest
from playwright.sync_api import expect

from badges import laying_out, previewing
from badges.tasks import preview as preview_task
from issuers.tenancy import scope
from tests.conftest import COMMITTED

pytestmark = [pytest.mark.browser, COMMITTED]


@pytest.fixture
def world(world):
    """A certificate without engravings: six of them are printed."""
    with scope(world.issuer):
        laying_out.from_starter(world.stored(), starter="minimal", choices={})
    return world


def work():
    for _ in previewing.PEOPLE:
        preview_task()


def test_preview_asks_for_its_pages_and_shows_them_by_itself(arrive):
    page = arrive("-preview")
    expect(page.get_by_text("The page is being made…").first).to_be_visible()

    work()

    expect(page.locator("#proofs img")).to_have_count(len(previewing.PEOPLE))


def test_preview_is_made_by_a_button_and_shown_on_reload_without_script(arrive):
    page = arrive("-preview", java_script_enabled=False)
    page.get_by_role("button", name="Make the pages").click()
    work()

    page.reload()

    expect(page.locator("#proofs img")).to_have_count(len(previewing.PEOPLE))


def test_criteria_are_shown_as_they_read_while_one_types(arrive):
    page = arrive("-criteria")

    page.get_by_label("What it takes").fill("Meet **five** students.")

    expect(page.locator("#reads strong")).to_have_text("five")
