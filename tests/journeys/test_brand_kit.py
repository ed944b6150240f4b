"""The brand kit in Chromium: chosen once, and found again on a new certificate, in the claim mail and on the public page."""

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from badges.models import Achievement
from issuers.models import Role
from issuers.tenancy import scope
from tests.architecture import walk
from tests.badges.rendering import hostile_images as hostile
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory
from tests.published import claimed, issued, person, publish

pytestmark = [COMMITTED, pytest.mark.browser]
PNG = {"name": "scan.png", "mimeType": "image/png"}


@pytest.fixture
def issuer(site):
    return IssuerFactory(slug="north", name="North College")


@pytest.fixture
def designer(issuer, visitor, site):
    """How to open a page as the institution's designer."""
    user = MembershipFactory(issuer=issuer, role=Role.DESIGNER).user
    cookie = walk.signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    faults = []

    def arrive(**options):
        page = visitor(**options)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("response", lambda answer: faults.append(answer.url) if answer.status == 404 else None)
        page.goto(site + reverse("manage-kit", args=[issuer.slug]))
        return page

    arrive.faults = faults
    yield arrive
    assert [fault for fault in faults if "422" not in fault] == []


def _logo(page, title, button, size):
    part = page.locator("#logos .stack", has=page.get_by_role("heading", name=title))
    part.locator("input[type=file]").set_input_files({**PNG, "buffer": hostile.png(size)})
    part.get_by_role("button", name=button).click()
    expect(page.get_by_text("The logo is changed.")).to_be_visible()


def _fill_kit(page):
    _logo(page, "On light grounds", "Use this logo", (300, 150))
    _logo(page, "On dark grounds", "Use it on dark grounds", (310, 150))
    page.get_by_label("Brand", exact=True).fill("#14284b")
    page.get_by_label("An accent of our own").check()
    page.get_by_label("Accent", exact=True).fill("#e3a73b")
    page.get_by_role("button", name="Save the colours").click()
    part = page.locator("#signatories")
    part.get_by_label("Name").fill("Ida Registrar")
    part.get_by_label("Office").fill("Registrar")
    part.locator("input[type=file]").set_input_files({**PNG, "buffer": hostile.png()})
    part.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Before the name").fill("The Senate certifies that")
    page.get_by_label("Greeting").fill("Dear {name},")
    page.get_by_role("button", name="Save the texts").click()
    expect(page.get_by_text("The texts are changed.")).to_be_visible()


def test_kit_is_found_again_on_a_new_certificate_in_the_claim_mail_and_on_the_public_page(
    designer, issuer, site, visitor
):
    page = designer(color_scheme="dark")

    _fill_kit(page)
    page.goto(site + reverse("manage-achievement-new", args=[issuer.slug]))
    page.get_by_label("Name").fill("Community Mentor")
    page.locator("main form button").first.click()
    expect(page.get_by_label("In one sentence")).to_be_visible()
    with scope(issuer):
        layout = Achievement.objects.select_related("certificate").get().certificate.layout
    assert (layout["theme"]["brand"], layout["theme"]["accent"]) == ("#14284b", "#e3a73b")
    assert [signer["name"] for signer in layout["signers"]] == ["Ida Registrar"]
    assert next(e for e in layout["elements"] if e["id"] == "lead")["text"] == "The Senate certifies that"

    issuer.refresh_from_db()
    version = publish(issuer, name="Peer Mentor")
    issued(version, person("Amal Student", "amal@example.org"))
    html = next(message for message in mail.outbox if "amal@example.org" in message.to).alternatives[0][0]
    assert "Dear Amal Student," in html
    assert f"{site}/media/" in html
    credential = claimed(version, person("Bo Li", "bo@example.org"), key="second")
    reader = visitor(color_scheme="dark")
    reader.goto(f"{site}/c/{credential.public_id}")
    light, dark = reader.locator("header .logo-light"), reader.locator("header .logo-dark")
    expect(dark).to_be_visible()
    expect(light).to_be_hidden()
    assert dark.evaluate("img => img.naturalWidth") == 310
    reader.emulate_media(color_scheme="light")
    expect(light).to_be_visible()
    expect(dark).to_be_hidden()


def test_contrast_is_shown_beside_each_pair_while_one_chooses_and_the_remedy_mends_it(designer, issuer):
    page = designer()
    page.get_by_label("An accent of our own").check()

    page.get_by_label("Accent", exact=True).fill("#fdf3d0")

    pair = page.locator(".pair", has_text="Accent on paper")
    expect(pair).to_contain_text("1.0 : 1")
    expect(page.get_by_role("status").filter(has_text="short of contrast")).to_be_visible()
    pair.get_by_role("button", name="instead").click()
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    expect(page.locator(".pair", has_text="Accent on paper")).not_to_have_class("pair pair-short")
    issuer.refresh_from_db()
    assert issuer.brand == "#1f5c45"


def test_colours_are_looked_at_and_saved_without_script(designer, issuer):
    page = designer(java_script_enabled=False)
    page.get_by_label("Brand", exact=True).fill("#7a1f3d")

    page.get_by_role("button", name="Only look").click()
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    page.get_by_role("button", name="Save the colours").click()

    expect(page.get_by_text("The colours are changed everywhere.")).to_be_visible()
    issuer.refresh_from_db()
    assert issuer.brand == "#7a1f3d"


def test_filled_kit_is_accessible_and_fits(designer, issuer):
    page = designer()
    _fill_kit(page)
    page.locator("#pictures summary", has_text="Add a picture").click()
    page.locator("#pictures input[type=file]").set_input_files({**PNG, "buffer": hostile.png()})
    page.locator("#pictures").get_by_role("button", name="Add", exact=True).click()
    page.locator("#signatories summary", has_text="Change").click()
    page.locator("#pictures summary", has_text="Change").first.click()

    own = list(designer.faults)
    assert barriers_in(page) == []
    page.close()
    designer.faults[:] = own  # axe tries styles of its own, which the policy refuses
