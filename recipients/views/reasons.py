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
        "erased": _("The person has erased their data. Award the achievement to them anew if they ask for it."),
        "other_has_it": _("Somebody with this address has this achievement already."),
    }[code]


def no_slip(code: str) -> str:
    """Why no slip can be printed for somebody."""
    return {
        "revoked": _("It was revoked."),
        "cancelled": _("It was cancelled."),
        "claimed": _("It is claimed already."),
        "declined": _("The person has declined it."),
        "erased": _("The person has erased their account."),
        "not_ready": _("It is not signed and printed yet."),
        "waits": _("The batch can still be taken back; after that."),
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


def work(code: str) -> str:
    """Why a learner cannot do this with their work."""
    return {
        "not_assessed": _("Nothing is handed in for this achievement."),
        "not_open": _("This can no longer be changed: it was handed in, taken back, or the institution closed it."),
        "not_proved": _("Prove your address first, under “Addresses” in your wallet."),
        "no_tries": _("All tries at this achievement are used up. Ask the institution what is possible now."),
        "has_it": _("You have this achievement already, or it waits for you in your wallet."),
        "many": _("There is no room for more. Take a piece out first, or put several into one."),
        "nothing": _("There is nothing to hand in yet. Add a file, a link or a text first."),
        "no_route": _("Say first how you show it: choose one of the ways, and save."),
    }[code]


def assessing(code: str) -> str:
    """Why an assessor, or whoever hands work out, cannot do this."""
    return {
        "decided": _("It was decided meanwhile."),
        "withdrawn": _("The learner has taken it back."),
        "not_yours": _("You do not have this work in hand any more."),
        "taken": _("Somebody else has it in hand, or it was decided meanwhile."),
        "own": _("This is the assessor’s own work. Nobody assesses themselves."),
        "marked_before": _("This person has assessed it before. Somebody else looks at it now."),
        "short": _(
            "Not every criterion reaches its level, so it is not demonstrated yet. Mark them, or decide “not yet”."
        ),
        "unmarked": _("A criterion has no level yet. The learner needs to see where each of them stands."),
        "all_reached": _("Every criterion reaches its level. Decide “demonstrated”, or mark what is missing lower."),
        "no_feedback": _("Say what is missing, in the feedback: the learner works on from your words."),
        "moderator": _(
            "A moderator is a member of the institution. Nobody from outside decides between two assessors."
        ),
        "too_many": _("That were many invitations for one day. Go on tomorrow."),
    }[code]
