"""Form fields on top of issuers.cleaning: what a form takes, a file takes too."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from issuers import cleaning
from issuers.wording import sentence


def refused_as_error(refused: cleaning.Refused) -> ValidationError:
    """A refusal as a form shows it."""
    return ValidationError(sentence(refused.code, **refused.params), code=refused.code)


class _Cleaned(forms.CharField):
    """A text field whose rule is one of issuers.cleaning's."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text is None or text in self.empty_values:
            return text
        try:
            return self.tidied(text)
        except cleaning.Refused as refused:
            raise refused_as_error(refused) from refused

    def tidied(self, text: str) -> str:
        raise TypeError(f"{type(self).__name__} has no rule")


class NameField(_Cleaned):
    """A name in any script."""

    def __init__(self, *, most: int = cleaning.NAME_MOST, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def tidied(self, text: str) -> str:
        return cleaning.name(text, most=self.most).value


class LineField(NameField):
    """One line; may be empty where it is not required."""

    def tidied(self, text: str) -> str:
        return cleaning.line(text, most=self.most).value


class ProseField(_Cleaned):
    """Several lines."""

    widget = forms.Textarea

    def __init__(self, *, most: int = cleaning.PROSE_MOST, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def tidied(self, text: str) -> str:
        return cleaning.prose(text, most=self.most).value


class AddressField(_Cleaned):
    """An email address; cleans to the text that mail is sent to."""

    widget = forms.EmailInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "autocomplete": "email", "inputmode": "email"}

    def tidied(self, text: str) -> str:
        return cleaning.address(text).mail_to


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """As many files as somebody chooses; cleans to a list. How many and how large they may be, the form says."""

    widget = _FilesInput

    def __init__(self, *, accept: str, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, widget=_FilesInput(attrs={"accept": accept}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list) else [data]
        cleaned = [super(FilesField, self).clean(file, initial) for file in given or [None]]
        return [file for file in cleaned if file]


class WebAddressField(_Cleaned):
    """An http or https address."""

    widget = forms.URLInput

    def tidied(self, text: str) -> str:
        return cleaning.web_address(text)


class ColourField(_Cleaned):
    """`#rrggbb`."""

    def tidied(self, text: str) -> str:
        return cleaning.colour(text)
