"""Mails of people and access: invitations, codes that join an address to an account, notices about addresses."""

from __future__ import annotations

from email.utils import formataddr
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from issuers import brand, media
from issuers.models import Invitation, Issuer

log = structlog.get_logger()
OWN_COLOUR = "#1f5c45"


def frame(issuer: Issuer | None = None) -> dict[str, Any]:
    """What the frame of every mail needs: colours that can be read, logo, and the one address that links begin with."""
    roles = brand.roles(issuer.brand if issuer else OWN_COLOUR)
    names = {"fill": "brand", "on_fill": "on-brand", "link": "brand-text", "wash": "brand-wash", "edge": "brand-line"}
    return {
        **{key: roles[role][0].hex for key, role in names.items()},
        "wash_dark": roles["brand-wash"][1].hex,
        "link_dark": roles["brand-text"][1].hex,
        "issuer": issuer,
        "logo_url": settings.SITE_URL + media.url(issuer.logo) if issuer and issuer.logo else "",
        "dark_logo_url": settings.SITE_URL + media.url(issuer.dark_logo) if issuer and issuer.dark_logo else "",
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }


def invitation(row: Invitation, token: str) -> EmailMultiAlternatives:
    """“… invites you to Northmoor University”, with the link that opens it."""
    link = settings.SITE_URL + reverse("invitation", args=[token])
    context = {**frame(row.issuer), "invitation": row, "url": link}
    sender = _("%(issuer)s via %(site)s") % {"issuer": row.issuer.name, "site": settings.SITE_NAME}
    message = _compose("invitation", row.email, context, sender)
    message.reply_to = [row.issuer.email]
    # The same mail, sent again after a crash, has the same name.
    message.extra_headers["Message-ID"] = f"<invitation-{row.pk}-{row.expires_at:%Y%m%d%H%M}@{settings.MAIL_DOMAIN}>"
    return message


def send_code(address: str, code: str) -> None:
    """The six digits that join an address to an account. Raises OSError when the mail server is away."""
    _compose("code", address, {**frame(), "code": code}).send()


def tell_address_changed(before: str, now: str) -> None:
    """To the address that mail went to until now: this is how somebody notices what they did not do."""
    _tell("address_changed", before, {"before": before, "now": now})


def tell_address_removed(primary: str, removed: str) -> None:
    """To the primary address: another one was removed."""
    _tell("address_removed", primary, {"removed": removed})


def tell_second_factors_ended(primary: str) -> None:
    """To the primary address: their app and recovery codes let nobody in any more, and new ones are to be set up."""
    _tell("second_factors_ended", primary, {})


def _tell(name: str, address: str, context: dict[str, Any]) -> None:
    """A notice; when the mail server is away it is logged, and what it tells of stands."""
    try:
        _compose(name, address, {**frame(), **context}).send()
    except OSError:
        log.warning("notice_not_sent", notice=name)


def _compose(name: str, to: str, context: dict[str, Any], sender: str = "") -> EmailMultiAlternatives:
    subject = " ".join(render_to_string(f"issuers/emails/{name}.subject.txt", context).split())
    text = render_to_string(f"issuers/emails/{name}.txt", context).strip() + "\n"
    address = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=formataddr((sender or settings.SITE_NAME, address)),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string(f"issuers/emails/{name}.html", context), "text/html")
    return message
