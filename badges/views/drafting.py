"""What the certificate designer asks while one works: how a layout looks, what is wrong with it, and to keep it."""

from __future__ import annotations

import functools
import hashlib
import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from badges import editing, laying_out, previewing
from badges.forms import layout as sent_layout
from badges.forms.certificate import ORIENTATIONS, SIZES
from badges.forms.element import first_picture
from badges.forms.faults import sentence
from badges.forms.kinds import fields, kinds
from badges.forms.layout import Unreadable
from badges.forms.page import WHOLES
from badges.forms.words import languages
from badges.models import Achievement, Picture
from badges.rendering import certificate as paper
from badges.rendering import certificate_advice as advice
from badges.rendering import certificate_pieces as pieces
from badges.rendering import fonts
from badges.rendering.certificate import Problem
from badges.rendering.certificate_page import size_of
from badges.rendering.palette import NAMES, palette
from badges.views import desk_words as words
from badges.views import editor
from badges.views.proofs import PEOPLE
from issuers.access import StaffRequest, member_required

# Same origin, so that the editor can put the drawing in and move it; no scripts, so that nothing in it can do the same.
FRAME_CSP = f"{paper.PROOF_CSP}; sandbox allow-same-origin"
ON = dict([*SIZES, *ORIENTATIONS])


def context(request: StaffRequest, found: Achievement) -> dict[str, Any]:
    """All that the designer's script begins with; `templates/badges/_certificate_desk.html` hands it over as JSON."""
    layout = found.certificate.layout
    at = {name: _at(request, found, f"certificate-{name}") for name in ("look", "layout", "frame")}
    theme, picture = layout["theme"], first_picture(request.issuer)
    return {
        "layout": layout,
        "edits": found.edits,
        "addresses": at,
        "sizes": {
            f"{size} {side}": size_of({"size": size, "orientation": side})
            for size in paper.SIZES
            for side in paper.ORIENTATIONS
        },
        "pieces": {kind: pieces.piece(kind, layout, words=_("New text"), picture=picture) for kind in pieces.KINDS},
        "colours": palette(theme["brand"], theme.get("accent", "auto")) | theme.get("colours", {}),
        "margin": advice.SAFE_MARGIN,
        "wholes": WHOLES,
        "words": words.of_the_desk(),
    }


def choices(found: Achievement) -> dict[str, Any]:
    """Lists that the panels offer."""
    library = Picture.objects.offered()
    return {
        "fonts": [name for name in fonts.names() if not name.startswith("noto-")],
        "fields": fields().items(),
        "colours": sorted(set(NAMES) | set(found.certificate.layout["theme"].get("colours", {}))),
        "pictures": library.library(),
        "signatures": library.filter(kind=Picture.Kind.SIGNATURE),
        "people": [(key, PEOPLE[key], person.name) for key, person in previewing.PEOPLE.items()],
        "languages": languages(),
        "papers": [
            (f"{size} {side}", f"{ON[size]}, {ON[side]}") for size in paper.SIZES for side in paper.ORIENTATIONS
        ],
        "kinds": kinds(),
        "signers": [(place, place + 1) for place in range(4)],
    }


def _at(request: StaffRequest, found: Achievement, name: str) -> str:
    return reverse(f"manage-achievement-{name}", args=[request.issuer.slug, found.public_id])


def _told(problems: list[Problem], layout: Any) -> list[dict[str, str]]:
    return [{"pointer": p.pointer, "code": p.code, "message": sentence(p, layout)} for p in problems]


def _refused(problems: list[Problem], layout: Any = None, status: int = 422, **more: Any) -> JsonResponse:
    return JsonResponse({"problems": _told(problems[:50], layout), **more}, status=status)


def _read(request: StaffRequest) -> dict[str, Any] | JsonResponse:
    """What was sent, or the refusal of it."""
    if request.content_type != "application/json":
        return _refused([Problem("", "not-json", _("This is not JSON. Load the page again."))])
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


def _pictures(request: StaffRequest, found: Achievement, layout: dict[str, Any]) -> dict[str, bytes | str]:
    """The badge, and addresses of the layout's pictures, so that a browser fetches each once."""
    badge = getattr(found, "badge", None)
    told = {"spec": badge.spec, "picture": badge.picture} if badge else {"spec": None, "picture": ""}
    keys = {key for _pointer, key in paper.pictures_of(layout)}
    slug = request.issuer.slug
    at = {
        key: reverse("manage-kit-picture-image", args=[slug, number])
        for number, key in Picture.objects.filter(key__in=keys).values_list("pk", "key")
    }
    signers = enumerate(layout.get("signers", ()), 1)
    inks = {f"signature.{number}": at[signer["picture"]] for number, signer in signers if signer.get("picture") in at}
    return {**previewing.pictures_of(told), **at, **inks}


