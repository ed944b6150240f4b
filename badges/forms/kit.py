"""Forms of the brand kit: colours that read, faces, words, who signs, pictures."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from badges.forms.fields import ERRORS
from badges.forms.pictures import PictureField
from badges.keeping import WORDS
from badges.models import BrandKit, Picture, Signatory
from badges.rendering import image, lettering, typefaces
from badges.rendering.pairing import TEXT, Colours, Pair, is_paper, lighter_paper, pairs
from issuers import cleaning
from issuers.forms.fields import ColourField, LineField, NameField
from issuers.models import Issuer

NAME_MOST = 120
MAIL_FIELDS = ("name", "achievement")
_FIELD = re.compile(r"\{[^{}]*\}?|\}")
_COLOUR_INPUT = {"type": "color"}

PAIRS = {
    "ink-paper": (_("Ink on paper"), _("Words on certificates")),
    "brand-paper": (_("Brand on paper"), _("Headings and names of institutions")),
    "accent-paper": (_("Accent on paper"), _("Lines, borders and ornaments")),
    "accent-brand": (_("Accent on brand"), _("Rims and symbols of badges")),
    "button": (_("Words on buttons"), _("Pages and mails; chosen by us so that they can be read")),
}


class KitForm(forms.Form):
    """Every error says what to do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field, PictureField):  # a picture has sentences of its own
                field.error_messages |= ERRORS


class LogoForm(KitForm):
    """An institution's logo, or the one for dark grounds, beside what is shown there now."""

    logo = PictureField(
        label=_("Drop a logo here"),
        decode=image.logo,
        help_text=_("PNG, JPEG or WebP, up to 5 MB; best with a transparent ground and 300 pixels high."),
    )

    def __init__(self, *args: Any, issuer: Issuer, dark: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="dark_%s" if dark else "light_%s", **kwargs)
        self.is_dark = dark
        self.own = issuer.dark_logo if dark else issuer.logo
        self.shown = self.own or issuer.logo

    @property
    def title(self) -> str:
        return _now("On dark grounds") if self.is_dark else _now("On light grounds")

    @property
    def note(self) -> str:
        """What is shown there, in words."""
        if self.own:
            return ""
        if self.is_dark and self.shown:
            return _now("Your one logo stands on dark grounds too. If it is hard to see here, add a pale one.")
        return _now("Initials stand where there is no logo.")


