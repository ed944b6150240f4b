"""Links and numbers in a text that somebody pasted: a list, a letter, a whole CV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

LINK_MOST = 2048
# A CV has more lines than links; what is left out of a longer text is not listed to its end.
LEFT_OUT_MOST = 400

_ID = re.compile(r"(?:^|/c/)([1-9A-HJ-NP-Za-km-z]{22})(?:$|[/?#.])")
_LINK = re.compile(r"https?://[^\s<>\"|\\^`{}]+", re.IGNORECASE)
_NUMBER = re.compile(r"[1-9A-HJ-NP-Za-km-z]{22}")
_AFTER = ".,;:!?)]}>'\"»”’"


def host_of(text: str) -> str:
    """The host of a link, with or without its scheme; '' for what is no link."""
    if "/" not in text:
        return ""
    try:
        return urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:  # an opening bracket begins an IPv6 address, and this is none
        return ""


def own_id(text: str) -> str:
    """The public id in a link to this site or in a number alone; '' where there is none."""
    found = _ID.search(text)
    return found[1] if found else ""


@dataclass
class Entry:
    """One link or number, the lines that name it, and its public id where it is one of this site's."""

    given: str
    own_id: str
    lines: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Listed:
    """A text as a list: what can be looked up, each once, and the lines that hold nothing of the kind."""

    entries: tuple[Entry, ...]
    left_out: tuple[tuple[int, str], ...]

    @property
    def repeated(self) -> int:
        return sum(len(entry.lines) - 1 for entry in self.entries)


def read_list(text: str) -> Listed:
    """Links and numbers of each line. Of a line without one only a lone word is kept: a CV is nobody's to store."""
    entries: dict[str, Entry] = {}
    left_out: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        found = list(_in_line(line.strip()))
        for given, public_id in found:
            entry = entries.setdefault(public_id or given, Entry(given, public_id))
            if number not in entry.lines:
                entry.lines.append(number)
        if line.strip() and not found and len(left_out) < LEFT_OUT_MOST:
            left_out.append((number, "" if len(line.split()) > 1 else line.strip()[:80]))
    return Listed(tuple(entries.values()), tuple(left_out))


def _in_line(line: str) -> Iterator[tuple[str, str]]:
    """Every link (bare ones too, where they stand alone or lead here) and number of one line, with the id if it is ours."""
    words = line.split()
    for word in words:
        bare = word.strip(_AFTER + "(<[\"'«“")
        if link := _LINK.search(word):
            yield _normal(link[0].rstrip(_AFTER))
        elif _NUMBER.fullmatch(bare) and not bare[1:].islower():
            yield bare, bare
        elif (host := host_of(bare)) and "." in bare.split("/")[0] and (len(words) == 1 or host == settings.SITE_HOST):
            yield _normal(f"https://{bare}")
        elif host_of(bare) == settings.SITE_HOST and own_id(bare):
            yield _normal(f"{urlsplit(settings.SITE_URL).scheme}://{bare}")


def _normal(link: str) -> tuple[str, str]:
    """The link without its fragment, and the id in it where it leads here."""
    public_id = own_id(link) if host_of(link) == settings.SITE_HOST else ""
    return link.partition("#")[0][:LINK_MOST], public_id
