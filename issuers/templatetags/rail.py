"""The links of the staff frame: what a member may open, and which of them stands for the page that is open."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Entry(NamedTuple):
    """`pages` are the beginnings of the URL names that belong to this link."""

    name: str
    word: str | Promise
    icon: str
    permission: str
    pages: tuple[str, ...] = ()


ENTRIES = (
    Entry("manage-home", _("Overview"), "home", "issuer.view"),
    Entry("manage-guide", _("Getting started"), "school", "achievement.view", ("manage-guide",)),
    Entry("manage-achievements", _("Achievements"), "rosette", "achievement.view", ("manage-achievement",)),
    Entry("manage-rules", _("Rules"), "checklist", "rule.edit", ("manage-rule", "manage-held", "manage-doubts")),
    Entry("manage-kit", _("Brand kit"), "palette", "brand.edit", ("manage-kit",)),
    Entry(
        "manage-activities",
        _("Activities"),
        "activity",
        "activity.view",
        ("manage-activit", "manage-opportunit", "manage-group", "manage-person", "manage-door", "manage-screen"),
    ),
    Entry("manage-told", _("To confirm"), "circle-check", "activity.record", ("manage-told",)),
    Entry("manage-goals", _("Goals"), "target", "group.edit", ("manage-goal",)),
    Entry("manage-submissions", _("Assessments"), "writing", "submission.view", ("manage-submission",)),
    Entry("manage-applications", _("Applications"), "inbox", "application.decide", ("manage-application",)),
    Entry("manage-awards", _("Awards"), "send", "credential.view", ("manage-award", "manage-issue", "manage-list")),
    Entry("manage-credentials", _("Credentials"), "certificate", "credential.view", ("manage-credential",)),
    Entry("manage-analytics", _("Analytics"), "chart-bar", "credential.view", ("manage-analytics",)),
    Entry("manage-people", _("Recipients"), "users", "recipient.view", ("manage-people",)),
    Entry("manage-members", _("Members"), "user-cog", "member.view", ("manage-member", "manage-invitation")),
    Entry("manage-keys", _("Signing and keys"), "key", "key.view", ("manage-key",)),
    Entry("manage-event-keys", _("Other systems"), "bolt", "event.key", ("manage-event-key",)),
    Entry("manage-api-tokens", _("API tokens"), "code", "api.token", ("manage-api-token",)),
    Entry("manage-webhooks", _("Webhooks"), "webhook", "webhook.edit", ("manage-webhook",)),
    Entry("manage-audit", _("What was done"), "history", "audit.view", ("manage-audit",)),
    Entry("manage-settings", _("Settings"), "settings", "issuer.edit", ("manage-settings",)),
)


class Link(NamedTuple):
    """One line of the rail."""

    url: str
    word: str | Promise
    icon: str
    current: bool


def address(name: str, **arguments: object) -> str:
    """Path of a named address, '' where this installation has none."""
    try:
        return reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return ""


def links(slug: str, permissions: Collection[str], page: str) -> list[Link]:
    """The rail of one member; `page` is the URL name of what is open, or the name of one of the entries."""
    shown = []
    for entry in ENTRIES:
        url = address(entry.name, slug=slug) if entry.permission in permissions else ""
        if url:
            current = page == entry.name or page.startswith(entry.pages or (entry.name,))
            shown.append(Link(url, entry.word, entry.icon, current))
    return shown
