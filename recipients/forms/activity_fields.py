"""Fields of activities on top of recipients.activities: what a form takes, a file takes too."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from issuers import clock
from issuers.cleaning import Refused
from issuers.forms.fields import refused_as_error
from recipients import activities
from recipients.importing import moments


class TagsField(forms.CharField):
    """Words with commas between them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Tags"))
        kwargs.setdefault(
            "help_text", _("Words that rules and reports ask for, with commas between, such as: webinar, optional")
        )
        super().__init__(max_length=700, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        text = super().clean(value)
        try:
            return list(activities.tags(re.split("[,;\n]", text)))
        except Refused as refused:
            raise refused_as_error(refused) from refused


class NumberField(forms.CharField):
    """A number as people write it: a comma is as good as a point."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__(max_length=20, required=False, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return format(value.normalize(), "f") if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:  # type: ignore[override]
        try:
            return activities.value(super().clean(value))
        except Refused as refused:
            raise refused_as_error(refused) from refused


class MomentField(forms.CharField):
    """A day and a time, as a clock of the institution shows them; cleans to an instant. The form sets `zone`."""

    zone = ZoneInfo("UTC")

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(max_length=40, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value

    def clean(self, value: Any) -> datetime | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            return moments.moment(text, order="YMD", zone=self.zone)
        except Refused as refused:
            raise refused_as_error(refused) from refused


class PastMomentField(MomentField):
    """One that is over: only what has been done can be recorded."""

    def clean(self, value: Any) -> datetime | None:
        found = super().clean(value)
        if found is not None and found > clock.now() + timedelta(minutes=5):
            raise refused_as_error(Refused("moment_in_future", value=str(value).replace("T", " ")))
        return found
