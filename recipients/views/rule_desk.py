"""What every page of one rule needs: the achievement, its rule, how things are called here, and the frame around the page."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from badges import ruling
from badges.criteria import rules
from badges.criteria.drafting import Json, readable
from badges.criteria.rules import Rule as Read
from badges.criteria.soundness import Known
from badges.forms.rule_fields import Choosers
from badges.models import Rule
from badges.views import editor
from badges.wording import marking, sentences
from badges.wording.names import Names
from issuers.access import StaffRequest
from recipients import knowing, rehearsing
from recipients.views.rule_choosers import choosers


def state_of(rule: Rule | None) -> str:
    """off, on or paused: the name of a pill."""
    if rule is None or rule.switched_on_at is None:
        return "off"
    return "paused" if rule.paused_at else "on"


def said(read: Read | None, names: Names) -> SafeString | str:
    """A rule as a sentence on a page; '' where nothing can be read yet."""
    return marking.on_page(sentences.sentence(read, names)) if read else ""


class Desk:
    """One rule and what surrounds it, for one request. What is not asked for is not looked up."""

    def __init__(self, request: StaffRequest, public_id: str) -> None:
        self.request, self.issuer = request, request.issuer
        self.achievement = editor.find(public_id)
        self.rule = ruling.of(self.achievement)

    @cached_property
    def names(self) -> Names:
        """Marked for pages."""
        return marking.for_page(knowing.names(self.issuer))

    @cached_property
    def quoted(self) -> Names:
        """For faults and files."""
        return marking.quoted(self.names)

    @cached_property
    def choosers(self) -> Choosers:
        return choosers(self.issuer, self.achievement, self.names)

    @cached_property
    def known(self) -> Known:
        return knowing.known(self.issuer, self.achievement)

    @property
    def draft(self) -> Json | None:
        return self.rule.draft if self.rule else None

    def begun(self) -> Rule:
        """The rule, or 404 where nobody has begun one."""
        return self.rule or get_object_or_404(Rule, achievement=self.achievement)

    def sentence(self, document: Json | None) -> SafeString | str:
        """A draft as far as it can be read."""
        return said(readable(document or {}), self.names)

    def page(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """One of the pages, with the head of the achievement above it."""
        rule = self.rule
        shown = {
            **editor.frame(self.request, self.achievement, "rule"),
            "rule": rule,
            "state": state_of(rule),
            "runs": said(rules.read(rule.version.document), self.names) if rule and rule.version else "",
            "changed": bool(rule and rule.draft) and ruling.changed(rule),  # type: ignore[arg-type]
            "last_run": rehearsing.last(rule) if rule else None,
            "may_switch": "rule.switch" in self.request.permissions,
            "may_see_people": "activity.view" in self.request.permissions,
            **context,
        }
        return render(self.request, f"recipients/staff/{template}.html", shown, status=status)

    def meanwhile(self) -> editor.Meanwhile:
        """Somebody else saved first: who, and what stands there now."""
        rule = self.begun()
        read = readable(rule.draft or {})
        stored = sentences.sentence(read, self.quoted) if read else "–"
        who = str(editor.last_by(self.achievement) or _("Somebody else"))
        return editor.Meanwhile(who, rule.edited_at, [(_("The rule"), stored)])
