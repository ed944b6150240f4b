"""The whole loop in a browser: sign up, open an institution, publish, import, deliver, claim, share, verify, revoke."""

import json
import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import COMMITTED
from verification import status_list

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "resume-workshop-24.csv"

pytestmark = [COMMITTED, pytest.mark.browser]


def _get(url, accept="*/*"):
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=10) as answer:
        return json.load(answer)


def _sign_up(page, site, inbox, email):
    page.goto(f"{site}/accounts/signup/")
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Continue").click()
    _type_code(page, inbox, email)


def _type_code(page, inbox, email):
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your inbox")
    page.get_by_label("Code").fill(inbox.code(email))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Check your inbox")


def _open_institution(page, site):
    page.goto(f"{site}/manage/new/")
    page.get_by_label("Name of the institution").fill("Harbour College")
    page.get_by_label("Contact address").fill("badges@example.org")
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")


def _publish(page, site):
    page.goto(f"{site}/manage/harbour-college/achievements/new/")
    page.get_by_label("Name").fill("Résumé Workshop")
    page.locator("main form button").first.click()
    page.get_by_label("In one sentence").fill("Wrote a résumé that gets read.")
    page.get_by_role("button", name=re.compile("^Save")).first.click()
    page.get_by_role("link", name=re.compile("Criteria|What it takes")).first.click()
    page.locator("textarea[name=criteria]").fill("- attended both evenings\n- handed in a résumé")
    page.get_by_role("button", name=re.compile("^Save")).first.click()
    page.get_by_role("link", name=re.compile("Preview")).first.click()
    page.get_by_role("button", name=re.compile("^Publish")).first.click()
    expect(page.get_by_text("Published").first).to_be_visible()


def _issue(page, site):
    page.goto(f"{site}/manage/harbour-college/issue/")
    page.get_by_role("link", name=re.compile("Résumé Workshop")).click()
    page.locator("input[type=file]").set_input_files(str(SAMPLE))
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before anything is sent")
    expect(page.locator(".ledger")).to_contain_text("24rows read")
    page.get_by_label("Emails wait for").select_option("none")
    page.get_by_role("button", name="Issue 24").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Résumé Workshop to 24 people")
    return page.url


def _claim(page, inbox, name):
    page.get_by_role("button", name="Accept").click()
    page.get_by_label("Your email address").fill(name)
    page.get_by_role("button", name="Continue").click()
    _type_code(page, inbox, name)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who may see it?")
    page.get_by_text("Public", exact=True).click()
    page.get_by_role("button", name="Claim it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("It is yours")
    return page.get_by_label("Link to your credential").input_value()


def test_whole_loop_from_signing_up_to_a_revoked_bit(site, visitor, work, inbox):
    staff = visitor()
    _sign_up(staff, site, inbox, "registrar@example.org")
    _open_institution(staff, site)
    _publish(staff, site)
    award = _issue(staff, site)
    work()
    expect(staff.locator("#progress")).to_contain_text("All work on this batch is done", timeout=15_000)
    expect(staff.locator(".stages li", has_text="Emails sent")).to_contain_text("24 of 24")

    line = SAMPLE.read_text(encoding="utf-8-sig").splitlines()[1].split(",")
    person, address = line[0], line[1].lower()
    student = visitor()
    student.goto(inbox.link(address))
    expect(student).to_have_url(f"{site}/claim/")
    expect(student.get_by_role("heading", level=1)).to_have_text("You have earned Résumé Workshop")
    public = _claim(student, inbox, address)

    reader = visitor()
    reader.goto(public)
    expect(reader.get_by_role("heading", level=1)).to_have_text(person)
    expect(reader.get_by_role("status")).to_contain_text("Valid")
    assert _get(public, "application/json")["credentialSubject"]["achievement"]["name"] == "Résumé Workshop"

    staff.goto(f"{award}?q={address}")
    staff.get_by_role("link", name=person).click()
    staff.get_by_role("link", name="Revoke").click()
    staff.locator("#revoke").get_by_label("Reason").fill("Given to the wrong person")
    staff.locator("#revoke").get_by_role("button", name="Revoke").click()
    expect(staff.locator(".desk-head .pill")).to_contain_text("Revoked")

    reader.reload()
    expect(reader.get_by_role("status")).to_contain_text("Revoked")
    entry = _get(f"{public}.json")["credentialStatus"]
    listed = _get(entry["statusListCredential"])
    assert status_list.bit(listed["credentialSubject"]["encodedList"], int(entry["statusListIndex"]))
