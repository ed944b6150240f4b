"""The front: who is shown a kept answer, who never is, and that it is Django's answer to the letter."""

import time

import pytest
from django.core.cache import cache
from django.test import Client

from issuers.tenancy import across_issuers, scope
from recipients import claiming, correcting, delivering
from recipients.models import AchievementCredential
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, UserFactory
from tests.published import FULL, intend, person, publish, reread
from tests.verification.fronted import Place, shown
from tests.verification.public import UNKNOWN, bar, path, text
from verification import counting, front
from verification.models import PublicView

pytestmark = COMMITTED
PLACES = ("", "/", ".json", "/embed/")


@pytest.fixture
def credential():
    return shown(publish(IssuerFactory(name="Northmoor University")), FULL)


@pytest.fixture
def place():
    return Place()


def session_of(user):
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


# Kept


# Each request's own.
NUMBER = "X-Request-ID"


def without_time(headers):
    """The page tells the time, so these differ from one making to the next."""
    return {name: value for name, value in dict(headers).items() if name not in {"ETag", "Content-Length", NUMBER}}


def test_answer_is_djangos_own_to_the_letter_when_it_is_kept(client, place, credential):
    for number, rest in enumerate(PLACES, start=1):
        first, again = place.get(path(credential, rest)), place.get(path(credential, rest))
        assert (place.asked, first.status) == (number, 200)
        assert (again.status, again.headers, again.body) == (first.status, first.headers, first.body)
        assert dict(again.headers).keys() >= {"Content-Security-Policy", "X-Content-Type-Options", "ETag", "Vary"}
        plain = client.get(path(credential, rest), headers={"host": "localhost:8000", "accept": "text/html"})
        assert without_time(again.headers) == without_time(plain.headers)


def test_signed_text_and_page_stay_apart_when_accept_swaps(place, credential):
    for _round in range(3):
        assert place.get(path(credential))["Content-Type"].startswith("text/html")
        for kind in ("application/vc", "application/json"):
            answer = place.get(path(credential), accept=kind)
            assert (answer["Content-Type"], answer.body.decode()) == (kind, credential.signed)
    assert place.asked == 3


def test_json_file_has_the_type_of_its_reader_when_kept(place, credential):
    for _round in range(2):
        assert place.get(path(credential, ".json"))["Content-Type"] == "application/json"
        assert place.get(path(credential, ".json"), accept="*/*")["Content-Type"] == "application/vc+ld+json"
    assert place.asked == 2


def test_head_has_no_body_and_the_same_headers_when_kept(place, credential):
    place.get(path(credential), method="HEAD")
    whole = place.get(path(credential))
    head = place.get(path(credential), method="HEAD")
    assert place.asked == 2
    assert (head.status, head.headers, head.body) == (200, whole.headers, b"")


def test_reader_who_has_it_already_gets_304_when_kept(place, credential):
    for rest in PLACES:
        tag = place.get(path(credential, rest))["ETag"]
        for condition in (tag, f"W/{tag}", f'"other", {tag}'):
            answer = place.get(path(credential, rest), if_none_match=condition)
            assert (answer.status, answer.body, answer["ETag"]) == (304, b"", tag)
            assert "Content-Length" not in answer
            assert "Content-Security-Policy" in answer
        assert place.get(path(credential, rest), if_none_match='"other"').status == 200
    assert place.asked == len(PLACES)


def test_condition_of_the_first_reader_does_not_spoil_it_for_the_next_when_nothing_is_kept(place, credential):
    tag = place.get(path(credential, ".json"))["ETag"]
    cold = Place()
    assert cold.get(path(credential, ".json"), if_none_match=tag).status == 304
    assert cold.get(path(credential, ".json")).body.decode() == credential.signed
    assert cold.asked == 1


def test_answer_ends_by_its_age_when_nothing_changes(place, credential, monkeypatch):
    monkeypatch.setattr(front, "SECONDS", 0.2)
    place.get(path(credential))
    time.sleep(0.25)
    place.get(path(credential))
    assert place.asked == 2


