"""Why an offer has reached its person or not, in plain words, and what helps: the same on the page, in lists, in files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issuers import clock
from recipients import mail_answers
from recipients.models import AchievementCredential, OutgoingEmail


@dataclass(frozen=True)
class Finding:
    """What was found: its code, a sentence, what helps, and which deeds that takes (the page knows who may)."""

    code: str
    why: str
    remedy: str
    deeds: tuple[str, ...] = ()

    @property
    def ask_operator(self) -> bool:
        return "operator" in self.deeds


_ANOTHER = gettext_lazy("Look for a typing mistake. Ask the person for another address, or hand out a slip.")
_LATER = gettext_lazy("Send it again later. If it stays so, hand out a slip.")
_OPERATOR = gettext_lazy("Tell the operator of this site; the person cannot do anything. Meanwhile hand out a slip.")
# cause → (why, remedy, deeds). {domain} is where the mail went.
_MAIL: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "no_such_address": (
        gettext_lazy("The mail server of {domain} says that nobody has this address."),
        _ANOTHER,
        ("correct", "slip"),
    ),
    "no_such_domain": (gettext_lazy("Nobody receives mail at {domain}."), _ANOTHER, ("correct", "slip")),
    "moved": (gettext_lazy("The mailbox has moved to another address."), _ANOTHER, ("correct", "slip")),
    "closed": (
        gettext_lazy("The mailbox exists, but it is closed."),
        gettext_lazy("Ask the person for an address that they use, or hand out a slip."),
        ("correct", "slip"),
    ),
    "full": (
        gettext_lazy("The mailbox is full."),
        gettext_lazy("Tell the person, and send it again when there is room; or hand out a slip."),
        ("resend", "tell", "slip"),
    ),
    "too_large": (
        gettext_lazy("The server of {domain} takes no mail of this size."),
        _OPERATOR,
        ("operator", "slip"),
    ),
    "busy": (gettext_lazy("The server of {domain} was too busy to take it."), _LATER, ("resend", "slip")),
    "greylisted": (
        gettext_lazy(
            "The server of {domain} asks senders whom it does not know to come back later, and we did, in vain."
        ),
        _LATER,
        ("resend", "slip"),
    ),
    "too_many": (gettext_lazy("The server of {domain} got too many mails at once."), _LATER, ("resend", "slip")),
    "too_late": (gettext_lazy("The server of {domain} did not take it for days."), _LATER, ("resend", "slip")),
    "unreachable": (
        gettext_lazy("The server did not answer."),
        gettext_lazy("Send it again later. If it concerns many people, tell the operator of this site."),
        ("resend", "operator", "slip"),
    ),
    "blocked": (
        gettext_lazy("The server of {domain} takes no mail from us."),
        gettext_lazy("Ask those who run the mail of {domain} to let this site in, and hand out a slip meanwhile."),
        ("operator", "slip"),
    ),
    "spam": (gettext_lazy("The server of {domain} took it for spam."), _OPERATOR, ("operator", "slip")),
    "not_trusted": (
        gettext_lazy(
            "The server of {domain} could not make sure that this site may send in its own name (SPF, DKIM, DMARC)."
        ),
        _OPERATOR,
        ("operator", "slip"),
    ),
    "sender_refused": (gettext_lazy("Our own mail server did not let us send."), _OPERATOR, ("operator", "slip")),
    "tls": (gettext_lazy("No safe connection to the mail server could be made."), _OPERATOR, ("operator", "slip")),
    "loop": (gettext_lazy("The mail went round in circles at {domain}."), _ANOTHER, ("correct", "slip")),
    "suppressed": (
        gettext_lazy(
            "Our mail provider writes to this address no more: an earlier mail came back, or was called spam."
        ),
        gettext_lazy("Ask the person for another address, or the operator to take this one off the provider’s list."),
        ("correct", "operator", "slip"),
    ),
    "worker": (gettext_lazy("The program stopped five times while it sent this."), _OPERATOR, ("operator", "slip")),
    "stopped": (
        gettext_lazy("The person asked for no more mails."),
        gettext_lazy("Respect it: tell them in another way, or hand out a slip."),
        ("tell", "slip"),
    ),
    "unknown": (
        gettext_lazy("The mail could not be delivered, and the answer says no more than what stands below."),
        _LATER,
        ("resend", "operator", "slip"),
    ),
}


def why_of_many(said: str) -> str:
    """Why mails with such an answer did not arrive, in words that name nobody and are the same for all of them."""
    code = mail_answers.cause(said)
    if code == "unknown":
        return _("The mail could not be delivered. Each credential says what was answered.")
    return str(_MAIL[code][0]).format(domain=_("their mailbox"))


def find(row: Any, mail: OutgoingEmail | None) -> Finding:
    """The finding of a row of reaching.with_reach, and its newest claim mail."""
    for looked in (_over, _work, _lost, _there, _on_its_way):
        found = looked(row, mail)
        if found is not None:
            return found
    return Finding("queued", _("It is being worked on."), _("Nothing is to be done."))


def _over(row: AchievementCredential, mail: OutgoingEmail | None) -> Finding | None:
    """Nothing is waited for any more."""
    nothing = _("Nothing is to be done.")
    if row.revoked_at or row.cancelled_at:
        return Finding("withdrawn", _("It was taken back."), nothing)
    if row.claimed_at:
        return Finding("claimed", _("The person has it in their wallet."), nothing)
    if row.declined_at:
        return Finding("declined", _("The person does not want it."), nothing)
    return None


def _work(row: AchievementCredential, mail: OutgoingEmail | None) -> Finding | None:
    """Before a mail can leave."""
    if row.failed_at:
        return Finding(
            "failed", _("Work on it stopped: %(why)s") % {"why": row.failure}, str(_OPERATOR), ("resend", "operator")
        )
    if row.rendered_at is None:
        return Finding(
            "queued", _("It is being signed and printed."), _("Nothing is to be done: it goes on by itself.")
        )
    if row.award.release_at > clock.now() and not row.offered_at:
        return Finding(
            "waits", _("Its mail waits until the batch can no longer be taken back."), _("Nothing is to be done.")
        )
    return None


def _lost(row: Any, mail: OutgoingEmail | None) -> Finding | None:
    """Mail does not get through, and nobody has opened the offer."""
    if row.reach != "unreachable":
        return None
    if mail is not None and mail.complained_at:
        why = _("The person called the mail spam, so they get no more of them.")
        return Finding("complained", why, str(_MAIL["stopped"][1]), ("tell", "slip"))
    said = _said(mail)
    code = "stopped" if row.mail_stopped and not said else mail_answers.cause(said)
    why, remedy, deeds = _MAIL[code]
    fill = {"domain": row.recipient.address.rpartition("@")[2]}
    return Finding(code, str(why).format(**fill), str(remedy).format(**fill), deeds)


def _said(mail: OutgoingEmail | None) -> str:
    if mail is None:
        return ""
    if mail.bounced_at:
        return mail.diagnostic or _("(no reason given)")
    return mail.response if mail.refused_at or mail.failed_at else ""


def _there(row: AchievementCredential, mail: OutgoingEmail | None) -> Finding | None:
    """The person has, or had, the offer in hand."""
    if row.offer_expires_at <= clock.now():
        why = _("The offer has ended, and nobody took it.")
        return Finding("lapsed", why, _("Send it again, or hand out a slip: either opens it anew."), ("resend", "slip"))
    if row.accepted_at:
        why = _("The person has accepted it, and stopped before it was in their wallet.")
        return Finding(
            "accepted", why, _("A word helps: they open the link once more and sign in."), ("tell", "resend", "slip")
        )
    if row.followed_at:
        why = _("The link was opened, by the person or by a scanner of their mail server.")
        return Finding("followed", why, _("Wait, or tell them in another way."), ("tell", "slip"))
    return None


def _on_its_way(row: AchievementCredential, mail: OutgoingEmail | None) -> Finding | None:
    if mail is None:
        return None
    if mail.sent_at is None:
        return _waiting(mail)
    if mail.deferred_at and not mail.delivered_at:
        why = _("The server of the person’s mailbox has not taken it yet: %(said)s") % {"said": mail.diagnostic}
        return Finding(
            "deferred", why, _("Our mail provider tries on for some days. A slip is quicker."), ("tell", "slip")
        )
    if mail.delivered_at:
        why = _("The mail is in their mailbox, and the link was not opened.")
        return Finding("delivered", why, _("It may lie in the spam folder. Tell them to look there."), ("tell", "slip"))
    why = _("The mail server took the mail, and the link was not opened.")
    return Finding(
        "sent", why, _("It may lie in the spam folder. Tell them to look there."), ("tell", "resend", "slip")
    )


def _waiting(mail: OutgoingEmail) -> Finding:
    if mail.failed_at and mail.unsure_at:
        why = _("It is not known whether the mail arrived: the connection ended while it was handed over.")
        return Finding("may_have_arrived", why, _("Ask the person, or send it again."), ("tell", "resend", "slip"))
    if mail.response and not mail.cancelled_at:
        why = _("The mail server did not take it yet: %(said)s") % {"said": mail.response}
        return Finding("put_off", why, _("We try again by ourselves, up to five times."), ("tell", "slip"))
    if mail.cancelled_at:
        why = _("The mail did not leave: %(said)s") % {"said": mail.response}
        return Finding("not_sent", why, _("Send it again."), ("resend", "slip"))
    return Finding("queued", _("The mail is about to leave."), _("Nothing is to be done: it goes on by itself."))
