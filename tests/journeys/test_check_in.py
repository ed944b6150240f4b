"""At the door in Chromium: from the code on the screen to “You earned it” on a phone; and hours that somebody tells."""

import time
from datetime import timedelta

import pytest
import zxingcpp
from django.conf import settings
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from badges.models import Rule, RuleVersion
from issuers import clock
from issuers.models import Role
from issuers.tenancy import scope
from tests import factories
from tests.architecture import walk
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.published import publish

pytestmark = [COMMITTED, pytest.mark.browser]
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True}


def _rule(issuer, name, **condition):
    """A published achievement whose rule is on and awards at once."""
    achievement = publish(issuer, name=name).achievement
    document = {"format": "rule/1", "needs": {"of": "all", "conditions": [condition]}}
    with scope(issuer):
        rule = Rule.objects.create(issuer=issuer, achievement=achievement, undo_minutes=0)
        rule.version = RuleVersion.objects.create(
            issuer=issuer, rule=rule, number=1, document=document, kinds=[condition["kind"]]
        )
        rule.switched_on_at = clock.now()
        rule.save()


@pytest.fixture
def issuer(site):
    return factories.IssuerFactory(slug="north", name="North College")


@pytest.fixture
def arrive(visitor, site):
    """Open a page as somebody; whatever the console complains of is kept."""
    faults = []

    def come(path, user=None, **options):
        page = visitor(**options)
        if user is not None:
            cookie = walk.signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path if path.startswith("http") else site + path)
        return page

    yield come
    assert [fault for fault in faults if "422" not in fault] == []


def _scan(page, tmp_path):
    """What a phone's camera reads on the screen."""
    page.locator(".screen-code .qr").screenshot(path=tmp_path / "code.png")
    with Image.open(tmp_path / "code.png") as picture:
        return zxingcpp.read_barcode(picture.convert("L")).text


def _open(staff, site, issuer, session):
    staff.get_by_role("button", name="Save the times").click()
    expect(staff.get_by_text("Open until")).to_be_visible()
    assert barriers_in(staff) == []
    staff.goto(site + reverse("manage-screen", args=[issuer.slug, session.public_id]))
    assert barriers_in(staff) == []
    staff.set_viewport_size({"width": 1280, "height": 800})


def test_a5_a4_a19_from_the_scan_to_you_earned_it_and_the_mail_within_a_minute(
    site, issuer, arrive, work, inbox, tmp_path
):
    """At a workshop somebody without an account scans the code on the screen, and a minute later the phone and the mailbox say: you earned it."""
    _rule(issuer, "Resume Builder Pro", type="count", kind="session", tags=["resume"], at_least=1)
    _rule(issuer, "Curious Learner", type="count", kind="session", at_least=3)
    session = factories.OpportunityFactory(
        issuer=issuer, title="Writing a résumé that gets read", tags=["resume"], place="Library, room 4"
    )
    here = factories.RecipientFactory(issuer=issuer, name="Amal Haddad")
    helper = factories.MembershipFactory(issuer=issuer, role=Role.AWARDER).user
    staff = arrive(reverse("manage-door", args=[issuer.slug, session.public_id]), helper)
    _open(staff, site, issuer, session)
    second = arrive(reverse("manage-door", args=[issuer.slug, session.public_id]), helper, **PHONE)

    began = time.monotonic()
    phone = arrive(_scan(staff, tmp_path), **PHONE)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Writing a résumé that gets read")
    phone.get_by_label("Your name").fill("Øystein Åsnes")
    phone.get_by_label("Your email address").fill("oystein@example.org")
    phone.get_by_role("button", name="Send me the code").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Check your inbox")
    work()
    phone.get_by_label("Code from the email").fill(inbox.code("oystein@example.org"))
    phone.get_by_role("button", name="I am here").click()
    expect(phone.get_by_text("You are here", exact=True)).to_be_visible()
    expect(phone.get_by_text("1 of 3")).to_be_visible()
    work()
    expect(phone.get_by_role("heading", name="You earned it")).to_be_visible()
    expect(phone.get_by_role("button", name="Take it")).to_be_visible()
    assert "Resume Builder Pro" in inbox.text("oystein@example.org")
    assert inbox.link("oystein@example.org")
    assert time.monotonic() - began < 60

    assert barriers_in(phone) == []
    phone.reload()
    phone.get_by_role("button", name="Take it").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You have earned Resume Builder Pro")

    # The helper's list has heard of it, and a tap there is heard of on the screen.
    expect(second.locator(".door-here")).to_contain_text("Øystein Åsnes")
    row = second.locator(f"#p-{here.pk}")
    row.get_by_role("button", name="Amal Haddad").tap()
    expect(second.locator("#door-count")).to_contain_text("2")
    row.get_by_role("button", name="Undo").tap()
    expect(second.locator("#door-count")).to_contain_text("1")
    row.locator("button.door-tick").tap()
    expect(staff.locator(".screen-count")).to_contain_text("2")
    assert barriers_in(second) == []


def test_a29_a30_hours_are_told_confirmed_and_earn(site, issuer, arrive, work):
    """A student tells of hours nobody saw, staff confirm them, and they earn what they were given for."""
    _rule(issuer, "Community Mentor", type="sum", kind="mentoring", unit="hours", at_least=2)
    student = factories.UserFactory(email="amal@example.org", name="Amal Haddad")
    factories.RecipientFactory(issuer=issuer, name="Amal Haddad", address="amal@example.org")
    phone = arrive(reverse("wallet-log"), student, **PHONE)
    phone.get_by_role("link", name="Tell North College").click()
    assert barriers_in(phone) == []
    phone.set_viewport_size(PHONE["viewport"])
    phone.get_by_label("What kind").select_option("mentoring")
    phone.get_by_label("What you did").fill("First-year maths")
    phone.get_by_label("When").fill(f"{clock.now() - timedelta(days=1):%Y-%m-%d}")
    phone.get_by_role("button", name="Tell North College").click()
    expect(phone.get_by_text("How long was it?").first).to_be_visible()
    phone.get_by_label("Hours").fill("2,5")
    phone.get_by_label("A note").fill("Vectors, with three new students.")
    phone.get_by_role("button", name="Tell North College").click()
    expect(phone.get_by_role("link", name="First-year maths")).to_contain_text("Waiting")

    awarder = factories.MembershipFactory(issuer=issuer, role=Role.AWARDER).user
    staff = arrive(reverse("manage-told", args=[issuer.slug]), awarder)
    assert barriers_in(staff) == []
    staff.get_by_label("Choose Amal Haddad: First-year maths").check()
    staff.get_by_role("button", name="Confirm the ticked").click()
    expect(staff.get_by_text("1 entry counts now.")).to_be_visible()
    work()

    phone.reload()
    expect(phone.get_by_role("link", name="First-year maths")).to_contain_text("Confirmed")
    expect(phone.locator(".log-hours")).to_contain_text("2.5")
    assert barriers_in(phone) == []
    phone.goto(site + reverse("wallet"))
    expect(phone.get_by_text("Community Mentor is waiting for you")).to_be_visible()