def test_theme_and_zone_have_answers_of_their_own_when_cookies_say_them(place, credential):
    cookies = ["", "theme=dark", "theme=light", "zone=Asia/Tokyo", "theme=dark; zone=Asia/Tokyo"]
    pages = {cookie: place.get(path(credential), cookie=cookie).body for cookie in cookies}
    assert place.asked == len(cookies)
    assert b'data-theme="dark"' in pages["theme=dark"]
    assert b"JST" in pages["zone=Asia/Tokyo"]
    assert b"JST" not in pages["theme=dark"]
    for cookie, page in pages.items():
        assert place.get(path(credential), cookie=cookie).body == page
    assert place.get(path(credential), cookie='theme=x"><b; zone=Mars').body == pages[""]
    assert place.asked == len(cookies)


def test_languages_have_answers_of_their_own_when_there_are_several(place, credential, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    for language in ("en", "de", "de-AT,de;q=0.9", "en-GB"):
        place.get(path(credential), accept_language=language)
    assert place.asked == 2
    assert place.get(path(credential), accept_language="de")["Content-Language"] == "de"


# Not kept


UNUSUAL = [
    {"host": "evil.example"},
    {"host": "localhost:8000.evil.example"},
    {"host": "LOCALHOST:8000"},
    {"host": "127.0.0.1:8000"},
    {"host": "localhost"},
    {"query": "utm_source=x"},
    {"cookie": "csrftoken=abc"},
    {"cookie": "sessionid=abc"},
    {"cookie": "messages=x; theme=dark"},
    {"cookie": "django_language=de"},
    {"authorization": "Bearer x"},
    {"accept": "text/html," + "a/b," * 400},
    {"method": "POST"},
    {"method": "OPTIONS"},
]


def test_unusual_question_reaches_django_and_leaves_nothing_behind_when_asked(place, credential):
    for unusual in UNUSUAL:
        place.get(path(credential), **unusual)
    assert place.asked == len(UNUSUAL)
    clean = place.get(path(credential))
    assert (place.asked, clean.status) == (len(UNUSUAL) + 1, 200)
    assert b"evil" not in clean.body
    for unusual in UNUSUAL:
        place.get(path(credential), **unusual)
    assert place.asked == 2 * len(UNUSUAL) + 1
    assert place.get(path(credential)).body == clean.body


def test_plain_http_is_left_to_django_when_the_site_is_https(place, credential, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://badges.example", ["badges.example"]
    settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    place = Place()
    for _round in range(2):
        outside = place.get(path(credential), host="badges.example", x_forwarded_proto="http")
        assert outside.status == 301
        assert place.get(path(credential), host="badges.example", x_forwarded_proto="https").status == 200
    assert place.asked == 3


def test_private_address_is_asked_for_anew_and_looks_unknown_when_there_is_nothing_to_show(place):
    hidden = shown(publish(IssuerFactory()), person(), visibility="private")
    for rest in PLACES * 2:
        private, unknown = place.get(path(hidden, rest)), place.get(f"/c/{UNKNOWN}{rest}")
        assert (private.status, unknown.status) == (404, 404)
        assert without_time(private.headers) == without_time(unknown.headers)
        assert private.body.replace(hidden.public_id.encode(), UNKNOWN.encode()) == unknown.body
    assert place.asked == 4 * len(PLACES)


def test_offer_shows_at_once_when_it_is_claimed(place):
    award = intend(publish(IssuerFactory()), person())
    delivering.sign_chunk()
    with across_issuers("a test looks"):
        offered = AchievementCredential.objects.listed().get(award=award)
    assert place.get(path(offered)).status == 404
    with across_issuers("a test claims"):
        claiming.accept(offered)
        claiming.claim(offered, UserFactory(), visibility="link")
    assert place.get(path(offered)).status == 200


def test_bodies_never_cross_when_holder_and_strangers_alternate(place, credential):
    mine, other = session_of(credential.holder), session_of(UserFactory())
    for _round in range(10):
        own, foreign, stranger = (place.get(path(credential), cookie=c) for c in (mine, other, "theme=light"))
        assert "This is yours, as others see it." in text(own)
        assert own["Cache-Control"] == "private, no-store"
        for answer in (foreign, stranger):
            assert "This is yours" not in text(answer)
            assert "Your wallet" not in text(answer)
    assert place.asked == 21


def test_two_credentials_never_cross_when_they_alternate(place, credential):
    second = shown(publish(IssuerFactory(name="Southmoor"), name="Diver"), person("Bea Second", "bea@example.org"))
    for _round in range(10):
        assert "Amal" in text(place.get(path(credential)))
        assert "Bea Second" in text(place.get(path(second)))
        assert "Amal" not in text(place.get(path(second, "/embed/")))
    assert place.asked == 3


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("404 Not Found", {}),
        ("301 Moved Permanently", {}),
        ("200 OK", {"Set-Cookie": "csrftoken=1"}),
        ("200 OK", {"Cache-Control": "private, no-store"}),
        ("200 OK", {"Vary": "Accept, Cookie, X-Forwarded-For"}),
        ("200 OK", {"Vary": "*"}),
        ("200 OK", {"ETag": None}),
    ],
)
def test_answer_is_not_for_everybody_when_django_did_not_say_so(status, headers):
    good = {"Cache-Control": "public, max-age=20", "Vary": "Accept, Cookie", "ETag": '"1"'}
    answer = front.Answer("m", 0, "200 OK", list(good.items()), b"")
    assert front.is_for_everybody(answer)
    changed = [(name, value) for name, value in (good | headers).items() if value is not None]
    assert not front.is_for_everybody(front.Answer("m", 0, status, changed, b""))


