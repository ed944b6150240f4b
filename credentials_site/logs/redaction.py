"""The last wall before a log: whatever came so far, no secret and no address is written (SECURITY T18, T47).

Nobody means to log a token. Paths, exceptions of other libraries and messages of the database bring them along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any

GONE, ADDRESS = "[redacted]", "[address]"
LONGEST = 20_000
# Names under which a value is never written, whatever it is, and whichever part of the name it is.
_SECRET_NAMES = {
    *("password", "passwd", "passphrase", "secret", "token", "authorization", "cookie", "cookies", "csrf"),
    *("sessionid", "csrftoken", "credentials", "kek", "otp", "totp", "signature"),
}
_ADDRESS_NAMES = {"email", "to", "address", "address_key", "recipients", "cc", "bcc"}
_WORDS = re.compile(r"[^a-z0-9]+")
_CODE = re.compile(r"\d{6,10}")
# Shortest secret of the settings that is looked for by its letters: shorter ones are words of ordinary lines.
_SHORTEST = 8
# Addresses are all that it takes to open these pages. Public ids, which stand there too, are shorter.
_LINK = re.compile(r"/(claim|assess|applications|here|stop|join)/[A-Za-z0-9_.~%-]{23,}")
# Codes of slips are as short as public ids, and typed by hand: whatever stands there is one, in groups of four too.
_SLIP = re.compile(r"/slip/(?!number(?:[/?\s\"']|$))[^/\s\"'?]+(?: (?!HTTP/)[A-Za-z0-9]{4}(?![A-Za-z0-9])){0,3}")
# Programs ask for people by these; lines of a log are no place for names of people.
_PERSON = re.compile(r"([?&](?:email|student_id)=)[^&\s\"]+")

# What secrets look like wherever they stand. All are linear: bounded repeats, and nothing inside of them repeats again.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (_LINK, r"/\1/..."),
    (_SLIP, "/slip/..."),
    (re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,8000}(?:-----END [A-Z ]{0,30}-----)?"), GONE),
    (
        re.compile(
            r"(?i)\b(authorization|cookie|set-cookie|proxy-authorization)(['\"]?\s{0,3}[:=]\s{0,3})[^\r\n]{1,4000}"
        ),
        rf"\1\2{GONE}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s{1,3}[A-Za-z0-9+/=_.~-]{6,4000}"), rf"\1 {GONE}"),
    (re.compile(r"\bwhsec_[A-Za-z0-9+/=_-]{8,400}"), GONE),
    (re.compile(r"://[^\s/@\"']{0,200}:[^\s/@\"']{1,400}@"), f"://{GONE}@"),
    (
        re.compile(
            r"(?i)\b([a-z_-]{0,30}(?:password|passwd|passphrase|secret|token|api_?key|sessionid|signature|code))"
            r"(['\"]?\s{0,3}=\s{0,3}['\"]?)(?!\[)[^\s\"'&;,)}>]{1,4000}"
        ),
        rf"\1\2{GONE}",
    ),
    (re.compile(r"(?i)\b(code)([^\d\r\n]{0,12})\d{6,10}\b"), rf"\1\2{GONE}"),
    # PostgreSQL quotes the row that it refused: a person's, most of the time.
    (re.compile(r"(?s)(Failing row contains|Key \([^()]{0,400}\)=)\s{0,2}\(.{0,4000}?\)(?=\.| |\r|\n|$)"), r"\1 (...)"),
    (
        re.compile(
            r"[^\s<>\"'(),:;=/?&@\\]{1,64}(?:@|%40)[^\s<>\"'(),:;=/?&@\\.]{1,63}\.[^\s<>\"'(),:;=/?&@\\]{1,190}"
        ),
        ADDRESS,
    ),
)
# 256 bits in base64 are 43 letters of both cases. Public keys look like that too, and say what they are by their beginning.
_RANDOM = re.compile(r"(?<![A-Za-z0-9_-])(?!z6Mk|zDna)[A-Za-z0-9_-]{32,}(?![A-Za-z0-9_-])")
_MIXED = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9_-]"))
_PREFIXED = re.compile(r"\b([a-z]{2,10}_)[A-Za-z0-9]{24,}\b")


def without_tokens(text: str) -> str:
    """A path of which nothing can be followed, and that names nobody."""
    return _PERSON.sub(r"\1...", _SLIP.sub("/slip/...", _LINK.sub(r"/\1/...", text)))


def _if_random(found: re.Match[str]) -> str:
    text = found[0]
    return GONE if all(kind.search(text) for kind in _MIXED) else text


class Redactor:
    """Takes secrets out of texts and of what is made of texts. `known` are those of this process, looked for word by word."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        longest_first = sorted({secret for secret in known if len(secret) >= _SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """The same without secrets. What is very long is cut first."""
        if len(text) > LONGEST:
            text = f"{text[:LONGEST]}... ({len(text)} letters)"
        if self._known is not None:
            text = self._known.sub(GONE, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return _RANDOM.sub(_if_random, _PREFIXED.sub(_if_random, text))

    def value(self, name: str, value: Any, depth: int = 0) -> Any:
        """One value under its name: numbers stay, texts are cleaned, containers to a depth of six, the rest as it would print."""
        if value is None or isinstance(value, bool):
            return value
        words = set(_WORDS.split(name.lower()))
        if words & _SECRET_NAMES or (name == "code" and _CODE.fullmatch(str(value))):
            return GONE
        if isinstance(value, int | float):
            return value
        if isinstance(value, str):
            return ADDRESS if name.lower() in _ADDRESS_NAMES and "@" in value else self.text(value)
        return self._contained(name, value, depth)

    def _contained(self, name: str, value: Any, depth: int) -> Any:
        if depth < 6 and isinstance(value, Mapping):
            return {self.text(str(key)): self.value(str(key), one, depth + 1) for key, one in value.items()}
        if depth < 6 and isinstance(value, list | tuple | set | frozenset):
            return [self.value(name, one, depth + 1) for one in value]
        return self.text(_printed(value))


def _printed(value: Any) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 -- whose words cannot be had is still named
        return f"<{type(value).__name__}: {type(error).__name__}>"


Cleaner = Callable[[Any, str, MutableMapping[str, Any]], Mapping[str, Any]]
# Ours, and made of harmless letters: an id that another wrote is taken only when it is (credentials_site.logs.requests).
_ALWAYS = {"request", "task_id", "timestamp", "level"}


def processor(redactor: Redactor) -> Cleaner:
    """For the end of a chain of structlog."""

    def clean(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {
            redactor.text(name): value if name in _ALWAYS else redactor.value(name, value)
            for name, value in event.items()
        }

    return clean
