"""The rules of one text, name, address: used by forms, files and commands alike, so that every surface agrees.

Pure. A value comes out cleaned, with notices of what was changed, or `Refused` says why (SECURITY 4 N, E, U).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import idna

NAME_MOST, LINE_MOST, PROSE_MOST, ADDRESS_MOST, URL_MOST = 200, 200, 5000, 254, 2048
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_STRAY = re.compile("[\u200b\ufeff\u2060]")
_MOST_MARKS = 4
# `%00` and its like are letters to SMTP and control characters to whatever decodes them.
_LOCAL = re.compile(r"(?!.*%[01][0-9A-Fa-f])[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_URL_BAD = re.compile(r"[\x00-\x20\x7f<>\"{}|\\^`\u3002]")


class Refused(ValueError):
    """A value that breaks a rule: `code` names the rule (issuers/wording.py has its sentence), `params` fill it."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Cleaned:
    """A cleaned value and the codes of what was changed in it."""

    value: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Address:
    """An email address: as typed, as mail is sent to it (domain in ASCII), and the key by which people are told apart."""

    typed: str
    mail_to: str
    key: str


def _tidy(value: str) -> Cleaned:
    """NFC, without characters that change how a text is read or that nobody sees; joiners of scripts are kept."""
    notices = []
    if _BIDI.search(value):
        value = _BIDI.sub("", value)
        notices.append("bidi_control_removed")
    if _STRAY.search(value):
        value = _STRAY.sub("", value)
    return Cleaned(unicodedata.normalize("NFC", value), tuple(notices))


def _refuse_characters(value: str, allowed: str = "") -> None:
    marks = 0
    for char in value:
        category = unicodedata.category(char)
        if category == "Cs":
            raise Refused("broken_character")
        if category in {"Cc", "Zl", "Zp"} and char not in allowed:
            raise Refused("control_character")
        if category in {"Cn", "Co"}:
            raise Refused("unassigned_character", character=f"U+{ord(char):04X}")
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > _MOST_MARKS:
            raise Refused("too_many_marks", most=_MOST_MARKS)


def _single(value: str, most: int) -> Cleaned:
    tidy = _tidy(value.strip(" \u00a0\u3000"))
    _refuse_characters(tidy.value)
    text = " ".join(tidy.value.replace("\u00a0", " ").split(" ")).strip()
    text = re.sub(" {2,}", " ", text)
    if len(text) > most:
        raise Refused("too_long", most=most, length=len(text))
    return Cleaned(text, tidy.notices)


def name(value: str, *, most: int = NAME_MOST) -> Cleaned:
    """A person's or an institution's name, in any script."""
    cleaned = _single(value, most)
    if not any(unicodedata.category(char)[0] in "LNSP" for char in cleaned.value):
        raise Refused("required")
    return cleaned


def line(value: str, *, most: int = LINE_MOST) -> Cleaned:
    """One line of text; may be empty."""
    return _single(value, most)


def prose(value: str, *, most: int = PROSE_MOST) -> Cleaned:
    """Several lines of text or Markdown; may be empty."""
    tidy = _tidy(value.replace("\r\n", "\n").replace("\r", "\n"))
    _refuse_characters(tidy.value, allowed="\n\t")
    text = tidy.value.strip()
    if len(text) > most:
        raise Refused("too_long", most=most, length=len(text))
    return Cleaned(text, tidy.notices)


def _bare(value: str) -> str:
    """`Ana Li <ana@example.org>` gives the part in brackets."""
    text = value.strip(" \t\u00a0\u3000")
    if "<" in text or ">" in text:
        return parseaddr(text)[1] if text.endswith(">") and text.count("<") == 1 else text
    return text


def _domain(text: str) -> str:
    try:
        ascii_domain = idna.encode(text, uts46=True, transitional=False).decode().lower()
    except idna.IDNAError as error:
        raise Refused("invalid_email", reason="domain") from error
    labels = ascii_domain.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or len(labels[-1]) < 2:
        raise Refused("invalid_email", reason="no_ending")
    return ascii_domain


def address(value: str) -> Address:
    """One rule for addresses everywhere. Differences of case never make two people; `+tags` and dots do."""
    text = unicodedata.normalize("NFC", _bare(value))
    if not text:
        raise Refused("required")
    if (
        any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"} for char in text)
        or "," in text
        or ";" in text
    ):
        raise Refused("invalid_email", reason="several" if re.search("[,;]", text) else "characters")
    if text.count("@") != 1:
        raise Refused("invalid_email", reason="no_at" if "@" not in text else "two_ats")
    local, domain = text.split("@")
    if not _LOCAL.fullmatch(local) or len(local) > 64:
        raise Refused("invalid_email", reason="local")
    mail_to = f"{local}@{_domain(domain)}"
    if len(mail_to) > ADDRESS_MOST:
        raise Refused("too_long", most=ADDRESS_MOST, length=len(mail_to))
    return Address(typed=text, mail_to=mail_to, key=mail_to.lower())


def address_key(value: str) -> str:
    """The key of an address. Raises Refused."""
    return address(value).key


def web_address(value: str) -> str:
    """An absolute http or https address, for people to follow. Raises Refused('invalid_url')."""
    text = value.strip()
    if not text:
        return ""
    if len(text) > URL_MOST:
        raise Refused("too_long", most=URL_MOST, length=len(text))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Refused("invalid_url") from error
    wrong = _URL_BAD.search(text) or parts.scheme not in {"http", "https"} or "@" in parts.netloc
    if wrong or port == 0 or "%00" in text or not _is_public(parts.hostname or ""):
        raise Refused("invalid_url")
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"} for char in text):
        raise Refused("invalid_url")
    written = urlunsplit((parts.scheme, parts.netloc, *(_escaped(part) for part in (*parts[2:4], parts.fragment))))
    if len(written) > URL_MOST:
        raise Refused("too_long", most=URL_MOST, length=len(written))
    return written


def _is_public(host: str) -> bool:
    """A name with an ending, or a global IPv4 address in its usual form; never one of a network of somebody's own."""
    try:
        return ip_address(host).is_global and ":" not in host
    except ValueError:
        return bool(re.search(r"\.[^\W\d_][^.]*\.?$", host)) and not re.search(r"[%\[\]]|\.\.", host)


def _escaped(part: str) -> str:
    """What browsers escape by themselves and strict readers of IRIs refuse (RFC 3987): brackets, a lone % or a second #."""
    escaped = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part)
    return escaped.replace("[", "%5B").replace("]", "%5D").replace("#", "%23")


def colour(value: str) -> str:
    """`#rrggbb`, lower case."""
    text = value.strip().lower()
    if not _COLOUR.fullmatch(text):
        raise Refused("invalid_colour")
    return text
