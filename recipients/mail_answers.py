"""What a mail server or a mail provider said, as one of a few causes (RFC 3463, RFC 5321 4.2, and what servers write in practice).

Pure. The enhanced code decides, then telling words, then the three digits; what is none of them is told apart only by whether
it is for good.
"""

from __future__ import annotations

import re

# Enhanced status codes by subject and detail, whichever class they come in.
_ENHANCED = {
    "1.0": "no_such_address",
    "1.1": "no_such_address",
    "1.2": "no_such_domain",
    "1.3": "no_such_address",
    "1.6": "moved",
    "1.8": "sender_refused",
    "1.10": "no_such_domain",
    "2.1": "closed",
    "2.2": "full",
    "2.3": "too_large",
    "3.1": "full",
    "3.2": "busy",
    "3.4": "too_large",
    "4.1": "unreachable",
    "4.2": "unreachable",
    "4.3": "no_such_domain",
    "4.4": "no_such_domain",
    "4.5": "busy",
    "4.6": "loop",
    "4.7": "too_late",
    "7.0": "blocked",
    "7.1": "blocked",
    "7.7": "not_trusted",
    "7.8": "sender_refused",
    "7.20": "not_trusted",
    "7.21": "not_trusted",
    "7.22": "not_trusted",
    "7.23": "not_trusted",
    "7.24": "not_trusted",
    "7.25": "not_trusted",
    "7.26": "not_trusted",
    "7.27": "no_such_domain",
    "7.28": "too_many",
}
# Words beat codes that say little: 5.7.1 is anything from a list of strangers to a missing signature.
_VAGUE = frozenset({"", "0.0", "1.0", "2.0", "3.0", "4.0", "4.1", "5.0", "7.0", "7.1"})
_WORDS = (
    ("suppressed", r"suppress|previously (bounced|failed|unsubscribed)|inactive recipient|manually deactivated"),
    ("spam", r"\bspam|spamhaus|content (was )?(rejected|blocked)|message refused|unsolicited|virus"),
    ("not_trusted", r"\bdmarc\b|\bdkim\b|\bspf\b|unauthenticated"),
    ("greylisted", r"gr[ae]y-?list|try again (later|in)|please retry"),
    ("full", r"(mail)?box (is )?full|over ?quota|quota (is )?exceeded|insufficient (system )?storage|out of storage"),
    ("no_such_domain", r"domain.*(not found|does not exist)|no (mx|such domain)|nxdomain|host (or domain )?(name )?not found"),
    ("no_such_address", r"no such (user|recipient|mailbox)|(user|recipient) (unknown|not found)|unknown (user|recipient)"),
    ("no_such_address", r"does ?n[o']t exist|mailbox (not found|unavailable)|recipient (address )?rejected"),
    ("no_such_address", r"bad email address|invalid recipient"),
    ("closed", r"(account|mailbox|user) (is |has been )?(disabled|suspended|inactive|closed|locked)"),
    ("blocked", r"block(ed|list)|blacklist|denied by policy|not (allowed|permitted|accepted)|access denied|reputation"),
    ("too_many", r"rate limit|too many|throttl"),
    ("sender_refused", r"authentication (failed|required)|relay(ing)? (access )?denied|wrong password"),
    ("tls", r"\btls\b|starttls|certificate verify|sslerror|ssl:"),
    ("unreachable", r"timed? ?out|timeout|connection (refused|reset|lost|closed|unexpectedly)|refused|unreachable|disconnected"),
)  # fmt: skip
_DIGITS = {
    "421": "busy",
    "450": "greylisted",
    "451": "busy",
    "452": "full",
    "454": "tls",
    "530": "sender_refused",
    "534": "sender_refused",
    "535": "sender_refused",
    "550": "no_such_address",
    "551": "moved",
    "552": "full",
    "553": "no_such_address",
    "554": "blocked",
    "556": "no_such_domain",
}
_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([245]\d\d)(?=[\s-]|$)")
# Our own words for what never left.
_OURS = {"stopped": "stopped", "The worker stopped while it sent this, five times.": "worker"}


def cause(text: str) -> str:
    """The cause that an answer gives; `unknown` where nothing in it is known."""
    if text in _OURS:
        return _OURS[text]
    enhanced = _CODE.search(text)
    detail = f"{int(enhanced[2])}.{int(enhanced[3])}" if enhanced else ""
    if detail in _ENHANCED and detail not in _VAGUE:
        return _ENHANCED[detail]
    lowered = text.lower()
    for name, words in _WORDS:
        if re.search(words, lowered):
            return name
    if detail in _ENHANCED:
        return _ENHANCED[detail]
    reply = _REPLY.search(text)
    return _DIGITS.get(reply[1], "unknown") if reply else "unknown"


def for_now(text: str) -> bool:
    """Whether the answer says that it may work later: class 4 (RFC 3463 2.1), or no class and a cause that passes."""
    if enhanced := _CODE.search(text):
        return enhanced[1] == "4"
    reply = _REPLY.search(text)
    return reply is not None and reply[1].startswith("4")
