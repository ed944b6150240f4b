"""Tokens of mailed links. They are derived from the mail's own row, so that a mail sent again carries the same link,
and only their hash is stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from django.conf import settings

from recipients import writing
from recipients.models import Application, ClaimLink, OutgoingEmail, ReviewerInvite


def _derived(purpose: str, text: str, key: str) -> str:
    digest = hmac.digest(key.encode(), f"laurel {purpose}|{text}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def claim_token(email: OutgoingEmail, credential_id: int) -> str:
    """The 256-bit token of one credential's link in one mail."""
    return _derived("claim", f"{email.message_id}|{credential_id}", settings.SECRET_KEY)


def remember(email: OutgoingEmail, credential_id: int, issuer_id: int) -> str:
    """The link's token, its hash stored so that it opens the offer. Safe to run twice."""
    token = claim_token(email, credential_id)
    ClaimLink.objects.get_or_create(
        token_hash=digest(token),
        defaults={"issuer_id": issuer_id, "credential_id": credential_id, "address_key": email.address_key},
    )
    return token


def remember_all(emails: Sequence[OutgoingEmail]) -> None:
    """The same for the mails of a chunk, each of them about its credential, in one statement."""
    writing.insert_new(
        [
            ClaimLink(
                issuer_id=email.issuer_id,
                credential_id=email.credential_id,
                token_hash=digest(claim_token(email, email.credential_id)),
                address_key=email.address_key,
            )
            for email in emails
            if email.issuer_id is not None and email.credential_id is not None
        ]
    )


def remember_reviewer(email: OutgoingEmail, invite_id: int) -> str:
    """The token of somebody who assesses from outside, its hash stored with the invitation. Safe to run twice."""
    token = _derived("assess", f"{email.message_id}|{invite_id}", settings.SECRET_KEY)
    ReviewerInvite.objects.filter(pk=invite_id).update(token_hash=digest(token))
    return token


def find(token: str) -> ClaimLink | None:
    """The link of a token."""
    return ClaimLink.objects.select_related("credential").filter(token_hash=digest(token)).first()


# Letters that nobody takes for another one, in four groups: 78 bits, short enough to be typed from a slip of paper.
_SLIP_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 4, 4


def new_slip_code() -> str:
    """`7K2M-…`: what a printed slip shows. Nobody can derive it again; a new slip has a new one."""
    groups = ("".join(secrets.choice(_SLIP_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def slip_digest(code: str) -> str:
    """What is stored of a slip's code, however it was typed. No mailed link has this digest, and no slip that of a link."""
    return digest("slip|" + "".join(letter for letter in code.upper() if letter in _SLIP_LETTERS)[:64])


def find_slip(code: str) -> ClaimLink | None:
    """The slip of a code."""
    slips = ClaimLink.objects.slips().select_related("credential__issuer", "credential__recipient")
    return slips.filter(token_hash=slip_digest(code)).first()


def application_token(application: Application, key: str = "") -> str:
    """The 256-bit token of one application: every mail about it carries the same link."""
    return _derived("application", application.public_id, key or settings.SECRET_KEY)


def remember_application(application: Application) -> str:
    """The token that opens it; after the site's secret was changed for good, a new one takes its place."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = application_token(application, key)
        if digest(token) == application.token_hash:
            return token
    token = application_token(application)
    Application.objects.filter(pk=application.pk).update(token_hash=digest(token))
    return token


def find_application(token: str) -> Application | None:
    """The application of a token."""
    return Application.objects.with_form().filter(token_hash=digest(token)).first()


def stop_token(email: OutgoingEmail) -> str:
    """Names a mail and proves that it was received: `<pk>.<mac>`."""
    return f"{email.pk}.{_derived('stop', str(email.pk), settings.SECRET_KEY)[:22]}"


def read_stop(token: str) -> int | None:
    """Key of the mail that a stop token names, or None."""
    number, _, mac = token.partition(".")
    if not (number.isascii() and number.isdecimal()) or len(number) > 18 or not mac.isascii():
        return None
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(_derived("stop", number, key)[:22], mac):
            return int(number)
    return None
