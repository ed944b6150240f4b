"""What the certificate designer asks while one works: how a layout looks, what is wrong with it, and to keep it."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from badges import designing, keeping, previewing
from badges.forms import layout as sent_layout
from badges.forms.faults import sentence
from badges.forms.layout import Unreadable
from badges.models import Achievement, Picture
from badges.rendering import certificate as paper
from badges.rendering import certificate_advice as advice
from badges.rendering import certificate_draft as draft
from badges.rendering import certificate_pieces as pieces
from badges.rendering import fonts
from badges.rendering.certificate import Problem
from badges.rendering.certificate_page import size_of
from badges.rendering.palette import palette
from badges.views import editor
from badges.views.proofs import PEOPLE
from issuers import media
from issuers.access import StaffRequest, member_required

_FRAME = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "font-src": ["'self'"],
    "frame-ancestors": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "sandbox": ["allow-same-origin"],
}


def context(request: StaffRequest, found: Achievement) -> dict[str, Any]:
    """All that the designer's script begins with; `templates/badges/_certificate_desk.html` hands it over as JSON."""
    layout = found.certificate.layout
    at = {name: _at(request, found, f"certificate-{name}") for name in ("look", "layout", "frame")}
    theme = layout["theme"]
    return {
        "layout": layout,
        "edits": found.edits,
        "addresses": at,
        "sizes": {
            f"{size} {side}": size_of({"size": size, "orientation": side})
            for size in paper.SIZES
            for side in paper.ORIENTATIONS
        },
        "pieces": {kind: pieces.piece(kind, layout, words=_("New text")) for kind in pieces.KINDS},
        "colours": palette(theme["brand"], theme.get("accent", "auto")) | theme.get("colours", {}),
        "qr_side": advice.QR_SIDE,
        "margin": advice.SAFE_MARGIN,
    }


def choices() -> dict[str, Any]:
    """Lists that the panels offer."""
    library = Picture.objects.offered()
    return {
        "fonts": [name for name in fonts.names() if not name.startswith("noto-")],
        "fields": sorted(paper.KNOWN),
        "pictures": library.library(),
        "signatures": library.filter(kind=Picture.Kind.SIGNATURE),
        "people": [(key, PEOPLE[key], person.name) for key, person in previewing.PEOPLE.items()],
    }


def _at(request: StaffRequest, found: Achievement, name: str) -> str:
    return reverse(f"manage-achievement-{name}", args=[request.issuer.slug, found.public_id])


def _told(problems: list[Problem], layout: Any) -> list[dict[str, str]]:
    return [{"pointer": p.pointer, "code": p.code, "message": sentence(p, layout)} for p in problems]


def _refused(problems: list[Problem], layout: Any = None, status: int = 422, **more: Any) -> JsonResponse:
    return JsonResponse({"problems": _told(problems[:50], layout), **more}, status=status)


def _read(request: StaffRequest) -> dict[str, Any] | JsonResponse:
    """What was sent, or the refusal of it."""
    try:
        body = request.body
    except RequestDataTooBig:
        body = b" " * (sent_layout.MOST_BYTES + 1)
    if len(body) > sent_layout.MOST_BYTES:
        return _refused([Problem("", "too-large", "")], status=413)
    try:
        return sent_layout.read(body)
    except Unreadable as error:
        return _refused([error.problem])


def _pictures(found: Achievement, layout: dict[str, Any]) -> dict[str, bytes]:
    """Badge, logo and the pictures of a layout; one whose file is gone is left out, as it would be on paper."""
    badge = getattr(found, "badge", None)
    told = {"spec": badge.spec, "picture": badge.picture} if badge else {"spec": None, "picture": ""}
    try:
        return previewing.pictures_of(told) | keeping.fetch_pictures(layout)
    except media.MissingFile:
        return {}


def _drawn(request: StaffRequest, found: Achievement, layout: dict[str, Any], person: str) -> draft.Look:
    values = previewing.values(found, previewing.PEOPLE[person])
    pictures = _pictures(found, layout)
    drawn = draft.look(layout, values, pictures)
    slug = request.issuer.slug
    html = draft.for_browsers(
        drawn.html, font=lambda name: reverse("manage-font", args=[slug, name]), pictures=pictures
    )
    return draft.Look(drawn.frames, drawn.problems, html)


