"""What people fill in themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from issuers.forms.fields import AddressField
from recipients.models import AchievementCredential

Visibility = AchievementCredential.Visibility
# What each choice means, and its icon: shown beside it (templates/components/field.html).
CONSEQUENCES = {
    Visibility.PUBLIC: (_("Shown on your public page. Search engines may find it."), "world"),
    Visibility.LINK: (_("For a CV, an application, a message. Search engines are told to stay away."), "link"),
    Visibility.PRIVATE: (_("To others the address looks empty. You can still download it."), "lock"),
}


class VisibilityForm(forms.Form):
    """Who may see it; asked at the claim and changeable at any time."""

    visibility = forms.ChoiceField(
        label=_("Who may see it"),
        # In the words of the pills, which stand beside it everywhere else.
        choices=[
            (Visibility.PUBLIC, _("Public")),
            (Visibility.LINK, _("Anyone with the link")),
            (Visibility.PRIVATE, _("Only you")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visibility"].consequences = CONSEQUENCES  # type: ignore[attr-defined]


class ClaimForm(VisibilityForm):
    """The last step of a claim."""

    take_all = forms.BooleanField(
        label=_("Take whatever this institution awards me, without asking again"),
        help_text=_("It comes to your wallet by itself, visible to anyone with the link, and you get a notice."),
        required=False,
    )


class FindForm(forms.Form):
    """All links of an address."""

    email = AddressField(
        label=_("Email address"), help_text=_("A school, work or private address. Capital letters do not matter.")
    )


class AddressForm(forms.Form):
    """One more address."""

    email = AddressField(
        label=_("Email address"),
        help_text=_("We send six digits there, so that nobody adds an address that is not theirs."),
    )


class CodeForm(forms.Form):
    """Six digits from a mail."""

    email = AddressField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code from the email"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "input input-code"}
        ),
    )

    def clean_code(self) -> str:
        digits = "".join(self.cleaned_data["code"].split())
        if not digits.isdecimal():
            raise forms.ValidationError(_("A code has six digits and nothing else."))
        if len(digits) != 6:
            raise forms.ValidationError(
                _("That is %(count)s digits; the code has six. One may not have been copied.") % {"count": len(digits)}
            )
        return digits


class ForgetForm(forms.Form):
    """Erasing the account is confirmed by typing its address."""

    email = AddressField(label=_("Type your primary address to confirm"))
