"""allauth's forms with our fields: one rule for addresses, one page for code and password."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from allauth.account.models import EmailAddress
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from issuers import proving
from issuers.forms.fields import AddressField, NameField
from issuers.models import User

_ADDRESS = _("Email address")


class _Address(AddressField):
    """An address that tells accounts apart: in lower case throughout."""

    def tidied(self, text: str) -> str:
        return super().tidied(text).lower()


def _code_field() -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "input-code", "maxlength": "12"}
    return forms.CharField(label=_("Code from the email"), max_length=12, widget=forms.TextInput(attrs=attributes))


class SignInForm(allauth.LoginForm):
    """One field is enough: with a password it signs in, without one a code is mailed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _Address(label=_ADDRESS, max_length=254)
        self.fields["login"].widget.attrs.update(autocomplete="username webauthn", autofocus=True)
        self.fields["password"].required = False
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Stay signed in on this device for two weeks")
        self.order_fields(["login", "password", "remember"])
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def _setup_password_field(self) -> None:
        """The password field stays, although an account is begun without one."""

    def user_credentials(self) -> dict[str, Any]:
        credentials = super().user_credentials()
        if self.data.get("by") == "code":
            credentials.pop("password", None)
        return credentials


class SignUpForm(allauth.SignupForm):
    """An account needs an address and nothing else. Somebody who began before and did not finish goes on."""

    begun: User | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        initial = self.fields["email"].initial
        self.fields["email"] = _Address(label=_ADDRESS, max_length=254, initial=initial)

    def validate_unique_email(self, value: str) -> str:
        self.begun = proving.unproved_account(value)
        return value if self.begun else super().validate_unique_email(value)

    def save(self, request: HttpRequest) -> Any:
        return self.begun or super().save(request)


class RequestCodeForm(allauth.RequestLoginCodeForm):
    """Asking for a code to sign in with."""

    email = _Address(label=_ADDRESS, max_length=254)


class ResetPasswordForm(allauth.ResetPasswordForm):
    """Asking for a code to choose a new password with."""

    email = _Address(label=_ADDRESS, max_length=254)


class AddAddressForm(allauth.AddEmailForm):
    """Another address for this account."""

    email = _Address(label=_ADDRESS, max_length=254)


class LoginCodeForm(allauth.ConfirmLoginCodeForm):
    """Six digits."""

    code = _code_field()


class ResetCodeForm(allauth.ConfirmPasswordResetCodeForm):
    """Six digits."""

    code = _code_field()


class AddressCodeForm(allauth.ConfirmEmailVerificationCodeForm):
    """Six digits. Whoever has them owns the address, whatever others typed (SECURITY T20)."""

    code = _code_field()

    def clean_code(self) -> str:
        code: str = allauth.BaseConfirmCodeForm.clean_code(self)
        others = EmailAddress.objects.filter(email=self.email, verified=True).exclude(user=self.user)
        if self.user is None or others.exists():
            raise allauth.get_adapter().validation_error("incorrect_code" if self.user is None else "email_taken")
        return code


class PasskeyForm(AddWebAuthnForm):
    """A passkey signs in by itself, unless somebody wants it as the second proof only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = ""
        self.fields["passwordless"].initial = True


class PersonForm(forms.ModelForm):
    """What others read when this person did something."""

    name = NameField(
        label=_("Your name"),
        required=False,
        help_text=_("It heads your wallet; colleagues see it beside what you did."),
    )

    class Meta:
        model = User
        fields = ["name"]
