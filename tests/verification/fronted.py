"""A front with Django behind it, asked as a web server asks; it says how often Django had to answer."""

import sys
from dataclasses import dataclass
from io import BytesIO

from django.core.handlers.wsgi import WSGIHandler

from issuers.tenancy import across_issuers
from recipients import claiming, delivering
from tests.factories import UserFactory
from tests.published import intend, reread
from verification.front import Front

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def shown(version, *who, visibility="public", key="request"):
    """A credential that is signed and claimed; its certificate is not printed, which no page shows."""
    award = intend(version, *who, key=key)
    while delivering.sign_chunk():
        continue
    with across_issuers("a test claims"):
        made = award.credentials.get()
        assert claiming.accept(made)
        assert claiming.claim(made, UserFactory(), visibility=visibility)
    return reread(made)


@dataclass(frozen=True)
class Answered:
    status: int
    headers: tuple
    body: bytes

    def __getitem__(self, name):
        return dict(self.headers)[name]

    def __contains__(self, name):
        return name in dict(self.headers)

    @property
    def content(self):
        return self.body


class Place:
    """`asked` counts what reached Django; `meanwhile` happens between Django's answer and its keeping."""

    def __init__(self):
        self.asked, self.meanwhile = 0, None
        self._django = WSGIHandler()
        self.front = Front(self._counted)

    def _counted(self, environ, start_response):
        self.asked += 1
        response = self._django(environ, start_response)
        if self.meanwhile:
            work, self.meanwhile = self.meanwhile, None
            work()
        return response

    def get(self, path, method="GET", host="localhost:8000", query="", **headers):
        """`headers` are names of the environ: accept="…" is HTTP_ACCEPT."""
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": host,
            "HTTP_ACCEPT": BROWSER,
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        began = []
        response = self.front(environ, lambda status, heads, exc_info=None: began.append((status, heads)))
        body = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        [(status, heads)] = began
        return Answered(int(status[:3]), tuple(heads), body)
