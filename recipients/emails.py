"""Rows of OutgoingEmail → messages: text and HTML that say the same, a link and no attachment, in the issuer's colours."""

from __future__ import annotations

import re
from email.utils import formataddr
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from issuers import brand, clock, media
from recipients import links, mail_marks
from recipients.composing import absolute
from recipients.models import AchievementCredential, Application, Digest, OutgoingEmail, ReviewerInvite, Submission
from recipients.models.email import AT_MOST_ONCE

# One pass: a name that looks like a field is not filled in again.
_FILLED = re.compile(r"\{name\}|\{achievement\}")


class Unsendable(Exception):
    """The mail has lost its reason (its credential was claimed, cancelled, revoked); the text says which."""


def compose(email: OutgoingEmail) -> EmailMultiAlternatives:
    """The message of one row. Running it twice gives the same links and the same Message-ID. Raises Unsendable."""
    context = {**_context(email), "email": email, "stop_url": absolute(reverse("stop", args=[links.stop_token(email)]))}
    subject = " ".join(render_to_string(f"emails/{email.kind}.subject.txt", context).split())
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"emails/{email.kind}.txt", context),
        from_email=_sender(email),
        to=[email.to],
        reply_to=[email.issuer.email] if email.issuer else [],
        headers={
            "Message-ID": email.message_id,
            "List-Unsubscribe": f"<{context['stop_url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            **mail_marks.headers(email.message_id, settings.MAIL_EVENTS),
        },
    )
    message.attach_alternative(render_to_string(f"emails/{email.kind}.html", context), "text/html")
    return message


def _sender(email: OutgoingEmail) -> str:
    """“Northmoor University via Laurel”, from this site's own address, which it may sign for."""
    address = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")
    if email.issuer is None:
        return formataddr((settings.SITE_NAME, address))
    return formataddr(
        (_("%(issuer)s via %(site)s") % {"issuer": email.issuer.name, "site": settings.SITE_NAME}, address)
    )


def _context(email: OutgoingEmail) -> dict[str, Any]:
    if email.kind == OutgoingEmail.Kind.LINKS:
        return {"entries": _entries(email), **_colours("#1f5c45")}
    if email.application is not None:
        return _applied(email, email.application)
    if email.kind in {OutgoingEmail.Kind.ASSESS, OutgoingEmail.Kind.NOT_YET}:
        return _of_work(email)
    if email.kind == OutgoingEmail.Kind.DIGEST:
        return _week(email)
    if email.credential is None:
        return {**email.context, **_colours("#1f5c45")}
    credential = email.credential
    refuse_unless_current(email, credential)
    context = {
        "credential": credential,
        "issuer": credential.issuer,
        "name": credential.name,
        "achievement": credential.words["name"],
        "description": credential.words["description"],
        "badge_url": absolute(media.url(credential.version.badge_picture)),
        "badge_alt": credential.version.content["badge"]["alt"],
        "logo_url": absolute(media.url(credential.issuer.logo)),
        "dark_logo_url": absolute(media.url(credential.issuer.dark_logo)),
        **_own_words(credential),
        "masked": masked(email.to),
        **email.context,
        **_colours(credential.issuer.brand),
    }
    if email.kind in AT_MOST_ONCE:
        return {**context, **_reminded(email, credential)}
    if email.kind == OutgoingEmail.Kind.OFFER:
        token = links.remember(email, credential.pk, credential.issuer_id)
        return {**context, "claim_url": absolute(reverse("claim", args=[token]))}
    return {**context, "wallet_url": absolute(reverse("wallet"))}


def _reminded(email: OutgoingEmail, credential: AchievementCredential) -> dict[str, Any]:
    """Until when, by the reader's calendar, and where to go: the offer's own link, or the credential in the wallet."""
    zone = _zone_of(email, credential)
    if email.kind == OutgoingEmail.Kind.REMINDER:
        token = links.remember(email, credential.pk, credential.issuer_id)
        until = credential.offer_expires_at.astimezone(zone).date()
        return {"until": until, "claim_url": absolute(reverse("claim", args=[token]))}
    assert credential.expires_at is not None
    until = credential.expires_at.astimezone(zone).date()
    return {"until": until, "wallet_url": absolute(reverse("wallet-credential", args=[credential.public_id]))}


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


def _own_words(credential: AchievementCredential) -> dict[str, str]:
    """What the institution's kit says in its mails; '' where it says nothing and our words stand."""
    kit = getattr(credential.issuer, "kit", None)
    if kit is None:
        return {}
    words = {"greeting": kit.mail_greeting, "sentence": kit.mail_sentence, "footer": kit.mail_footer}
    told = {"{name}": credential.name, "{achievement}": credential.words["name"]}
    return {place: _FILLED.sub(lambda found: told[found[0]], text) for place, text in words.items()}


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
    """What may have left before is not sent a second time, and nobody is reminded of what is over, on hold or taken back."""
    ends = credential.expires_at if email.kind == OutgoingEmail.Kind.EXPIRING else credential.offer_expires_at
    for wrong, reason in (
        (email.sending_at is not None, "may have left before"),
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
