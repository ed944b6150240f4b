"""What an assessor fills in: a level and words for each criterion, words for the whole, and as what they assess."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from issuers.forms.fields import AddressField, LineField, NameField, ProseField
from issuers.wording import SENTENCES
from recipients.assessing import Told
from recipients.models import Marking, Submission

NOTE_MOST, FEEDBACK_MOST = 2000, 5000


class MarkingForm(forms.Form):
    """The rubric as a form. Saved at any time; what a decision needs is asked by the stage."""

    feedback = ProseField(
        label=_("Feedback on the whole"),
        most=FEEDBACK_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The learner reads it. For “not yet” it says what to work on."),
    )
    role = LineField(
        label=_("You assess as"),
        most=120,
        required=False,
        help_text=_("Such as: senior lecturer in education. It stands on the credential, your name does not."),
    )
    method = LineField(
        label=_("How you assessed"),
        most=200,
        required=False,
        help_text=_("Such as: read the work, watched the lesson. It stands on the credential."),
    )

    def __init__(self, data: Any = None, *, submission: Submission, marking: Marking | None = None) -> None:
        self.rubric = submission.rubric
        super().__init__(data, initial=_stored(marking))
        for place, criterion in enumerate(self.rubric.criteria):
            self.fields[f"level_{place}"] = forms.TypedChoiceField(
                label=criterion.name,
                choices=[(str(at), name) for at, name in enumerate(self.rubric.levels)],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("This level is not in the rubric. Choose one of those shown.")},
            )
            self.fields[f"level_{place}"].consequences = {  # type: ignore[attr-defined]
                str(at): (look, "target" if at >= self.rubric.reaches else "circle-dashed")
                for at, look in enumerate(criterion.looks)
            }
            self.fields[f"note_{place}"] = ProseField(
                label=_now("Words on “%(criterion)s”") % {"criterion": criterion.name},
                most=NOTE_MOST,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def rows(self) -> list[dict[str, Any]]:
        """Criterion, its levels and its words."""
        return [
            {"criterion": criterion, "level": self[f"level_{place}"], "note": self[f"note_{place}"]}
            for place, criterion in enumerate(self.rubric.criteria)
        ]

    def told(self) -> Told:
        """What recipients.assessing takes."""
        told, places = self.cleaned_data, range(len(self.rubric.criteria))
        return Told(
            levels={place: told[f"level_{place}"] for place in places if told[f"level_{place}"] is not None},
            notes={place: told[f"note_{place}"] for place in places},
            feedback=told["feedback"],
            role=told["role"],
            method=told["method"],
            name=told.get("name", ""),
        )


class OutsideForm(MarkingForm):
    """The same for somebody without an account: who they are is asked, and as what they assess."""

    def __init__(self, data: Any = None, *, submission: Submission, marking: Marking | None = None) -> None:
        super().__init__(data, submission=submission, marking=marking)
        needed = {"required": SENTENCES["required"]}
        self.fields["name"] = NameField(
            label=_("Your name"),
            error_messages=needed,
            help_text=_("For the institution. It is not shown to anybody else."),
        )
        self.fields["role"].required = True
        self.fields["role"].error_messages |= needed


def _stored(marking: Marking | None) -> dict[str, Any]:
    if marking is None:
        return {}
    told = {name: getattr(marking, name) for name in ("feedback", "role", "method", "name")}
    told |= {f"level_{place}": str(level) for place, level in marking.levels.items()}
    return told | {f"note_{place}": note for place, note in marking.notes.items()}


class InviteForm(forms.Form):
    """Somebody who assesses without an account."""

    email = AddressField(
        label=_("Their email address"),
        error_messages={"required": SENTENCES["required"]},
        help_text=_("They get a link to this one piece of work, good for two weeks."),
    )
