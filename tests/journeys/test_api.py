"""From a new token to an award: an owner makes it in a browser, and the programs of the docs page are run as they stand."""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import reverse

from issuers import keys
from issuers.tenancy import across_issuers, scope
from recipients.models import AchievementCredential
from tests.architecture import walk
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import AchievementFactory, AchievementVersionFactory, IssuerFactory, MembershipFactory

pytestmark = [COMMITTED, pytest.mark.browser]
PASSWORD = "correct horse battery staple"


def _run(program, *command, **variables):
    environment = {**os.environ, **variables, "no_proxy": "*", "NO_PROXY": "*"}
    done = subprocess.run([*command, program], env=environment, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def _copied(page, label):
    return page.get_by_role("textbox", name=label, exact=True).input_value()


@pytest.fixture
def north():
    issuer = IssuerFactory(slug="north", name="North College")
    with scope(issuer):
        keys.create(issuer, None)
    made = AchievementFactory(issuer=issuer, name="Résumé workshop")
    AchievementVersionFactory(issuer=issuer, achievement=made)
    return issuer, made


def test_owner_makes_a_token_and_the_programs_of_the_page_award(site, visitor, north):
    issuer, achievement = north
    page = visitor()
    cookie = walk.signed_in(MembershipFactory(issuer=issuer).user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    faults = []

    page.goto(site + reverse("manage-api-tokens", args=["north"]))
    faults += barriers_in(page)
    page.get_by_label("Which program").fill("Exam portal")
    page.get_by_label("Award, release and cancel").check()
    page.get_by_label("Read achievements").check()
    page.get_by_role("button", name="Make a token").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="A token for Exam portal").wait_for()
    faults += barriers_in(page)
    token = _copied(page, "Token")
    page.get_by_role("link", name="show me how to begin").click()
    page.get_by_role("heading", name="How to begin").wait_for()
    faults += barriers_in(page)
    python, shell = _copied(page, "Python program"), _copied(page, "Shell commands")

    assert len(python.splitlines()) <= 30
    assert "1 awarded, 0 had it already" in _run(python, sys.executable, "-c", LAUREL_TOKEN=token)
    assert "0 awarded, 1 had it already" in _run(python, sys.executable, "-c", LAUREL_TOKEN=token)
    if shutil.which("curl"):
        said = _run(shell, "sh", "-c", LAUREL_TOKEN=token, ACHIEVEMENT=achievement.public_id)
        assert '"created":1' in said
    with across_issuers("a test looks"):
        names = set(AchievementCredential.objects.values_list("name", flat=True))
    assert names == ({"Ana Li", "Ben Okafor"} if shutil.which("curl") else {"Ana Li"})

    page.goto(site + reverse("manage-api-tokens", args=["north"]))
    page.get_by_text("Last used").wait_for()
    assert page.get_by_text("not yet").count() == 0
    page.get_by_role("link", name="Withdraw Exam portal").click()
    faults += barriers_in(page)
    page.get_by_role("button", name="Withdraw the token").click()
    page.get_by_text("Withdrawn. The token opens nothing any more").wait_for()
    assert faults == []
    with pytest.raises(AssertionError, match="token_withdrawn"):
        _run(python, sys.executable, "-c", LAUREL_TOKEN=token)
