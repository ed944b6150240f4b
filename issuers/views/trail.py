"""The audit trail in sentences: who did what to what, when. One sentence for each action that stages record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from issuers.models import ApiToken, AuditEvent, Invitation, Role, User
from issuers.views.trail_words import BY_THEMSELVES, FIELDS, PAGES, SENTENCES, VALUES


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
    tokens = _tokens({event.details["token"] for event in events if "token" in event.details})
    return [_line(slug, event, people, invited, tokens) for event in events]


def _tokens(wanted: set[str]) -> dict[str, str]:
    """Names of tokens of the API, by their public ids."""
    return dict(ApiToken.objects.filter(public_id__in=wanted).values_list("public_id", "name"))


def _line(
    slug: str, event: AuditEvent, people: dict[int, str], invited: dict[str, str], tokens: dict[str, str]
) -> Line:
    icon, sentence, _short = SENTENCES.get(event.action, ("activity", "{who}: {action}", ""))
    words = {name: _word(name, value) for name, value in event.details.items()}
    if event.subject_kind == "invitation":
        words["person"] = _name(invited.get(event.subject_id))
    elif "person" in event.details:
        words["person"] = _name(people.get(event.details["person"]))
    words |= {"who": _who(event, tokens), "subject": _subject(slug, event), "action": event.action}
    return Line(event, icon, format_html(str(sentence), **_Lenient(words)))


class _Lenient(dict[str, Any]):
    """Every placeholder of a sentence is there, if only as an empty word: old rows may lack a detail."""

    def __init__(self, words: dict[str, Any]) -> None:
        names = ["person", "role", "before", "after", "fields", "kind", "part", "version", "people", "visibility"]
        names += ["activities", "turn", "outcome", "messages", "name", "why"]
        super().__init__(dict.fromkeys(names, "…") | words)


def _word(name: str, value: Any) -> Any:
    if value in Role.values:
        return Role(value).label
    if name == "people" and isinstance(value, int):
        return ngettext("{n} person", "{n} people", value).format(n=f"{value:,}")
    if name == "activities" and isinstance(value, int):
        return ngettext("{n} activity", "{n} activities", value).format(n=f"{value:,}")
    if name == "messages" and isinstance(value, int):
        return ngettext("{n} message", "{n} messages", value).format(n=f"{value:,}")
    if name == "fields" and isinstance(value, list):
        return ", ".join(str(FIELDS.get(field, field)) for field in value)
    return {**VALUES, **FIELDS}.get(value, value) if isinstance(value, str) else value


def _who(event: AuditEvent, tokens: dict[str, str]) -> SafeString:
    if "token" in event.details:
        name = tokens.get(event.details["token"], "…")
        return format_html("<b>{} <bdi>{}</bdi></b>", _("The API token"), name)
    if event.actor_id is None:
        by_itself = BY_THEMSELVES.get(event.details.get("source", ""))
        return format_html("<b>{}</b>", by_itself or _("The operator of this site"))
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
