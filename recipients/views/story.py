"""The story of one credential in sentences, from its own moments, its mails and its corrections."""

from __future__ import annotations

from django.utils.translation import gettext as _

from issuers import clock
from recipients.forms.staff import FIELD_LABELS
from recipients.models import AchievementCredential
from recipients.views import story_of_mails
from recipients.views.story_of_mails import Event
from recipients.views.story_of_mails import event as _event


def events_of(credential: AchievementCredential) -> list[Event]:
    """Everything that happened, oldest first, and what comes next."""
    events = [*_moments(credential), *_corrections(credential), *story_of_mails.events_of(credential)]
    told = sorted((event for event in events if event["at"]), key=lambda event: event["at"])
    return [*told, *_next(credential)]


def _moments(row: AchievementCredential) -> list[Event]:
    scanners = _("Mail scanners open links too, so this is only a hint.")
    return [
        _event(_("Issued"), row.created_at, _by(row)),
        _event(_("Signed"), row.signed_at if row.revision == 1 else None),
        _event(_("Signed again with a new key"), row.signed_again_at, _("The key before was withdrawn.")),
        _event(_("Certificate made"), row.rendered_at),
        _event(_("Link opened"), row.followed_at, scanners),
        _event(_("Accepted"), row.accepted_at),
        _event(_("Claimed"), row.claimed_at, _("It is in the person’s wallet.")),
        _event(_("Declined"), row.declined_at, _("The person does not want it."), "bad"),
        _event(_("Cancelled"), row.cancelled_at, _("The offer was taken back before it was claimed."), "bad"),
        _event(_("Suspended"), row.suspended_at, row.suspension_reason, "bad"),
        _event(_("Revoked"), row.revoked_at, row.revocation_reason, "bad"),
        _event(_("Set aside"), row.failed_at, row.failure, "bad"),
    ]


def _by(row: AchievementCredential) -> str:
    who = row.award.made_by
    return _("By %(name)s") % {"name": who} if who else ""


def _corrections(row: AchievementCredential) -> list[Event]:
    return [
        _event(_("Corrected, now revision %(number)s") % {"number": old.number + 1}, old.replaced_at, old.reason)
        for old in row.revisions.all()
    ]


def _next(row: AchievementCredential) -> list[Event]:
    if row.cancelled_at or row.revoked_at or row.claimed_at or row.declined_at or row.failed_at:
        return []
    if not row.signed_at:
        return [_event(_("Next: it is signed"), None, kind="next")]
    if not row.rendered_at:
        return [_event(_("Next: the certificate is made"), None, kind="next")]
    if row.offered_at:
        return [_event(_("Next: the person claims it"), None, kind="next")]
    ended = ("sent_at", "refused_at", "failed_at", "cancelled_at")
    if not any(not any(getattr(mail, moment) for moment in ended) for mail in row.emails.all()):
        return []
    if row.award.release_at > clock.now():
        return [_event(_("Next: the mail leaves when the wait is over"), None, kind="next")]
    return [_event(_("Next: the mail leaves"), None, kind="next")]


def printed(row: AchievementCredential) -> list[tuple[str, str]]:
    """What was said about this person, as it was signed: label → text."""
    facts = [(str(FIELD_LABELS[key]), str(row.values[key])) for key in FIELD_LABELS if row.values.get(key)]
    return [*facts, *((key, str(value)) for key, value in row.values.get("custom", {}).items())]
