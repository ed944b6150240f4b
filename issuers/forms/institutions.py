"""Opening an institution, and its settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from issuers import clock, opening
from issuers.forms.fields import AddressField, LineField, NameField, WebAddressField
from issuers.models import Issuer

NAME_MOST = 120


def zones() -> list[tuple[str, str]]:
    """Time zones of places, `Europe/London` shown as `Europe, London`."""
    names = sorted(name for name in clock.zones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ").replace("/", ", ")) for name in names)]


class OpeningForm(forms.Form):
    """What an institution needs to exist; everything but the short name can be changed later."""

    name = NameField(label=_("Name of the institution"), most=NAME_MOST, help_text=_("As it stands on certificates."))
    slug = forms.CharField(
        label=_("Short name in addresses"),
        required=False,
        max_length=40,
        help_text=_("Small letters, digits and hyphens. Left empty, it is made of the name. It never changes."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    website = WebAddressField(label=_("Website"), required=False)
    email = AddressField(
        label=_("Contact address"), help_text=_("Shown to the people you recognise, for questions and corrections.")
    )

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].strip().lower()
        if slug and not opening.SLUG.match(slug):
            raise forms.ValidationError(_("Only a–z, 0–9 and hyphens, and no hyphen at either end."), code="slug_form")
        if slug and not opening.slug_is_free(slug):
            raise forms.ValidationError(
                _("“%(slug)s” is taken. Try a longer one."), code="taken", params={"slug": slug}
            )
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("slug") and "slug" not in self.errors and cleaned.get("name"):
            cleaned["slug"] = opening.suggest_slug(cleaned["name"])
            if not cleaned["slug"]:
                self.add_error("slug", _("Write a short name: none could be made of this name."))
        return cleaned


class SettingsForm(forms.ModelForm):
    """What the institution's public pages, mails and certificates say of it."""

    name = NameField(
        label=_("Name"), most=NAME_MOST, help_text=_("New certificates carry it; issued ones keep theirs.")
    )
    description = LineField(
        label=_("About"),
        most=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences."),
    )
    website = WebAddressField(label=_("Website"), required=False)
    email = AddressField(label=_("Contact address"), help_text=_("Answers to your mails go there."))
    linkedin_id = forms.RegexField(
        r"^\d{0,20}$",
        label=_("LinkedIn page number"),
        required=False,
        help_text=_("Lets people add you as the issuer to their profile with your logo."),
        error_messages={"invalid": _("Only the digits of the number.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    language = forms.ChoiceField(label=_("Language of your mails"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, help_text=_("Dates on certificates follow it."))
    undo_minutes = forms.IntegerField(
        label=_("Minutes before mails leave"),
        min_value=0,
        max_value=1440,
        help_text=_("So long an award can be cancelled unseen. 0 sends at once."),
    )
    offer_days = forms.IntegerField(label=_("Days an offer stays open"), min_value=1, max_value=3650)

    reminders = forms.BooleanField(
        label=_("Remind people of offers, and before a credential ends"),
        required=False,
        help_text=_("Day 3, 10 and 24 and a week before an offer ends; 60, 30 and 7 days before an end. Each once."),
    )
    slip_number = forms.BooleanField(
        label=_("Claim slips ask for the student number"),
        required=False,
        help_text=_("For people whose number you know. A slip that was lost then opens nothing for whoever finds it."),
    )
    leaderboard = forms.BooleanField(
        label=_("People may compare themselves on a leaderboard"),
        required=False,
        help_text=_("Nobody stands on it who has not asked to, under a pseudonym if they like; only they see it."),
    )
    leaderboard_from = forms.DateField(
        label=_("The leaderboard counts from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Such as the first day of term. Without one it counts the last 90 days."),
    )

    class Meta:
        model = Issuer
        fields = [
            "name",
            "description",
            "website",
            "email",
            "linkedin_id",
            "language",
            "time_zone",
            "undo_minutes",
            "offer_days",
            "reminders",
            "slip_number",
            "leaderboard",
            "leaderboard_from",
        ]
