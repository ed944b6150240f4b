"""The mark by which a mail provider's calls name our mails again. Pure.

Most providers keep our Message-ID or repeat what a header of theirs brought; the others give each mail a number of their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

NAME = "laurel"


def _as_json(mark: str) -> str:
    return json.dumps({NAME: mark})


# Provider → the header that it gives back with each event, and how it wants to read it. Mailgun keeps the Message-ID.
_HEADERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "brevo": ("X-Mailin-custom", _as_json),
    "mailjet": ("X-MJ-EventPayload", _as_json),
    "postmark": (f"X-PM-Metadata-{NAME}", str),
    "sparkpost": ("X-MSYS-API", lambda mark: json.dumps({"metadata": {NAME: mark}})),
}


def headers(message_id: str, providers: Iterable[str]) -> dict[str, str]:
    """What a mail carries so that these providers can name it; nothing where none tells us anything."""
    mark = message_id.strip("<>").partition("@")[0]
    return {name: write(mark) for name, write in (_HEADERS[one] for one in providers if one in _HEADERS)}


def mark(metadata: Mapping[str, object] | None) -> str:
    """Ours among what came back; '' without one."""
    found = metadata.get(NAME, "") if isinstance(metadata, Mapping) else ""
    return str(found)[:64]
