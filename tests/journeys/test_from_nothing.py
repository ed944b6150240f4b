"""From an institution with nothing in it to a published achievement with a badge and a certificate of its own, in five minutes.

Once by real clicks, once with the keyboard alone. Nothing is written but by the pages themselves.
"""

import io
import re
import time

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from badges.models import Achievement
from badges.rendering import badge as drawing
from badges.rendering import certificate as paper
from badges.rendering.badge_spec import main_symbol
from issuers import media
from issuers.models import Role
from issuers.tenancy import scope
from tests.architecture import walk
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory

pytestmark = [COMMITTED, pytest.mark.browser]

FIVE_MINUTES = 300
PHONE = {"width": 390, "height": 844}
UP = 8  # millimetres that a text is moved


@pytest.fixture
def issuer(site):
    return IssuerFactory(slug="north", name="North College", brand="#1f5c45")


@pytest.fixture
def page(issuer, visitor, site):
    """The desk of an owner whose institution has nothing yet; no page may complain, and every answer is a good one."""
    owner = MembershipFactory(issuer=issuer, role=Role.OWNER).user
    cookie = walk.signed_in(owner).cookies[settings.SESSION_COOKIE_NAME].value
    opened = visitor(viewport={"width": 1280, "height": 900})
    opened.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    faults = watched(opened)
    opened.goto(site + reverse("manage-home", args=[issuer.slug]))
    yield opened
    opened.wait_for_load_state("networkidle")
    assert faults == []


def watched(page):
    """What the browser complains of, and every answer that is a refusal."""
    faults = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    return faults


class Mouse:
    """Somebody who clicks, and types where they clicked."""

    def __init__(self, page):
        self.page = page

    def press(self, what):
        what.click()

    def tick(self, box):
        box.locator("xpath=ancestor::label").click()

    choose = tick

    def write(self, field, text):
        field.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def lift(self, piece, by):
        """Drag a piece of the certificate, with nothing to snap to."""
        self.page.get_by_role("button", name="Snap to lines").click()
        box = piece.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x, y - by / 2, steps=4)
        self.page.mouse.move(x, y - by, steps=4)
        self.page.mouse.up()

    def values(self, piece):
        """To the exact values of a piece: it was chosen when it was dragged."""


class Keys:
    """Somebody who has no pointer: Tab, arrows, Enter, Space. `most` is how often they press Tab before they give up."""

    def __init__(self, page):
        self.page = page
        self.tabs, self.farthest = 0, 0

    def reach(self, what, most=70):
        for pressed in range(most + 1):
            if what.evaluate("each => each === document.activeElement"):
                self.farthest = max(self.farthest, pressed)
                return
            self.page.keyboard.press("Tab")
            self.tabs += 1
        at = self.page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        pytest.fail(f"{what} is not reached by pressing Tab {most} times; the focus is at {at}")

    def press(self, what):
        self.reach(what)
        self.page.keyboard.press("Enter")

    def tick(self, box):
        self.reach(box)
        self.page.keyboard.press("Space")

    def choose(self, radio, most=30):
        """Tab to the one that is chosen in the group, arrows to the one that is wanted."""
        name = radio.get_attribute("name")
        self.reach(self.page.locator(f"[name={name}]:checked"))
        for _ in range(most):
            if radio.is_checked():
                expect(radio).to_be_focused()
                return
            before = self.page.locator(f"[name={name}]:checked").get_attribute("value")
            self.page.keyboard.press("ArrowRight")
            expect(self.page.locator(f"[name={name}][value='{before}']")).not_to_be_checked()
            expect(self.page.locator(f"[name={name}]:checked")).to_be_focused()
        pytest.fail(f"{radio} is not reached by pressing an arrow {most} times")

    def write(self, field, text):
        self.reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def lift(self, piece, by):
        self.reach(piece)
        half = self.page.locator("[data-frame]").bounding_box()["width"] / 297 / 2  # an arrow is half a millimetre
        for _ in range(round(by / half)):
            self.page.keyboard.press("ArrowUp")

    def values(self, piece):
        self.reach(piece)
        self.page.keyboard.press("Enter")


