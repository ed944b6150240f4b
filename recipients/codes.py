"""The code of a door: a screen shows one for 30 seconds; the door takes that one and the one before. Pure (decision 0021).

The code is drawn as a QR code, and said in six letters for those without a camera. Both are made of a secret that only the
door has, so that nobody makes one at home, and neither is good for another door.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime

SECONDS = 30
# No vowels, so that no words come about; nothing that looks or sounds like another one in most hands.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
LETTERS = 6
_MAC = 12
_FORM = re.compile(r"([1-9A-HJ-NP-Za-km-z]{22})\.[0-9a-f]{1,12}\.[A-Za-z0-9_-]{16}")


def step_at(moment: datetime) -> int:
    """The number of the half minute."""
    return int(moment.timestamp()) // SECONDS


def left_at(moment: datetime) -> int:
    """Whole seconds until the next code, 1 to 30."""
    return SECONDS - int(moment.timestamp()) % SECONDS


def token(name: str, key: bytes, step: int) -> str:
    """What the QR code carries: the door's public name, the half minute, and what only the door can write beside them."""
    mac = base64.urlsafe_b64encode(_digest("scan", name, key, step)[:_MAC]).decode()
    return f"{name}.{step:x}.{mac}"


def letters(name: str, key: bytes, step: int) -> str:
    """The same half minute for people who type."""
    number = int.from_bytes(_digest("letters", name, key, step))
    said = []
    for _ in range(LETTERS):
        number, place = divmod(number, len(ALPHABET))
        said.append(ALPHABET[place])
    return "".join(said)


def name_in(text: str) -> str:
    """The door that a token names, '' where it is none of ours; whether the token is good is not known yet."""
    found = _FORM.fullmatch(text)
    return found[1] if found else ""


def typed(text: str) -> str:
    """Letters as they were typed: spaces, hyphens and small letters do not matter."""
    return re.sub(r"[\s\-–]", "", text).upper()


def fits(text: str, name: str, key: bytes, now: datetime) -> bool:
    """Whether a token is the one that the screen shows, or the one before."""
    return _any_of(text, [token(name, key, step) for step in _good(now)])


def letters_fit(text: str, name: str, key: bytes, now: datetime) -> bool:
    """The same for the six letters."""
    return _any_of(typed(text), [letters(name, key, step) for step in _good(now)])


def _good(now: datetime) -> tuple[int, int]:
    return step_at(now), step_at(now) - 1


def _any_of(text: str, good: list[str]) -> bool:
    """All are compared, each in the same time."""
    return sum(hmac.compare_digest(text.encode("utf-8", "surrogatepass"), one.encode()) for one in good) > 0


def _digest(purpose: str, name: str, key: bytes, step: int) -> bytes:
    return hmac.new(key, f"laurel check-in|{purpose}|{name}|{step}".encode(), hashlib.sha256).digest()
