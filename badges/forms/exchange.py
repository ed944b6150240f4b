"""A design as a file that somebody hands in: what is wrong with it, by the place where it stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from badges import exchanging, lending
from badges.exchanging import NotADesign, Problem
from badges.forms.pictures import REFUSALS
from badges.forms.words import TYPES, languages
from issuers.models import Issuer
from issuers.wording import SENTENCES

SAID = {
    "not-json": _("This is not a design file. Choose one that was downloaded under “The whole achievement”."),
    "not-a-design": _("This is not a design of a kind that we know (laurel-design/1). Ask for the file again."),
    "too-large": _("It is too large. A design with its pictures has up to 8 MB, each picture up to 5."),
    "too-many": _("There are more of these than a design has."),
    "too-deep": _("This is nested deeper than a design is."),
    "too-long": _("This is longer than it may be. Shorten it where it comes from."),
    "missing": _("This is missing."),
    "unknown-key": _("A design has nothing of this name."),
    "not-a-choice": _("This is none of the values that it can have."),
    "wrong-form": _("This is not written as it should be."),
    "wrong-type": _("This is another kind of value than it should be."),
    "out-of-range": _("This is outside what it can be."),
    "no-text": _("This has characters that no text has."),
    "not-base64": _("This picture is cut off or damaged. Ask for the file again."),
    "foreign-picture": _(
        "This names a picture of another institution’s storage. Ask for a file that holds its pictures."
    ),
    "unknown-picture": _("This picture is not in the file."),
    "unused-picture": _("Nothing shows this picture."),
    "unknown-starter": _("We have no design of this name. It may be from a newer edition."),
    "not-drawable": _("It cannot be drawn with these choices."),
}


def sentence(problem: Problem) -> str:
    """What is wrong, for people; codes of the drawing engines are said as they are."""
    said = str(
        SAID.get(problem.code) or REFUSALS.get(problem.code) or SENTENCES.get(problem.code.replace("-", "_")) or ""
    )
    # Sentences with numbers belong to forms that know them.
    text = said if said and "%(" not in said else _now("It cannot be used (%(why)s).") % {"why": problem.code}
    return f"{problem.pointer}: {text}" if problem.pointer else text


class DesignFileField(forms.FileField):
    """A file; cleans to the design that is in it."""

    widget = forms.FileInput(attrs={"accept": ".json,application/json"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = super().clean(data, initial)
        if not isinstance(sent, UploadedFile):
            return None
        if (sent.size or 0) > exchanging.MOST_BYTES:
            raise ValidationError(SAID["too-large"], code="too-large")
        try:
            return exchanging.read(sent.read())
        except NotADesign as error:
            raise refused_as_error(error) from error


def refused_as_error(error: NotADesign) -> ValidationError:
    """All its faults, each with its place."""
    return ValidationError([ValidationError(sentence(one), code=one.code) for one in error.problems])


class DesignFileForm(forms.Form):
    """A design to begin with; tried as it would look here before anybody sees it."""

    file = DesignFileField(
        label=_("Drop a design here"),
        allow_empty_file=True,
        help_text=_("A file that ends in .laurel-design.json, up to 8 MB."),
        error_messages={
            "required": _("Choose a file first."),
            "invalid": _("No file arrived. Choose the file again."),
        },
    )

    def __init__(self, *args: Any, issuer: Issuer, **kwargs: Any) -> None:
        self.issuer = issuer
        super().__init__(*args, **kwargs)

    def clean_file(self) -> exchanging.Design:
        design: exchanging.Design = self.cleaned_data["file"]
        problems = []
        if design.words["language"] not in dict(languages()):
            problems.append(Problem("/words/language", "not-a-choice"))
        if design.words["achievement_type"] not in dict(TYPES):
            problems.append(Problem("/words/achievement_type", "not-a-choice"))
        if problems:
            raise refused_as_error(NotADesign(problems))
        try:
            lending.looks(self.issuer, design)
        except NotADesign as error:
            raise refused_as_error(error) from error
        return design

    @property
    def status(self) -> int:
        """413 where the file is too large."""
        codes = {error.code for error in self.errors.as_data().get("file", [])}
        return 413 if "too-large" in codes else 422
