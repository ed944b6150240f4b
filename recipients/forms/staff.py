"""Forms of staff: one person, a pasted list, a file, how its columns are read, corrections, reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from issuers.forms.fields import AddressField, LineField, NameField, ProseField
from recipients import importing
from recipients.fields import ORDERS

MOST_PASTED = 200_000
DAY = forms.DateInput(attrs={"type": "date"})

FIELD_LABELS = {
    "recipient_name": _("Name"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("Email"),
    "student_id": _("Student number"),
    "issued_on": _("Awarded on"),
    "expires_on": _("Expires on"),
    "evidence_url": _("Evidence: address"),
    "evidence_name": _("Evidence: title"),
    "evidence_description": _("Evidence: description"),
    "evidence_genre": _("Evidence: kind"),
    "evidence_audience": _("Evidence: made for"),
    "narrative": _("A word about this person"),
    "grade": _("Result"),
    "license_number": _("Licence number"),
    "role": _("Role"),
    "term": _("Term"),
    "credits": _("Credits"),
    "activity_start": _("Began on"),
    "activity_end": _("Ended on"),
    "locale": _("Language"),
}
ORDER_LABELS = {"DMY": _("day, month, year"), "MDY": _("month, day, year"), "YMD": _("year, month, day")}


class OnePersonForm(forms.Form):
    """Three fields, and more where there is more to say. The key makes pressing twice award once."""

    # Read by the rules of files (recipients.checking.check_one), which say what is wrong.
    READ = (
        "recipient_name",
        "email",
        "grade",
        "narrative",
        "license_number",
        "role",
        "term",
        "credits",
        "activity_start",
        "activity_end",
        "evidence_url",
        "evidence_name",
        "evidence_description",
        "evidence_genre",
        "evidence_audience",
    )

    recipient_name = NameField(label=_("Name"), help_text=_("As it will be printed and signed."))
    email = AddressField(label=_("Email address"), help_text=_("The claim link goes there."))
    grade = LineField(label=_("Result"), most=60, required=False, help_text=_("Such as “with distinction”."))
    narrative = ProseField(
        label=FIELD_LABELS["narrative"],
        required=False,
        most=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown on the page of the credential."),
    )
    license_number = LineField(label=FIELD_LABELS["license_number"], most=60, required=False)
    role = LineField(label=FIELD_LABELS["role"], most=120, required=False, help_text=_("Such as “team lead”."))
    term = LineField(label=FIELD_LABELS["term"], most=60, required=False, help_text=_("Such as “Autumn 2026”."))
    credits = forms.CharField(label=FIELD_LABELS["credits"], max_length=20, required=False)
    activity_start = forms.CharField(label=FIELD_LABELS["activity_start"], max_length=40, required=False, widget=DAY)
    activity_end = forms.CharField(label=FIELD_LABELS["activity_end"], max_length=40, required=False, widget=DAY)
    evidence_url = forms.CharField(
        label=FIELD_LABELS["evidence_url"],
        max_length=2048,
        required=False,
        help_text=_("A page that shows the work. Whoever may see the credential can open it."),
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    evidence_name = LineField(label=FIELD_LABELS["evidence_name"], most=200, required=False)
    evidence_description = ProseField(
        label=FIELD_LABELS["evidence_description"],
        required=False,
        most=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    evidence_genre = LineField(
        label=FIELD_LABELS["evidence_genre"], most=60, required=False, help_text=_("Such as “report” or “film”.")
    )
    evidence_audience = LineField(
        label=FIELD_LABELS["evidence_audience"], most=120, required=False, help_text=_("Such as “first-year students”.")
    )
    request_key = forms.RegexField(r"^[A-Za-z0-9_-]{8,64}$", widget=forms.HiddenInput)

    @property
    def more_open(self) -> bool:
        """Whether one of the further fields has something in it, or something wrong with it."""
        return self.is_bound and any(self[name].value() or self[name].errors for name in self.READ[3:])


class PasteForm(forms.Form):
    """A list from a mail or a spreadsheet."""

    text = forms.CharField(
        label=_("One person a line"),
        max_length=MOST_PASTED,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false", "class": "mono"}),
        help_text=_("“Ana Li, ana@example.org”, or rows copied from a spreadsheet, with or without their headings."),
    )


class FileForm(forms.Form):
    """A CSV or XLSX file of up to 10 MB."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_(
            "CSV or Excel (.xlsx), up to 10,000 people and 10 MB. Any column names; you see how they are read."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > importing.MOST_BYTES:
            megabytes = importing.MOST_BYTES // 2**20
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB. Split it."), code="too_large", params={"most": megabytes}
            )
        return file


class ColumnsForm(forms.Form):
    """Which column means what, and how dates are written."""

    date_order = forms.ChoiceField(
        label=_("Dates are written as"),
        required=False,
        choices=[("", _("as the values show")), *((order, ORDER_LABELS[order]) for order in ORDERS)],
    )

    def __init__(self, *args: Any, columns: Any, mapping: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        for column in columns:
            own = mapping.get(str(column.index), "")
            extra = own if own.startswith("custom.") else importing.custom(column.heading)
            choices = [("", _("Leave out")), *FIELD_LABELS.items(), (extra, _("Keep as an own column"))]
            self.fields[f"column_{column.index}"] = forms.ChoiceField(
                label=_("Field for %(heading)s") % {"heading": column.heading},
                choices=choices,
                required=False,
                initial=own,
                widget=forms.Select(attrs={"class": "input-s"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        seen: dict[str, str] = {}
        for column in self.columns:
            chosen = cleaned.get(f"column_{column.index}", "")
            if chosen and chosen in seen:
                self.add_error(
                    f"column_{column.index}",
                    _("“%(other)s” goes there already. Choose another field for one of them.")
                    % {"other": seen[chosen]},
                )
            seen[chosen] = column.heading
        return cleaned

    def mapping(self) -> dict[int, str]:
        """Column index → field, for checking.set_columns."""
        return {column.index: self.cleaned_data[f"column_{column.index}"] for column in self.columns}


class CorrectionForm(forms.Form):
    """The name and the address, as they should have been."""

    name = NameField(label=_("Name"), help_text=_("As it should be printed and signed."))
    address = AddressField(label=_("Email address"), help_text=_("Where claim links and news go."))
    reason = LineField(label=_("Why"), most=300, required=False, help_text=_("For your own records."))


class ReasonForm(forms.Form):
    """Why something is taken back or put on hold; the person and everybody who checks reads it."""

    reason = LineField(
        label=_("Reason"),
        most=300,
        help_text=_("The person reads it, and so does everybody who checks the credential."),
    )


class DeclineForm(forms.Form):
    """Why an application is declined."""

    reason = ProseField(
        label=_("Reason"),
        most=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The person reads it in a mail and on the page of the application. Say what would help."),
    )