class ColoursForm(KitForm):
    """Four colours. Accent, paper and ink follow from the brand where none is chosen."""

    brand = ColourField(
        label=_("Brand"),
        widget=forms.TextInput(attrs=_COLOUR_INPUT),
        help_text=_("Pages, mails, badges, headings. The fill stays as you choose it."),
    )
    own_accent = forms.BooleanField(
        label=_("An accent of our own"), required=False, help_text=_("Without one, each design brings its own.")
    )
    accent = ColourField(
        label=_("Accent"),
        required=False,
        widget=forms.TextInput(attrs=_COLOUR_INPUT),
        help_text=_("Rims, lines, seals."),
    )
    own_paper = forms.BooleanField(
        label=_("Paper and ink of our own"),
        required=False,
        help_text=_("For designs on plain paper; those on a coloured ground keep it."),
    )
    paper = ColourField(label=_("Paper"), required=False, widget=forms.TextInput(attrs=_COLOUR_INPUT))
    ink = ColourField(label=_("Ink"), required=False, widget=forms.TextInput(attrs=_COLOUR_INPUT))

    def __init__(self, data: Any = None, *, issuer: Issuer, kit: BrandKit, **kwargs: Any) -> None:
        stored = Colours(issuer.brand, kit.accent, kit.paper, kit.ink)
        shown = stored.settled
        initial = {"own_accent": bool(kit.accent), "own_paper": bool(kit.paper or kit.ink), **vars(shown)}
        self.stored = stored
        super().__init__(_with_remedy(data), initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("own_accent"):
            cleaned["accent"] = ""
        if not cleaned.get("own_paper"):
            cleaned["paper"] = cleaned["ink"] = ""
        if not self.errors:
            self._refuse_unprintable(self.chosen)
        return cleaned

    def _refuse_unprintable(self, chosen: Colours) -> None:
        """Paper that codes cannot be read on, and ink that cannot be read on it: no design could mend that."""
        if not is_paper(chosen.settled.paper):
            remedy = lighter_paper(chosen.paper)
            text = _("This is too dark for paper: codes and seals need a light ground. %(remedy)s would do.")
            self.add_error("paper", ValidationError(text, code="dark_paper", params={"remedy": remedy}))
            return
        pair = next(pair for pair in pairs(chosen) if pair.code == "ink-paper")
        if not pair.good:
            text = _("On this paper it reads %(ratio)s : 1; print needs %(least)s : 1. %(remedy)s would do.")
            told = {"ratio": pair.ratio, "least": TEXT, "remedy": pair.remedy}
            self.add_error("ink", ValidationError(text, code="pale_ink", params=told))

    @property
    def chosen(self) -> Colours:
        """What was sent, where it can be understood; else what is stored."""
        told = getattr(self, "cleaned_data", None)
        if told is None or "brand" not in told:
            return self.stored
        return Colours(told["brand"], told.get("accent") or "", told.get("paper") or "", told.get("ink") or "")

    @property
    def pairs(self) -> list[tuple[Pair, Any, Any]]:
        """Each pair with what it is and where it is seen."""
        return [(pair, *PAIRS[pair.code]) for pair in pairs(self.chosen)]

    @property
    def short(self) -> int:
        """How many pairs are short of contrast."""
        return sum(not pair.good for pair, _name, _where in self.pairs)


def _with_remedy(data: Any) -> Any:
    """A remedy's button says `use=accent:#b07a1f`: the colour takes that value before anything is checked."""
    name, _colon, value = (data.get("use", "") if data else "").partition(":")
    if name not in {"brand", "accent", "paper", "ink"}:
        return data
    try:
        told = data.copy()
        told[name] = cleaning.colour(value)
    except cleaning.Refused:
        return data
    if name != "brand":
        told["own_accent" if name == "accent" else "own_paper"] = "on"
    return told


class FontsForm(KitForm):
    """A pair of faces, or each design's own."""

    fonts = forms.ChoiceField(label=_("Typefaces"), required=False, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, kit: BrandKit, **kwargs: Any) -> None:
        super().__init__(data, initial={"fonts": kit.fonts}, **kwargs)
        pairs_ = [(pair.id, pair.title) for pair in typefaces.PAIRS.values()]
        self.fields["fonts"].choices = [("", _("Each design’s own")), *pairs_]  # type: ignore[attr-defined]


class TextsForm(KitForm):
    """Words that new designs and claim mails begin with; empty leaves ours."""

    heading = LineField(label=_("Heading"), most=120, required=False)
    lead = LineField(label=_("Before the name"), most=120, required=False)
    deed = LineField(label=_("After the name"), most=120, required=False)
    mail_greeting = LineField(label=_("Greeting"), most=120, required=False)
    mail_sentence = LineField(label=_("First sentence"), most=300, required=False)
    mail_footer = LineField(label=_("Foot"), most=300, required=False)
    PLACEHOLDERS = {
        "heading": _("Record of achievement"),
        "lead": _("This is to certify that"),
        "deed": _("having fulfilled every requirement, has been awarded"),
        "mail_greeting": _("Dear {name},"),
        "mail_sentence": _("The Senate recognises you for earning {achievement}."),
        "mail_footer": _("Office of the Registrar, Harbour Street 1"),
    }

    def __init__(self, data: Any = None, *, kit: BrandKit, **kwargs: Any) -> None:
        super().__init__(data, initial={name: getattr(kit, name) for name in WORDS}, **kwargs)
        for name, words in self.PLACEHOLDERS.items():
            self.fields[name].widget.attrs["placeholder"] = words

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("mail_greeting", "mail_sentence", "mail_footer"):
            self._refuse_unknown_fields(name, cleaned.get(name) or "")
        for name in ("heading", "lead", "deed"):
            self._refuse_unprintable(name, cleaned.get(name) or "")
        return cleaned

    def _refuse_unprintable(self, name: str, text: str) -> None:
        """Braces, which a layout would try to fill in, and letters that no bundled font has."""
        lost = "".join(brace for brace in ("{{", "}}") if brace in text) or lettering.missing(text, "noto-serif-500")
        if lost:
            said = _("“%(letters)s” cannot be printed here. Leave it out.")
            self.add_error(name, ValidationError(said, code="unprintable", params={"letters": lost}))

    def _refuse_unknown_fields(self, name: str, text: str) -> None:
        known = {f"{{{field}}}" for field in MAIL_FIELDS} if name != "mail_footer" else set()
        unknown = [found for found in _FIELD.findall(text) if found not in known]
        if unknown:
            said = _(
                "“%(what)s” would not be filled in. {name} and {achievement} are, in the greeting and the sentence."
            )
            self.add_error(name, ValidationError(said, code="unknown_field", params={"what": unknown[0]}))


class SignatoryForm(KitForm):
    """Who signs, in which office, and how."""

    name = NameField(label=_("Name"), most=NAME_MOST)
    title = LineField(label=_("Office"), most=120, required=False)
    picture = PictureField(
        label=_("Signature as a picture"),
        required=False,
        decode=image.signature,
        help_text=_("Ink on white paper; the paper becomes clear. PNG, JPEG or WebP, up to 5 MB."),
    )

    def __init__(self, *args: Any, signatory: Signatory | None = None, **kwargs: Any) -> None:
        told = {"name": signatory.name, "title": signatory.title} if signatory else {}
        place = f"signatory_{signatory.pk if signatory else 'new'}"
        super().__init__(*args, initial=told, auto_id=f"{place}_%s", **kwargs)
        if signatory and signatory.picture_id:
            self.fields["unsigned"] = forms.BooleanField(label=_("Take the picture away"), required=False)

    @property
    def told(self) -> dict[str, Any]:
        """What the stage takes."""
        cleaned = self.cleaned_data
        return {"name": cleaned["name"], "title": cleaned["title"], "data": cleaned["picture"]}


class LibraryForm(KitForm):
    """What a picture is for, and what it shows."""

    kind = forms.ChoiceField(
        label=_("What it is for"),
        choices=[
            (Picture.Kind.IMAGE, _("A picture on the page")),
            (Picture.Kind.BACKGROUND, _("The ground of a page")),
        ],
        initial=Picture.Kind.IMAGE,
        widget=forms.RadioSelect,
    )
    name = LineField(label=_("Name"), most=NAME_MOST, required=False, help_text=_("To find it again."))
    alt = LineField(
        label=_("Said to people who cannot see it"),
        most=300,
        required=False,
        help_text=_("Left empty, it is decoration and nothing is said."),
    )

    def __init__(self, *args: Any, picture: Picture | None = None, **kwargs: Any) -> None:
        told = {"kind": picture.kind, "name": picture.name, "alt": picture.alt} if picture else {}
        super().__init__(*args, initial=told, auto_id=f"picture_{picture.pk if picture else 'new'}_%s", **kwargs)
        if picture and picture.kind == Picture.Kind.LOGO:
            del self.fields["kind"]

    @property
    def told(self) -> dict[str, str]:
        """What the stage takes."""
        return {name: self.cleaned_data[name] for name in ("kind", "name", "alt") if name in self.cleaned_data}


class NewPictureForm(LibraryForm):
    """A picture for the library."""

    picture = PictureField(
        label=_("Drop a picture here"),
        decode=image.illustration,
        help_text=_("PNG, JPEG or WebP, up to 5 MB; 2,400 pixels fill a page."),
    )
    field_order = ["picture", "kind", "name", "alt"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("name") and "name" not in self.errors:
            cleaned["name"] = self._file_name()
        return cleaned

    def _file_name(self) -> str:
        """The name it came with, tidied; files from phones are called anything."""
        sent = self.files.get("picture")
        try:
            return cleaning.line(PurePath(getattr(sent, "name", "") or "").stem[:NAME_MOST], most=NAME_MOST).value
        except cleaning.Refused:
            return _now("Picture")
