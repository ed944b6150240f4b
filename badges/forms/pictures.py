"""Pictures that people send: what is wrong with one, in words. They are decoded by badges.rendering.image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from badges.forms.fields import DraftForm
from badges.rendering import image
from badges.rendering.image import MOST_BYTES
from issuers.forms.fields import LineField

KINDS = "image/png,image/jpeg,image/webp"
REFUSALS = {
    "empty": _("The file is empty. Choose another one."),
    "too-large": _("The file is larger than %(megabytes)s MB. Save the picture smaller, or as JPEG."),
    "unsupported": _("This file is %(found)s. Save the picture as PNG, JPEG or WebP."),
    "unknown": _("This is not a picture that we can read. Save it as PNG, JPEG or WebP."),
    "too-many-pixels": _(
        "The picture has more than %(megapixels)s million pixels. Make it smaller; 600 × 600 is plenty."
    ),
    "too-small": _(
        "The picture is %(width)s × %(height)s pixels; the shorter side needs %(least)s. Choose a larger one."
    ),
    "odd-shape": _("The picture is %(width)s × %(height)s pixels, too long and thin to be seen. Crop it."),
    "animated": _("The picture moves: it has %(frames)s frames. Save one of them as PNG."),
    "damaged": _("The file is damaged or cut off. Save the picture again, or choose another one."),
}


def refused_as_error(refused: image.ImageRefused) -> ValidationError:
    """A refusal as a form shows it."""
    code = "unknown" if refused.code == "unsupported" and not refused.params.get("found") else refused.code
    return ValidationError(REFUSALS[code], code=code, params=refused.params)


class PictureField(forms.FileField):
    """A file, read when it is not too large and tried with `decode`, one of badges.rendering.image. Cleans to its bytes."""

    widget = forms.FileInput(attrs={"accept": KINDS})

    def __init__(self, *, decode: Callable[[bytes], object], **kwargs: Any) -> None:
        self.decode = decode
        errors = {"required": _("Choose a picture first."), "invalid": _("No file arrived. Choose the picture again.")}
        super().__init__(allow_empty_file=True, error_messages=errors, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = super().clean(data, initial)
        if not isinstance(sent, UploadedFile):
            return b""
        try:
            if (sent.size or 0) > MOST_BYTES:
                raise image.ImageRefused("too-large", megabytes=MOST_BYTES // 1024**2)
            data = sent.read()
            self.decode(data)
        except image.ImageRefused as refused:
            raise refused_as_error(refused) from refused
        return data


def status_of(form: forms.Form, name: str) -> int:
    """The status that fits a form with a refused picture: 413, 415 or 422."""
    codes = {error.code for error in form.errors.as_data().get(name, [])}
    if "too-large" in codes:
        return 413
    return 415 if codes & {"unsupported", "unknown"} else 422


class UploadForm(DraftForm):
    """A badge of one's own."""

    picture = PictureField(
        label=_("Drop a picture here"),
        decode=image.reencode,
        required=False,
        help_text=_("PNG, JPEG or WebP, up to 5 MB. Square is best; 600 × 600 pixels is plenty."),
    )
    alt = LineField(
        label=_("Said to people who cannot see it"),
        most=300,
        help_text=_("What the picture shows, such as: a green shield with two peaks."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands on one page with the drawing's form, whose fields have some of these names.
        super().__init__(*args, auto_id="own_%s", **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        stored = getattr(self.achievement, "badge", None)
        has_picture = bool(stored and stored.picture)
        if not self.files.get("picture") and not has_picture:
            self.add_error("picture", ValidationError(_("Choose a picture first."), code="required"))
        return cleaned