# Engines


def test_page_is_made_by_django_when_valkey_is_away(place, credential, settings):
    place.get(path(credential))
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nonexistent/valkey.sock"}}
    began = time.monotonic()
    for rest in PLACES:
        assert place.get(path(credential, rest)).status == 200
    assert place.asked == 1 + len(PLACES)
    assert time.monotonic() - began < 5
    with scope(credential.issuer):
        assert correcting.revoke(reread(credential), reason="Mistake", by=None)
    assert bar(place.get(path(credential)))[0] == "standing standing-revoked"
    with across_issuers("a test looks"):
        assert PublicView.objects.get(credential=credential).count == 3


def test_nothing_kept_is_shown_when_valkey_was_emptied(place, credential):
    place.get(path(credential))
    cache.clear()
    place.get(path(credential))
    assert place.asked == 2


def test_answer_of_the_past_is_never_shown_when_it_is_kept_late(place, credential):
    def revoke():
        with scope(credential.issuer):
            correcting.revoke(reread(credential), reason="Mistake", by=None)

    place.meanwhile = revoke
    assert bar(place.get(path(credential)))[0] == "standing"
    assert bar(place.get(path(credential)))[0] == "standing standing-revoked"


def test_change_that_was_rolled_back_ends_nothing_when_it_never_happened(place, credential):
    place.get(path(credential))
    with pytest.raises(ZeroDivisionError), scope(credential.issuer):
        correcting.revoke(reread(credential), reason="Mistake", by=None)
        raise ZeroDivisionError
    assert bar(place.get(path(credential)))[0] == "standing"
    assert place.asked == 1


def test_shelf_drops_the_longest_unused_when_it_is_full():
    shelf = front.Shelf(10_000)
    questions = [front.Asked(f"/c/{n}", str(n), "text/html", "", "", "en") for n in range(5)]
    for question in questions[:3]:
        shelf.put(question, front.Answer("m", time.monotonic() + 9, "200 OK", [], b"x" * 1000))
    assert shelf.get(questions[0])
    shelf.put(questions[3], front.Answer("m", time.monotonic() + 9, "200 OK", [], b"x" * 1000))
    assert shelf.get(questions[0])
    assert shelf.get(questions[1]) is None
    assert shelf.bytes <= 10_000
    shelf.put(questions[4], front.Answer("m", time.monotonic() + 9, "200 OK", [], b"x" * 20_000))
    assert (shelf.get(questions[4]), shelf.bytes) == (None, 0)


# Looks


def test_every_look_is_counted_once_when_pages_are_kept(place, credential):
    for _look in range(4):
        place.get(path(credential))
    place.get(path(credential), cookie=session_of(credential.holder))
    for rest in (".json", "/embed/"):
        place.get(path(credential, rest))
        place.get(path(credential, rest))
    assert counting.write_down() == 4
    for _look in range(2):
        place.get(path(credential))
    counting.write_down()
    assert counting.write_down() == 0
    with across_issuers("a test looks"):
        assert PublicView.objects.get(credential=credential).count == 6
