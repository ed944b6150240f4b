"""The brand kit on one page: what an institution chose once, for every new design, claim mail and public page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from badges import designing, keeping
from badges.forms.kit import (
    ColoursForm,
    FontsForm,
    LibraryForm,
    LogoForm,
    NewPictureForm,
    SignatoryForm,
    TextsForm,
)
from badges.forms.pictures import status_of
from badges.models import BrandKit, Picture, Signatory
from badges.rendering import typefaces
from issuers import media
from issuers.access import StaffRequest, member_required

_MOVED = {
    (Signatory, True): gettext_lazy("%(name)s is put away, and signs nothing new."),
    (Signatory, False): gettext_lazy("%(name)s signs again."),
    (Picture, True): gettext_lazy("“%(name)s” is put away. Designs that have it keep it."),
    (Picture, False): gettext_lazy("“%(name)s” is among your pictures again."),
}


def _kit(request: StaffRequest) -> BrandKit:
    return getattr(request.issuer, "kit", None) or BrandKit(issuer=request.issuer)


def _page(request: StaffRequest, status: int = 200, **sent: Any) -> HttpResponse:
    """The whole kit; `sent` are forms that came back with something to mend."""
    kit, issuer = _kit(request), request.issuer
    context = {
        "colours": ColoursForm(issuer=issuer, kit=kit),
        "fonts": FontsForm(kit=kit),
        "texts": TextsForm(kit=kit),
        "new_signatory": SignatoryForm(),
        "new_picture": NewPictureForm(),
        **sent,
    }
    logos = (LogoForm(issuer=issuer), LogoForm(issuer=issuer, dark=True))
    context["logo_forms"] = [sent.get("logo") if _same(sent.get("logo"), form) else form for form in logos]
    context |= _rows(request, sent)
    context["faces"] = _faces(context["fonts"]["fonts"].value() or "")
    return render(request, "badges/kit.html", context, status=status)


def _same(sent: LogoForm | None, form: LogoForm) -> bool:
    """Whether the logo that came back is the one of this ground."""
    return sent is not None and sent.is_dark == form.is_dark


def _rows(request: StaffRequest, sent: dict[str, Any]) -> dict[str, Any]:
    """Signatories and pictures, each with a form of its own; the one that came back stays open."""
    signatories = Signatory.objects.filter(issuer=request.issuer).select_related("picture").order_by("position", "id")
    pictures = list(Picture.objects.filter(issuer=request.issuer).library())
    uses, back = keeping.uses(request.issuer), sent.get("back")
    return {
        "signatories": [
            (row, _own(row, back, SignatoryForm, "signatory")) for row in signatories if not row.put_away_at
        ],
        "gone_signatories": [row for row in signatories if row.put_away_at],
        "pictures": [
            (row, _own(row, back, LibraryForm, "picture"), uses.get(row.key, 0))
            for row in pictures
            if not row.put_away_at
        ],
        "gone_pictures": [row for row in pictures if row.put_away_at],
    }


def _own(row: Any, back: Any, kind: type[Any], name: str) -> forms.Form:
    """The form of one row: the one that came back with an error, or a fresh one."""
    if back and back[0] == row:
        form: forms.Form = back[1]
        return form
    made: forms.Form = kind(**{name: row})
    return made


def _faces(chosen: str) -> list[dict[str, Any]]:
    """The pairs to choose from, each set in itself."""
    own = {"id": "", "title": _("Each design’s own"), "chosen": chosen == ""}
    pairs = typefaces.PAIRS.values()
    return [own] + [{"id": pair.id, "title": pair.title, "chosen": chosen == pair.id} for pair in pairs]


def _back(request: StaffRequest, part: str) -> HttpResponse:
    return redirect(reverse("manage-kit", args=[request.issuer.slug]) + f"#{part}")


def _changed(request: StaffRequest, part: str, said: str) -> HttpResponse:
    """Draw again what follows the kit, say what happened, and come back to the same part."""
    drawn = designing.follow_kit(type(request.issuer).objects.get(pk=request.issuer.pk))
    if drawn:
        said += " " + ngettext("%(n)s draft follows.", "%(n)s drafts follow.", drawn) % {"n": drawn}
    messages.success(request, said)
    return _back(request, part)


def _moved(request: StaffRequest, row: Signatory | Picture, away: bool) -> HttpResponse:
    """Put away, or taken out again: said, and followed by the drafts that somebody signs."""
    (keeping.put_away if away else keeping.take_out)(row, request.user)
    said = str(_MOVED[type(row), away]) % {"name": row.name}
    if isinstance(row, Signatory):
        return _changed(request, "signatories", said)
    messages.success(request, said)
    return _back(request, "pictures")


@member_required("brand.edit")
@require_safe
def kit(request: StaffRequest) -> HttpResponse:
    """Everything that was chosen, to look at and to change."""
    return _page(request)


@member_required("brand.edit")
@require_POST
def logo(request: StaffRequest) -> HttpResponse:
    """A logo, or with `dark` the one for dark grounds."""
    dark = "dark" in request.POST
    form = LogoForm(request.POST, request.FILES, issuer=request.issuer, dark=dark)
    if not form.is_valid():
        return _page(request, status_of(form, "logo"), logo=form)
    keeping.change_logo(request.issuer, request.user, form.cleaned_data["logo"], dark=dark)
    return _changed(request, "logos", _("The logo is changed. Certificates that were issued keep the one they had."))


@member_required("brand.edit")
@require_POST
def logo_removal(request: StaffRequest) -> HttpResponse:
    """Initials again, or one logo for every ground. The picture stays in the library."""
    if keeping.remove_logo(request.issuer, request.user, dark="dark" in request.POST):
        return _changed(request, "logos", _("The logo is removed. It is still among your pictures."))
    return _back(request, "logos")


@member_required("brand.edit")
@require_POST
def colours(request: StaffRequest) -> HttpResponse:
    """Take the colours; with `look` or `use` they are shown with their pairs, and stored nowhere."""
    form = ColoursForm(request.POST, issuer=request.issuer, kit=_kit(request))
    if not form.is_valid():
        return _page(request, 422, colours=form)
    if "look" in request.POST or "use" in request.POST:
        return _page(request, colours=form, tried=form.chosen.brand)
    told = {name: form.cleaned_data[name] for name in ("accent", "paper", "ink")}
    changed = keeping.change_brand(request.issuer, request.user, form.cleaned_data["brand"])
    if keeping.change(request.issuer, request.user, "colours", **told) or changed:
        return _changed(request, "colours", _("The colours are changed everywhere."))
    return _back(request, "colours")


@member_required("brand.edit")
@require_POST
def pairs(request: StaffRequest) -> HttpResponse:
    """The pairs of the colours that are being chosen, for the page that is open. Nothing is stored."""
    form = ColoursForm(request.POST, issuer=request.issuer, kit=_kit(request))
    form.is_valid()
    return render(request, "badges/_kit_pairs.html", {"colours": form, "tried": form.chosen.brand, "live": True})


@member_required("brand.edit")
@require_POST
def fonts(request: StaffRequest) -> HttpResponse:
    """A pair of faces for new designs, and for drafts that follow."""
    form = FontsForm(request.POST, kit=_kit(request))
    if not form.is_valid():
        return _page(request, 422, fonts=form)
    if keeping.change(request.issuer, request.user, "fonts", fonts=form.cleaned_data["fonts"]):
        return _changed(request, "fonts", _("The typefaces are changed."))
    return _back(request, "fonts")


@member_required("brand.edit")
@require_POST
def texts(request: StaffRequest) -> HttpResponse:
    """Words of certificates and claim mails."""
    form = TextsForm(request.POST, kit=_kit(request))
    if not form.is_valid():
        return _page(request, 422, texts=form)
    if keeping.change(request.issuer, request.user, "texts", **form.cleaned_data):
        return _changed(request, "texts", _("The texts are changed."))
    return _back(request, "texts")


@member_required("brand.edit")
@require_POST
def signatories(request: StaffRequest) -> HttpResponse:
    """Somebody more who signs."""
    form = SignatoryForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, status_of(form, "picture"), new_signatory=form)
    keeping.add_signatory(request.issuer, request.user, **form.told)
    return _changed(request, "signatories", _("Added. New certificates are signed by the first ones of the list."))


def _signatory(request: StaffRequest, pk: int) -> Signatory:
    rows = Signatory.objects.filter(issuer=request.issuer).select_related("picture", "issuer")
    return get_object_or_404(rows, pk=pk)


@member_required("brand.edit")
@require_POST
def signatory(request: StaffRequest, signatory: int) -> HttpResponse:
    """Another name, office or signature."""
    row = _signatory(request, signatory)
    form = SignatoryForm(request.POST, request.FILES, signatory=row)
    if not form.is_valid():
        return _page(request, status_of(form, "picture"), back=(row, form))
    keeping.edit_signatory(row, request.user, unsigned=form.cleaned_data.get("unsigned", False), **form.told)
    return _changed(request, "signatories", _("Saved. What was published keeps the signature it has."))


@member_required("brand.edit")
@require_POST
def signatory_first(request: StaffRequest, signatory: int) -> HttpResponse:
    """Sign before all others."""
    keeping.let_sign_first(row := _signatory(request, signatory), request.user)
    return _changed(request, "signatories", _("%(name)s signs first.") % {"name": row.name})


@member_required("brand.edit")
@require_POST
def signatory_moved(request: StaffRequest, signatory: int, *, away: bool) -> HttpResponse:
    """Signs nothing new, or signs again."""
    return _moved(request, _signatory(request, signatory), away)


@member_required("brand.edit")
@require_POST
def pictures(request: StaffRequest) -> HttpResponse:
    """One picture more in the library."""
    form = NewPictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, status_of(form, "picture"), new_picture=form)
    keeping.add_picture(request.issuer, request.user, form.cleaned_data["picture"], **form.told)
    messages.success(request, _("Added. You find it wherever a certificate takes a picture."))
    return _back(request, "pictures")


def _picture(request: StaffRequest, pk: int) -> Picture:
    return get_object_or_404(Picture.objects.filter(issuer=request.issuer).select_related("issuer"), pk=pk)


@member_required("brand.edit")
@require_POST
def picture(request: StaffRequest, picture: int) -> HttpResponse:
    """Call it something else."""
    row = _picture(request, picture)
    form = LibraryForm(request.POST, picture=row)
    if not form.is_valid():
        return _page(request, 422, back=(row, form))
    keeping.describe_picture(row, request.user, **{"kind": row.kind, **form.told})
    messages.success(request, _("Saved."))
    return _back(request, "pictures")


@member_required("brand.edit")
@require_POST
def picture_moved(request: StaffRequest, picture: int, *, away: bool) -> HttpResponse:
    """Offered no more, or offered again; what was made with it keeps it."""
    return _moved(request, _picture(request, picture), away)


@member_required("achievement.edit")
@require_safe
def picture_image(request: StaffRequest, picture: int) -> HttpResponse:
    """The picture itself, for those who lay out with it: its content never changes under this number."""
    row = _picture(request, picture)
    try:
        data = media.fetch(row.key)
    except media.MissingFile as error:
        raise Http404 from error
    answer = HttpResponse(data, content_type="image/jpeg" if row.key.endswith(".jpg") else "image/png")
    answer["Cache-Control"] = "private, max-age=604800, immutable"
    return answer
