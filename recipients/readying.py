"""Mails of a chunk made ready to leave: what they need of the database is read once for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from email.utils import formatdate
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction

from badges.models import AchievementVersion
from issuers.models import Issuer
from recipients import emails, filling, links, pausing
from recipients.conversing import Letter
from recipients.emails import Personal
from recipients.models import AchievementCredential, MailStop, OutgoingEmail
from recipients.models.email import ASKED_FOR

# Below this many of a kind, writing them one by one is quicker than trying a sketch.
WORTH = 4
_NEEDED = (
    *("id", "issuer_id", "version_id", "name", "offer_expires_at", "expires_at"),
    *("cancelled_at", "revoked_at", "claimed_at", "declined_at"),
)


class Ready:
    """Reads stops, credentials and their versions, and writes the links; `letter` then asks for nothing of a batch's mail."""

    def __init__(self, mails: Sequence[OutgoingEmail]) -> None:
        self.was_down = pausing.trouble() is not None
        self.sender = emails.address_of_site()
        self.as_bytes = isinstance(get_connection(), EmailBackend)
        self.stops = _stops(mails)
        self.batch = [mail for mail in mails if emails.is_about_credential(mail)]
        self._fetch()
        self.common: dict[int, tuple[bytes, dict[str, Any]]] = {}
        self._compare()
        links.remember_all([mail for mail in self.batch if mail.kind in emails.LINKED])
        self.others = _with_everything([mail for mail in mails if not emails.is_about_credential(mail)])

    def _fetch(self) -> None:
        """Rows that many mails share become one object, and columns that no mail shows stay where they are."""
        keys = {mail.credential_id for mail in self.batch if mail.credential_id is not None}
        found = AchievementCredential.objects.filter(pk__in=keys).only(*_NEEDED)
        credentials: dict[Any, AchievementCredential] = {row.pk: row for row in found}
        versions = AchievementVersion.objects.in_bulk({row.version_id for row in credentials.values()})
        issuers = Issuer.objects.select_related("kit").in_bulk({row.issuer_id for row in credentials.values()})
        for row in credentials.values():
            row.version, row.issuer = versions[row.version_id], issuers[row.issuer_id]
        for mail in self.batch:
            mail.credential = credentials[mail.credential_id]
            mail.issuer = mail.credential.issuer

    def _compare(self) -> None:
        """Which mails say the same but for their person."""
        seen: dict[tuple[Any, ...], tuple[bytes, dict[str, Any]]] = {}
        for mail in self.batch:
            row = mail.credential
            assert row is not None
            alike = (mail.kind, row.version_id, row.offer_expires_at, row.expires_at, repr(mail.context))
            if alike not in seen:
                common = emails.shared(mail, row)
                seen[alike] = filling.key_of(mail.kind, common), common
            self.common[mail.pk] = seen[alike]
        self.many = Counter(key for key, _common in self.common.values())

    def letter(self, mail: OutgoingEmail) -> Letter:
        """The mail as it leaves. Raises Unsendable."""
        if not mail.to:
            raise emails.Unsendable("erased")
        if mail.kind not in ASKED_FOR and self.stops & {(mail.address_key, None), (mail.address_key, mail.issuer_id)}:
            raise emails.Unsendable("stopped")
        return Letter(mail.pk, mail.to, self.sender, self._content(mail))

    def _content(self, mail: OutgoingEmail) -> Any:
        if mail.pk not in self.common:
            with transaction.atomic():  # whatever goes wrong in there costs no other mail
                message = emails.compose(self.others[mail.pk])
        else:
            assert mail.credential is not None
            emails.refuse_unless_current(mail, mail.credential)
            key, common = self.common[mail.pk]
            personal = Personal.of(mail, mail.credential)
            if self.as_bytes and (filling.known(key) or self.many[key] >= WORTH):
                filled = filling.fill(key, mail.kind, common, personal, formatdate())
                if filled is not None:
                    return filled
            message = emails.write(mail.kind, common, personal)
        return message.message().as_bytes(linesep="\r\n") if self.as_bytes else message  # type: ignore[call-arg]


def _stops(mails: Sequence[OutgoingEmail]) -> set[tuple[str, int | None]]:
    """Who wants no mail, from everybody (None) or from one institution."""
    keys = {mail.address_key for mail in mails}
    return set(MailStop.objects.filter(address_key__in=keys).values_list("address_key", "issuer_id"))


def _with_everything(mails: Sequence[OutgoingEmail]) -> dict[int, OutgoingEmail]:
    if not mails:
        return {}
    related = ("issuer", "user", "application__form__achievement", "application__issuer")
    rows = OutgoingEmail.objects.filter(pk__in=[mail.pk for mail in mails])
    return {row.pk: row for row in rows.select_related(*related, "credential__issuer")}
