"""The badge designer as people use it: by mouse, by keyboard alone, without a script, on a phone; and the same drawing to the pixel."""

import base64
import io
import re

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import expect

from badges.rendering import badge as drawing
from badges.rendering.badge_starters import IDS
from badges.rendering.image import rasterise
from tests.barriers import barriers_in
from tests.conftest import COMMITTED

pytestmark = [pytest.mark.browser, COMMITTED]

# A pixel is another one when a channel differs by more than a quarter of its range: anti-aliasing at edges differs a little.
TOLERANCE, MOST_DIFFERENT = 64, 0.005


@pytest.fixture
def page(arrive, request):
    """The designer, opened; `param` are options of the browser's context."""
    arrive.expected.append("422 ")  # what cannot be drawn is one of our answers
    return arrive("-badge", **getattr(request, "param", {}))


@pytest.fixture
def stored(world):
    """The choices of the badge, as they are saved."""
    return lambda: world.stored().badge.choices


def art(page):
    return page.locator(".stage img.art")


def alt(page, text):
    expect(art(page)).to_have_attribute("alt", re.compile(text))


def opened(page, section):
    """A section of the panel, opened by its summary."""
    found = page.locator(f"[data-section={section}]")
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    return found


def test_badge_is_made_by_mouse(page, stored):
    page.locator("label[title=Seal]").click()
    expect(page.get_by_label("Institution", exact=True)).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Peer Mentor")
    alt(page, "Peer Mentor")
    page.get_by_label("Find a symbol").fill("leaf")
    expect(page.locator("[data-found]")).to_have_text(re.compile(r"^\d+ symbols$"))
    page.locator("label[title=Leaf]").click()
    page.get_by_label("Level marks", exact=True).select_option("2/3")
    alt(page, "level 2 of 3")
    opened(page, "colours").get_by_role("radio", name="Silver").check()
    shape = opened(page, "shape")
    shape.get_by_text("Make it my own").click()
    shape.get_by_role("radio", name="Octagon").check()
    shape.get_by_role("radio", name="Laurel").check()
    expect(page.locator("[data-history]")).to_be_attached()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    choices = stored()
    assert choices["texts"] == {"name": "Peer Mentor"}
    assert (choices["symbol"], choices["level"], choices["accent"]) == ("ph-leaf", [2, 3], "silver")
    assert (choices["own"]["shape"], choices["own"]["frame"]) == ("octagon", "wreath")


def tab_to(page, locator, most=120):
    for _ in range(most):
        if locator.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{locator} cannot be reached by Tab")


