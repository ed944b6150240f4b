"""How allauth behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from issuers.cleaning import Refused, address
from issuers.wording import sentence
from django import forms


class AccountAdapter(DefaultAccountAdapter):
    """One rule for addresses on every surface, and links from SITE_URL alone."""

    def clean_email(self, email: str) -> str:
        """The address as mail is sent to it; its normalised form is what accounts are told apart by."""
        try:
            return address(super().clean_email(email)).mail_to.lower()
        except Refused as refused:
            raise forms.ValidationError(sentence(refused.code, **refused.params)) from refused

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Everybody may have an account; who may open an institution is ISSUER_SIGNUP's matter."""
        return True

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit=False)
        user.name = form.cleaned_data.get("name", "")
        if commit:
            user.save()
        return user
