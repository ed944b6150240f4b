"""Shared fixtures. Tests run on the real engines, as the application's own restricted database role."""

import os
import shutil

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import TransactionTestCase
from django.test.utils import teardown_databases
from playwright.sync_api import expect

from issuers.models import Role
from issuers.tenancy import across_issuers
from tests import databases, emptying
from tests.factories import IssuerFactory, MembershipFactory, UserFactory

# Playwright's sync API runs inside an event loop, which Django's async guard would refuse.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# A busy machine may take longer than the five seconds that Playwright waits.
expect.set_options(timeout=20_000)
BROWSERS = [os.environ.get("CHROMIUM"), *map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))]
CHROMIUM = next(filter(None, BROWSERS), None)

# Tests that need committed rows (live server, workers) are emptied by the migrator, who sees every issuer's.
TransactionTestCase._fixture_teardown = emptying.empty
COMMITTED = pytest.mark.django_db(transaction=True, databases=["default", "migrator"])


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """The migrator makes the test database and the app is its mirror: always both, whichever a test names."""
    with django_db_blocker.unblock():
        made = databases.make()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        # A copy goes with the run's own cluster: threads of a test that has ended may still hold a connection to it.
        if not databases.is_copied():
            teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def _media(tmp_path, settings):
    """Every test has a media folder of its own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media"), "base_url": "/media/"},
        },
    }


@pytest.fixture(autouse=True)
def _fresh_limits(request):
    """Rate limits of one test do not reach the next."""
    yield
    if "django_db_blocker" in request.fixturenames or "db" in request.fixturenames:
        cache.clear()


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch, request):
    """Waking workers is a message to nobody here; tests run the stages themselves. `live_workers` brings the broker back."""
    if "live_workers" not in request.fixturenames:
        monkeypatch.setattr("celery.app.base.Celery.send_task", lambda *args, **kwargs: None)
        # Nor is anybody heard: each wake counts, also the second of a kind.
        monkeypatch.setattr("issuers.waking._nobody_called", lambda name: True)


@pytest.fixture
def every_issuer():
    """Look at all rows, as a test may."""
    with across_issuers("a test looks at the outcome"):
        yield


@pytest.fixture
def issuer(db):
    return IssuerFactory()


@pytest.fixture
def owner(issuer):
    """An owner of `issuer`."""
    return MembershipFactory(issuer=issuer, role=Role.OWNER, user=UserFactory(name="Olga Owner")).user


@pytest.fixture
def staff(client, owner):
    """A client signed in as the owner."""
    client.force_login(owner)
    return client


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    args = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    args.append("--disable-quic")
    if os.geteuid() == 0:
        args.append("--no-sandbox")
    extra = {"executable_path": CHROMIUM} if CHROMIUM else {}
    return {**browser_type_launch_args, **extra, "args": args}


def pytest_collection_modifyitems(items):
    """Without Chromium browser tests are skipped aloud; CI says REQUIRE_BROWSER=1 and fails instead."""
    if CHROMIUM:
        return
    if os.environ.get("REQUIRE_BROWSER"):
        raise pytest.UsageError("REQUIRE_BROWSER is set and there is no Chromium: run scripts/system-packages --test")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="NO CHROMIUM: run scripts/system-packages --test"))
