"""The public form of an application, made of the questions that staff chose, and what keeps programs out of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from issuers import clock
from issuers.cleaning import Address, Refused
from issuers.cleaning import address as clean
from issuers.forms.fields import AddressField, NameField, refused_as_error
from recipients import questions
from recipients.models import ApplicationForm
from recipients.questions import NO, YES, Answered, Asked, Kind

# Nobody reads and fills in a page faster than this; programs do.
QUICKEST = timedelta(seconds=3)
# A page that was open longer has a session no more.
LONGEST = timedelta(days=7)
# Up to so many choices stand beside each other; more are a list to open.
MOST_BUTTONS = 8
_SALT = "laurel application page"


@dataclass(frozen=True)
class Stamp:
    """What the server knows of a page that it gave out: which form, when, and a key that makes pressing twice send once."""

    form: str
    at: datetime
    key: str

    @classmethod
    def fresh(cls, form: ApplicationForm) -> Stamp:
        return cls(form.public_id, clock.now(), secrets.token_urlsafe(16))

    def sealed(self) -> str:
        """For the page; nobody but the server can make one."""
        return signing.dumps([self.form, int(self.at.timestamp()), self.key], salt=_SALT)

    @classmethod
    def opened(cls, text: str, form: ApplicationForm) -> Stamp | None:
        """None for what is not ours, or of another form, or too old."""
        try:
            public_id, at, key = signing.loads(text, salt=_SALT)
            stamp = cls(str(public_id), datetime.fromtimestamp(at, UTC), str(key))
        except (signing.BadSignature, ValueError, TypeError, OverflowError):
            return None
        fits = stamp.form == form.public_id and clock.now() - stamp.at < LONGEST
        return stamp if fits else None


def _widget(asked: Asked) -> forms.Widget:
    options = [(option, option) for option in asked.options]
    several_lines = forms.Textarea(attrs={"rows": 5})
    if asked.kind is Kind.ONE and len(options) > MOST_BUTTONS:
        return forms.Select(choices=[("", _now("choose…")), *options])
    return {
        Kind.SHORT: forms.TextInput(),
        Kind.LONG: several_lines,
        Kind.NUMBER: forms.TextInput(attrs={"inputmode": "decimal"}),
        Kind.DATE: forms.DateInput(attrs={"type": "date"}),
        Kind.ONE: forms.RadioSelect(choices=options),
        Kind.SEVERAL: forms.CheckboxSelectMultiple(choices=options),
        Kind.YES_NO: forms.RadioSelect(choices=[(YES, _now("Yes")), (NO, _now("No"))]),
        Kind.WEB: forms.URLInput(),
        Kind.AGREEMENT: forms.CheckboxInput(),
    }[asked.kind]


class AnswerField(forms.Field):
    """One question; cleans to its answer, by the rules of recipients.questions."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        super().__init__(
            label=asked.label, help_text=asked.hint, required=asked.required, widget=_widget(asked), initial=None
        )

    def clean(self, value: Any) -> Any:
        given = value if isinstance(value, list) else ["on" if value is True else str(value or "")]
        try:
            return questions.read(self.asked, given)
        except Refused as refused:
            raise refused_as_error(refused) from refused


class ApplyForm(forms.Form):
    """Who applies, and the answers. `homepage` is for programs: people do not see it, and leave it empty."""

    stamp = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)
    edits = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = NameField(
        label=_("Your name"),
        help_text=_("As it should be printed and signed."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AddressField(label=_("Email address"), help_text=_("We send six digits there, and later the answer."))
    homepage = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, data: Any = None, *, form: ApplicationForm, asked: Sequence[Asked], person: Any = None) -> None:
        self.form, self.asked = form, asked
        self.page: Stamp | None = None
        super().__init__(data, initial={"edits": form.edits, **(person or {})})
        for question in asked:
            self.fields[f"q_{question.key}"] = AnswerField(question)
        if not self.is_bound:
            self.initial["stamp"] = Stamp.fresh(form).sealed()

    def shown_answers(self) -> list[forms.BoundField]:
        """The questions, in order."""
        return [self[f"q_{question.key}"] for question in self.asked]

    @property
    def trapped(self) -> bool:
        """Whether the field that nobody sees was filled: then it is shown, for the one person in a thousand."""
        return self.is_bound and bool(self.data.get("homepage"))

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise forms.ValidationError(_("This field is there for programs that fill in everything. Empty it."))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.page = Stamp.opened(cleaned.get("stamp", ""), self.form)
        if self.page is None:
            self._renew("stamp", Stamp.fresh(self.form).sealed())
            self.add_error(None, _("The page was open for very long. Look over your answers, and send them now."))
        elif clock.now() - self.page.at < QUICKEST:
            self.add_error(None, _("That was quick. Look over your answers, and send them again."))
        if cleaned.get("edits") != self.form.edits:
            self._renew("edits", str(self.form.edits))
            self.add_error(
                None, _("The questions were changed while you wrote. Look over your answers, and send them again.")
            )
        return cleaned

    def _renew(self, name: str, value: str) -> None:
        sent: Any = self.data
        sent = sent.copy()
        sent[name] = value
        self.data = sent

    def address(self) -> Address:
        """Where codes and the answer go."""
        return clean(self.cleaned_data["email"])

    def answered(self) -> list[Answered]:
        """What is frozen into the application."""
        return [Answered(question, self.cleaned_data[f"q_{question.key}"]) for question in self.asked]
