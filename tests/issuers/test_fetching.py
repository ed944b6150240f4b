"""The guarded door (SECURITY T10, §4 U): a sink on the loopback counts who knocks; nobody may."""

import gzip
import socket
import ssl
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers import fetching
from issuers.fetching import Guard, is_public, target
from tests.sink import HEAD, certificate, full, loopback, says, sink

# What the names of this table lead to, were anybody to ask.
NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "private.example.org": ["10.0.0.7"],
    "both.example.org": ["93.184.215.14", "10.0.0.7"],
    "six.example.org": ["93.184.215.14", "fd00:ec2::254"],
    "mapped.example.org": ["::ffff:127.0.0.1"],
    "carrier.example.org": ["100.64.1.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "redis": ["10.0.0.2"],
    "db": ["10.0.0.3"],
    "ok": ["93.184.215.14"],
}

REFUSED = [
    "http://127.0.0.1{port}/",
    "http://localhost{port}/",
    "http://localhost.{port}/",
    "http://[::1]{port}/",
    "http://[::ffff:127.0.0.1]{port}/",
    "http://[64:ff9b::7f00:1]{port}/",
    "http://[2002:7f00:1::]{port}/",
    "http://[2001:0:7f00:1::]{port}/",
    "http://[::127.0.0.1]{port}/",
    "http://0{port}/",
    "http://0.0.0.0{port}/",
    "http://2130706433{port}/",
    "http://0x7f.1{port}/",
    "http://0x7f000001{port}/",
    "http://0177.0.0.1{port}/",
    "http://127.1{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://metadata.google.internal/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://192.0.2.1/",
    "http://private.example.org{port}/",
    "http://both.example.org{port}/",
    "http://six.example.org{port}/",
    "http://mapped.example.org{port}/",
    "http://carrier.example.org{port}/",
    "http://ok@127.0.0.1{port}/",
    "http://user:secret@private.example.org{port}/",
    "http://127.0.0.1{port}#@ok.example.org/",
    "http://ok.example.org\\@127.0.0.1{port}/",
    "http://127。0。0。1{port}/",
    "http://ⓛocalhost{port}/",
    "http://ok.example.org:22/",
    "http://ok.example.org:6379/",
    "http://ok.example.org:0/",
    "http://ok.example.org:99999/",
    "gopher://ok.example.org/",
    "file:///etc/passwd",
    "ftp://ok.example.org/",
    "data:text/plain,x",
    "javascript:alert(1)",
    "http://ok.example.org/\r\nX-Injected: 1",
    "http://ok.example.org/ HTTP/1.1",
    "http://ok.example.org/" + "a" * 2049,
    "http://redis{port}/",
    "http://db{port}/",
    "http://ok.example.org%2f@127.0.0.1/",
    "http://-bad-.example.org/",
    "http://" + "a" * 64 + ".example.org/",
    "//ok.example.org/",
    "",
    "http:///x",
    "http://[::1/",
]


@pytest.mark.parametrize("url", REFUSED)
def test_refused_without_a_single_connection(url):
    with sink(says(full(b"secret"))) as made:
        guard = Guard(resolver=lambda host, port: NAMES.get(host, ["127.0.0.1"]), ports={80, 443, made.port})

        found = guard.fetch(url.replace("{port}", f":{made.port}"))

        assert (found.problem, found.body) == ("refused", b"")
        time.sleep(0.01)
        assert made.connections == 0


def test_name_that_does_not_resolve_reaches_nobody():
    def fails(host, port):
        raise socket.gaierror("no such host")

    assert Guard(resolver=fails).fetch("http://gone.example.org/").problem == "unreachable"
    assert Guard(resolver=lambda host, port: []).fetch("http://empty.example.org/").problem == "unreachable"


def test_name_that_changes_between_looking_and_going_is_resolved_once():
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return ["93.184.215.14"] if len(asked) == 1 else ["127.0.0.1"]

    gone_to = []
    with sink(says(full(b"secret"))) as made:
        guard = Guard(resolver=rebinding, ports={made.port}, seconds=0.3)
        real = socket.create_connection

        def watch(address, *rest, **options):
            gone_to.append(address[0])
            raise ConnectionRefusedError

        socket.create_connection = watch
        try:
            found = guard.fetch(f"http://rebinding.example.org:{made.port}/")
        finally:
            socket.create_connection = real

        assert found.problem == "unreachable"
        assert gone_to == ["93.184.215.14"] and asked == ["rebinding.example.org"]
        assert made.connections == 0


