"""gunicorn's lines in the form of all others: one a request, and no token of a link in any (SECURITY T18)."""

from __future__ import annotations

import logging
from datetime import timedelta
from logging.config import dictConfig
from typing import Any

import structlog
from django.conf import settings
from gunicorn.glogging import Logger

from credentials_site.logs.redaction import without_tokens
from credentials_site.logs.requests import KEY, Line

log = structlog.get_logger("gunicorn.access")
# A browser's name is no novel.
_AGENT = 200


class Tokenless(Logger):  # type: ignore[misc]
    """Requests with what Django knows of them; what gunicorn itself says is left to the handlers of the settings."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        dictConfig(settings.LOGGING)
        for own in (self.error_log, self.access_log):
            own.handlers.clear()
            own.propagate = True

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: timedelta) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {name: without_tokens(value) if isinstance(value, str) else value for name, value in found.items()}

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """The path without its query, which carries what people look for; how long it took until the last byte had gone."""
        if not self.access_log_enabled or not logging.getLogger("gunicorn.access").isEnabledFor(logging.INFO):
            return
        line: Line | None = environ.get(KEY)
        log.info(
            "request",
            method=environ.get("REQUEST_METHOD", ""),
            path=without_tokens(environ.get("PATH_INFO", "")),
            status=int(str(resp.status).partition(" ")[0] or 0),
            ms=round(request_time.total_seconds() * 1000),
            bytes=getattr(resp, "sent", 0),
            agent=environ.get("HTTP_USER_AGENT", "")[:_AGENT],
            **({"request": line.id, **line.facts()} if line else {}),
        )
