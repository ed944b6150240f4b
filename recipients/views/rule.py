"""The builder: conditions as rows, the sentence above them, every fault said at its row. A draft may have faults."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from badges import ruling
from badges.criteria import drafting, soundness
from badges.criteria.drafting import FIRST, Json, Place
from badges.criteria.rules import Of, Type
from badges.editing import EditedMeanwhile
from badges.forms.rule import RuleForm
from badges.forms.rule_parts import Part
from issuers.access import StaffRequest, member_required
from issuers.templatetags import fields as controls
from recipients.views.rule_desk import Desk

# Said when somebody saves, and not of a row that has just been added.
UNSAID = {"missing", "too-few"}
Focus = tuple[Place, str]


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("rule.edit")
def rule(request: StaffRequest, public_id: str) -> HttpResponse:
    """The rule as it is written; `do` changes the rows, `look` shows how it reads, and neither saves."""
    desk = Desk(request, public_id)
    if request.method != "POST":
        return _stored(desk)
    form = RuleForm(request.POST, desk.choosers)
    if not form.is_valid():
        return _page(desk, form, {}, status=422, alert=True)
    if "do" in request.POST or "look" in request.POST:
        document, focus = changed(form.document(), request.POST.get("do", "look"))
        return _shown(desk, document, form.edits, focus=focus)
    return _save(desk, form)


def _stored(desk: Desk) -> HttpResponse:
    """What was kept, with its faults; where nothing was, a first condition to begin with."""
    if desk.draft is None:
        document, _place = drafting.add(drafting.EMPTY, (), drafting.begun(Type.COUNT))
        return _shown(desk, document, desk.rule.edits if desk.rule else 0)
    form = RuleForm.of(desk.draft, desk.choosers, edits=desk.begun().edits)
    form.tell(soundness.check(desk.draft, desk.known), desk.quoted)
    return _page(desk, form, desk.draft)


def _shown(desk: Desk, document: Json, edits: int, *, focus: Focus = ((), ""), **context: Any) -> HttpResponse:
    """Rows that were not saved."""
    form = RuleForm.of(document, desk.choosers, edits=edits, focus=focus)
    problems = soundness.check(document, desk.known)
    form.tell([problem for problem in problems if problem.code not in UNSAID], desk.quoted)
    return _page(desk, form, document, **context)


def _page(desk: Desk, form: RuleForm, document: Json, status: int = 200, **context: Any) -> HttpResponse:
    told = {
        "form": form,
        "sentence": desk.sentence(document),
        "faults": list(_faults(form)),
        "unsaved": desk.request.method == "POST" and document != desk.draft,
        "things": [(kind, desk.choosers.things(kind)) for kind in sorted(form.kinds())],
        "choosers": desk.choosers,
    }
    return desk.page("rule", status, **told, **context)


def _faults(form: RuleForm) -> list[controls.Fault]:
    """For the summary: what is wrong, and at which condition."""
    lines = list(controls.faults(form.frame))
    for row in form.every_row():
        where = _("Group %(number)s") if row.is_group else _("Condition %(number)s")
        lines += _at(where % {"number": row.number}, f"row-{row.at}", row.form)
    for number, term in enumerate(form.terms, start=1):
        lines += _at(_("Term %(number)s") % {"number": number}, "terms", term)
    return lines


def _at(place: str, target: str, part: Part) -> list[controls.Fault]:
    """Those of one row, with its place before the name of the field."""
    return [
        controls.Fault(fault.target or target, f"{place}, {fault.label}" if fault.label else place, fault.text)
        for fault in controls.faults(part)
    ]


def _save(desk: Desk, form: RuleForm) -> HttpResponse:
    document = form.document()
    try:
        desk.rule = ruling.save_draft(desk.achievement, desk.request.user, edits=form.edits, document=document)
    except EditedMeanwhile:
        fresh = Desk(desk.request, desk.achievement.public_id)
        return _shown(fresh, document, fresh.begun().edits, status=409, meanwhile=fresh.meanwhile())
    wrong = len(soundness.check(document, desk.known))
    if wrong:
        said = ngettext(
            "Kept as a draft. %(number)s thing is to be mended before it can be switched on.",
            "Kept as a draft. %(number)s things are to be mended before it can be switched on.",
            wrong,
        )
        messages.warning(desk.request, said % {"number": wrong})
    else:
        messages.success(desk.request, _("Saved."))
    return redirect("manage-rule", slug=desk.issuer.slug, public_id=desk.achievement.public_id)


def changed(document: Json, do: str) -> tuple[Json, Focus]:
    """The document after one press, and where the focus goes. A press that fits no row changes nothing."""
    verb, at, was = [*do.split(":"), "", ""][:3]
    place = tuple(int(step) for step in at.split("-")) if at.replace("-", "").isdecimal() else ()
    try:
        return _retyped(document, place, was) if was else _DOINGS[verb](document, place)
    except (KeyError, IndexError, ValueError):
        return document, ((), "")


def _retyped(document: Json, place: Place, was: str) -> tuple[Json, Focus]:
    """A type was just chosen: its condition keeps what somebody wrote, and begins with what is usual for it."""
    usual = FIRST.get(was, {})

    def fill(said: Json) -> Json:
        own = {name: value for name, value in said.items() if usual.get(name) != value}
        return {**FIRST.get(said["type"], {}), **own} if said["type"] != was else said

    return drafting.filled(document, place, fill), (place, "type")


def _add(document: Json, place: Place) -> tuple[Json, Focus]:
    made, there = drafting.add(document, place, drafting.begun(Type.COUNT))
    return made, (there, "type")


def _add_group(document: Json, place: Place) -> tuple[Json, Focus]:
    fresh = {"of": Of.ANY.value, "conditions": [drafting.begun(Type.COUNT)]}
    made, there = drafting.add(document, (), fresh)
    return made, ((*there, 0), "type")


def _remove(document: Json, place: Place) -> tuple[Json, Focus]:
    return drafting.remove(document, place), ((), "add")


def _up(document: Json, place: Place) -> tuple[Json, Focus]:
    made, there = drafting.move(document, place, -1)
    return made, (there, "up")


def _down(document: Json, place: Place) -> tuple[Json, Focus]:
    made, there = drafting.move(document, place, 1)
    return made, (there, "down")


def _join(document: Json, place: Place) -> tuple[Json, Focus]:
    made, there = drafting.group(document, place)
    return made, (there, "type")


def _out(document: Json, place: Place) -> tuple[Json, Focus]:
    made, there = drafting.take_out(document, place)
    return made, (there, "type")


def _look(document: Json, place: Place) -> tuple[Json, Focus]:
    return document, ((), "")


_DOINGS: dict[str, Any] = {
    "add": _add,
    "group": _add_group,
    "remove": _remove,
    "up": _up,
    "down": _down,
    "join": _join,
    "out": _out,
    "look": _look,
}
