"""A rule as one sentence: "Attended at least 3 different sessions tagged *webinar*, and scored at least 70 in *Quiz 2*"."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from badges.criteria.rules import ALWAYS, Condition, Every, Group, Of, Rule, Take, Type, Window
from badges.wording.kinds import KINDS, PEERS, PEERS_BY, words_of
from badges.wording.names import NAMES, Names, amount, counted, each_of, number

_EVERY = {
    Every.WEEK: _("In each week: %(sentence)s"),
    Every.MONTH: _("In each month: %(sentence)s"),
    Every.TERM: _("In each term: %(sentence)s"),
}
_TRIES = {
    Take.BEST: _("scored at least %(amount)s in %(thing)s"),
    Take.FIRST: _("scored at least %(amount)s in %(thing)s at the first try"),
    Take.LAST: _("scored at least %(amount)s in %(thing)s at the latest try"),
}
_SOME_OF = ngettext_lazy("at least %(n)s of %(things)s", "at least %(n)s of %(things)s", "many")


def sentence(rule: Rule, names: Names = NAMES) -> str:
    """The whole rule. It ends without a full stop, so that a page may go on."""
    said = _group(rule.needs, names)
    said = str(_EVERY[rule.every]) % {"sentence": said} if rule.every else said
    return said[:1].upper() + said[1:]


def condition_sentence(condition: Condition, names: Names = NAMES) -> str:
    """One condition by itself, as a line of a list."""
    said = phrase(condition, names)
    return said[:1].upper() + said[1:]


def _group(group: Group, names: Names) -> str:
    """The rule's own conditions: in a row where all or any are needed, and there is no doubt which."""
    said = [_inner(one, names) if isinstance(one, Group) else phrase(one, names) for one in group.members]
    if len(said) == 1:
        return said[0]
    if group.of is Of.AT_LEAST:
        return _some(group, said)
    *before, last = said
    joined = gettext("%(before)s, and %(last)s") if group.of is Of.ALL else gettext("%(before)s, or %(last)s")
    return joined % {"before": ", ".join(before), "last": last}


def _inner(group: Group, names: Names) -> str:
    """A group within: in brackets, so that it is one thing."""
    said = [phrase(one, names) for one in group.conditions()]
    if len(said) == 1:
        return said[0]
    if group.of is Of.AT_LEAST:
        return _some(group, said)
    template = gettext("all of these (%(list)s)") if group.of is Of.ALL else gettext("one of these (%(list)s)")
    return template % {"list": "; ".join(said)}


def _some(group: Group, said: list[str]) -> str:
    template = ngettext("at least %(n)s of these (%(list)s)", "at least %(n)s of these (%(list)s)", group.needed)
    return template % {"n": number(group.needed), "list": "; ".join(said)}


def phrase(condition: Condition, names: Names = NAMES) -> str:
    """What was done, in small letters; with the tags and the days it is asked with."""
    return dated(tagged(_done(condition, names), condition, names), condition, names)


def tagged(said: str, condition: Condition, names: Names) -> str:
    """… tagged *webinar*."""
    if not condition.tags:
        return said
    return gettext("%(done)s tagged %(tags)s") % {
        "done": said,
        "tags": each_of([names.mark(tag) for tag in condition.tags]),
    }


def dated(said: str, condition: Condition, names: Names) -> str:
    """… between 1 September and 20 December. A day is the whole day."""
    if condition.type is Type.DEADLINE:
        return said
    return in_window(said, condition.window, names)


def in_window(said: str, window: Window, names: Names) -> str:
    """With the days on which it counts."""
    days = {"done": said, "from": window.start and names.day(window.start), "to": window.end and names.day(window.end)}
    if window.start and window.start == window.end:
        return gettext("%(done)s on %(from)s") % days
    if window.start and window.end:
        return gettext("%(done)s between %(from)s and %(to)s") % days
    if window.start:
        return gettext("%(done)s from %(from)s on") % days
    return gettext("%(done)s by %(to)s") % days if window.end else said


def blanks(condition: Condition, names: Names) -> dict[str, Any]:
    """What the sentences of kinds have blanks for, but for numbers."""
    return {"kind": names.kind(condition.kind) if condition.kind and condition.kind not in KINDS else ""}


def peers(condition: Condition, names: Names) -> tuple[tuple[Any, Any], dict[str, Any]]:
    """Done and still to do, and what fills their blanks."""
    if condition.kind in {"", "help"}:
        return PEERS[""], {}
    if condition.kind in PEERS:
        return PEERS[condition.kind], {}
    words = words_of(condition.kind)
    own = names.kind(condition.kind)
    return PEERS_BY, {"kind": names.mark(str(words.label)) if condition.kind in KINDS else own}


def _done(condition: Condition, names: Names) -> str:
    words, filled = words_of(condition.kind), blanks(condition, names)
    things = [names.thing(condition.kind, key) for key in condition.keys]
    if condition.type is Type.COUNT:
        return counted(words.counted, condition.goal, **filled)
    if condition.type is Type.PEERS:
        (done, _more), filled = peers(condition, names)
        return counted(done, condition.goal, **filled)
    if condition.type is Type.SUM:
        return str(words.spent) % {**filled, "amount": amount(condition.goal, condition.unit)}
    if condition.type is Type.SET:
        return str(words.did) % {**filled, "things": _some_of(condition, things)}
    if condition.type is Type.DEADLINE:
        done = str(words.did) % {**filled, "things": things[0]}
        return gettext("%(done)s by %(to)s") % {"done": done, "to": names.until(condition.window.end, condition.clock)}
    return _standing(condition, things)


def _standing(condition: Condition, things: list[str]) -> str:
    """Scores, and what a person holds or belongs to."""
    if condition.type is Type.HOLDS:
        # With days it is asked when it was earned, not whether it is held on all of them.
        said = gettext("holds %(things)s") if condition.window == ALWAYS else gettext("earned %(things)s")
        return said % {"things": _some_of(condition, things)}
    if condition.type is Type.MEMBER:
        return gettext("belongs to %(thing)s") % {"thing": things[0]}
    asked = {"amount": amount(condition.goal, condition.unit), "thing": things[0]}
    if condition.type is Type.IMPROVED:
        return gettext("improved by at least %(amount)s in %(thing)s since the first try") % asked
    return str(_TRIES[condition.take]) % asked


def _some_of(condition: Condition, things: list[str]) -> str:
    if condition.goal >= len(things):
        return each_of(things)
    return counted(_SOME_OF, condition.goal, things=each_of(things))
