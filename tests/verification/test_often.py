"""How often one address may ask: 60 looks a minute, lists by their lines, numbers at which nothing stands; and nobody counting."""

import json

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from redis.exceptions import ConnectionError as NobodyCounts

from issuers.public_ids import new_public_id
from tests.factories import IssuerFactory, VerificationItemFactory
from tests.published import FULL, publish
from tests.verification.fronted import shown
from tests.verification.public import UNKNOWN, path, text, update
from verification import desk
from verification.models import VerificationReceipt
from verification.sandbox.client import NotExamined
from verification.views import often

pytestmark = pytest.mark.django_db
VERIFY = "/verify/"
ME, OTHER = {"REMOTE_ADDR": "198.51.100.7"}, {"REMOTE_ADDR": "198.51.100.8"}


@pytest.fixture(autouse=True)
def _empty():
    cache.clear()


@pytest.fixture
def made():
    return shown(publish(IssuerFactory()), FULL)


@pytest.fixture
def valkey_away(monkeypatch):
    """The door of the cache is shut: every command fails, as it does while the server is away."""

    def fail(*args, **options):
        raise NobodyCounts("nobody there")

    for name in ("add", "incr", "decr", "touch"):
        monkeypatch.setattr(cache, name, fail)


def used(limit, count, key="198.51.100.7"):
    """As if that much had been asked for in this minute."""
    cache.set(f"limit:{limit.name}:{key}", count, limit.seconds)


def links(count):
    return {"q": "\n".join(f"https://lab.example/{n}" for n in range(count))}


def test_61st_look_of_a_minute_is_429_for_that_address_alone(client):
    used(often.LOOKS, 59)

    sixtieth, refused = client.post(VERIFY, {"q": "x"}, **ME), client.post(VERIFY, {"q": UNKNOWN}, **ME)

    assert (sixtieth.status_code, refused.status_code) == (422, 429)
    assert refused["Retry-After"] == "60"
    assert refused["Cache-Control"] == "private, no-store"
    assert "Up to 60 documents, links or numbers can be checked from one address in a minute." in text(refused)
    assert "Nothing was checked. Try again in a minute." in text(refused)
    assert client.post(VERIFY, {"q": UNKNOWN}, **OTHER).status_code == 302


@pytest.mark.parametrize("accept", ["application/json", "application/problem+json", "application/ld+json"])
def test_machines_read_problem_details(client, accept):
    used(often.LOOKS, 60)
    answer = client.post(VERIFY, {"q": UNKNOWN}, headers={"Accept": accept}, **ME)

    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert answer["Content-Type"].startswith("application/problem+json")
    problem = json.loads(answer.content)
    assert (problem["status"], problem["title"]) == (429, "Too Many Requests")
    assert problem["detail"].endswith("Nothing was checked. Try again in a minute.")


def test_list_of_200_is_one_look_and_200_lines(client):
    used(often.LINES, 3400)

    assert client.post(VERIFY, links(200), **ME).status_code == 302
    refused = client.post(VERIFY, links(2), **ME)

    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert "Up to 3,600 lines of lists" in text(refused)
    assert "Try again within 60 minutes." in text(refused)
    assert VerificationReceipt.objects.count() == 1
    assert cache.get("limit:desk:198.51.100.7") == 2


def test_list_that_does_not_fit_leaves_room_for_a_shorter_one(client):
    used(often.LINES, 3500)

    assert client.post(VERIFY, links(200), **ME).status_code == 429
    assert client.post(VERIFY, links(100), **ME).status_code == 302


def test_checking_a_list_again_counts_its_lines(client):
    used(often.LINES, 3600)
    old = VerificationItemFactory(standing="nothing").receipt

    assert client.post(f"/verify/receipts/{old.public_id}/repetition/", **ME).status_code == 429
    assert VerificationReceipt.objects.count() == 1


def test_each_of_several_files_counts(client):
    used(often.LOOKS, 58)
    files = [SimpleUploadedFile(f"{n}.json", b"[]") for n in range(3)]

    assert client.post(VERIFY, {"file": files}, **ME).status_code == 429
    assert VerificationReceipt.objects.count() == 0
    assert client.post(VERIFY, {"file": files}, **OTHER).status_code == 302
    assert cache.get("limit:desk:198.51.100.8") == 3


@pytest.mark.parametrize(("code", "count"), [("too_slow", 6), ("too_big", 6), ("crashed", 6), ("busy", 1)])
def test_what_cannot_be_read_to_its_end_counts_as_six(client, monkeypatch, code, count):
    def refuse(*args, **options):
        raise NotExamined(code)

    monkeypatch.setattr(desk, "examine", refuse)
    client.post(VERIFY, {"q": "{}"}, **ME)

    assert cache.get("limit:desk:198.51.100.7") == count


def test_numbers_are_not_tried_for_long_and_pages_are_read_as_often_as_one_likes(client, made):
    used(often.MISSES, 57)
    tried = [client.get(f"/c/{new_public_id()}", **ME).status_code for _ in range(5)]

    assert tried == [404] * 3 + [429] * 2
    for rest in (".json", ".png", "/embed/", "/ob2.json"):
        assert client.get(f"/c/{new_public_id()}{rest}", **ME).status_code == 429
    assert client.get(path(made), **ME).status_code == 200
    assert client.get(f"/c/{new_public_id()}", **OTHER).status_code == 404
    assert "Up to 60 numbers at which nothing is to be seen" in text(client.get(f"/c/{UNKNOWN}", **ME))


def test_private_and_unknown_are_the_same_after_the_limit_too(client, made):
    update(made, visibility="private")
    used(often.MISSES, 60)

    private, unknown = client.get(path(made), **ME), client.get(f"/c/{UNKNOWN}", **ME)

    assert private.status_code == unknown.status_code == 429
    assert private.content.replace(made.public_id.encode(), UNKNOWN.encode()) == unknown.content


def test_proxy_of_ours_names_the_caller_and_nobody_else_can(client, settings):
    used(often.LOOKS, 60)

    assert client.post(VERIFY, {"q": UNKNOWN}, headers={"X-Forwarded-For": "203.0.113.9"}, **ME).status_code == 429
    settings.TRUSTED_PROXY_COUNT = 1
    spoofed = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    assert client.post(VERIFY, {"q": UNKNOWN}, headers=spoofed, REMOTE_ADDR="10.0.0.2").status_code == 429


def test_reading_goes_on_while_nobody_counts_and_lists_wait(client, made, valkey_away):

    assert client.post(VERIFY, {"q": UNKNOWN}, **ME).status_code == 302
    assert client.post(VERIFY, {"q": made.signed}, **ME).status_code == 200
    assert client.get(f"/c/{UNKNOWN}", **ME).status_code == 404
    refused = client.post(VERIFY, links(2), **ME)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert VerificationReceipt.objects.count() == 0
