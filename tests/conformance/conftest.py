"""A running site and a claimed credential of it, as the public gets them."""

import pytest

from tests.conformance.asking import get
from tests.factories import IssuerFactory
from tests.published import FULL, claimed, publish


@pytest.fixture
def site(live_server, settings):
    """The server's own address is the one in every document."""
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def credential(site):
    return claimed(publish(IssuerFactory()), FULL)


@pytest.fixture
def text(credential):
    """The signed JSON as anybody gets it."""
    return get(credential.url, accept="application/vc+ld+json").decode()
