"""How lines are made: everything of ours and of Django, Celery, gunicorn and WeasyPrint by one formatter."""

from __future__ import annotations

import json
import logging
import re
import sys
import textwrap
from collections.abc import Iterable
from typing import Any

import structlog

from credentials_site.logs import redaction

# What could end a line, colour a terminal or turn its reading round.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_MANY_LINES = ("exception", "stack")
# Other programs' lines: what they say below this is no event of ours.
_QUIET = {
    "weasyprint": "ERROR",
    "fontTools": "WARNING",
    "pikepdf": "WARNING",
    "PIL": "WARNING",
    "celery": "WARNING",
    "kombu": "WARNING",
    "django.security.DisallowedHost": "CRITICAL",
}


def add_scope(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """The institution whose rows are open, unless the line says one itself. Without a tenancy there is none."""
    tenancy = sys.modules.get("issuers.tenancy")
    scope = tenancy.current_scope() if tenancy else ""
    if scope.isdecimal():
        event.setdefault("issuer", int(scope))
    return event


def on_one_line(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """For a terminal: what is not seen is spelt, and lines of a traceback are indented, so that none looks like an event."""
    for name, value in event.items():
        if not isinstance(value, str):
            continue
        if name in _MANY_LINES:
            lines = "\n".join(_spelt(line) for line in value.split("\n"))
            event[name] = textwrap.indent(lines, "    ")
        else:
            event[name] = _spelt(value)
    return event


def _spelt(text: str) -> str:
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_json(event: dict[str, Any], **_options: Any) -> str:
    """One line of ASCII. `${` is written so that no reader of logs looks anything up because of it (H15)."""
    return json.dumps(event, default=str).replace("${", "$\\u007b")


def _early() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_scope,
    ]


def formatter(form: str, secrets: Iterable[str] = ()) -> structlog.stdlib.ProcessorFormatter:
    """Of every handler. `form` is `json` or `console`. Tracebacks are words alone: no local variable is ever written."""
    finish: list[Any] = [structlog.processors.JSONRenderer(serializer=as_json)]
    if form != "json":
        finish = [on_one_line, structlog.dev.ConsoleRenderer(colors=False)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_early(), structlog.stdlib.add_logger_name],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.UnicodeDecoder(),
            redaction.processor(redaction.Redactor(secrets)),
            *finish,
        ],
    )


def configured(form: str, secrets: Iterable[str]) -> dict[str, Any]:
    """Structlog is set up; Django's LOGGING, for every process."""
    structlog.configure(
        processors=[*_early(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    logging.captureWarnings(capture=form == "json")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter, "form": form, "secrets": list(secrets)}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {name: {"level": level} for name, level in _QUIET.items()},
    }
