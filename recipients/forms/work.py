"""What a learner fills in: the plan of the work, and its evidence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from issuers import clock
from issuers.cleaning import Refused, line
from issuers.forms.fields import LineField, NameField, ProseField, WebAddressField, refused_as_error
from issuers.wording import SENTENCES
from recipients import artefacts
from recipients.artefacts import Kept
from recipients.models import Artefact

TITLE_MOST, ABOUT_MOST, TEXT_MOST = 200, 600, 20_000


class PlanForm(forms.Form):
    """The name for the credential, and whatever the assessment leaves to the learner."""

    name = NameField(label=_("Your name, as it should stand on the credential"))
    route = forms.ChoiceField(label=_("How you show it"), required=False, widget=forms.RadioSelect)
    due_on = forms.DateField(
        label=_("When you want to hand in"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("An agreement with yourself and your assessor. Nothing closes on that day."),
        error_messages={"invalid": _("This is no date of the calendar. Write it as 2026-11-20.")},
    )

    def __init__(self, data: Any = None, *, assessment: dict[str, Any], initial: Any = None, **kwargs: Any) -> None:
        super().__init__(data, initial=initial, **kwargs)
        for field in self.fields.values():
            field.error_messages.setdefault("required", SENTENCES["required"])
        route = self.fields["route"]
        assert isinstance(route, forms.ChoiceField)
        route.choices = [(way, way) for way in assessment["routes"]]
        for name, wanted in (("route", assessment["routes"]), ("due_on", assessment["due_by_agreement"])):
            if not wanted:
                del self.fields[name]

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day and "due_on" in self.changed_data and day < clock.now().date():
            raise ValidationError(_("This day has passed. Choose one to come."), code="past")
        return day

    def told(self) -> dict[str, Any]:
        """What recipients.submitting takes."""
        found = {"name": self.cleaned_data["name"], "route": self.cleaned_data.get("route", "")}
        return {**found, "due_on": self.cleaned_data.get("due_on")}


class DraftForm(PlanForm):
    """The same, while one works on it."""

    levels_public = forms.BooleanField(
        label=_("The credential says which level I reached in each criterion"),
        required=False,
        help_text=_("Otherwise it says only that all were demonstrated. Once it is signed this cannot be changed."),
    )

    def told(self) -> dict[str, Any]:
        return {**super().told(), "levels_public": self.cleaned_data["levels_public"]}


class _Piece(forms.Form):
    """What is said of each piece of evidence."""

    name = LineField(label=_("Title"), most=TITLE_MOST)
    description = LineField(
        label=_("What it shows"), most=ABOUT_MOST, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    public = forms.BooleanField(
        label=_("Show it on the credential"),
        required=False,
        help_text=_(
            "Named in the signed file, and open to whoever sees the credential. Otherwise only assessors see it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages |= {"required": SENTENCES["required"]}


class FileForm(_Piece):
    """One file, examined as it comes in. Without a title it is called as the file is."""

    file = forms.FileField(
        label=_("Choose a file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": artefacts.ACCEPT}),
        help_text=_("%(kinds)s, up to 20 MB.") % {"kinds": artefacts.KINDS},
        error_messages={
            "required": _("Choose a file first."),
            "invalid": _("No file arrived. Choose it again."),
        },
    )
    field_order = ("file", "name", "description", "public")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        self.fields["file"].error_messages["required"] = _("Choose a file first.")

    def clean_file(self) -> Kept:
        """What is kept of it."""
        sent: UploadedFile = self.cleaned_data["file"]
        try:
            if (sent.size or 0) > artefacts.MOST_BYTES:
                raise Refused("evidence_too_large", most=artefacts.MOST_BYTES // artefacts.MEBIBYTE)
            return artefacts.examine(sent.read())
        except Refused as refused:
            raise refused_as_error(refused) from refused

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("name") and "file" in cleaned:
            sent: Any = self.files["file"]
            cleaned["name"] = _titled(sent.name or "")
        return cleaned

    @property
    def status(self) -> int:
        """413, 415 or 422."""
        codes = {error.code for error in self.errors.as_data().get("file", [])}
        if "evidence_too_large" in codes:
            return 413
        return 415 if codes & {"evidence_type", "evidence_program"} else 422


def _titled(file_name: str) -> str:
    """The file's name without its ending, as a title; whatever stands in it."""
    try:
        return line(file_name.rpartition(".")[0][:TITLE_MOST]).value or str(_("File"))
    except Refused:
        return str(_("File"))


class LinkForm(_Piece):
    """A page or a video elsewhere."""

    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[(Artefact.Kind.LINK, _("A page")), (Artefact.Kind.VIDEO, _("A video"))],
        widget=forms.RadioSelect,
        initial=Artefact.Kind.LINK,
    )
    url = WebAddressField(label=_("Its address"), help_text=_("Assessors must be able to open it, without an account."))
    field_order = ("kind", "url", "name", "description", "public")


class TextForm(_Piece):
    """Something written here."""

    text = ProseField(label=_("Text"), most=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 10}))
    field_order = ("name", "text", "description", "public")


class ChangeForm(_Piece):
    """What is said of a piece that is there. Of a link and a text, what it is may change too."""

    def __init__(self, data: Any = None, *, artefact: Artefact, **kwargs: Any) -> None:
        told = ("name", "description", "public", "url", "text")
        super().__init__(data, initial={name: getattr(artefact, name) for name in told}, **kwargs)
        if artefact.kind == Artefact.Kind.TEXT:
            self.fields["text"] = ProseField(
                label=_("Text"), most=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 10}), error_messages=_NEEDED
            )
        elif artefact.kind != Artefact.Kind.FILE:
            self.fields["url"] = WebAddressField(label=_("Its address"), error_messages=_NEEDED)


_NEEDED = {"required": SENTENCES["required"]}
