"""What a state looks like: its word, its icon and its family of colour (never colour alone)."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Pill(NamedTuple):
    """`look` is the CSS family `.pill-<look>`; empty is the plain grey one."""

    word: str | Promise
    icon: str
    look: str = ""


PILLS: dict[str, Pill] = {
    # Where one credential stands.
    "queued": Pill(_("Queued"), "clock"),
    "signed": Pill(_("Signed"), "signature"),
    "rendered": Pill(_("Certificate made"), "certificate"),
    "sent": Pill(pgettext_lazy("mail", "Sent"), "send", "offered"),
    "followed": Pill(_("Link opened"), "mail-opened", "offered"),
    "offered": Pill(_("Offered"), "mail", "offered"),
    "unclaimed": Pill(_("Unclaimed"), "circle-dashed", "unclaimed"),
    "accepted": Pill(_("Accepted"), "check", "offered"),
    "claimed": Pill(_("Claimed"), "circle-check", "claimed"),
    "declined": Pill(_("Declined"), "hand-stop"),
    "cancelled": Pill(_("Cancelled"), "circle-x"),
    "lapsed": Pill(_("Offer ended"), "hourglass"),
    "unknown": Pill(pgettext_lazy("mail", "May have arrived"), "help", "unclaimed"),
    "not_delivered": Pill(_("Not delivered"), "mail-x", "failed"),
    "failed": Pill(_("Failed"), "alert-triangle", "failed"),
    # What a verifier finds.
    "valid": Pill(_("Valid"), "circle-check", "valid"),
    "expired": Pill(_("Expired"), "hourglass", "expired"),
    "revoked": Pill(_("Revoked"), "ban", "revoked"),
    "suspended": Pill(_("Suspended"), "player-pause", "suspended"),
    "altered": Pill(_("Altered"), "file-x", "failed"),
    "unsure": Pill(_("Cannot say"), "help", "unclaimed"),
    "unknown_issuer": Pill(_("Issuer unknown"), "user-question", "expired"),
    "other_person": Pill(_("Other address"), "user-x", "expired"),
    "not_yet": Pill(_("Not valid yet"), "clock", "expired"),
    "not_valid": Pill(_("Not valid"), "file-x", "failed"),
    "nothing": Pill(_("Nothing there"), "eye-off", "unclaimed"),
    "corrected": Pill(_("Corrected"), "pencil"),
    # Who may see it.
    "public": Pill(_("Public"), "world", "public"),
    "link": Pill(_("Anyone with the link"), "link", "link"),
    "private": Pill(_("Only you"), "lock", "private"),
    # Achievements.
    "draft": Pill(_("Draft"), "pencil", "unclaimed"),
    "published": Pill(_("Published"), "circle-check", "valid"),
    "archived": Pill(_("Archived"), "archive"),
    # Rules.
    "on": Pill(pgettext_lazy("rule", "On"), "bolt", "valid"),
    "paused": Pill(pgettext_lazy("rule", "Paused"), "player-pause", "suspended"),
    "off": Pill(pgettext_lazy("rule", "Off"), "circle-dashed", "unclaimed"),
    # Where somebody stands in a rule.
    "earns": Pill(_("Would get it now"), "circle-check", "valid"),
    "near": Pill(_("Nearly there"), "progress", "offered"),
    "far": Pill(_("Not yet"), "circle-dashed", "unclaimed"),
    "closed": Pill(_("Not possible any more"), "circle-minus"),
    "has": Pill(_("Has it already"), "rosette-discount-check", "claimed"),
    # Work that goes on by itself.
    "waiting": Pill(_("Waiting"), "player-pause", "suspended"),
    "checking": Pill(_("Checking"), "progress", "offered"),
    "running": Pill(_("Running"), "progress", "offered"),
    "sending": Pill(_("Sending"), "send", "offered"),
    "done": Pill(_("Done"), "circle-check", "valid"),
    "recognised": Pill(_("Recognised"), "circle-check", "valid"),
    # Work that is assessed.
    "begun": Pill(_("Being worked on"), "writing", "unclaimed"),
    "handed_in": Pill(_("Handed in"), "send", "offered"),
    "demonstrated": Pill(_("Demonstrated"), "circle-check", "valid"),
    "not_demonstrated": Pill(_("Not yet"), "refresh", "expired"),
    "withdrawn": Pill(_("Taken back"), "arrow-back-up"),
    # Goals.
    "unlocked": Pill(_("Unlocked"), "lock-open", "valid"),
    "coming": Pill(_("On its way"), "progress", "offered"),
    # Members, addresses, keys.
    "invited": Pill(_("Invited"), "mail", "offered"),
    "verified": Pill(_("Verified"), "circle-check", "valid"),
    "unverified": Pill(_("Not yet verified"), "circle-dashed", "unclaimed"),
    "primary": Pill(_("Primary"), "star"),
    "active": Pill(_("In use"), "circle-check", "valid"),
    "retired": Pill(_("Retired"), "archive"),
    "compromised": Pill(_("Withdrawn"), "alert-triangle", "failed"),
}

STANDINGS: dict[str, str] = {
    "valid": "rosette-discount-check",
    "expired": "hourglass",
    "revoked": "ban",
    "suspended": "player-pause",
    "failed": "file-x",
    "unsure": "help",
    "unknown_issuer": "user-question",
    "other_person": "user-x",
    "not_yet": "clock",
    "nothing": "eye-off",
}
