"""From an address to a message that arrived: an owner makes a webhook in a browser, tests it, reads the log and sends again."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from issuers.models import Issuer
from issuers.tenancy import across_issuers
from recipients import calling, claiming
from recipients.models import WebhookDelivery, WebhookEndpoint
from tests import factories
from tests.architecture import walk
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.receiver import receiver

pytestmark = [COMMITTED, pytest.mark.browser]
PASSWORD = "correct horse battery staple"


@pytest.fixture
def page(site, visitor, settings):
    """A browser in which the owner of North College is signed in."""
    owner = factories.MembershipFactory(issuer=factories.IssuerFactory(slug="north", name="North College")).user
    page = visitor()
    cookie = walk.signed_in(owner).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    return page


def test_owner_tells_a_system_tests_it_and_sends_again_what_failed(site, page):
    faults = []
    with receiver() as there:
        _make(page, site, there.url, faults)
        page.get_by_role("link", name="I have kept it: go on").click()
        page.get_by_text("Nothing was told yet").wait_for()
        page.get_by_role("button", name="Send a test").click()
        page.get_by_text("A test is on its way").wait_for()
        calling.post()
        page.reload()
        page.get_by_text("Taken with status 204.").wait_for()
        faults += barriers_in(page)
        assert [json.loads(call.body)["type"] for call in there.calls] == ["webhook.test"]

        there.answer = lambda call: (500, b"out of order", {})
        _claim_that_is_given_up()
        log = site + reverse("manage-webhook", args=["north", _endpoint().public_id])
        page.goto(log)
        page.get_by_text("It answered with status 500.").wait_for()
        page.get_by_text("1 was given up.").wait_for()
        faults += barriers_in(page)
        page.get_by_role("link", name="A credential was claimed").click()
        page.get_by_text("out of order").wait_for()
        faults += barriers_in(page)

        # Mended: all that failed goes again, under the same number.
        there.answer = lambda call: 204
        page.goto(log)
        page.get_by_role("link", name="Send again what failed").click()
        page.get_by_role("button", name="Send again", exact=True).click()
        page.get_by_text("1 message is sent again.").wait_for()
        calling.post()
        page.goto(log + "?state=delivered")
        expect(page.get_by_text("Taken with status 204.")).to_have_count(2)
        assert len(there.ids) == 3 and there.ids[1] == there.ids[2]
    assert faults == []


def _make(page, site, url, faults):
    """First with an address that is refused, then with a good one."""
    page.goto(site + reverse("manage-webhooks", args=["north"]))
    page.get_by_text("No system is told yet").wait_for()
    faults += barriers_in(page)
    page.get_by_label("Which system").fill("Course platform")
    page.get_by_label("Address", exact=True).fill("http://10.0.0.7/hook")
    page.get_by_role("button", name="Make the webhook").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("The address has to begin with https://").first).to_be_visible()
    faults += barriers_in(page)
    page.get_by_label("Address", exact=True).fill(url)
    page.get_by_role("button", name="Make the webhook").click()
    page.get_by_role("heading", name="The secret of Course platform").wait_for()
    faults += barriers_in(page)
    assert page.get_by_role("textbox", name="Secret", exact=True).input_value().startswith("whsec_")


def _claim_that_is_given_up():
    """Somebody claims while the other system is away, and it is the tenth try."""
    award = factories.AwardFactory(issuer=_endpoint().issuer)
    credential = factories.CredentialFactory(issuer=award.issuer, award=award)
    with across_issuers("a test claims"):
        assert claiming.accept(credential)
        assert claiming.claim(credential, factories.UserFactory(), visibility="link")
        before = timezone.now() - timedelta(hours=71)
        WebhookDelivery.objects.waiting().update(attempts=9, first_tried_at=before)
    calling.post()


def test_pages_about_webhooks_have_no_barriers(site, page):
    endpoint = factories.WebhookEndpointFactory(issuer=Issuer.objects.get(slug="north"))
    pages = [
        reverse("manage-webhook-edit", args=["north", endpoint.public_id]),
        reverse("manage-webhooks-how-to", args=["north"]),
        reverse("help-article", args=["webhooks"]),
    ]
    faults = []
    for path in pages:
        page.goto(site + path)
        faults += barriers_in(page)

    assert faults == []


def _endpoint():
    with across_issuers("a test looks"):
        return WebhookEndpoint.objects.select_related("issuer").get()