def test_answer_comes_with_its_media_type():
    with sink(says(full(b'{"id": 1}'))) as made:
        found = loopback(made).fetch(f"http://badges.example.org:{made.port}/a b".replace(" ", "%20") + "?q=ü#part")

        assert (found.body, found.media_type, found.problem) == (b'{"id": 1}', "application/json", "")
        request = made.asked[0]
        assert request.startswith("GET /a%20b?q=%C3%BC HTTP/1.1\r\n")
        assert f"Host: badges.example.org:{made.port}\r\n" in request
        assert "Cookie" not in request and "Referer" not in request and "Authorization" not in request


def test_host_in_another_script_is_asked_for_by_its_ascii_name():
    asked = []
    with sink(says(full(b"{}"))) as made:
        guard = loopback(made, resolver=lambda host, port: asked.append(host) or ["127.0.0.1"])

        assert guard.fetch(f"http://Bücher.example:{made.port}/").problem == ""
        assert asked == ["xn--bcher-kva.example"]
        assert f"Host: xn--bcher-kva.example:{made.port}\r\n" in made.asked[0]


STATUSES = {404: "not_found", 410: "gone", 500: "unreachable", 401: "unreachable", 204: "unreachable", 302: "refused"}


@pytest.mark.parametrize(("status", "problem"), STATUSES.items())
def test_other_answers_are_problems_and_nothing_of_them_is_kept(status, problem):
    with sink(says(full(b"secret", b"HTTP/1.1 %d Whatever\r\nLocation: /\r\n" % status))) as made:
        found = loopback(made).fetch(f"http://a.example.org:{made.port}/")

        assert (found.problem, found.body) == (problem, b"")


@pytest.mark.parametrize(
    "to",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:6379/",
        "file:///etc/passwd",
        "//10.0.0.1/",
        "http://[",
    ],
)
@pytest.mark.parametrize("redirects", [0, fetching.LINK_REDIRECTS])
def test_redirect_to_the_inside_is_not_followed(to, redirects):
    with sink(says(full(b"", b"HTTP/1.1 302 Found\r\nLocation: " + to.encode() + b"\r\n"))) as made:
        guard = Guard(
            resolver=lambda host, port: ["127.0.0.1"] if host == "short.example.org" else [host],
            permits=lambda address: address == "127.0.0.1",
            ports={made.port, 80},
        )

        found = guard.fetch(f"http://short.example.org:{made.port}/", redirects=redirects)

        assert found.problem in {"refused", "unreachable"}
        assert made.connections == 1


def test_link_may_lead_on_three_times_and_no_further():
    def leads(talk):
        place = made.connections
        talk.sendall(full(b"", b"HTTP/1.1 302 Found\r\nLocation: /next\r\n") if place < stop else full(b"{}"))

    with sink(leads) as made:
        url = f"http://short.example.org:{made.port}/"
        stop = 4
        assert loopback(made).fetch(url, redirects=3).problem == ""
        made.connections, stop = 0, 5
        assert loopback(made).fetch(url, redirects=3).problem == "refused"
        assert made.connections == 4


def _endless(talk):
    talk.sendall(HEAD + b"Content-Length: 1073741824\r\n\r\n")
    while True:
        talk.sendall(b"0" * 65536)


def _endless_chunks(talk):
    talk.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        talk.sendall(b"10000\r\n" + b"0" * 65536 + b"\r\n")


def _endless_headers(talk):
    talk.sendall(HEAD)
    while True:
        talk.sendall(b"X: " + b"0" * 1000 + b"\r\n")


def _endless_continue(talk):
    while True:
        talk.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def _bomb(talk):
    talk.sendall(full(gzip.compress(b"0" * 30_000_000), HEAD + b"Content-Encoding: gzip\r\n"))


@pytest.mark.parametrize("say", [_endless, _endless_chunks, _endless_headers, _endless_continue, _bomb])
def test_answers_without_end_are_cut(say):
    with sink(say) as made:
        began = time.monotonic()
        found = loopback(made, seconds=10).fetch(f"http://a.example.org:{made.port}/", within=10)

        assert found.problem in {"too_large", "unreachable"} and found.body == b""
        assert time.monotonic() - began < 5


