"""Where a credential can be shown: addresses of networks, built here and tested (PRODUCT 4). Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class Sharing:
    """What is told to a network."""

    url: str
    title: str
    text: str
    issuer: str
    public_id: str
    awarded: date
    expires: date | None = None
    linkedin_id: str = ""


@dataclass(frozen=True)
class Network:
    """One place: its key, its name, the icon, and what it will be told."""

    key: str
    name: str
    icon: str
    build: Callable[[Sharing], str]
    tells: tuple[str, ...] = ("url", "text")


def _query(base: str, **parameters: str) -> str:
    """Parameters that are empty are left out: LinkedIn rejects `=&`."""
    return f"{base}?{urlencode({key: value for key, value in parameters.items() if value}, quote_via=quote)}"


def linkedin_profile(sharing: Sharing) -> str:
    """LinkedIn's add-to-profile form; the month counts from 1, the number of the institution's page links its logo."""
    expires = sharing.expires
    named = {} if sharing.linkedin_id else {"organizationName": sharing.issuer}
    return _query(
        "https://www.linkedin.com/profile/add",
        startTask="CERTIFICATION_NAME",
        name=sharing.title,
        **named,
        organizationId=sharing.linkedin_id,
        issueYear=str(sharing.awarded.year),
        issueMonth=str(sharing.awarded.month),
        expirationYear=str(expires.year) if expires else "",
        expirationMonth=str(expires.month) if expires else "",
        certUrl=sharing.url,
        certId=sharing.public_id,
    )


def _both(sharing: Sharing) -> str:
    return f"{sharing.text} {sharing.url}"


NETWORKS = (
    Network(
        "linkedin-profile", "LinkedIn profile", "brand-linkedin", linkedin_profile, ("title", "issuer", "dates", "url")
    ),
    Network(
        "linkedin",
        "LinkedIn post",
        "brand-linkedin",
        lambda s: _query("https://www.linkedin.com/sharing/share-offsite/", url=s.url),
        ("url",),
    ),
    Network(
        "facebook",
        "Facebook",
        "brand-facebook",
        lambda s: _query("https://www.facebook.com/sharer/sharer.php", u=s.url),
        ("url",),
    ),
    Network("x", "X", "brand-x", lambda s: _query("https://x.com/intent/post", text=s.text, url=s.url)),
    Network("whatsapp", "WhatsApp", "brand-whatsapp", lambda s: _query("https://wa.me/", text=_both(s))),
    Network(
        "telegram", "Telegram", "brand-telegram", lambda s: _query("https://t.me/share/url", url=s.url, text=s.text)
    ),
    Network("bluesky", "Bluesky", "brand-bluesky", lambda s: _query("https://bsky.app/intent/compose", text=_both(s))),
    Network(
        "threads",
        "Threads",
        "brand-threads",
        lambda s: _query("https://www.threads.com/intent/post", text=s.text, url=s.url),
    ),
    Network(
        "mastodon",
        "Mastodon",
        "brand-mastodon",
        lambda s: "https://share.joinmastodon.org/#text=" + quote(_both(s), safe=""),
    ),
    Network(
        "reddit", "Reddit", "brand-reddit", lambda s: _query("https://www.reddit.com/submit", url=s.url, title=s.title)
    ),
    Network("email", "Email", "mail", lambda s: _query("mailto:", subject=s.title, body=_both(s))),
)
BY_KEY = {network.key: network for network in NETWORKS}
