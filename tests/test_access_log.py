"""Tokens of links do not stand in the access log."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from gunicorn.config import Config

from credentials_site.access_log import Tokenless
from issuers.public_ids import new_public_id
from recipients import codes

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
    ],
    ids=["claim", "assess", "application", "invitation", "scan", "stop"],
)
def test_no_token_of_a_link_is_written(page, token):
    path = reverse(page, args=[token])

    assert token in path
    assert token not in _line(path)


def test_public_ids_are_written():
    path = reverse("application", args=[new_public_id()])

    assert path in _line(path)
