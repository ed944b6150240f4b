"""Rows of OutgoingEmail → messages: text and HTML that say the same, a link and no attachment, in the issuer's colours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from issuers import brand, clock, media
from issuers.models import Issuer
from recipients import links, mail_marks
from recipients.charsets import QUOTED
from recipients.composing import absolute
from recipients.models import AchievementCredential, Application, Digest, OutgoingEmail, ReviewerInvite, Submission
from recipients.models.email import AT_MOST_ONCE

# One pass: a name that looks like a field is not filled in again.
_FILLED = re.compile(r"\{name\}|\{achievement\}")


class Unsendable(Exception):
    """The mail has lost its reason (its credential was claimed, cancelled, revoked); the text says which."""


# Kinds with a link that takes what was offered; its hash is written down before the mail leaves.
LINKED = {OutgoingEmail.Kind.OFFER}
# These say what is nobody else's: entries, a piece of work, a day in the reader's own zone.
_ELSEWHERE = {OutgoingEmail.Kind.LINKS, OutgoingEmail.Kind.ASSESS, OutgoingEmail.Kind.NOT_YET, *AT_MOST_ONCE}


@dataclass(frozen=True)
class Personal:
    """All that differs from person to person in mails of one batch; whatever else they say is `shared`."""

    name: str
    masked: str
    to: str
    message_id: str
    claim_token: str
    stop_token: str

    @classmethod
    def of(cls, email: OutgoingEmail, credential: AchievementCredential) -> Personal:
        """Of the row, without asking the database."""
        return cls(
            name=credential.name,
            masked=masked(email.to),
            to=email.to,
            message_id=email.message_id,
            claim_token=links.claim_token(email, credential.pk) if email.kind in LINKED else "",
            stop_token=links.stop_token(email),
        )


def compose(email: OutgoingEmail) -> EmailMultiAlternatives:
    """The message of one row. Running it twice gives the same links and the same Message-ID. Raises Unsendable."""
    if email.credential is None or not is_about_credential(email):
        envelope = {"to": email.to, "message_id": email.message_id, "stop_token": links.stop_token(email)}
        return _message(email.kind, _context(email), _From.of(email.issuer), **envelope)
    credential = email.credential
    refuse_unless_current(email, credential)
    if email.kind in LINKED:
        links.remember(email, credential.pk, credential.issuer_id)
    return write(email.kind, shared(email, credential), Personal.of(email, credential))


def is_about_credential(email: OutgoingEmail) -> bool:
    """Whether `shared` and Personal are all that its mail says, so that a batch can be filled from one (recipients.filling)."""
    return email.credential_id is not None and email.application_id is None and email.kind not in _ELSEWHERE


def write(kind: str, common: dict[str, Any], personal: Personal) -> EmailMultiAlternatives:
    """The message about one credential: templates see what `common` and `personal` say, and no row."""
    context = _with_words(common, personal)
    if kind in LINKED:
        context["claim_url"] = absolute(reverse("claim", args=[personal.claim_token]))
    sender = _From(common["issuer"]["name"], common["issuer"]["email"])
    envelope = {"to": personal.to, "message_id": personal.message_id, "stop_token": personal.stop_token}
    return _message(kind, context, sender, **envelope)


def _with_words(common: dict[str, Any], personal: Personal) -> dict[str, Any]:
    """What templates see, the institution's own words filled in."""
    told = {"{name}": personal.name, "{achievement}": common["achievement"]}
    words = {place: _FILLED.sub(lambda found: told[found[0]], text) for place, text in common["words"].items()}
    return {"name": personal.name, "masked": personal.masked, **common, **words, **common["said"]}


@dataclass(frozen=True)
class _From:
    """“Northmoor University via Laurel”, from this site's own address, which it may sign for; answers go to the institution."""

    name: str = ""
    reply_to: str = ""

    @classmethod
    def of(cls, issuer: Issuer | None) -> _From:
        return cls(issuer.name, issuer.email) if issuer else cls()

    def __str__(self) -> str:
        shown = _("%(issuer)s via %(site)s") % {"issuer": self.name, "site": settings.SITE_NAME}
        return formataddr((shown if self.name else settings.SITE_NAME, address_of_site()))


def address_of_site() -> str:
    """Where mails come from, without its name."""
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")


