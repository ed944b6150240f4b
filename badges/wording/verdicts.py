"""What a verdict says to people: how far each condition has come and why, and what would complete the rule."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from badges.criteria.evaluating import Finding, Reason, Verdict
from badges.criteria.rules import Type
from badges.wording.kinds import words_of
from badges.wording.names import NAMES, Names, amount, counted, each_of, number, one_of
from badges.wording.sentences import blanks, peers, tagged

_WHY = {
    Reason.MET: _("Done on %(day)s."),
    Reason.NOTHING_YET: _("Nothing yet."),
    Reason.SHORT: _("%(progress)s so far."),
    Reason.ONE_TRY: _("One try so far. A later one is compared with it."),
    Reason.LAST_COUNTS: _("An earlier try was enough, but the latest one counts: %(progress)s."),
    Reason.FIRST_COUNTS: _("Only the first try counts, and it came to %(progress)s."),
    Reason.NOT_BEGUN: _("It begins on %(from)s."),
    Reason.NOT_NOW: _("Its days are outside this period."),
    Reason.OVER: _("It was open until %(to)s, and came to %(progress)s."),
    Reason.LATE: _("Done on %(day)s, after the deadline."),
}
_MORE_OF = ngettext_lazy("%(n)s more of %(things)s", "%(n)s more of %(things)s", "many")


def why(found: Finding, names: Names = NAMES) -> str:
    """The reason of one condition, as a sentence."""
    return str(_WHY[found.reason]) % {
        "progress": progress(found),
        "day": names.day(found.day) if found.day else "",
        "from": names.day(found.window.start) if found.window.start else "",
        "to": _until(found, names),
    }


def _until(found: Finding, names: Names) -> str:
    """The last moment on which it counts: of the condition, or of the period if that ends before."""
    own = found.window.end == found.condition.window.end
    return names.until(found.window.end, found.condition.clock if own else None)


def progress(found: Finding) -> str:
    """2 of 3; 12.5 of 20 hours."""
    unit = found.condition.unit
    return gettext("%(done)s of %(goal)s") % {"done": number(found.done), "goal": amount(found.goal, unit)}


def overall(verdict: Verdict) -> str:
    """How much of how much, of the whole rule."""
    findings = verdict.whole.findings()
    if len(findings) == 1:
        return progress(findings[0])
    done, goal = verdict.progress
    return gettext("%(done)s of %(goal)s") % {"done": number(done), "goal": number(goal)}


def next_step(verdict: Verdict, names: Names = NAMES) -> str:
    """What would complete it, as one sentence; empty where it is met or can no longer be."""
    said = [step(found, names) for found in verdict.steps()]
    if not said:
        return ""
    *before, last = said
    joined = gettext("%(before)s, and %(last)s") % {"before": ", ".join(before), "last": last} if before else last
    return joined[:1].upper() + joined[1:] + "."


def step(found: Finding, names: Names = NAMES) -> str:
    """What is missing of one condition, in the imperative, and until when there is time."""
    said = tagged(_to_do(found, names), found.condition, names)
    if found.reason is Reason.NOT_BEGUN and found.window.start:
        return gettext("%(done)s from %(from)s on") % {"done": said, "from": names.day(found.window.start)}
    return gettext("%(done)s by %(to)s") % {"done": said, "to": _until(found, names)} if found.window.end else said


def _to_do(found: Finding, names: Names) -> str:
    condition = found.condition
    words, filled = words_of(condition.kind), blanks(condition, names)
    things = [names.thing(condition.kind, key) for key in found.missing]
    if condition.type is Type.COUNT:
        return counted(words.more, found.left, **filled)
    if condition.type is Type.PEERS:
        (_done, more), filled = peers(condition, names)
        return counted(more, found.left, **filled)
    if condition.type is Type.SUM:
        return str(words.spend) % {**filled, "amount": amount(found.left, condition.unit)}
    if condition.type in {Type.SET, Type.DEADLINE}:
        return str(words.do) % {**filled, "things": _more_of(found, things)}
    if condition.type is Type.HOLDS:
        return gettext("earn %(things)s") % {"things": _more_of(found, things)}
    if condition.type is Type.MEMBER:
        return gettext("join %(thing)s") % {"thing": things[0]}
    return _to_score(found, names.thing(condition.kind, condition.keys[0]))


def _to_score(found: Finding, thing: str) -> str:
    condition, said = found.condition, {"thing": thing, "amount": amount(found.goal, found.condition.unit)}
    if condition.type is Type.SCORE:
        return gettext("score at least %(amount)s in %(thing)s") % said
    if not found.counted:
        return gettext("take %(thing)s, and later improve on it by at least %(amount)s") % said
    said["goal"] = amount((found.counted[0].value or 0) + found.goal, condition.unit)
    return gettext("score at least %(goal)s in %(thing)s, %(amount)s more than at the first try") % said


def _more_of(found: Finding, things: Sequence[str]) -> str:
    """All that is missing, one of it, or some."""
    if found.left >= len(things):
        return each_of(things)
    if found.left == 1:
        return one_of(things)
    return counted(_MORE_OF, found.left, things=each_of(things))
