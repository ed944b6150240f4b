"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest

from issuers import entrance

_SIGNING_IN = ("account_", "mfa_")


def site(request: HttpRequest) -> dict[str, object]:
    """Site name and address, the chosen theme, and whether the demo's mailbox can be opened."""
    theme = request.COOKIES.get("theme", "")
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "theme": theme if theme in {"light", "dark"} else "",
        "mailbox_shown": settings.MAILBOX_SHOWN,
    }


def signing_in(request: HttpRequest) -> dict[str, object]:
    """Pages of signing in bear the institution whose offer somebody is about to claim, and the step of the claim."""
    match = request.resolver_match
    if match is None or not str(match.url_name).startswith(_SIGNING_IN) or request.user.is_authenticated:
        return {}
    issuer = entrance.issuer(request)
    return {"issuer": issuer, "claiming": True} if issuer else {}