def _message(
    kind: str, context: dict[str, Any], sender: _From, *, to: str, message_id: str, stop_token: str
) -> EmailMultiAlternatives:
    context = {**context, "stop_url": absolute(reverse("stop", args=[stop_token]))}
    message = EmailMultiAlternatives(
        subject=" ".join(render_to_string(f"emails/{kind}.subject.txt", context).split()),
        body=render_to_string(f"emails/{kind}.txt", context),
        from_email=str(sender),
        to=[to],
        reply_to=[sender.reply_to] if sender.name else [],
        headers={
            "Message-ID": message_id,
            "List-Unsubscribe": f"<{context['stop_url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            **mail_marks.headers(message_id, settings.MAIL_EVENTS),
        },
    )
    message.attach_alternative(render_to_string(f"emails/{kind}.html", context), "text/html")
    message.encoding = QUOTED
    return message


def shared(email: OutgoingEmail, credential: AchievementCredential) -> dict[str, Any]:
    """What a mail says that is the same for everybody of a batch, as plain values: equal ones make equal mails."""
    issuer, kit = credential.issuer, getattr(credential.issuer, "kit", None)
    return {
        "issuer": {"name": issuer.name, "email": issuer.email},
        "credential": {"offer_expires_at": credential.offer_expires_at, "expires_at": credential.expires_at},
        "achievement": credential.words["name"],
        "description": credential.words["description"],
        "badge_url": absolute(media.url(credential.version.badge_picture)),
        "badge_alt": credential.version.content["badge"]["alt"],
        "logo_url": absolute(media.url(issuer.logo)),
        "dark_logo_url": absolute(media.url(issuer.dark_logo)),
        "wallet_url": absolute(reverse("wallet")),
        # What the institution's kit says in its mails; '' where it says nothing and our words stand. Filled by `write`.
        "words": {"greeting": kit.mail_greeting, "sentence": kit.mail_sentence, "footer": kit.mail_footer}
        if kit
        else {},
        "said": email.context,
        **_colours(issuer.brand),
    }


def _context(email: OutgoingEmail) -> dict[str, Any]:
    if email.kind == OutgoingEmail.Kind.LINKS:
        return {"entries": _entries(email), **_colours("#1f5c45")}
    if email.application is not None:
        return _applied(email, email.application)
    if email.kind in {OutgoingEmail.Kind.ASSESS, OutgoingEmail.Kind.NOT_YET}:
        return _of_work(email)
    if email.kind == OutgoingEmail.Kind.DIGEST:
        return _week(email)
    if email.kind in AT_MOST_ONCE and email.credential is not None:
        return _reminded(email, email.credential)
    return {**email.context, **_colours("#1f5c45")}


def _reminded(email: OutgoingEmail, credential: AchievementCredential) -> dict[str, Any]:
    """Until when, by the reader's calendar, and where to go: the offer's own link, or the credential in the wallet."""
    refuse_unless_current(email, credential)
    context = _with_words(shared(email, credential), Personal.of(email, credential))
    zone = _zone_of(email, credential)
    if email.kind == OutgoingEmail.Kind.REMINDER:
        token = links.remember(email, credential.pk, credential.issuer_id)
        until = credential.offer_expires_at.astimezone(zone).date()
        return {**context, "until": until, "claim_url": absolute(reverse("claim", args=[token]))}
    assert credential.expires_at is not None
    until = credential.expires_at.astimezone(zone).date()
    return {
        **context,
        "until": until,
        "wallet_url": absolute(reverse("wallet-credential", args=[credential.public_id])),
    }


def _zone_of(email: OutgoingEmail, credential: AchievementCredential) -> ZoneInfo:
    """Where the reader is, if they have said so, else where the institution is."""
    own = email.user.time_zone if email.user is not None else ""
    return ZoneInfo(own if own in clock.zones() else credential.issuer.time_zone)


def _applied(email: OutgoingEmail, application: Application) -> dict[str, Any]:
    """Of an application: the way back to it, its code while one is needed, what became of it."""
    _refuse_unless_asked(email, application)
    issuer, achievement = application.issuer, application.form.achievement
    wrong = [one.asked.label for one in application.answered() if one.asked.key in application.missing]
    return {
        "application": application,
        "issuer": issuer,
        "name": application.name,
        "achievement": achievement.latest.words["name"] if achievement.latest else achievement.name,
        "missing": wrong,
        "logo_url": absolute(media.url(issuer.logo)),
        "dark_logo_url": absolute(media.url(issuer.dark_logo)),
        "masked": masked(email.to),
        "application_url": absolute(reverse("application-link", args=[links.remember_application(application)])),
        **email.context,
        **_colours(issuer.brand),
    }