def _drawn(request: StaffRequest, found: Achievement, layout: dict[str, Any], person: str) -> paper.Proof:
    values = previewing.values(found, previewing.PEOPLE[person])
    fonts_at = reverse("manage-font", args=[request.issuer.slug, "NAME"])
    return paper.draw_proof(layout, values, _pictures(request, found, layout), fonts=fonts_at)


def _ground(request: StaffRequest, found: Achievement, layout: dict[str, Any]) -> tuple[str, str]:
    """Everything of the page that is not an element, and a mark by which a browser knows that it has it already."""
    parts: dict[str, Any] = {
        key: layout[key] for key in ("page", "theme", "background", "border", "locale") if key in layout
    }
    blank: dict[str, Any] = {**parts, "laurel": layout["laurel"], "id": layout["id"], "title": "", "elements": []}
    key = json.dumps(blank, sort_keys=True)
    at = {name: where for name, where in _pictures(request, found, blank).items() if isinstance(where, str)}
    drawn = _ground_of(key, json.dumps(at, sort_keys=True))
    return hashlib.sha256(drawn.encode()).hexdigest()[:16], drawn


@functools.lru_cache(maxsize=32)
def _ground_of(blank: str, pictures: str) -> str:
    nobody = paper.Values("", "", "", "", "", "", "")
    html = paper.proof(json.loads(blank), nobody, json.loads(pictures), fonts="")
    return html.partition('<main class="page">')[2].rpartition("</main>")[0]


def _person(asked: Any) -> str:
    return asked if isinstance(asked, str) and asked in previewing.PEOPLE else "short"


def _everybody(found: Achievement, layout: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    """What cannot be printed for each of those who try a design hardest."""
    people = previewing.PEOPLE.items()
    return {key: _told(sent_layout.troubles(found, layout, person), layout) for key, person in people}


@member_required("achievement.edit")
@require_POST
def certificate_look(request: StaffRequest, public_id: str) -> HttpResponse:
    """How a layout that nobody has stored would look, and what is to be said of it. Writes nothing."""
    found, sent = editor.find(public_id), _read(request)
    if isinstance(sent, JsonResponse):
        return sent
    layout = sent.get("layout")
    if problems := laying_out.faults(layout):
        return _refused(problems, layout)
    return JsonResponse(_looked(request, found, sent, layout))


def _looked(request: StaffRequest, found: Achievement, sent: dict[str, Any], layout: Any) -> dict[str, Any]:
    if isinstance(locale := sent.get("locale"), str) and locale in {"en", "ar"}:
        layout = {**layout, "locale": locale}
    drawn = _drawn(request, found, sent_layout.bare(layout), _person(sent.get("person")))
    mark, ground = _ground(request, found, layout)
    troubles = [Problem(each["pointer"], each["code"], each["what"]) for each in drawn.troubles]
    answer = {
        "problems": _told(troubles, layout),
        "notes": _told(advice.advise(layout), layout),
        "frames": drawn.frames,
        "reading": advice.reading_order(layout),
        "style": drawn.html.partition("<style>")[2].partition("</style>")[0],
        "body": drawn.html.partition("<body>")[2].rpartition("</body>")[0],
        "ground": {"mark": mark, "html": None if sent.get("ground") == mark else ground},
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
        laying_out.freely(found, by=request.user, edits=sent_layout.edits(sent), layout=layout)
    except editing.EditedMeanwhile:
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
@member_required("achievement.edit")
@require_safe
def certificate_frame(request: StaffRequest, public_id: str) -> HttpResponse:
    """The stored draft as a page by itself, for a sandboxed frame: styles inside it, no scripts, nothing from elsewhere."""
    found = editor.find(public_id)
    design = getattr(found, "certificate", None)
    if design is None or laying_out.faults(design.layout):
        raise Http404
    answer = HttpResponse(_drawn(request, found, design.layout, _person(request.GET.get("person"))).html)
    answer["Content-Security-Policy"] = FRAME_CSP
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
