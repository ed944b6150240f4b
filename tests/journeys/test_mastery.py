"""Shown by evidence, in a browser: handed in, not yet, handed in again, demonstrated, claimed, and what others see of it."""

import json
import os
import re
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from issuers.models import Role
from issuers.tenancy import across_issuers
from recipients import tasks
from tests.architecture.walk import signed_in
from tests.assessed import publish_assessed
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory, UserFactory
from tests.handed_in import pdf, png

pytestmark = [COMMITTED, pytest.mark.browser]
# Where pictures of the pages are wanted: SHOTS=folder.
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def people(site):
    issuer = IssuerFactory(slug="north", name="North College", undo_minutes=0)
    return {
        "version": publish_assessed(issuer),
        "learner": UserFactory(email="amal@example.org", name="Amal bint Khalid"),
        "assessor": MembershipFactory(issuer=issuer, role=Role.REVIEWER, user__name="Ingrid Þórsdóttir").user,
        "owner": MembershipFactory(issuer=issuer, role=Role.OWNER, user__name="Olga Owner").user,
    }


@pytest.fixture
def sit_down(visitor, site):
    """A page of somebody who is signed in."""

    def arrive(user):
        page = visitor(viewport={"width": 1280, "height": 900})
        cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
        return page

    return arrive


def _look(page, name):
    """No barrier in either width and scheme; a picture where one is wanted."""
    faults = barriers_in(page, ((1280, "dark"), (390, "light")))
    if SHOTS:
        for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(SHOTS) / f"mastery-{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    assert faults == [], f"{name}: {faults}"


def _begin(page, site, tmp_path):
    page.goto(f"{site}/i/north/a/discussion-leader/")
    expect(page.locator("main")).to_contain_text("Rests on: Mastery")
    _look(page, "achievement")
    page.get_by_role("link", name="Work towards this").click()
    _look(page, "start")
    page.get_by_label("Your name").fill("Amal bint Khalid Al-Mansoori")
    page.get_by_text("A recorded lesson").click()
    page.get_by_role("button", name="Begin").click()
    (tmp_path / "plan.pdf").write_bytes(pdf())
    page.get_by_label("Choose a file").set_input_files(str(tmp_path / "plan.pdf"))
    page.locator("#add-file").get_by_text("Show it on the credential").click()
    page.get_by_role("button", name="Add the file").click()
    expect(page.locator(".piece-row")).to_contain_text("plan")


def _add_text(page, title, text):
    page.get_by_text("Write a text").click()
    page.locator("#add-text").get_by_label("Title").fill(title)
    page.locator("#add-text").get_by_label("Text", exact=True).fill(text)
    page.get_by_role("button", name="Add the text").click()
    expect(page.locator(".piece-row", has_text=title)).to_be_visible()


def _add_more(page, tmp_path):
    (tmp_path / "room.png").write_bytes(png((900, 600)))
    page.get_by_text("Add a file").click()
    page.get_by_label("Choose a file").set_input_files(str(tmp_path / "room.png"))
    page.get_by_role("button", name="Add the file").click()
    _add_text(page, "What came of it", "Two of nine spoke.\n\nNext time I wait.")
    page.get_by_role("button", name="Move What came of it up").click()
    expect(page.locator(".piece-row").nth(1)).to_contain_text("What came of it")
    _look(page, "draft")


def _hand_in(page):
    page.get_by_role("link", name="Hand in").click()
    page.locator("#hand-in").get_by_role("button", name="Hand in").click()
    expect(page.locator("main")).to_contain_text("It is with the assessors")


def _open_work(page, site):
    page.goto(f"{site}/manage/north/submissions/")
    _look(page, "queue")
    page.get_by_role("link", name="Amal bint Khalid Al-Mansoori").first.click()
    page.get_by_role("button", name="Take it in hand").click()


def _mark(page, levels, feedback):
    for criterion, level in levels.items():
        page.get_by_role("group", name=criterion).get_by_role("radio", name=level).check()
    page.get_by_label("Feedback on the whole").fill(feedback)
    page.get_by_label("You assess as").fill("Senior lecturer in education")
    page.get_by_label("How you assessed").fill("read the plan and the report")


def _get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.headers, answer.read()


def test_b_learner_is_told_not_yet_works_on_and_shows_mastery(site, people, sit_down, visitor, work, inbox, tmp_path):
    learner, assessor = sit_down(people["learner"]), sit_down(people["assessor"])
    _begin(learner, site, tmp_path)
    _add_more(learner, tmp_path)
    _hand_in(learner)
    _look(learner, "waiting")

    _open_work(assessor, site)
    _mark(assessor, {"Everybody speaks": "Not shown yet", "Listens": "Demonstrated"}, "Draw in the silent ones.")
    _look(assessor, "marking")
    assessor.get_by_role("button", name="Demonstrated").click()
    expect(assessor.locator(".errors")).to_contain_text("Not every criterion reaches its level")
    assessor.get_by_role("button", name="Not yet").click()
    expect(assessor.locator("body")).to_contain_text("The learner gets your feedback")

    work()
    learner.goto(re.search(r"http://\S+/wallet/work/\S+", inbox.text("amal@example.org"))[0])
    expect(learner.locator("main")).to_contain_text("Draw in the silent ones.")
    _look(learner, "feedback")
    learner.get_by_role("button", name="Work on it again").click()
    _add_text(learner, "Second lesson", "All nine spoke.")
    _hand_in(learner)

    _open_work(assessor, site)
    expect(assessor.locator(".beside-work")).to_contain_text("All nine spoke.")
    _mark(assessor, {"Everybody speaks": "Demonstrated", "Listens": "Beyond"}, "You waited well.")
    assessor.get_by_role("button", name="Demonstrated").click()
    expect(assessor.locator("body")).to_contain_text("The credential is on its way")

    tasks.award_assessed()
    work()
    learner.goto(inbox.link("amal@example.org"))
    learner.get_by_role("button", name="Accept").click()
    learner.get_by_text("Public", exact=True).click()
    learner.get_by_role("button", name="Claim it").click()
    public = learner.get_by_label("Link to your credential").input_value()
    _strangers_see(visitor(), public)

    owner = sit_down(people["owner"])
    for name, path in (("list", "/wallet/work/"), ("tab", ""), ("decided", "/manage/north/submissions/?state=decided")):
        page = learner if path.startswith("/wallet") else owner
        achievement = people["version"].achievement.public_id
        page.goto(f"{site}{path or f'/manage/north/achievements/{achievement}/assessment/'}")
        _look(page, name)
    owner.get_by_role("link", name="Amal bint Khalid Al-Mansoori").first.click()
    _look(owner, "submission")


def _strangers_see(page, public):
    """Mastery, the level of each criterion, the piece that was chosen, and nothing of the others."""
    page.goto(public)
    main = page.locator("main")
    expect(main).to_contain_text("Rests on mastery")
    for line in ("Everybody speaks", "Demonstrated", "Beyond", "How it was assessed", "Senior lecturer in education"):
        expect(main).to_contain_text(line)
    expect(main).not_to_contain_text("All nine spoke")
    _look(page, "public")
    link = page.get_by_role("link", name=re.compile("^plan")).get_attribute("href")
    headers, body = _get(link)
    assert body.startswith(b"%PDF-")
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    _headers, text = _get(f"{public}.json")
    assert [piece["name"] for piece in json.loads(text)["evidence"]] == ["How it was assessed", "plan"]
    with across_issuers("a test looks"):
        from recipients.models import Artefact

        assert Artefact.objects.filter(public=False).count() == 5