def _refuse_unless_asked(email: OutgoingEmail, application: Application) -> None:
    """A code goes only to what still needs one, an answer only where it still is the answer."""
    if application.withdrawn_at is not None:
        raise Unsendable("withdrawn")
    if email.kind == OutgoingEmail.Kind.ANSWER and application.decision != Application.Decision.DECLINED:
        raise Unsendable("taken back")
    if email.context.get("code") and application.proved_at is not None:
        raise Unsendable("proved")


def _of_work(email: OutgoingEmail) -> dict[str, Any]:
    """About work that was handed in: to its learner, or to somebody who assesses it from outside."""
    rows = Submission.objects.listed().filter(pk=email.context["submission"])
    submission = rows.first()
    if submission is None:
        raise Unsendable("gone")
    issuer = submission.issuer
    context = {
        "issuer": issuer,
        "submission": submission,
        "achievement": submission.version.words["name"],
        "logo_url": absolute(media.url(issuer.logo)),
        "dark_logo_url": absolute(media.url(issuer.dark_logo)),
        "masked": masked(email.to),
        **_colours(issuer.brand),
    }
    if email.kind == OutgoingEmail.Kind.NOT_YET:
        return {**context, "work_url": absolute(reverse("work", args=[submission.public_id]))}
    invite = ReviewerInvite.objects.open().select_related("invited_by").filter(pk=email.context["invite"]).first()
    if invite is None:
        raise Unsendable("withdrawn")
    token = links.remember_reviewer(email, invite.pk)
    return {**context, "invite": invite, "assess_url": absolute(reverse("assess-link", args=[token]))}


def _week(email: OutgoingEmail) -> dict[str, Any]:
    """What was written down for this person this week; nothing once they have stopped it."""
    if not Digest.objects.filter(user=email.user, on_at__isnull=False).exists():
        raise Unsendable("stopped")
    return {**email.context, "wallet_url": absolute(reverse("wallet")), **_colours("#1f5c45")}


def refuse_unless_current(email: OutgoingEmail, credential: AchievementCredential) -> None:
    """A claim link goes only to what can still be claimed; a reminder only while it still reminds of something."""
    if email.kind in AT_MOST_ONCE:
        _refuse_unless_useful(email, credential)
    if email.kind not in {OutgoingEmail.Kind.OFFER, OutgoingEmail.Kind.REMINDER}:
        return
    for moment, reason in (
        (credential.cancelled_at, "cancelled"),
        (credential.revoked_at, "revoked"),
        (credential.claimed_at, "claimed"),
        (credential.declined_at, "declined"),
    ):
        if moment is not None:
            raise Unsendable(reason)


def _refuse_unless_useful(email: OutgoingEmail, credential: AchievementCredential) -> None:
    """Nobody is reminded of what is over, on hold or taken back. What may have left before is not taken (recipients.mail_queue)."""
    ends = credential.expires_at if email.kind == OutgoingEmail.Kind.EXPIRING else credential.offer_expires_at
    for wrong, reason in (
        (credential.cancelled_at is not None, "cancelled"),
        (credential.revoked_at is not None, "revoked"),
        (credential.suspended_at is not None, "suspended"),
        (ends is None or ends <= clock.now(), "over"),
    ):
        if wrong:
            raise Unsendable(reason)


def _entries(email: OutgoingEmail) -> list[dict[str, str]]:
    """One line for each credential that the mail names: its own link for an offer, its address once claimed."""
    found = AchievementCredential.objects.live().listed().filter(pk__in=email.context["credentials"]).order_by("-id")
    entries = []
    for credential in found:
        if credential.claimed_at:
            url = absolute(reverse("wallet-credential", args=[credential.public_id]))
        else:
            url = absolute(reverse("claim", args=[links.remember(email, credential.pk, credential.issuer_id)]))
        entries.append({"achievement": credential.words["name"], "issuer": credential.issuer.name, "url": url})
    return entries


def _colours(colour: str) -> dict[str, str]:
    roles = brand.roles(colour)
    names = {"fill": "brand", "on_fill": "on-brand", "link": "brand-text", "wash": "brand-wash", "edge": "brand-line"}
    light = {key: roles[role][0].hex for key, role in names.items()}
    return {**light, "wash_dark": roles["brand-wash"][1].hex, "link_dark": roles["brand-text"][1].hex}


def masked(address: str) -> str:
    """`s•••••n@northmoor.example`: enough to recognise one's own address."""
    local, _at, domain = address.partition("@")
    shown = f"{local[0]}•••••{local[-1]}" if len(local) > 2 else f"{local[:1]}•••••"
    return f"{shown}@{domain}"
