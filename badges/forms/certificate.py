"""A certificate starter made one's own: its paper, headings and signatories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from badges import dressing, keeping, previewing
from badges.forms.faults import place, sentence
from badges.forms.fields import DraftForm
from badges.forms.pictures import PictureField
from badges.models import Achievement
from badges.rendering import certificate as paper
from badges.rendering import image
from issuers.forms.fields import LineField

SIZES = [("A4", _("A4")), ("Letter", _("US Letter"))]
ORIENTATIONS = [("landscape", _("Landscape")), ("portrait", _("Portrait"))]


class CertificateForm(DraftForm):
    """Fields depend on the starter; `choices` is what goes into CertificateDesign.choices."""

    size = forms.ChoiceField(label=_("Paper"), choices=SIZES)
    orientation = forms.ChoiceField(label=_("Format"), choices=ORIENTATIONS)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        achievement: Achievement,
        starter: str,
        choices: Mapping[str, Any],
        **kwargs: Any,
    ) -> None:
        self.starter, self.template = starter, paper.starter(starter)
        self.slots = paper.slots(self.template)
        self.kit_signs = list(keeping.chosen(achievement.issuer).signers)
        self.signed = list(choices.get("signatories", self.kit_signs))
        # As many signatures as the design has places for; what was typed for another design waits in `signed`.
        self.places = sum(element["type"] == "signature" for element in self.template["elements"])
        super().__init__(data, files, achievement=achievement, initial=self._initial(choices), **kwargs)
        for slot in self.slots:
            self.fields[f"text_{slot.key}"] = LineField(
                label=_now("Instead of “%(words)s”") % {"words": slot.default},
                most=slot.max_length,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": slot.default}),
            )
        for number in range(self.places):
            self._add_signatory(number + 1)
        self.say_remedies()

    def _initial(self, choices: Mapping[str, Any]) -> dict[str, Any]:
        initial = {"size": choices.get("size", "A4"), "orientation": choices.get("orientation", "landscape")}
        initial |= {f"text_{key}": text for key, text in choices.get("texts", {}).items()}
        for number, signer in enumerate(self.signed, 1):
            initial |= {f"signer_{number}_name": signer["name"], f"signer_{number}_title": signer.get("title", "")}
        return initial

    def _add_signatory(self, number: int) -> None:
        count = {"number": number}
        self.fields[f"signer_{number}_name"] = LineField(
            label=_now("Signatory %(number)s: name") % count, most=120, required=False
        )
        self.fields[f"signer_{number}_title"] = LineField(
            label=_now("Signatory %(number)s: office") % count, most=120, required=False
        )
        self.fields[f"signer_{number}_picture"] = PictureField(
            label=_now("Signature %(number)s as a picture") % count,
            required=False,
            decode=image.signature,
            help_text=_("Ink on white paper; the paper becomes clear. PNG, JPEG or WebP, up to 5 MB, or SVG."),
        )
        if self._stored(number).get("picture"):
            self.fields[f"signer_{number}_unsigned"] = forms.BooleanField(
                label=_now("Take the picture of signature %(number)s away") % count, required=False
            )

    def _stored(self, number: int) -> dict[str, str]:
        return dict(self.signed[number - 1]) if number <= len(self.signed) else {}

    def anew(self) -> CertificateForm:
        design = getattr(self.achievement, "certificate", None)
        same = design is not None and design.starter == self.starter
        return CertificateForm(
            achievement=self.achievement, starter=self.starter, choices=design.choices if design and same else {}
        )

    @property
    def words(self) -> list[forms.BoundField]:
        """The fields of its headings."""
        return [self[name] for name in self.fields if name.startswith("text_")]

    def signatories(self) -> list[list[forms.BoundField]]:
        """The fields of each signatory."""
        names = [[n for n in self.fields if n.startswith(f"signer_{k}_")] for k in range(1, self.places + 1)]
        return [[self[name] for name in group] for group in names]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(1, self.places + 1):
            self._check_signatory(number, cleaned)
        if not self.errors:
            self._refuse_unprintable()
        return cleaned

    def _check_signatory(self, number: int, cleaned: dict[str, Any]) -> None:
        name, sent = f"signer_{number}_name", cleaned.get(f"signer_{number}_picture")
        if (cleaned.get(f"signer_{number}_title") or sent) and not cleaned.get(name) and name not in self.errors:
            self.add_error(name, _("Say who signs, or empty the other fields of this signatory."))
        if sent:
            cleaned[f"signer_{number}_png"] = image.signature(sent).png

    def pictures(self) -> dict[int, bytes]:
        """Signatures that were sent, as PNG, by the number of who signs."""
        numbers = range(1, self.places + 1)
        return {n: self.cleaned_data[f"signer_{n}_png"] for n in numbers if f"signer_{n}_png" in self.cleaned_data}

    def choices(self, keys: Mapping[int, str]) -> dict[str, Any]:
        """Only what was chosen; an emptied heading goes back to the design's own words. `keys` are of `pictures`."""
        told = self.cleaned_data
        texts = {slot.key: told[f"text_{slot.key}"] for slot in self.slots if told.get(f"text_{slot.key}")}
        chosen: dict[str, Any] = {"size": told["size"], "orientation": told["orientation"], "texts": texts}
        signers = [self._signatory(number, keys) for number in range(1, self.places + 1) if self._signs(number)]
        if signers != self.kit_signs[: self.places]:  # left as the kit has them, they go on following it
            chosen["signatories"] = signers
        return chosen

    def _signs(self, number: int) -> bool:
        return bool(self.cleaned_data.get(f"signer_{number}_name"))

    def _signatory(self, number: int, keys: Mapping[int, str]) -> dict[str, str]:
        told = self.cleaned_data
        signer = {"name": told[f"signer_{number}_name"], "title": told[f"signer_{number}_title"]}
        kept = "" if told.get(f"signer_{number}_unsigned") else self._stored(number).get("picture", "")
        if key := keys.get(number) or kept:
            signer["picture"] = key
        return signer

    def _refuse_unprintable(self) -> None:
        """Tried with a short name, so that what is wrong is the design's own."""
        layout = dressing.certificate_layout(self.achievement, self.starter, self.choices({}))
        if faults := paper.check(layout):
            self.add_error(None, _("This cannot be laid out. %(why)s") % {"why": sentence(faults[0], layout)})
            return
        try:
            paper.fits(layout, previewing.values(self.achievement, previewing.PEOPLE["short"]))
        except paper.DoesNotFit as error:
            own = f"text_{error.element}"
            if own in self.fields:
                self.add_error(own, _("This is too long for its place. Shorten it."))
            else:
                self.add_error(None, self._too_long(error.element))
        except paper.MissingGlyph as error:
            lost = {"letters": error.characters}
            self.add_error(None, _("No font we print with has “%(letters)s”. Leave it out.") % lost)

    def _too_long(self, element: str) -> ValidationError:
        said = _("There is no room for %(place)s on this design. Shorten it, or choose another design.")
        return ValidationError(said, code="does_not_fit", params={"place": place(element)})
