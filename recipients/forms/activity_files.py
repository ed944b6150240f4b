"""Forms of files of activities: the file, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from issuers import clock
from issuers.forms.fields import LineField
from issuers.models import Issuer
from recipients import activities
from recipients.fields import ORDERS
from recipients.forms.activities import UNITS, OfInstitution, things
from recipients.forms.activity_fields import NumberField, PastMomentField, TagsField
from recipients.forms.staff import ORDER_LABELS, FileForm
from recipients.importing import Export, Reading
from recipients.importing.headings_of_deeds import SCORE

FIELD_LABELS = {
    "recipient_name": _("Name"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("Email"),
    "login": _("Login, if it is an address"),
    "student_id": _("Student number"),
    "joined": _("Joined at"),
    "left": _("Left at"),
    "length": _("How long"),
    "when": _("When it was done"),
    SCORE: _("Score"),
    "title": _("What it was"),
    "value": _("How much"),
    "place": _("Place"),
    "note": _("Note for staff"),
    "tags": _("Tags"),
    "role": _("Role in the meeting"),
}


class ActivityFileForm(FileForm):
    """An attendance report or a gradebook."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_(
            "As Zoom, Teams, Meet, Webex, Moodle, Canvas, Blackboard or Classroom export it, or your own table; up to 10,000 rows."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xls,.xlsx"}),
    )


class ReadingForm(OfInstitution):
    """What a file is, and which column means what."""

    what = forms.ChoiceField(
        label=_("What the file tells"),
        choices=[(Reading.DID, _("Who took part")), (Reading.SCORED, _("What people scored"))],
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(label=_("Kind"))
    thing = forms.ChoiceField(label=_("In what"), required=False)
    title = LineField(label=_("What it is called"), most=activities.KEY_MOST, required=False)
    at = PastMomentField(label=_("When"), required=False, help_text=_("For rows that do not say it."))
    zone = forms.ChoiceField(
        label=_("Clock of the file"), help_text=_("Meeting tools write the times of whoever held it.")
    )
    least = forms.IntegerField(
        label=_("Minutes that are enough"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=_("Who stayed for less did not take part. Several joins of one person are added up."),
    )
    without_hosts = forms.BooleanField(label=_("Leave out organisers and hosts"), required=False)
    percent = forms.BooleanField(
        label=_("Keep scores in percent, where the file says how many points there are"), required=False
    )
    tags = TagsField()
    place = LineField(label=_("Place"), most=activities.PLACE_MOST, required=False)
    value = NumberField(label=_("Taking part is worth"), help_text=_("Else the minutes count."))
    unit = forms.ChoiceField(label=_("Of what"), choices=UNITS, required=False)
    date_order = forms.ChoiceField(
        label=_("Dates are written as"),
        required=False,
        choices=[("", _("as the values show")), *((order, ORDER_LABELS[order]) for order in ORDERS)],
    )

    def __init__(
        self, *args: Any, export: Export, reading: Reading, issuer: Issuer, labels: Mapping[str, str], **kwargs: Any
    ) -> None:
        initial = {
            **vars(reading),
            "thing": f"{reading.kind}/{reading.key}" if reading.key else "",
            "tags": list(reading.tags),
        }
        super().__init__(*args, issuer=issuer, labels=labels, initial=initial, **kwargs)
        self.export, self.reading = export, reading
        self.fields["zone"].choices = [(zone, zone) for zone in sorted(clock.zones())]  # type: ignore[attr-defined]
        offered = things(issuer, labels)
        if reading.key and not any(value == initial["thing"] for _label, rows in offered for value, _name in rows):
            offered.append((str(_("Chosen")), [(initial["thing"], reading.title)]))
        self.fields["thing"].choices = [("", _("something new")), *offered]  # type: ignore[attr-defined]
        choices = [("", _("Leave out")), *FIELD_LABELS.items()]
        for column in export.table.columns:
            self.fields[f"column_{column.index}"] = forms.ChoiceField(
                label=_("Field for %(heading)s") % {"heading": column.heading},
                choices=choices,
                required=False,
                initial=reading.columns.get(column.index, ""),
            )
            self.fields[f"item_{column.index}"] = LineField(
                label=_("What %(heading)s is called here") % {"heading": column.heading},
                most=activities.KEY_MOST,
                required=False,
                initial=reading.items.get(column.index, ""),
            )

    def clean(self) -> dict[str, Any]:
        zone = self.cleaned_data.get("zone")
        cleaned = super().clean()
        if cleaned.get("at") and zone:
            # By the clock of the file, which is chosen beside it.
            cleaned["at"] = cleaned["at"].astimezone(ZoneInfo(self.issuer.time_zone)).strftime("%Y-%m-%dT%H:%M")
        seen: dict[str, str] = {}
        for column in self.export.table.columns:
            chosen = cleaned.get(f"column_{column.index}", "")
            if chosen and chosen != SCORE and chosen in seen:
                said = _("“%(other)s” goes there already. Choose another field for one of them.")
                self.add_error(f"column_{column.index}", said % {"other": seen[chosen]})
            seen[chosen] = column.heading
        return cleaned

    def said(self) -> Reading:
        """How the file is to be read. What the page did not ask, because the file was taken for something else, stays."""
        said = self.cleaned_data
        columns = {column.index: said[f"column_{column.index}"] for column in self.export.table.columns}
        items = {index: said[f"item_{index}"] for index, field in columns.items() if field == SCORE}
        made = replace(
            self.reading,
            what=said["what"],
            kind=self._kind(),
            keys={},
            columns=columns,
            items={index: item for index, item in items.items() if item},
            at=said["at"] or "",
            zone=said["zone"],
            tags=tuple(said["tags"]),
            place=said["place"],
            value=said["value"],
            unit=said["unit"],
            date_order=said["date_order"],
        )
        if self.reading.what == Reading.SCORED:
            return replace(made, key="", percent=said["percent"])
        kind, _slash, key = said["thing"].partition("/")
        return replace(
            made,
            kind=kind if key and made.what == Reading.DID else made.kind,
            key=key,
            title=said["title"],
            least=said["least"] or 0,
            without_hosts=said["without_hosts"],
        )

    def _kind(self) -> str:
        """The chosen one; that of the other sort of file where only the sort was changed."""
        said = self.cleaned_data
        if said["what"] == self.reading.what or said["kind"] != self.reading.kind:
            return str(said["kind"])
        return "assessment" if said["what"] == Reading.SCORED else "session"
