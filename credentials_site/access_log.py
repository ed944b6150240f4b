"""What the web server writes of each request, without the tokens of links: whoever reads a log could follow them (SECURITY T18)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

# Pages whose address is all that it takes to open them. Public ids, which stand there too, are shorter.
_SECRET = re.compile(r"/(claim|assess|applications|here|stop|join)/[A-Za-z0-9_.~%-]{23,}")

# Programs ask for people by these; lines of a log are no place for names of people.
_PERSON = re.compile(r"([?&](?:email|student_id)=)[^&\s\"]+")


def without_tokens(text: str) -> str:
    """A line of which nothing can be followed, and that names nobody."""
    return _PERSON.sub(r"\1...", _SECRET.sub(r"/\1/...", text))


class Tokenless(Logger):  # type: ignore[misc]
    """The usual access log: the request, its path and the page that it came from are written without tokens."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: timedelta) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {name: without_tokens(value) if isinstance(value, str) else value for name, value in found.items()}
