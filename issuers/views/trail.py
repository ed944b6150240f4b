"""The audit trail in sentences: who did what to what, when. One sentence for each action that stages record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from issuers.models import AuditEvent, Invitation, Role, User

# action → (icon, sentence, and what one line of the filter calls it)
SENTENCES: dict[str, tuple[str, Any, Any]] = {
    "issuer.opened": (
        "building-bank",
        gettext_lazy("{who} opened the institution."),
        gettext_lazy("Institution opened"),
    ),
    "issuer.approved": (
        "circle-check",
        gettext_lazy("{who} approved the institution."),
        gettext_lazy("Institution approved"),
    ),
    "issuer.closed": ("lock", gettext_lazy("{who} closed the institution."), gettext_lazy("Institution closed")),
    "issuer.edited": (
        "settings",
        gettext_lazy("{who} changed the settings: {fields}."),
        gettext_lazy("Settings changed"),
    ),
    "issuer.brand_changed": (
        "palette",
        gettext_lazy("{who} changed the brand colour from {before} to {after}."),
        gettext_lazy("Brand colour changed"),
    ),
    "issuer.logo_changed": ("photo", gettext_lazy("{who} changed the logo."), gettext_lazy("Logo changed")),
    "issuer.logo_removed": ("photo", gettext_lazy("{who} removed the logo."), gettext_lazy("Logo removed")),
    "issuer.dark_logo_changed": (
        "photo",
        gettext_lazy("{who} changed the logo for dark grounds."),
        gettext_lazy("Dark logo changed"),
    ),
    "issuer.dark_logo_removed": (
        "photo",
        gettext_lazy("{who} removed the logo for dark grounds."),
        gettext_lazy("Dark logo removed"),
    ),
    "kit.edited": (
        "color-swatch",
        gettext_lazy("{who} changed the brand kit: {fields}."),
        gettext_lazy("Brand kit changed"),
    ),
    "member.invited": ("mail", gettext_lazy("{who} invited {person} as {role}."), gettext_lazy("Member invited")),
    "member.invited_again": (
        "mail-forward",
        gettext_lazy("{who} sent {person} the invitation again."),
        gettext_lazy("Invitation sent again"),
    ),
    "member.invitation_withdrawn": (
        "mail-x",
        gettext_lazy("{who} withdrew the invitation of {person}."),
        gettext_lazy("Invitation withdrawn"),
    ),
    "member.joined": ("user-plus", gettext_lazy("{who} joined as {role}."), gettext_lazy("Member joined")),
    "member.role_changed": (
        "user-cog",
        gettext_lazy("{who} changed the role of {person} from {before} to {after}."),
        gettext_lazy("Role changed"),
    ),
    "member.removed": (
        "user-minus",
        gettext_lazy("{who} removed {person}, who was {role}."),
        gettext_lazy("Member removed"),
    ),
    "key.created": ("key", gettext_lazy("{who} made a signing key ({kind})."), gettext_lazy("Key made")),
    "key.rotated": (
        "key",
        gettext_lazy("{who} changed the signing key ({kind}). The old one stays published."),
        gettext_lazy("Key changed"),
    ),
    "key.compromised": (
        "alert-triangle",
        gettext_lazy("{who} withdrew a signing key ({kind}): others may know it."),
        gettext_lazy("Key withdrawn"),
    ),
    "key.resealed": ("lock-check", gettext_lazy("{who} sealed a signing key anew."), gettext_lazy("Key sealed anew")),
    "achievement.begun": ("plus", gettext_lazy("{who} began {subject}."), gettext_lazy("Achievement begun")),
    "achievement.edited": (
        "pencil",
        gettext_lazy("{who} edited {subject}: {part}."),
        gettext_lazy("Achievement edited"),
    ),
    "achievement.published": (
        "rosette",
        gettext_lazy("{who} published version {version} of {subject}."),
        gettext_lazy("Achievement published"),
    ),
    "achievement.copied": ("copy", gettext_lazy("{who} made {subject} as a copy."), gettext_lazy("Achievement copied")),
    "achievement.imported": (
        "download",
        gettext_lazy("{who} took {subject} from a file of another institution."),
        gettext_lazy("Design taken from a file"),
    ),
    "achievement.archived": (
        "archive",
        gettext_lazy("{who} archived {subject}."),
        gettext_lazy("Achievement archived"),
    ),
    "achievement.restored": (
        "archive-off",
        gettext_lazy("{who} restored {subject}."),
        gettext_lazy("Achievement restored"),
    ),
    "award.made": ("send", gettext_lazy("{who} made {subject} to {people}."), gettext_lazy("Award made")),
    "award.released": ("send", gettext_lazy("{who} sent {subject} at once."), gettext_lazy("Award sent at once")),
    "award.cancelled": (
        "send-off",
        gettext_lazy("{who} cancelled {subject} for {people}."),
        gettext_lazy("Award cancelled"),
    ),
    "earning.approved": (
        "circle-check",
        gettext_lazy("{who} approved {subject}, which a rule found that {people} earned."),
        gettext_lazy("Earning approved"),
    ),
    "earning.seconded": (
        "circle-check",
        gettext_lazy("{who} approved {subject} as the second, which a rule found that {people} earned."),
        gettext_lazy("Earning approved by a second person"),
    ),
    "earning.refused": (
        "ban",
        gettext_lazy("{who} refused {subject}, which a rule found that {people} earned."),
        gettext_lazy("Earning refused"),
    ),
    "earning.refusal_taken_back": (
        "arrow-back-up",
        gettext_lazy("{who} took back that {subject} was refused to {people}."),
        gettext_lazy("Refusal taken back"),
    ),
    "earning.kept": (
        "circle-check",
        gettext_lazy("{who} let {people} keep {subject}, though its rule is not met any more."),
        gettext_lazy("Kept in doubt"),
    ),
    "credential.corrected": (
        "pencil",
        gettext_lazy("{who} corrected {subject}."),
        gettext_lazy("Credential corrected"),
    ),
    "credential.resent": (
        "mail-forward",
        gettext_lazy("{who} sent {subject} again."),
        gettext_lazy("Credential sent again"),
    ),
    "credential.revoked": ("ban", gettext_lazy("{who} revoked {subject}."), gettext_lazy("Credential revoked")),
    "credential.suspended": (
        "player-pause",
        gettext_lazy("{who} suspended {subject}."),
        gettext_lazy("Credential suspended"),
    ),
    "credential.reinstated": (
        "player-play",
        gettext_lazy("{who} reinstated {subject}."),
        gettext_lazy("Credential reinstated"),
    ),
    "credential.cancelled": (
        "circle-x",
        gettext_lazy("{who} cancelled {subject}."),
        gettext_lazy("Credential cancelled"),
    ),
    "credential.claimed": (
        "circle-check",
        gettext_lazy("The recipient claimed {subject}."),
        gettext_lazy("Credential claimed"),
    ),
    "credential.declined": (
        "hand-stop",
        gettext_lazy("The recipient declined {subject}."),
        gettext_lazy("Credential declined"),
    ),
    "credential.visibility": (
        "eye",
        gettext_lazy("The holder changed who may see {subject}: {visibility}."),
        gettext_lazy("Visibility changed"),
    ),
    "credential.erased": (
        "trash",
        gettext_lazy("The holder erased their account, and {subject} with it."),
        gettext_lazy("Credential erased"),
    ),
    "credential.not_signed": (
        "alert-triangle",
        gettext_lazy("{subject} was not signed: the key could not be opened, or is not this institution’s."),
        gettext_lazy("Signature refused"),
    ),
    "credential.exported": ("download", gettext_lazy("{who} exported {people}."), gettext_lazy("List exported")),
}
# Kinds of subjects that have a page of their own, and what a sentence calls one of them.
PAGES: dict[str, tuple[str, Any]] = {
    "achievement": ("manage-achievement", gettext_lazy("an achievement")),
    "award": ("manage-award", gettext_lazy("an award")),
    "achievementcredential": ("manage-credential", gettext_lazy("a credential")),
}
FIELDS: dict[str, Any] = {
    "name": gettext_lazy("name"),
    "description": gettext_lazy("about"),
    "website": gettext_lazy("website"),
    "email": gettext_lazy("contact address"),
    "linkedin_id": gettext_lazy("LinkedIn page number"),
    "language": gettext_lazy("language"),
    "time_zone": gettext_lazy("time zone"),
    "undo_minutes": gettext_lazy("minutes before mails leave"),
    "offer_days": gettext_lazy("days an offer stays open"),
    "words": gettext_lazy("words"),
    "skills": gettext_lazy("skills"),
    "badge": gettext_lazy("badge"),
    "certificate": gettext_lazy("certificate"),
    "criteria": gettext_lazy("criteria"),
    "colours": gettext_lazy("colours"),
    "fonts": gettext_lazy("typefaces"),
    "texts": gettext_lazy("texts"),
    "signatories": gettext_lazy("signatories"),
    "pictures": gettext_lazy("pictures"),
}
_VALUES: dict[str, Any] = {
    "ed25519": "Ed25519",
    "p256": "P-256",
    "public": gettext_lazy("public"),
    "link": gettext_lazy("by link only"),
    "private": gettext_lazy("only the holder"),
}


@dataclass(frozen=True)
class Line:
    """One deed as the page shows it."""

    event: AuditEvent
    icon: str
    sentence: SafeString


def actions() -> list[tuple[str, Any]]:
    """The choices of the filter."""
    return [(action, short) for action, (_icon, _sentence, short) in SENTENCES.items()]


def lines(slug: str, events: Sequence[AuditEvent]) -> list[Line]:
    """Sentences of one page of the trail; names are looked up once for all of them."""
    wanted = {event.details["person"] for event in events if "person" in event.details}
    people = {pk: str(user) for pk, user in User.objects.in_bulk(wanted).items()}
    rows = [event.subject_id for event in events if event.subject_kind == "invitation"]
    invited = {str(pk): row.email for pk, row in Invitation.objects.in_bulk([int(row) for row in rows]).items()}
    return [_line(slug, event, people, invited) for event in events]


def _line(slug: str, event: AuditEvent, people: dict[int, str], invited: dict[str, str]) -> Line:
    icon, sentence, _short = SENTENCES.get(event.action, ("activity", "{who}: {action}", ""))
    words = {name: _word(name, value) for name, value in event.details.items()}
    if event.subject_kind == "invitation":
        words["person"] = _name(invited.get(event.subject_id))
    elif "person" in event.details:
        words["person"] = _name(people.get(event.details["person"]))
    words |= {"who": _who(event), "subject": _subject(slug, event), "action": event.action}
    return Line(event, icon, format_html(str(sentence), **_Lenient(words)))


class _Lenient(dict[str, Any]):
    """Every placeholder of a sentence is there, if only as an empty word: old rows may lack a detail."""

    def __init__(self, words: dict[str, Any]) -> None:
        names = ("person", "role", "before", "after", "fields", "kind", "part", "version", "people", "visibility")
        super().__init__(dict.fromkeys(names, "…") | words)


def _word(name: str, value: Any) -> Any:
    if value in Role.values:
        return Role(value).label
    if name == "people" and isinstance(value, int):
        return ngettext("{n} person", "{n} people", value).format(n=f"{value:,}")
    if name == "fields" and isinstance(value, list):
        return ", ".join(str(FIELDS.get(field, field)) for field in value)
    return {**_VALUES, **FIELDS}.get(value, value) if isinstance(value, str) else value


def _who(event: AuditEvent) -> SafeString:
    if event.actor_id is None:
        by_rule = event.details.get("source") == "rule"
        return format_html("<b>{}</b>", _("A rule") if by_rule else _("The operator of this site"))
    actor = event.actor
    return format_html("<b>{}</b>", _name(str(actor) if actor else None))


def _name(name: str | None) -> SafeString:
    return format_html('<bdi class="name">{}</bdi>', name or _("somebody whose account is gone"))


def _subject(slug: str, event: AuditEvent) -> SafeString | str:
    page, word = PAGES.get(event.subject_kind, ("", ""))
    if not page:
        return str(word)
    try:
        return format_html('<a href="{}">{}</a>', reverse(page, args=[slug, event.subject_id]), word)
    except NoReverseMatch:
        return str(word)
