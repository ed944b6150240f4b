"""Printed certificates in the storage. What everybody of a page has is kept once, and of each person only the end.

`pdf/<aa>/<hash>.base` is the beginning of a file; `pdf/<aa>/<hash>.tail` is a line of text and the end of one, named
after the whole. What WeasyPrint printed is kept as it is, under `.pdf`. See docs/decisions/0027-tails.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from badges.rendering.splicing.designs import Spliced
from issuers import media

FOLDER, WHOLE, BASE, TAIL = "pdf", "pdf", "base", "tail"
# The first line of a tail, with SHA-256 of the beginning and of the whole file.
_HEAD = b"Laurel certificate: the end of a file, after the beginning %b, which makes the whole %b.\n"
_READ = re.compile(_HEAD.replace(b".", rb"\.") % ((b"([0-9a-f]{64})",) * 2))


def keep(printed: Sequence[bytes | Spliced]) -> list[str]:
    """Store certificates, all together; their keys. Raises OSError, and then there is none of them that was not there."""
    bases: dict[str, bytes] = {}
    tails: list[tuple[str, bytes]] = []
    for each in printed:
        if isinstance(each, Spliced):
            sum_of_base = each.template.digest.hexdigest()
            bases[_key(sum_of_base, BASE)] = each.template.prefix
            head = _HEAD % (sum_of_base.encode(), each.digest.encode())
            tails.append((_key(each.digest, TAIL), head + each.tail))
        else:
            tails.append((media.key_of(FOLDER, each, WHOLE), each))
    media.put_many([*bases.items(), *tails])
    return [key for key, _ in tails]


def has_base(spliced: Spliced) -> bool:
    """Whether somebody's page of this shape was kept before."""
    return media.exists(_key(spliced.template.digest.hexdigest(), BASE))


def _key(digest: str, suffix: str) -> str:
    return f"{FOLDER}/{digest[:2]}/{digest[:40]}.{suffix}"


def fetch(key: str) -> bytes:
    """A certificate, byte for byte as it was printed. Raises media.MissingFile where any of it is gone, or not what it was."""
    data = media.fetch(key)
    if not key.endswith(f".{TAIL}"):
        if media.key_of(FOLDER, data, WHOLE) != key:
            raise media.MissingFile(f"{key} is not what it was")
        return data
    head = _READ.match(data)
    if head is None:
        raise media.MissingFile(f"{key} is not what it was")
    whole = media.fetch(_key(head[1].decode(), BASE)) + data[head.end() :]
    digest = hashlib.sha256(whole).hexdigest()
    if digest != head[2].decode() or _key(digest, TAIL) != key:
        raise media.MissingFile(f"{key} is not what it was")
    return whole
