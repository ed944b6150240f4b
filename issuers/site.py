"""What every template may use. Values alone, so that a page may be kept under them."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Site name and address, the chosen theme, and whether the demo's mailbox can be opened."""
    theme = request.COOKIES.get("theme", "")
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "theme": theme if theme in {"light", "dark"} else "",
        "mailbox_shown": settings.MAILBOX_SHOWN,
    }
