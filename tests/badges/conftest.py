"""For tests in a browser: an institution with a draft, and pages of its members' on which nothing goes wrong unsaid."""

from typing import NamedTuple

import pytest
from django.urls import reverse

from badges import designing
from badges.models import Achievement
from issuers.models import Issuer, Role, User
from issuers.tenancy import scope
from tests import serving
from tests.architecture.walk import signed_in
from tests.factories import IssuerFactory, MembershipFactory

# The browser tells of refusals in its console, without their address; `arrive` hears of them with it.
REFUSED = "Failed to load resource: the server responded"


class World(NamedTuple):
    """An institution, its owner, and a draft."""

    issuer: Issuer
    owner: User
    draft: Achievement

    def stored(self):
        """The draft as it is saved now, with both its designs."""
        with scope(self.issuer):
            looks = Achievement.objects.select_related("badge", "certificate", "issuer")
            return looks.get(pk=self.draft.pk)


@pytest.fixture
def world(live_server):
    issuer = IssuerFactory()
    owner = MembershipFactory(issuer=issuer, role=Role.OWNER, user__name="Olga Owner").user
    with scope(issuer):
        return World(issuer, owner, designing.begin(issuer, owner, name="Community Mentor"))


@pytest.fixture
def arrive(browser, world, live_server):
    """Opens a tab of the draft: `arrive("-badge", user=somebody, **options of the browser's context)`.

    Whatever a page complains of, and every refusal, fails the test in the end, but for those that have one of the words
    in `arrive.expected`.
    """
    contexts, faults = [], []

    def go(tab="", user=world.owner, **options):
        cookie = (
            signed_in(user).cookies["sessionid"].value
        )  # one for each: signing in again would end the other's session
        contexts.append(browser.new_context(**options))
        contexts[-1].add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = contexts[-1].new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("response", lambda told: faults.append(f"{told.status} {told.url}") if told.status >= 400 else None)
        page.goto(
            live_server.url + reverse(f"manage-achievement{tab}", args=[world.issuer.slug, world.draft.public_id])
        )
        return page

    go.expected, go.faults = [REFUSED], faults
    yield go
    for context in contexts:
        context.close()
    serving.let_it_end()
    assert [fault for fault in faults if not any(word in fault for word in go.expected)] == []