def _begin(page, hand):
    main = page.get_by_role("navigation", name="Main", exact=True)
    hand.press(main.get_by_role("link", name="Achievements"))
    hand.press(page.get_by_role("link", name="Make the first one"))
    hand.write(page.get_by_label("Name"), "Field Botanist")
    hand.press(page.get_by_role("button", name="Begin the draft"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Field Botanist")
    hand.write(page.get_by_label("In one sentence"), "Named forty plants where they grow.")


def _tab(page, hand, name):
    hand.press(page.get_by_role("navigation", name="Parts of the achievement").get_by_role("link", name=name))
    expect(page.get_by_role("navigation", name="Parts of the achievement").locator("[aria-current]")).to_contain_text(
        name
    )


def _section(page, hand, name):
    found = page.locator(f"[data-section={name}]")
    if found.get_attribute("open") is None:
        hand.press(found.locator("summary"))


def _badge(page, hand):
    """Another starter, shape, symbol, words and metal."""
    art = page.locator(".stage img.art")
    hand.choose(page.locator("[name=starter][value=seal]"))
    expect(page.get_by_label("Institution", exact=True)).to_be_visible()
    _section(page, hand, "shape")
    hand.tick(page.locator("[name=own]"))
    expect(page.locator("[name=own_shape]").first).to_be_attached()
    hand.choose(page.locator("[name=own_shape][value=octagon]"))
    hand.write(page.get_by_label("Find a symbol"), "plant")
    expect(page.locator("[data-found]")).to_contain_text("symbols")
    hand.choose(page.locator("[name=symbol][value=ph-leaf]"))
    hand.write(page.get_by_label("Name", exact=True), "Botanist")
    expect(art).to_have_attribute("alt", re.compile("Botanist"))
    _section(page, hand, "colours")
    hand.choose(page.locator("[name=metal][value=silver]"))
    hand.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


def _certificate(page, hand):
    """Another starter, made one's own; one of its texts moved and worded anew."""
    hand.press(page.get_by_role("link", name="Editorial"))
    hand.press(page.get_by_role("button", name="Save and look"))
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    hand.press(page.get_by_role("button", name="Make it my own"))
    page.frame_locator("[data-frame]").locator("[data-element=lead]").wait_for()
    piece = page.locator("[data-overlay] [data-id=lead]")
    hand.lift(piece, UP * page.locator("[data-frame]").bounding_box()["width"] / 297)
    hand.values(piece)
    hand.write(page.get_by_label("Words", exact=True), "The Senate bears witness that")
    expect(page.frame_locator("[data-frame]").get_by_text("The Senate bears witness that")).to_be_visible()
    hand.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("Everything is saved")).to_be_visible()


def _publish(page, hand):
    hand.write(page.get_by_label("What it takes"), "Name **forty** plants in the field, and keep a herbarium.")
    _tab(page, hand, "Preview")
    hand.press(page.get_by_role("button", name="Publish version 1").first)
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()


def made(page, hand):
    """The whole way; how long it took, in seconds."""
    begun = time.monotonic()
    _begin(page, hand)
    _tab(page, hand, "Badge")
    _badge(page, hand)
    _tab(page, hand, "Certificate")
    _certificate(page, hand)
    _tab(page, hand, "Criteria")
    _publish(page, hand)
    return time.monotonic() - begun


def the_version(issuer):
    with scope(issuer):
        achievement = Achievement.objects.get()
        version = achievement.versions.get()
        return achievement, version, media.fetch(version.badge_picture)


def holds_what_was_chosen(version, picture):
    """Read back from what was frozen: the badge's drawing and picture, and the certificate's layout."""
    spec = version.content["badge"]["spec"]
    assert (spec["shape"]["kind"], main_symbol(spec)["name"], spec["accent"]) == ("octagon", "ph-leaf", "silver")
    assert "Botanist" in {word["text"] for word in spec["words"]}
    assert version.badge_svg == drawing.draw(spec)
    large = Image.open(io.BytesIO(picture))
    assert large.size == (600, 600)
    assert colours_of(large) > 50
    layout = version.content["certificate"]["layout"]
    before = {element["id"]: element for element in paper.starter("editorial")["elements"]}
    lead = next(element for element in layout["elements"] if element["id"] == "lead")
    assert lead["text"] == "The Senate bears witness that"
    assert lead["box"][1] == pytest.approx(before["lead"]["box"][1] - UP, abs=0.6)
    assert [element["id"] for element in layout["elements"]] == list(before)


def colours_of(picture):
    """How many colours a picture has; one that is blank has one."""
    return len(picture.convert("RGB").getcolors(maxcolors=picture.width * picture.height))


def looks_well_on_a_phone(visitor, site, issuer, achievement):
    """The public page at 390 pixels: the badge wholly on the screen, and drawn."""
    page = visitor(viewport=PHONE)
    faults = watched(page)
    page.goto(site + reverse("achievement", args=[issuer.slug, achievement.slug]))
    badge = page.get_by_role("img", name="Botanist")
    badge.scroll_into_view_if_needed()
    box = badge.bounding_box()
    assert badge.evaluate("img => img.complete && img.naturalWidth") == 600
    assert (box["x"] >= 0, box["x"] + box["width"] <= PHONE["width"]) == (True, True)
    assert (box["y"] >= 0, box["y"] + box["height"] <= PHONE["height"]) == (True, True)
    assert box["width"] >= 140
    assert colours_of(Image.open(io.BytesIO(badge.screenshot()))) > 50
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults == []


@pytest.mark.parametrize("by", [Mouse, Keys], ids=["mouse", "keyboard"])
def test_member_of_an_empty_institution_publishes_a_badge_and_certificate_of_their_own(by, page, issuer, visitor, site):
    took = made(page, by(page))

    assert took < FIVE_MINUTES
    achievement, version, picture = the_version(issuer)
    holds_what_was_chosen(version, picture)
    looks_well_on_a_phone(visitor, site, issuer, achievement)
