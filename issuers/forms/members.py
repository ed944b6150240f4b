"""Inviting, joining, roles, and searching the trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from issuers.forms.fields import AddressField
from issuers.inviting import roles_of
from issuers.models import AuditEvent, Membership, Role, User


class RoleForm(forms.Form):
    """Another role for a member: only those that the person asking may give."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles_of(by)]  # type: ignore[attr-defined]


class RemovalForm(forms.Form):
    """Whether what a person gave to programs ends with their membership."""

    withdraw_tokens = forms.BooleanField(label=_("Withdraw these tokens too"), required=False)


class InvitationForm(RoleForm):
    """A place offered by mail."""

    email = AddressField(label=_("Email address"))
    field_order = ["email", "role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = Role.AWARDER


class CodeForm(forms.Form):
    """Six digits from a mail."""

    code = forms.CharField(
        label=_("Code from the email"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "input-code"}),
    )


class TrailForm(forms.Form):
    """Which part of the trail to show. What is not understood is not filtered by."""

    action = forms.ChoiceField(label=_("What"), required=False)
    person = forms.ModelChoiceField(
        label=_("Who"), queryset=User.objects.none(), required=False, empty_label=_("Anybody")
    )

    def __init__(self, *args: Any, actions: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", _("Everything")), *actions]  # type: ignore[attr-defined]
        people = AuditEvent.objects.exclude(actor=None).order_by().values("actor_id").distinct()
        self.fields["person"].queryset = User.objects.filter(pk__in=people).order_by("name", "email")  # type: ignore[attr-defined]
