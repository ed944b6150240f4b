"""Expected refusals of stages, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _


def not_allowed(code: str) -> str:
    """Why an institution or achievement cannot issue now."""
    return {
        "not_approved": _(
            "This site’s operator has not approved your institution yet. You can prepare everything, and issue then."
        ),
        "closed": _("This institution is closed. What it issued stays public."),
        "archived": _("This achievement is archived. Restore it to issue it again."),
        "not_published": _("This achievement is a draft. Publish it first, then issue it."),
    }[code]


def not_possible(code: str) -> str:
    """Why something cannot be done to a credential."""
    return {
        "not_suspendable": _("This achievement does not allow suspension. Revoke it, or correct it."),
        "claimed": _("It is claimed already; the person has it in their wallet."),
        "cancelled": _("It was cancelled before."),
        "revoked": _("It was revoked before."),
        "declined": _("The person has declined it."),
        "expired": _("It has expired. Award the achievement again instead."),
        "unchanged": _("Name and address are as before. Change one of them."),
        "not_signed": _(
            "The new signature was wrong when it was checked, so nothing was changed. Try once more, and tell the operator."
        ),
        "other_has_it": _("Somebody with this address has this achievement already."),
    }[code]


def not_openable(code: str) -> str:
    """Why an application form cannot be opened."""
    return {
        "not_saved": _("There is no form yet. Write it and save it, then open it."),
        "archived": _("This achievement is archived. Restore it first."),
        "not_published": _("This achievement is a draft. Publish it first, so that it can be awarded."),
        "no_rule": _("This achievement has no rule that was switched on. Switch one on, or let staff answer."),
        "nothing_judged": _("No question says which answers earn it. Name them, or let staff answer."),
    }[code]