def _drips(first):
    def say(talk):
        talk.sendall(first)
        while True:
            talk.sendall(b"a")
            time.sleep(0.05)

    return say


def _silent(talk):
    time.sleep(3)


@pytest.mark.parametrize("say", [_drips(b""), _drips(HEAD), _drips(HEAD + b"Content-Length: 1000\r\n\r\n"), _silent])
def test_drops_come_to_an_end(say):
    with sink(say) as made:
        began = time.monotonic()
        found = loopback(made, seconds=0.6).fetch(f"http://a.example.org:{made.port}/")

        assert found.problem == "timeout"
        assert time.monotonic() - began < 2.8  # the other side holds on for three


def test_resolver_that_hangs_does_not_hold_anybody():
    began = time.monotonic()
    found = Guard(resolver=lambda host, port: time.sleep(3) or ["93.184.215.14"], seconds=0.3).fetch(
        "http://a.example.org/"
    )

    assert found.problem == "timeout" and time.monotonic() - began < 2.8


def test_packed_answer_is_unpacked_and_an_unknown_packing_is_none():
    with sink(says(full(gzip.compress(b'{"a": 1}'), HEAD + b"Content-Encoding: gzip\r\n"))) as made:
        assert loopback(made).fetch(f"http://a.example.org:{made.port}/").body == b'{"a": 1}'
    with sink(says(full(b"x", HEAD + b"Content-Encoding: br\r\n"))) as made:
        assert loopback(made).fetch(f"http://a.example.org:{made.port}/").problem == "unreachable"


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"\x00" * 100, HEAD + b"Content-Length: 50\r\n\r\nshort"]
)
def test_what_is_no_whole_answer_is_unreachable(answer):
    with sink(says(answer)) as made:
        assert loopback(made).fetch(f"http://a.example.org:{made.port}/").problem == "unreachable"


def test_environment_names_no_proxy(monkeypatch):
    with sink(says(full(b"{}"))) as made, sink(says(full(b"proxy"))) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        assert loopback(made).fetch(f"http://a.example.org:{made.port}/").body == b"{}"
        assert proxy.connections == 0


def test_no_host_is_asked_for_more_than_two_things_at_once():
    at_once, most, lock = 0, 0, threading.Lock()

    def counted(talk):
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.1)
        with lock:
            at_once -= 1
        talk.sendall(full(b"{}"))

    with sink(counted) as made:
        guard, found = loopback(made), []
        threads = [
            threading.Thread(target=lambda: found.append(guard.fetch(f"http://a.example.org:{made.port}/").problem))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert found == [""] * 6
        assert most == fetching.PER_HOST


def test_certificate_is_checked_for_the_name_that_was_asked(tmp_path):
    file = certificate(tmp_path, "badges.example.org")
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    trusting = ssl.create_default_context(cafile=str(file))
    with sink(says(full(b"{}")), tls=serving) as made:
        url = f"https://badges.example.org:{made.port}/"

        assert loopback(made, tls=trusting).fetch(url).body == b"{}"
        assert loopback(made, tls=trusting).fetch(url.replace("badges", "other")).problem == "unreachable"
        assert loopback(made).fetch(url).problem == "unreachable"
        assert len(made.asked) == 1


def test_product_has_no_seam_open():
    assert fetching.GUARD._ports == {80, 443}
    assert fetching.GUARD._permits is is_public
    assert fetching.GUARD._resolver is fetching.resolve
    assert fetching.GUARD.tls.verify_mode == ssl.CERT_REQUIRED and fetching.GUARD.tls.check_hostname


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e"])
def test_public_addresses(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_never_public(address):
    packed = int(address)
    for wrapped in (
        f"::ffff:{address}",
        f"64:ff9b::{packed >> 16:x}:{packed & 0xFFFF:x}",
        f"2002:{packed >> 16:x}:{packed & 0xFFFF:x}::1",
    ):
        assert not is_public(wrapped)


@given(st.text(max_size=80), st.sampled_from(["", "http://", "https://", "http://a.example.org/"]))
def test_any_text_is_a_target_or_refused(text, start):
    try:
        found = target(start + text)
    except fetching.Problem as problem:
        assert str(problem) == "refused"
    else:
        assert found.url.isascii() and not any(mark in found.url for mark in "\r\n \\@" if mark != "@")
        assert target(found.url) == found
