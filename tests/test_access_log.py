"""Tokens of links do not stand in the access log."""

from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.urls import reverse
from gunicorn.config import Config

from credentials_site.access_log import Tokenless
from issuers.public_ids import new_public_id
from recipients import codes
from tests.architecture.walk import addresses

TOKEN = "x-_9" * 10 + "abc"
DOOR = codes.token(new_public_id(), b"key", 59_000_000)


def _line(path):
    environ = {"REQUEST_METHOD": "GET", "RAW_URI": path, "PATH_INFO": path, "SERVER_PROTOCOL": "HTTP/1.1"}
    environ |= {"HTTP_REFERER": f"https://laurel.example{path}", "QUERY_STRING": ""}
    answer, asked = SimpleNamespace(status="303", headers=[], sent=0), SimpleNamespace(headers=[])
    written = Tokenless(Config()).atoms(answer, asked, environ, timedelta(0))
    return " ".join(str(value) for value in written.values())


@pytest.mark.parametrize(
    ("page", "token"),
    [
        ("claim", TOKEN),
        ("assess-link", TOKEN),
        ("application-link", TOKEN),
        ("invitation", TOKEN),
        ("scan", DOOR),
        ("stop", f"4711.{TOKEN[:22]}"),
        ("slip", "7K2M-QXRT-9BCD-WFGH"),
        ("slip", "7k2m qxrt 9bcd wfgh"),
    ],
    ids=["claim", "assess", "application", "invitation", "scan", "stop", "slip", "slip-by-hand"],
)
def test_no_token_of_a_link_is_written(page, token):
    path = reverse(page, args=[token])

    assert quote(token) in path
    assert quote(token) not in _line(path)


def test_no_address_with_a_secret_in_it_is_written_as_it_is():
    """Whatever page is new: what stands in its address as `token` or `code` opens something."""
    secrets = {"token": TOKEN, "code": "7K2M-QXRT-9BCD-WFGH"}
    found = {}
    for one in addresses():
        if given := secrets.keys() & set(one.arguments):
            path = reverse(one.name, kwargs={name: secrets.get(name, "1") for name in one.arguments})
            found[one.name] = [name for name in given if secrets[name] in _line(path)]

    assert {"claim", "slip", "stop", "assess-link"} <= found.keys()
    assert {name: left for name, left in found.items() if left} == {}


def test_public_ids_are_written():
    path = reverse("application", args=[new_public_id()])

    assert path in _line(path)
