"""Each kind of activity, as something that was done and as something still to do.

All begin with a verb in small letters, so that they stand in a row: "attended …, and scored …". %(n)s is a number,
%(things)s are names, %(amount)s is a number with its unit, %(kind)s what the institution calls a kind of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


@dataclass(frozen=True)
class KindWords:
    """`counted` and `more` for numbers of different ones, `did` and `do` for named ones, `spent` and `spend` for amounts."""

    label: Any
    counted: Any
    more: Any
    did: Any
    do: Any
    spent: Any
    spend: Any


KINDS = {
    "session": KindWords(
        _("Session attended"),
        ngettext_lazy("attended at least %(n)s session", "attended at least %(n)s different sessions", "many"),
        ngettext_lazy("attend %(n)s more session", "attend %(n)s more different sessions", "many"),
        _("attended %(things)s"),
        _("attend %(things)s"),
        _("attended sessions worth at least %(amount)s"),
        _("attend sessions worth %(amount)s more"),
    ),
    "course": KindWords(
        _("Course completed"),
        ngettext_lazy("completed at least %(n)s course", "completed at least %(n)s different courses", "many"),
        ngettext_lazy("complete %(n)s more course", "complete %(n)s more different courses", "many"),
        _("completed %(things)s"),
        _("complete %(things)s"),
        _("completed courses worth at least %(amount)s"),
        _("complete courses worth %(amount)s more"),
    ),
    "module": KindWords(
        _("Module completed"),
        ngettext_lazy("completed at least %(n)s module", "completed at least %(n)s different modules", "many"),
        ngettext_lazy("complete %(n)s more module", "complete %(n)s more different modules", "many"),
        _("completed %(things)s"),
        _("complete %(things)s"),
        _("completed modules worth at least %(amount)s"),
        _("complete modules worth %(amount)s more"),
    ),
    "task": KindWords(
        _("Task completed"),
        ngettext_lazy("completed at least %(n)s task", "completed at least %(n)s different tasks", "many"),
        ngettext_lazy("complete %(n)s more task", "complete %(n)s more different tasks", "many"),
        _("completed %(things)s"),
        _("complete %(things)s"),
        _("completed tasks worth at least %(amount)s"),
        _("complete tasks worth %(amount)s more"),
    ),
    "assessment": KindWords(
        _("Assessment taken"),
        ngettext_lazy("took at least %(n)s assessment", "took at least %(n)s different assessments", "many"),
        ngettext_lazy("take %(n)s more assessment", "take %(n)s more different assessments", "many"),
        _("took %(things)s"),
        _("take %(things)s"),
        _("reached at least %(amount)s in assessments altogether"),
        _("reach %(amount)s more in assessments"),
    ),
    "peer_review": KindWords(
        _("Peer review given"),
        ngettext_lazy("gave at least %(n)s peer review", "gave at least %(n)s different peer reviews", "many"),
        ngettext_lazy("give %(n)s more peer review", "give %(n)s more different peer reviews", "many"),
        _("gave peer reviews of %(things)s"),
        _("give peer reviews of %(things)s"),
        _("gave peer reviews worth at least %(amount)s"),
        _("give peer reviews worth %(amount)s more"),
    ),
    "help": KindWords(
        _("Help given to a peer"),
        ngettext_lazy("helped with at least %(n)s thing", "helped with at least %(n)s different things", "many"),
        ngettext_lazy("help with %(n)s more thing", "help with %(n)s more different things", "many"),
        _("helped with %(things)s"),
        _("help with %(things)s"),
        _("helped others for at least %(amount)s"),
        _("help others for %(amount)s more"),
    ),
    "contribution": KindWords(
        _("Forum contribution"),
        ngettext_lazy("wrote at least %(n)s contribution", "wrote at least %(n)s different contributions", "many"),
        ngettext_lazy("write %(n)s more contribution", "write %(n)s more different contributions", "many"),
        _("contributed to %(things)s"),
        _("contribute to %(things)s"),
        _("wrote contributions worth at least %(amount)s"),
        _("write contributions worth %(amount)s more"),
    ),
    "volunteering": KindWords(
        _("Volunteering"),
        ngettext_lazy(
            "volunteered for at least %(n)s project", "volunteered for at least %(n)s different projects", "many"
        ),
        ngettext_lazy("volunteer for %(n)s more project", "volunteer for %(n)s more different projects", "many"),
        _("volunteered for %(things)s"),
        _("volunteer for %(things)s"),
        _("volunteered at least %(amount)s"),
        _("volunteer %(amount)s more"),
    ),
    "mentoring": KindWords(
        _("Mentoring"),
        ngettext_lazy("mentored in at least %(n)s project", "mentored in at least %(n)s different projects", "many"),
        ngettext_lazy("mentor in %(n)s more project", "mentor in %(n)s more different projects", "many"),
        _("mentored in %(things)s"),
        _("mentor in %(things)s"),
        _("mentored at least %(amount)s"),
        _("mentor %(amount)s more"),
    ),
    "nomination": KindWords(
        _("Nomination received"),
        ngettext_lazy("received at least %(n)s nomination", "received at least %(n)s different nominations", "many"),
        ngettext_lazy("receive %(n)s more nomination", "receive %(n)s more different nominations", "many"),
        _("was nominated for %(things)s"),
        _("be nominated for %(things)s"),
        _("received nominations worth at least %(amount)s"),
        _("receive nominations worth %(amount)s more"),
    ),
}
OWN = KindWords(
    "%(kind)s",
    ngettext_lazy("has at least %(n)s entry of %(kind)s", "has at least %(n)s different entries of %(kind)s", "many"),
    ngettext_lazy("get %(n)s more entry of %(kind)s", "get %(n)s more different entries of %(kind)s", "many"),
    _("has an entry of %(kind)s for %(things)s"),
    _("get an entry of %(kind)s for %(things)s"),
    _("has at least %(amount)s of %(kind)s"),
    _("get %(amount)s more of %(kind)s"),
)
# Whatever the kind: things with a tag.
ANY = KindWords(
    _("Any activity"),
    ngettext_lazy("did at least %(n)s thing", "did at least %(n)s different things", "many"),
    ngettext_lazy("do %(n)s more thing", "do %(n)s more different things", "many"),
    _("did %(things)s"),
    _("do %(things)s"),
    _("collected at least %(amount)s"),
    _("collect %(amount)s more"),
)
# Different people, by the kind of what was done for them: done, and still to do.
PEERS = {
    "peer_review": (
        ngettext_lazy(
            "reviewed the work of at least %(n)s peer", "reviewed the work of at least %(n)s different peers", "many"
        ),
        ngettext_lazy("review the work of %(n)s more peer", "review the work of %(n)s more different peers", "many"),
    ),
    "mentoring": (
        ngettext_lazy("mentored at least %(n)s peer", "mentored at least %(n)s different peers", "many"),
        ngettext_lazy("mentor %(n)s more peer", "mentor %(n)s more different peers", "many"),
    ),
    "": (
        ngettext_lazy("helped at least %(n)s peer", "helped at least %(n)s different peers", "many"),
        ngettext_lazy("help %(n)s more peer", "help %(n)s more different peers", "many"),
    ),
}
# By other kinds: an institution's own, or one of ours in another light.
PEERS_BY = (
    ngettext_lazy(
        "helped at least %(n)s peer by %(kind)s", "helped at least %(n)s different peers by %(kind)s", "many"
    ),
    ngettext_lazy("help %(n)s more peer by %(kind)s", "help %(n)s more different peers by %(kind)s", "many"),
)


def words_of(kind: str) -> KindWords:
    """Of a kind of ours, of any, or of the institution's own."""
    return KINDS.get(kind, OWN) if kind else ANY
