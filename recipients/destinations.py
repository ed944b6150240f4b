"""Where webhooks may go: https to public hosts, through the guarded door; and to this very machine where the site lives on it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.conf import settings

from issuers.fetched import Answer
from issuers.fetching import Guard, Problem, target

# From looking up the name to the last byte of the answer.
SECONDS = 15.0
# Of one process: as many as it sends at once (recipients.calling), also where all of them go to one host.
AT_ONCE = 16
HERE = "127.0.0.1"
AGENT = "Laurel (webhooks)"

OUTSIDE = Guard(seconds=SECONDS, per_host=AT_ONCE)
LOCAL = Guard(
    resolver=lambda _host, _port: [HERE],
    permits=lambda address: address == HERE,
    ports=range(1, 65536),
    seconds=SECONDS,
    per_host=AT_ONCE,
)
_LOCAL = re.compile(r"http://(?:localhost|127\.0\.0\.1)(?=[:/?]|$)", re.IGNORECASE)


def problem(url: str) -> str:
    """Why nothing could be sent to an address: not_https, refused, unreachable (no such name) or timeout; '' for a good one."""
    at, door = _way(url)
    try:
        scheme = target(at).scheme
    except Problem as refused:
        return str(refused)
    if door is None:
        return "not_https" if scheme != "https" else "refused"
    return door.look(at)


def post(url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
    """What the server there says. Whatever `problem` finds is refused here as well: a name may lead elsewhere by now."""
    at, door = _way(url)
    if door is None:
        return Answer(problem="refused")
    return door.post(at, content, {"User-Agent": AGENT, "Content-Type": "application/json", **headers})


def _way(url: str) -> tuple[str, Guard | None]:
    """Receivers on a developer's own machine are reached only by a site that lives there too. None: nobody goes there."""
    if "#" in url:  # what stands behind it is never sent, and hides what stands before
        return url, None
    if settings.IS_LOCAL and _LOCAL.match(url):
        return _LOCAL.sub(f"http://{HERE}", url), LOCAL
    return url, OUTSIDE if url.lower().startswith("https://") else None
