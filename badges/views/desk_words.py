"""What the designer's script says aloud and shows: sentences with blanks that it fills in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from badges.forms.faults import TYPES
from badges.forms.kinds import fields
from badges.views.proofs import PEOPLE


def _of_layers() -> dict[str, str]:
    return {
        "layer_up": _("Read %(name)s earlier"),
        "layer_down": _("Read %(name)s later"),
        "layer_lock": _("Lock %(name)s"),
        "layer_unlock": _("Unlock %(name)s"),
        "layer_hide": _("Hide %(name)s, and do not print it"),
        "layer_show": _("Show %(name)s again, and print it"),
        "layer_rename": _("Name of %(name)s"),
        "read_as": _("%(name)s is read as number %(place)s."),
        "hidden": _("%(name)s is hidden. It is kept, and not printed."),
        "shown": _("%(name)s is shown, and printed."),
    }


def _of_doings() -> dict[str, str]:
    return {
        "undone": _("Undone."),
        "redone": _("Done again."),
        "nothing_to_undo": _("There is nothing to undo."),
        "nothing_to_redo": _("There is nothing to do again."),
        "moved": _("%(x)s mm from the left, %(y)s mm from the top."),
        "resized": _("%(w)s mm wide, %(h)s mm high."),
        "guide": _("A guide at %(at)s mm."),
        "is_locked": _("%(name)s is locked. Unlock it first."),
        "choose_first": _("Choose an element first."),
        "aligned": _("Aligned: %(count)s."),
        "distributed": _("Distributed: %(count)s."),
        "three_needed": _("To distribute takes three elements or more."),
        "added": _("%(name)s was added in the middle of the page."),
        "removed": _("Taken away: %(count)s."),
        "duplicated": _("Copied: %(count)s."),
        "grouped": _("Grouped: %(count)s."),
        "ungrouped": _("No longer grouped."),
        "raised": _("Further to the front."),
        "lowered": _("Further to the back."),
        "locked": _("Locked."),
        "unlocked": _("Unlocked."),
        "full": _("A page has room for 80 elements. Take some away first."),
        "chosen": _("Chosen: %(count)s."),
        "chosen_none": _("Nothing is chosen."),
    }


def of_the_desk() -> dict[str, Any]:
    """Everything, by the name under which the script asks for it."""
    return {
        **_of_layers(),
        **_of_doings(),
        "types": {kind: str(name) for kind, name in TYPES.items()},
        "fields": fields(),
        "people": {key: str(name) for key, name in PEOPLE.items()},
        "several": _("%(count)s elements"),
        "no_element": _("Values"),
        "no_colour": _("Write a colour like #1f3d5c, or choose one of the list."),
        "no_number": _("This is not a number. Write it like 12 or 12.5."),
        "no_answer": _("The server did not answer. What you did is still here; try again in a moment."),
        "refused": _("Not saved. %(why)s"),
        "unsaved": _("Not saved yet"),
        "saved": _("Everything is saved"),
        "saved_now": _("Saved."),
        "all_fits": _(
            "Everything fits, and every letter is in the fonts: short and long names, Arabic, Japanese, no grade."
        ),
        "all_well": _("QR code, margins, colours and headings are as they should be."),
        "read_in_order": _("Read aloud in this order: %(order)s"),
    }