def _person(asked: Any) -> str:
    return asked if isinstance(asked, str) and asked in previewing.PEOPLE else "short"


def _everybody(found: Achievement, layout: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    """What cannot be printed for each of those who try a design hardest."""
    tried = {}
    for key, person in previewing.PEOPLE.items():
        drawn = draft.look(layout, previewing.values(found, person), {}, ground=False)
        tried[key] = _told(drawn.problems, layout)
    return tried


@member_required("achievement.edit")
@require_POST
def certificate_look(request: StaffRequest, public_id: str) -> HttpResponse:
    """How a layout that nobody has stored would look, and what is to be said of it. Writes nothing."""
    found, sent = editor.find(public_id), _read(request)
    if isinstance(sent, JsonResponse):
        return sent
    layout = sent.get("layout")
    if problems := designing.faults(layout):
        return _refused(problems, layout)
    return JsonResponse(_looked(request, found, sent, layout))


def _looked(request: StaffRequest, found: Achievement, sent: dict[str, Any], layout: Any) -> dict[str, Any]:
    if isinstance(locale := sent.get("locale"), str) and locale in {"en", "ar"}:
        layout = {**layout, "locale": locale}
    drawn = _drawn(request, found, layout, _person(sent.get("person")))
    answer = {
        "problems": _told(drawn.problems, layout),
        "notes": _told(advice.advise(layout), layout),
        "frames": drawn.frames,
        "reading": advice.reading_order(layout),
        "style": drawn.style,
        "body": drawn.body,
    }
    return {**answer, "people": _everybody(found, layout)} if sent.get("everybody") is True else answer


@member_required("achievement.edit")
@require_POST
def certificate_layout(request: StaffRequest, public_id: str) -> HttpResponse:
    """Keep a layout; 409 says who saved meanwhile, and nothing is overwritten."""
    found, sent = editor.find(public_id), _read(request)
    if isinstance(sent, JsonResponse):
        return sent
    layout = sent.get("layout")
    if problems := sent_layout.faults(found, layout):
        return _refused(problems, layout)
    try:
        designing.lay_out(found, by=request.user, edits=sent_layout.edits(sent), layout=layout)
    except designing.EditedMeanwhile:
        return _meanwhile(found)
    fresh = editor.find(public_id)
    previewing.ask(fresh)
    return JsonResponse({"problems": [], "edits": fresh.edits, "said": _("Saved.")})


def _meanwhile(found: Achievement) -> JsonResponse:
    fresh = editor.find(found.public_id)
    other = editor.meanwhile(fresh, [])
    when = date_format(localtime(other.at), "DATETIME_FORMAT") if other.at else ""
    said = _("%(name)s saved this achievement on %(when)s, after you opened the page.") % {
        "name": other.name,
        "when": when,
    }
    more = {"who": other.name, "when": when, "edits": fresh.edits}
    return JsonResponse({"problems": [{"pointer": "", "code": "meanwhile", "message": said}], **more}, status=409)


@xframe_options_sameorigin
@csp_replace(_FRAME)  # type: ignore[arg-type]
@member_required("achievement.edit")
@require_safe
def certificate_frame(request: StaffRequest, public_id: str) -> HttpResponse:
    """The stored draft as a page by itself, for a sandboxed frame: styles inside it, no scripts, nothing from elsewhere."""
    found = editor.find(public_id)
    design = getattr(found, "certificate", None)
    if design is None or designing.faults(design.layout):
        raise Http404
    drawn = _drawn(request, found, design.layout, _person(request.GET.get("person")))
    answer = HttpResponse(drawn.html)
    answer["Cache-Control"] = "private, no-store"
    return answer


@member_required("achievement.view")
@require_safe
def font(request: StaffRequest, typeface: str) -> HttpResponse:
    """A bundled font, for the frame."""
    try:
        data = fonts.path(typeface).read_bytes()
    except KeyError as error:
        raise Http404 from error
    answer = HttpResponse(data, content_type="font/ttf")
    answer["Cache-Control"] = "private, max-age=604800, immutable"
    return answer
