"""What became of the mails and slips of one credential, as events of its story."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from recipients.models import AchievementCredential, ClaimLink, MailStop, OutgoingEmail

Event = dict[str, Any]


def event(title: str, at: datetime | None, text: str = "", kind: str = "") -> Event:
    """One entry of templates/components/timeline.html."""
    return {"title": title, "at": at, "text": text, "kind": kind}


def events_of(credential: AchievementCredential) -> Iterator[Event]:
    """From every mail and every slip, in no order. Moments that have not come are None."""
    for mail in credential.emails.all():
        yield from _left(mail)
        yield from _heard(mail)
    for slip in ClaimLink.objects.slips().filter(credential=credential):
        by = _("By %(name)s") % {"name": slip.printed_by} if slip.printed_by else ""
        locked = _("Five wrong student numbers: it opens nothing any more.") if slip.tries >= _WRONG else ""
        yield event(_("Slip printed"), slip.printed_at, " ".join(filter(None, (by, locked))))
    yield from _stops(credential)


_WRONG = 5


def _what(mail: OutgoingEmail) -> dict[str, Any]:
    return {"to": mail.to or _("an erased address"), "kind": mail.get_kind_display()}


def _left(mail: OutgoingEmail) -> Iterator[Event]:
    """Until a server has taken it, or has not."""
    what = _what(mail)
    if mail.sent_at:
        yield event(_("Mail handed over: %(kind)s") % what, mail.sent_at, _sent_text(mail, what["to"]))
    elif mail.refused_at:
        yield event(_("Refused by the mail server: %(to)s") % what, mail.refused_at, mail.response, "bad")
    elif mail.failed_at and mail.unsure_at:
        yield event(_("Not known whether this arrived: %(kind)s") % what, mail.failed_at, _unknown_text())
    elif mail.failed_at:
        yield event(_("Mail could not be sent: %(to)s") % what, mail.failed_at, mail.response, "bad")
    elif mail.cancelled_at:
        said = _("It had lost its reason: %(why)s") % {"why": mail.response} if mail.response else ""
        yield event(_("Mail not sent: %(kind)s") % what, mail.cancelled_at, said)
    elif mail.attempts:
        said = _("Try %(number)s. The server said: %(said)s") % {"number": mail.attempts, "said": mail.response or "–"}
        yield event(_("Next try to send: %(kind)s") % what, mail.not_before, said)


def _sent_text(mail: OutgoingEmail, to: str) -> str:
    if mail.unsure_at:
        return _("To %(to)s. A worker stopped while it sent this; the mail may have arrived twice.") % {"to": to}
    if mail.response in {"", "250"}:
        return _("To %(to)s") % {"to": to}
    return _("To %(to)s. The server said: %(said)s") % {"to": to, "said": mail.response}


def _unknown_text() -> str:
    return _(
        "The connection or the worker ended while it was handed over, and it is not sent twice by itself. Ask the person, or "
        "send the link again."
    )


def _heard(mail: OutgoingEmail) -> Iterator[Event]:
    """What the mail provider told of it later."""
    what = _what(mail)
    put_off = mail.diagnostic if not mail.bounced_at else ""
    yield event(_("Put off by the mailbox’s server: %(kind)s") % what, mail.deferred_at, put_off)
    yield event(_("In the mailbox: %(kind)s") % what, mail.delivered_at)
    yield event(_("Came back: %(to)s") % what, mail.bounced_at, mail.diagnostic, "bad")
    yield event(_("Called spam by the person: %(kind)s") % what, mail.complained_at, kind="bad")


def _stops(credential: AchievementCredential) -> Iterator[Event]:
    key = credential.recipient.address_key
    for stop in MailStop.objects.filter(address_key=key, issuer__in=[credential.issuer_id]) if key else ():
        yield event(_("No more mails wanted"), stop.created_at, _("From this institution."), "bad")
    for stop in MailStop.objects.filter(address_key=key, issuer=None) if key else ():
        yield event(_("No more mails wanted"), stop.created_at, _("From anybody on this site."), "bad")
