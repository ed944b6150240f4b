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

KINDS = "image/png,image/jpeg,image/webp,image/svg+xml"
_PIXELS = (".png", ".jpg", ".jpeg", ".webp")
REFUSALS = {
    "empty": _("The file is empty. Choose another one."),
    "too-large": _("The file is larger than %(megabytes)s MB. Save the picture smaller, or as JPEG."),
    "unsupported": _("This file is %(found)s. Save the picture as PNG, JPEG, WebP or SVG."),
    "unknown": _("This is not a picture that we can read. Save it as PNG, JPEG, WebP or SVG."),
    "misnamed": _("This file is SVG, but its name ends in %(suffix)s. Call it .svg if that is what it is."),
    "too-many-pixels": _(
        "The picture has more than %(megapixels)s million pixels. Make it smaller; 600 × 600 is plenty."
    ),
    "too-small": _(
        "The picture is %(width)s × %(height)s pixels; the shorter side needs %(least)s. Choose a larger one."
    ),
    "odd-shape": _("The picture is %(width)s × %(height)s pixels, too long and thin to be seen. Crop it."),
    "animated": _("The picture moves: it has %(frames)s frames. Save one of them as PNG."),
    "damaged": _("The file is damaged or cut off. Save the picture again, or choose another one."),
    "svg-too-large": _("The drawing is larger than %(kilobytes)s KB. Simplify it, or save it as PNG."),
    "svg-not-plain": _(
        "The drawing begins in a way we do not read (%(found)s). Save it as plain SVG in UTF-8, or as PNG."
    ),
    "svg-broken": _("The drawing is damaged or cut off. Save it again as plain SVG, or as PNG."),
    "svg-too-much": _(
        "The drawing holds more than we draw (%(what)s: at most %(most)s). Simplify it, or save it as PNG."
    ),
    "svg-number": _(
        "The drawing has a number that no picture needs (%(found)s). Save it again at a usual size, or as PNG."
    ),
    "svg-no-size": _("The drawing does not say how large it is. Save it again with its page size, or as PNG."),
    "svg-circle": _("A part of the drawing is made of itself. Save it again as plain SVG, or as PNG."),
    "svg-text": _("The drawing has letters that need a font. Turn them into paths (outlines), or save it as PNG."),
    "svg-picture": _("The drawing has a picture inside. Take it out, or save the whole as PNG."),
    "svg-empty": _("Nothing is left to see of the drawing. Save it again as plain SVG, or as PNG."),
    "svg-too-slow": _("The drawing takes too long to draw. Simplify it, or save it as PNG."),
}


def refused_as_error(refused: image.ImageRefused) -> ValidationError:
    """A refusal as a form shows it."""
    code = "unknown" if refused.code == "unsupported" and not refused.params.get("found") else refused.code
    return ValidationError(REFUSALS[code], code=code, params=refused.params)


class PictureField(forms.FileField):
    """A file, read when it is not too large and tried with `decode`, one of badges.rendering.image.

    Cleans to its bytes; to those of a PNG when it was an SVG.
    """

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
            _refuse_misnamed(data, sent.name or "")
            # From here on a drawing is its pixels: nobody sees what was sent.
            data = image.flattened(data)
            self.decode(data)
        except image.ImageRefused as refused:
            raise refused_as_error(refused) from refused
        return data


def _refuse_misnamed(data: bytes, name: str) -> None:
    suffix = next((end for end in _PIXELS if name.lower().endswith(end)), "")
    if suffix and image.is_drawing(data):
        raise image.ImageRefused("misnamed", suffix=suffix)


def status_of(form: forms.Form, name: str) -> int:
    """The status that fits a form with a refused picture: 413, 415 or 422."""
    codes = {error.code for error in form.errors.as_data().get(name, [])}
    if codes & {"too-large", "svg-too-large"}:
        return 413
    return 415 if codes & {"unsupported", "unknown", "misnamed"} else 422


class UploadForm(DraftForm):
    """A badge of one's own."""

    picture = PictureField(
        label=_("Drop a picture here"),
        decode=image.reencode,
        required=False,
        help_text=_("PNG, JPEG or WebP, up to 5 MB, or SVG. Square is best; 600 × 600 pixels is plenty."),
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
