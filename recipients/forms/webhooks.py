"""Forms of webhooks: where to, what, and whether the person's address goes along."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from issuers.fetching import LONGEST
from issuers.forms.fields import LineField
from recipients import destinations
from recipients.models import WebhookEndpoint, WebhookType

_PROBLEMS = {
    "not_https": _("The address has to begin with https://, so that nobody on the way reads what is told."),
    "refused": _(
        "Nothing is sent to this address: it has to be https://, on the usual port, and lead to a public host by its name."
    ),
    "unreachable": _("There is no host of this name. Look whether it is spelt correctly."),
    "timeout": _("The name of this host could not be looked up in time. Try again in a moment."),
}


class WebhookForm(forms.Form):
    """An endpoint, new or changed. Its address is looked up, and nobody there is asked anything."""

    name = LineField(
        label=_("Which system"),
        most=80,
        help_text=_("For your own list, such as “Course platform” or “Student records”."),
    )
    url = LineField(
        label=_("Address"),
        most=LONGEST,
        widget=forms.URLInput(attrs={"placeholder": "https://lms.example.org/hooks/laurel", "autocomplete": "off"}),
        help_text=_("Begins with https://. Messages are posted there."),
    )
    types = forms.MultipleChoiceField(
        label=_("What it is told"),
        choices=WebhookType.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one thing that it is to be told.")},
    )
    with_address = forms.BooleanField(
        label=_("Tell the person’s email address too"),
        required=False,
        help_text=_(
            "Only if the system needs it to find the person. Otherwise messages name nobody: they say which credential, "
            "and whoever has a right to more can ask for it."
        ),
    )

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> WebhookForm:
        """The form with what is there."""
        names = ("name", "url", "types", "with_address")
        return cls(initial={name: getattr(endpoint, name) for name in names})

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if problem := destinations.problem(url):
            raise ValidationError(_PROBLEMS[problem], code=problem)
        return url

    def clean_types(self) -> list[str]:
        """In the order in which they are offered, each once."""
        chosen = set(self.cleaned_data["types"])
        return [value for value in WebhookType.values if value in chosen]


class NewWebhookForm(WebhookForm):
    """Makes one endpoint, however often it is sent."""

    request_key = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"request_key": secrets.token_urlsafe(16), "types": WebhookType.values})
        super().__init__(*args, **kwargs)


class ReplayForm(forms.Form):
    """All that failed since when."""

    HOURS = {"1": _("the last hour"), "24": _("the last day"), "168": _("the last week"), "720": _("the last 30 days")}

    since = forms.ChoiceField(label=_("What failed in"), choices=list(HOURS.items()), initial="720")
