"""Staff ask for numbers and turn pages of a long list, with keys and on a phone."""

import os
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from issuers import clock
from issuers.models import Role
from issuers.tenancy import scope
from recipients.models import AchievementCredential
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import (
    AchievementVersionFactory,
    AwardFactory,
    CredentialFactory,
    IssuerFactory,
    MembershipFactory,
    PublicViewFactory,
    ShareFactory,
)

pytestmark = [COMMITTED, pytest.mark.browser, pytest.mark.slow]
# For whoever wants to look: a folder for pictures of each page in each width and scheme.
PICTURES = os.environ.get("LAUREL_PICTURES", "")
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture
def college(site):
    """A term of awards of three achievements."""
    issuer = IssuerFactory(slug="north", name="North College")
    named = (
        ("Peer mentor", ["leadership"], 5),
        ("Webinar series", ["attendance"], 9),
        ("عضو مجلس الطلاب", ["leadership"], 2),
    )
    for name, tags, often in named:
        version = AchievementVersionFactory(issuer=issuer, achievement__name=name, achievement__tags=tags)
        batch = AwardFactory(issuer=issuer, version=version, achievement=version.achievement)
        for number in range(often * 6):
            at = clock.now() - timedelta(days=number * 130 // (often * 6), hours=1)
            row = CredentialFactory(issuer=issuer, award=batch, created_at=at, name=f"Person {number}")
            if number % 3:
                with scope(issuer):
                    taken = AchievementCredential.objects.filter(pk=row.pk)
                    taken.update(accepted_at=at, claimed_at=at + timedelta(hours=1))
                PublicViewFactory(issuer=issuer, credential=row, day=at.date(), count=number + 1)
            if number % 5 == 1:
                ShareFactory(issuer=issuer, credential=row)
    return issuer


@pytest.fixture
def desk(visitor, site, college):
    """A page of an owner."""

    def sit_down():
        client = Client()
        client.force_login(MembershipFactory(issuer=college, role=Role.OWNER).user)
        page = visitor(viewport=DESKTOP)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
        return page

    return sit_down


def test_numbers_are_asked_for_compared_and_taken_along(desk, site):
    page = desk()
    page.goto(f"{site}/manage/north/analytics/")
    expect(page.get_by_role("heading", name="Analytics", exact=True)).to_be_visible()
    _pictures(page, "analytics")
    page.get_by_label("Compare with").select_option("before")
    page.get_by_label("Tag", exact=True).select_option("leadership")
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("Smaller numbers below")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Peer mentor")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Webinar series")).to_have_count(0)
    page.get_by_text("As a table").click()
    _pictures(page, "analytics-compared")
    assert barriers_in(page) == []
    page.set_viewport_size(DESKTOP)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download as CSV").click()
    assert taken.value.suggested_filename == "north-analytics.csv"
    page.goto(f"{site}/manage/north/analytics/?begins=2026-05-01&ends=2026-04-01")
    expect(page.get_by_role("alert")).to_contain_text("before the first one")
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-05-01")
    _pictures(page, "analytics-refused")
    assert barriers_in(page) == []


def test_pages_of_a_long_list_go_there_and_back_and_keep_the_search(desk, site):
    page = desk()
    page.goto(f"{site}/manage/north/credentials/?q=person")
    first = page.get_by_role("rowheader").all_inner_texts()
    page.get_by_role("link", name="Older").click()
    page.wait_for_url("**before=**")
    assert "q=person" in page.url
    assert (len(first), page.get_by_role("rowheader").count()) == (50, 46)
    page.get_by_role("link", name="Newer").click()
    page.wait_for_url("**after=**")
    assert page.get_by_role("rowheader").all_inner_texts() == first
    _pictures(page, "credentials")


def _pictures(page, name):
    """Of each width and scheme; the page is then as it was."""
    for width, scheme in [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")] if PICTURES else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_timeout(300)
        page.screenshot(path=f"{PICTURES}/{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size(DESKTOP)