def test_badge_is_made_by_the_keyboard_alone(page, stored):
    before = art(page).get_attribute("src")
    tab_to(page, page.locator("[name=starter]:checked"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Institution", exact=True)).to_be_visible()
    expect(page.locator("[name=starter][value=seal]")).to_be_focused()
    tab_to(page, page.locator("[data-section=shape] summary"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("[name=own]"))
    page.keyboard.press("Space")
    expect(page.locator("[name=own_rim]").first).to_be_attached()
    tab_to(page, page.locator("[name=own_shape]:checked"))
    page.keyboard.press("ArrowRight")
    tab_to(page, page.get_by_label("Find a symbol"))
    page.keyboard.type("compass")
    expect(page.locator("[data-found]")).to_have_text(re.compile("symbols"))
    tab_to(page, page.locator("[name=symbol]:checked"))
    page.keyboard.press("ArrowRight")
    tab_to(page, page.get_by_label("Name", exact=True))
    page.keyboard.press("Control+A")
    page.keyboard.type("Pathfinder")
    alt(page, "Pathfinder")
    assert art(page).get_attribute("src") != before
    tab_to(page, page.get_by_role("button", name="Save", exact=True))
    page.keyboard.press("Enter")

    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    choices = stored()
    assert choices["texts"] == {"name": "Pathfinder"}
    assert choices["own"]["shape"] == "pleats"
    assert choices["symbol"] == "compass"


def test_steps_are_undone_redone_and_gone_back_to(page):
    name = page.get_by_label("Name", exact=True)
    undo, redo = page.get_by_role("button", name="Undo"), page.get_by_role("button", name="Redo")
    name.fill("First")
    alt(page, "First")
    page.locator("label[title=Disc]").first.click()
    expect(page.get_by_label("Role")).to_have_count(0)
    page.locator("label[title=Heart]").first.click()
    expect(page.locator("[data-steps] li")).to_have_count(4)

    page.keyboard.press("Control+z")
    expect(page.locator("[data-spoken]")).to_have_text("Undone: Symbol: Heart")
    expect(page.locator("[name=symbol][value=quarters]")).to_be_checked()
    undo.click()
    expect(page.get_by_label("Role")).to_be_visible()
    expect(name).to_have_value("First")
    expect(page.locator("[name=starter][value=shield]")).to_be_checked()
    undo.click()
    expect(name).to_have_value("Community Mentor")
    alt(page, "Community Mentor")
    expect(undo).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Control+Shift+z")
    expect(name).to_have_value("First")
    redo.click()
    expect(page.locator("[name=starter][value=disc]")).to_be_checked()
    opened(page, "history").get_by_role("button", name="As it was opened").click()
    expect(name).to_have_value("Community Mentor")
    expect(page.locator("[data-steps] [aria-current]")).to_have_text("As it was opened")


def test_design_that_is_chosen_before_the_script_has_come_is_not_lost(page):
    held = []
    page.route("**/js/badge-designer.js", lambda route: held.append(route))
    page.reload(wait_until="commit")
    page.locator("label[title=Seal]").click()
    expect(page.locator("[name=starter][value=seal]")).to_be_checked()
    expect(page.get_by_label("Institution", exact=True)).to_have_count(0)

    held[0].continue_()

    expect(page.get_by_label("Institution", exact=True)).to_be_visible()


def test_checks_are_told_while_one_chooses_and_counted(page):
    page.get_by_label("Name", exact=True).fill("Environmental Stewardship")

    expect(page.locator("[data-warnings]")).to_have_text(re.compile("^1"))
    expect(page.locator("[data-findings] .warn")).to_contain_text("Shorten it")
    page.get_by_label("Name", exact=True).fill("Guide")
    expect(page.locator("[data-warnings]")).to_be_hidden()


def test_what_cannot_be_drawn_is_said_and_the_last_drawing_stays(page):
    page.get_by_label("Name", exact=True).fill("Peer")
    alt(page, "Peer")

    page.get_by_label("Name", exact=True).fill("Peer \U00012000")

    expect(page.locator("[data-findings] .bad")).to_contain_text("No font we print with has")
    expect(page.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    alt(page, "Peer")


def test_drawing_is_enlarged_and_seen_on_both_grounds(page):
    zoom = page.get_by_role("button", name="Zoom in")
    zoom.click()
    expect(page.locator("[data-zoom-shown]")).to_have_text("600 px")
    assert art(page).bounding_box()["width"] == 600
    page.get_by_role("button", name="On dark").click()
    expect(page.locator(".stage")).to_have_css("background-color", "rgb(35, 37, 43)")
    opened_sizes = page.get_by_text("At 300 and 600 pixels")
    opened_sizes.click()
    sides = page.locator(".grounds img").evaluate_all("all => all.map(each => [each.width, each.alt])")
    assert {side for side, _ in sides} >= {32, 90, 300}


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_badge_is_made_without_a_script(page, stored):
    page.locator("[name=starter][value=seal]").check()
    page.locator("[data-section=shape] summary").click()
    page.get_by_label("Make it my own").check()
    page.locator(".panel-foot").get_by_role("button", name="Draw").click()
    page.locator("[name=own_shape][value=tile]").check()
    page.get_by_label("Find a symbol").fill("leaf")
    page.get_by_role("button", name="Find").click()
    page.locator("[name=symbol][value=ph-leaf]").check()
    page.get_by_label("Name", exact=True).fill("Peer Mentor")
    page.keyboard.press("Enter")

    expect(art(page)).to_have_attribute("alt", re.compile("Peer Mentor"))
    assert "own" not in stored()
    page.get_by_role("button", name="Save", exact=True).click()
    choices = stored()
    assert (choices["symbol"], choices["own"]["shape"]) == ("ph-leaf", "tile")
    assert choices["texts"] == {"name": "Peer Mentor"}


def test_designer_is_free_of_barriers_at_any_width(page, arrive):
    for section in ("shape", "colours", "history"):
        opened(page, section)
    page.get_by_text("Make it my own").click()
    expect(page.locator("[name=own_shape]").first).to_be_attached()
    page.get_by_text("At 300 and 600 pixels").click()
    assert arrive.faults == []
    arrive.expected.append("")  # axe tries styles of its own, which the policy refuses

    assert barriers_in(page) == []


def painted(page, svg, side):
    """What Chromium makes of a drawing shown as the editor shows it: a picture at a data address."""
    address = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    page.set_content(f'<body style="margin:0;background:#888"><img src="{address}" width="{side}" height="{side}">')
    page.locator("img").evaluate("each => each.decode()")
    shot = page.screenshot(clip={"x": 0, "y": 0, "width": side, "height": side})
    return Image.open(io.BytesIO(shot)).convert("RGB")


def published(svg, side):
    ground = Image.new("RGBA", (side, side), "#888888")
    ground.alpha_composite(Image.open(io.BytesIO(rasterise(svg, side))).convert("RGBA"))
    return ground.convert("RGB")


def different(one, other):
    """The share of pixels that are others."""
    red, green, blue = ImageChops.difference(one, other).split()
    worst = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(worst.histogram()[TOLERANCE + 1 :]) / (one.width * one.height)


@pytest.fixture(scope="module")
def blank(browser):
    context = browser.new_context(viewport={"width": 640, "height": 640})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("side", [600, 90])
def test_editor_and_published_picture_are_the_same_drawing(blank, name, side):
    spec = drawing.starter(name)
    svg = drawing.draw(spec, size=side)

    assert different(painted(blank, svg, side), published(svg, side)) < MOST_DIFFERENT


def test_comparison_sees_a_symbol_that_is_another_one(blank):
    one, other = (
        drawing.draw(drawing.adjust(drawing.starter("disc"), brand="#111111", texts={}, symbol=name))
        for name in ("sun", "book")
    )

    assert different(painted(blank, one, 600), published(other, 600)) > 10 * MOST_DIFFERENT
