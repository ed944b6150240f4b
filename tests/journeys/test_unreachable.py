"""A mail comes back: the doctor says why, a slip is printed, and its person scans it and claims with another address."""

import json
import urllib.request
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings as conf
from playwright.sync_api import expect

from issuers.tenancy import across_issuers
from recipients.models import AchievementCredential, OutgoingEmail
from tests.architecture import walk
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory
from tests.published import intend, person, publish
from tests.recipients import told_by_providers as told

pytestmark = [COMMITTED, pytest.mark.browser]
VIEWS = ((1280, "dark"), (1280, "light"), (390, "light"), (390, "dark"))


@pytest.fixture
def offer(site, settings, work):
    settings.MAIL_EVENTS, settings.ANYMAIL = ["postmark"], {"WEBHOOK_SECRET": told.SECRET}
    issuer = IssuerFactory(slug="harbour", name="Harbour College")
    intend(publish(issuer), person("Amal Student", "amal@old.example.org"))
    work()
    with across_issuers("a test looks"):
        return AchievementCredential.objects.select_related("issuer").get()


def _signed_in(visitor, site, issuer):
    page = visitor(accept_downloads=True)
    cookie = walk.signed_in(MembershipFactory(issuer=issuer).user).cookies[conf.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": conf.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    return page


def _bounce(site, offer):
    with across_issuers("a test looks"):
        mail = OutgoingEmail.objects.get(credential=offer)
    headers = {"Authorization": told.basic()["HTTP_AUTHORIZATION"], "Content-Type": "application/json"}
    call = urllib.request.Request(
        f"{site}/mail-events/postmark/", data=json.dumps(told.postmark(mail)).encode(), headers=headers
    )
    with urllib.request.urlopen(call, timeout=20) as answer:
        assert answer.status == 200


def _scanned(sheet):
    (found,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(Path(sheet).read_bytes())[0].render(scale=3).to_pil())
    return found.text


def test_person_whose_mail_came_back_claims_by_slip(site, visitor, inbox, offer):
    _bounce(site, offer)
    staff = _signed_in(visitor, site, offer.issuer)
    staff.goto(f"{site}/manage/harbour/credentials/")
    staff.get_by_role("link", name="Whom mail has not reached").click()
    expect(staff.get_by_role("row", name="Amal Student")).to_contain_text("says that nobody has this address")
    assert barriers_in(staff, VIEWS) == []
    staff.get_by_role("link", name="Amal Student").click()
    expect(staff.get_by_role("heading", name="old.example.org says that nobody")).to_be_visible()
    expect(staff.locator(".timeline")).to_contain_text("Came back: amal@old.example.org")
    assert barriers_in(staff, VIEWS) == []

    staff.get_by_role("button", name="Print a claim slip").click()
    expect(staff.get_by_role("heading", level=1)).to_have_text("Print claim slips")
    assert barriers_in(staff, VIEWS) == []
    with staff.expect_download() as download:
        staff.get_by_role("button", name="Print 1 slip").click()
    address = _scanned(download.value.path())

    student = visitor()
    student.goto(address)
    expect(student).to_have_url(f"{site}/claim/")
    expect(student.get_by_role("heading", level=1)).to_have_text("You have earned Community Mentor")
    student.get_by_role("button", name="Accept").click()
    student.get_by_label("Your email address").fill("amal@new.example.net")
    student.get_by_role("button", name="Continue").click()
    student.get_by_label("Code").fill(inbox.code("amal@new.example.net"))
    student.get_by_role("button", name="Continue").click()
    student.get_by_role("button", name="Claim it").click()
    expect(student.get_by_role("heading", level=1)).to_contain_text("It is yours")

    staff.goto(f"{site}/manage/harbour/credentials/{offer.public_id}/delivery/")
    expect(staff.locator(".timeline")).to_contain_text("Slip printed")
    expect(staff.get_by_role("heading", name="The person has it in their wallet.")).to_be_visible()


def test_code_is_typed_by_whoever_cannot_scan(site, visitor, offer):
    from recipients import handing_out

    with across_issuers("a test prints"):
        (slip,) = handing_out.print_slips([offer], by=MembershipFactory(issuer=offer.issuer).user)
    student = visitor()
    student.goto(f"{site}/slip")
    assert barriers_in(student, VIEWS) == []
    student.get_by_label("Code on the slip").fill("ABCD EFGH JKMN PQRS")
    student.get_by_role("button", name="Open it").click()
    expect(student.get_by_role("alert")).to_contain_text("No slip has this code")
    assert barriers_in(student, VIEWS) == []
    student.get_by_label("Code on the slip").fill(slip.code.lower().replace("-", " "))
    student.get_by_role("button", name="Open it").click()
    expect(student.get_by_role("heading", level=1)).to_have_text("You have earned Community Mentor")
