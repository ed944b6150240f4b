"""From a new key to a fact: an owner connects a system in a browser, and the programs on the page are run as they stand."""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import reverse

from issuers.tenancy import across_issuers
from recipients.models import Activity
from tests.architecture import walk
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory

pytestmark = [COMMITTED, pytest.mark.browser]
PASSWORD = "correct horse battery staple"


def _run(program, secret, *command):
    environment = {**os.environ, "LAUREL_SECRET": secret, "no_proxy": "*", "NO_PROXY": "*"}
    done = subprocess.run([*command, program], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _copied(page, label):
    return page.get_by_role("textbox", name=label, exact=True).input_value()


def test_owner_connects_a_system_and_the_programs_of_the_page_send(site, visitor):
    owner = MembershipFactory(issuer=IssuerFactory(slug="north", name="North College")).user
    page = visitor()
    cookie = walk.signed_in(owner).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    faults = []

    page.goto(site + reverse("manage-event-keys", args=["north"]))
    faults += barriers_in(page)
    page.get_by_label("Which system").fill("Door scanner")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="A key for Door scanner").wait_for()
    faults += barriers_in(page)
    secret = _copied(page, "Secret")
    python, shell = _copied(page, "Python program"), _copied(page, "Shell commands")

    assert '"recorded": 1' in _run(python, secret, sys.executable, "-c")
    if shutil.which("curl") and shutil.which("openssl"):
        assert '"recorded": 1' in _run(shell, secret, "sh", "-c")
    assert '"already": 1' in _run(python, secret, sys.executable, "-c")

    page.get_by_role("link", name="show its calls").click()
    page.get_by_text("1 known before.").wait_for()
    faults += barriers_in(page)
    page.goto(site + reverse("manage-event-keys-how-to", args=["north"]))
    faults += barriers_in(page)
    assert faults == []
    with across_issuers("a test looks"):
        facts = set(Activity.objects.counting().values_list("kind", "recipient__name"))
    assert ("assessment", "Ana Li") in facts and len(facts) == (2 if shutil.which("curl") else 1)
