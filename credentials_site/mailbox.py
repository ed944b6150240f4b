"""Mails of a machine without a mail server: kept in a folder, shown on a page (localhost only)."""

import email
import email.policy
import os
import re
import smtplib
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from csp.decorators import csp_replace
from django.conf import settings
from django.core.mail import EmailMessage as DjangoMail
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

_NAME = re.compile(r"^\d{19}-\d+\.eml$")
_SHOWN = 200
# As a server would: an address here is refused, so that a demo shows what staff then see.
_FULL = "@full.example.org"


class MailboxBackend(BaseEmailBackend):
    """Writes each mail as one .eml file whose name sorts by time."""

    def send_messages(self, email_messages: Sequence[DjangoMail]) -> int:
        folder = Path(settings.MAILBOX_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for number, message in enumerate(email_messages):
            if full := [to for to in message.to if to.endswith(_FULL)]:
                raise smtplib.SMTPRecipientsRefused(dict.fromkeys(full, (552, b"5.2.2 Mailbox full")))
            path = folder / f"{time.time_ns()}-{os.getpid()}{number}.eml"
            path.with_suffix(".part").write_bytes(message.message().as_bytes())
            path.with_suffix(".part").rename(path)
        return len(email_messages)


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)  # type: ignore[return-value]


def _sent_at(mail: EmailMessage) -> datetime:
    """Django dates its mails `-0000`: UTC, which the header's own parser takes for no zone at all (RFC 5322 §3.3)."""
    sent: datetime = mail["Date"].datetime
    return sent if sent.tzinfo else sent.replace(tzinfo=UTC)


def _find(name: str) -> EmailMessage:
    path = Path(settings.MAILBOX_FOLDER or "") / name
    if not settings.MAILBOX_SHOWN or not _NAME.match(name) or not path.is_file():
        raise Http404
    return _read(path)


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails, for one address if `to` says so."""
    if not settings.MAILBOX_SHOWN:
        raise Http404
    wanted = request.GET.get("to", "").strip().lower()
    mails = []
    for path in sorted(Path(settings.MAILBOX_FOLDER).glob("*.eml"), reverse=True):
        mail = _read(path)
        if wanted in str(mail["To"]).lower():
            mails.append({"name": path.name, "to": mail["To"], "subject": mail["Subject"], "at": _sent_at(mail)})
        if len(mails) == _SHOWN:
            break
    return render(request, "mailbox/list.html", {"mails": mails, "wanted": wanted})


@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its headers, its text with working links, its HTML in a frame of its own."""
    message = _find(name)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    shown = {
        "name": name,
        "message": message,
        "at": _sent_at(message),
        "text": text.get_content() if text else "",
        "has_html": html is not None,
    }
    return render(request, "mailbox/mail.html", shown)


@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'none'"],
    }
)
@require_safe
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as a mail program shows it. Inline styles are allowed in mails, and so on this page alone."""
    body = _find(name).get_body(("html",))
    if body is None:
        raise Http404
    return HttpResponse(body.get_content())
