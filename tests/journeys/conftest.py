"""A live site with real workers' stages, a browser, and the mails it sent."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from issuers.tenancy import across_issuers
from recipients import claiming, delivering, noticing, sending
from recipients.forms import applying
from recipients.tasks import award_earned
from tests import serving


@pytest.fixture
def site(live_server, settings):
    """The live server under its own address: links in mails and credentials lead to it."""
    settings.SITE_URL = live_server.url
    settings.SITE_HOST = "localhost"
    settings.ISSUER_SIGNUP = "open"
    return live_server.url


@pytest.fixture
def work():
    """Do what workers would do now."""

    def run():
        done = True
        while done:
            done = noticing.look_at_everybody() + noticing.evaluate_chunk() + award_earned()
            done += delivering.sign_chunk() + delivering.render_chunk() + sending.send_chunk()
            done += claiming.take_for_those_who_asked()

    return run


@pytest.fixture
def inbox():
    """Newest mail to an address, and what is in it."""

    class Inbox:
        def text(self, to):
            return next(str(message.body) for message in reversed(mail.outbox) if to in message.to)

        def code(self, to):
            return re.search(r"\b\d{6}\b", self.text(to))[0]

        def link(self, to):
            return re.search(r"http://\S+/claim/\S+", self.text(to))[0]

    return Inbox()


@pytest.fixture
def everything():
    with across_issuers("a test looks at the outcome"):
        yield


@pytest.fixture
def visitor(browser):
    """A new visitor: a page of a browser that knows nobody. Closed at the end, so that the server's threads end too."""
    contexts = []

    def arrive(**options):
        contexts.append(browser.new_context(**options))
        return contexts[-1].new_page()

    yield arrive
    for context in contexts:
        context.close()
    serving.let_it_end()


@pytest.fixture
def no_haste(monkeypatch):
    """A browser that is driven fills a form in faster than any person: here it may."""
    monkeypatch.setattr(applying, "QUICKEST", timedelta(0))
