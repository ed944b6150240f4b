"""The field that takes a link or an id."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

_ID = re.compile(r"(?:^|/c/)([1-9A-HJ-NP-Za-km-z]{22})(?:$|[/?#.])")


def _host(text: str) -> str:
    """The host of a link, with or without its scheme; '' for what is no link."""
    if "/" not in text:
        return ""
    try:
        return urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:  # an opening bracket begins an IPv6 address, and this is none
        return ""


class FindForm(forms.Form):
    """A link to a credential of this site, or its id alone."""

    q = forms.CharField(
        label=_("Link or number of a credential"),
        max_length=2048,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_q(self) -> str:
        """The public id in what was typed."""
        text = self.cleaned_data["q"].strip()
        host = _host(text)
        if host and host != settings.SITE_HOST:
            raise forms.ValidationError(
                _("This link leads to %(host)s. Here only credentials of %(site)s can be looked up.")
                % {"host": host, "site": settings.SITE_HOST}
            )
        found = _ID.search(text)
        if not found:
            raise forms.ValidationError(
                _(
                    "No number of a credential is in this. It has 22 letters and digits, and stands at the end of the link."
                )
            )
        return found[1]
