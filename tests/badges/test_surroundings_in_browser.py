"""What surrounds the designers, in Chromium: drafts that save themselves, versions beside each other, designs as files."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from badges import designing, publishing
from badges.models import Achievement
from issuers.models import Role
from issuers.tenancy import scope
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory

pytestmark = [pytest.mark.browser, COMMITTED]

SAVED = re.compile("Saved (just now|now|.* ago)")


@pytest.fixture
def world(world):
    """The draft has its words."""
    draft = world.stored()
    with scope(world.issuer):
        words = {"description": "Guided five new students.", "criteria": "Meet five."}
        designing.save_words(draft, world.owner, edits=draft.edits, **words)
    return world


def eventually(page, check):
    """Wait for what the server has stored."""
    for _ in range(60):
        if check():
            return
        page.wait_for_timeout(150)
    assert check()


def test_words_save_themselves_while_one_types_and_the_page_follows(arrive, world):
    page = arrive()
    field = page.get_by_label("In one sentence")

    field.fill("")
    field.press_sequentially("Guided seven new students.", delay=10)

    eventually(page, lambda: world.stored().description == "Guided seven new students.")
    expect(page.locator("[data-saved-text]")).to_have_text(SAVED)
    expect(field).to_be_focused()
    expect(field).to_have_value("Guided seven new students.")
    expect(page.locator("#reads")).to_contain_text("Guided seven new students.")
    field.press_sequentially(" Twice.")
    eventually(page, lambda: world.stored().description.endswith("Twice."))
    # What was seen moves on with every saving: the button, and publishing, are not told of somebody else.
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()


def test_badge_certificate_and_criteria_save_themselves(arrive, world):
    page = arrive("-criteria")
    page.get_by_label("What it takes").fill("Meet **nine** students.")
    eventually(page, lambda: world.stored().criteria == "Meet **nine** students.")

    page = arrive("-badge")
    page.get_by_label("Name", exact=True).fill("Peer Mentor")
    eventually(page, lambda: world.stored().badge.choices.get("texts") == {"name": "Peer Mentor"})

    page = arrive("-certificate")
    page.get_by_label("Signatory 1: name").fill("Dr Ada Lovelace")
    eventually(
        page,
        lambda: [s["name"] for s in world.stored().certificate.choices.get("signatories", [])] == ["Dr Ada Lovelace"],
    )


def test_link_is_followed_once_what_was_typed_is_saved(arrive, world):
    page = arrive()
    page.get_by_label("In one sentence").fill("Typed and gone.")

    page.get_by_role("link", name="Criteria").click()

    expect(page.get_by_label("What it takes")).to_be_visible()
    assert world.stored().description == "Typed and gone."
    page.get_by_label("What it takes").fill("And this, too.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert world.stored().criteria == "And this, too."


def test_fault_is_told_beside_its_field_when_it_was_left_and_goes_once_mended(arrive, world):
    arrive.expected.append("422")
    page = arrive()
    hours = page.get_by_label("Hours")

    hours.fill("many")
    page.wait_for_timeout(2500)
    expect(page.locator(".error")).to_have_count(0)  # still being written
    expect(hours).to_be_focused()
    page.get_by_label("Credits").focus()

    expect(page.locator(".field:has(#id_hours) .error")).to_contain_text("Write it like 12 or 12.5.")
    expect(hours).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Credits")).to_be_focused()
    expect(page.locator("[data-saved-text]")).to_contain_text("Not saved")
    assert world.stored().hours is None
    hours.fill("40")
    expect(page.locator(".error")).to_have_count(0, timeout=10_000)
    eventually(page, lambda: world.stored().hours == 40)


def test_second_of_two_people_sees_what_the_first_saved_and_loses_nothing(arrive, world):
    arrive.expected.append("409")
    other = MembershipFactory(issuer=world.issuer, role=Role.DESIGNER, user__name="Dora Designer").user
    first, second = arrive(), arrive(user=other)

    first.get_by_label("In one sentence").fill("By the first.")
    eventually(first, lambda: world.stored().description == "By the first.")
    second.get_by_label("In one sentence").fill("By the second.")

    expect(second.get_by_text("Olga Owner saved this achievement after you opened the page.")).to_be_visible(
        timeout=10_000
    )
    expect(second.get_by_label("In one sentence")).to_have_value("By the second.")
    expect(second.locator("[data-saved-text]")).to_contain_text("somebody else saved meanwhile")
    second.get_by_label("In one sentence").press_sequentially(" Still typing.")
    second.wait_for_timeout(2500)
    assert world.stored().description == "By the first."
    second.get_by_role("button", name="Save", exact=True).click()
    expect(second.get_by_text("Saved.", exact=True)).to_be_visible()
    assert world.stored().description == "By the second. Still typing."


def test_failed_saving_says_so_keeps_the_words_and_goes_on(arrive, world):
    arrive.expected += ["ERR_", "Failed to load"]
    page = arrive()
    page.route("**/words/", lambda route: route.abort())

    page.get_by_label("In one sentence").fill("Kept on the page.")

    expect(page.locator("[data-saved-text]")).to_contain_text("the connection failed", timeout=10_000)
    expect(page.get_by_label("In one sentence")).to_have_value("Kept on the page.")
    assert world.stored().description == "Guided five new students."
    page.unroute("**/words/")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    eventually(page, lambda: world.stored().description == "Kept on the page.")


def test_button_saves_without_a_script(arrive, world):
    page = arrive(java_script_enabled=False)
    page.get_by_label("In one sentence").fill("By the button.")
    page.wait_for_timeout(2000)
    assert world.stored().description == "Guided five new students."

    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert world.stored().description == "By the button."


@pytest.fixture
def published(world):
    with scope(world.issuer):
        publishing.publish(world.stored(), world.owner)
        designing.dress_badge(world.stored(), starter="seal", choices={"symbol": "heart"}, by=world.owner)
    return world


def test_versions_are_chosen_and_compared_with_the_keyboard(arrive, published):
    page = arrive("-versions")

    page.get_by_role("radio", name="Draft as the one before").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Version 1 as the one before")).to_be_checked()
    page.get_by_role("radio", name="Draft as the one after").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Compare").press("Enter")

    expect(page).to_have_url(re.compile(r"\?(?=.*before=1)(?=.*after=draft)"))
    expect(page.get_by_role("heading", name="Version 1 and Draft")).to_be_visible()
    expect(page.locator(".beside-one img")).to_have_count(2)
    expect(page.locator("del").first).to_have_text("Shield")
    expect(page.locator("ins").first).to_have_text("Seal")

    # One over the other: all of the draft, then all of the version.
    upper = page.locator(".over-badge img").last
    page.get_by_role("slider", name="How much of Version 1 is seen over Draft").first.focus()
    page.keyboard.press("Home")
    assert upper.evaluate("img => getComputedStyle(img).clipPath") == "inset(0px 100% 0px 0px)"
    page.keyboard.press("End")
    assert upper.evaluate("img => getComputedStyle(img).clipPath") in {"inset(0px)", "inset(0px 0% 0px 0px)"}


def test_design_goes_from_one_institution_to_another_by_mouse(arrive, published, live_server, tmp_path):
    page = arrive("-preview")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the design as a file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    other = IssuerFactory(name="Südpark Institut", brand="#007a3d")
    user = MembershipFactory(issuer=other, role=Role.DESIGNER).user

    page = arrive_at(arrive, user, live_server.url + reverse("manage-achievements", args=[other.slug]))
    page.get_by_role("link", name="Take one from a file").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="Community Mentor")).to_be_visible()
    page.get_by_role("link", name="In its own colours").click()
    expect(page.get_by_role("link", name="In its own colours")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="In your colours").click()
    page.get_by_role("button", name="Take it as a draft").click()

    expect(page.get_by_text("The design is yours now, as a draft.")).to_be_visible()
    with scope(other):
        assert Achievement.objects.select_related("badge").get().badge.spec["brand"] == "#007a3d"


def arrive_at(arrive, user, address):
    arrive.expected.append("404")  # the first page is of the institution that the person does not know
    page = arrive("-preview", user=user)
    page.goto(address)
    return page


def test_surroundings_are_accessible_and_fit(arrive, published, live_server):
    page = arrive("-preview")
    arrive.expected.append("Content Security Policy")  # what axe itself is refused by it

    for tab in ("-preview", "", "-criteria", "-versions"):
        address = reverse(f"manage-achievement{tab}", args=[published.issuer.slug, published.draft.public_id])
        page.goto(live_server.url + address, wait_until="networkidle")

        assert barriers_in(page) == [], tab
