"""Starter packs: small, whole examples that a new institution begins with, as drafts that are ready to be read and changed.

What they say is in the language of whoever begins one; from then on it is the institution's own text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

# Stands in a rule for the achievement of the pack with this name; it has no public id before it is begun.
THE = "the:"


@dataclass(frozen=True)
class Opportunity:
    """One thing to do, to begin with. `key` stands in rules."""

    kind: str
    key: str
    title: Any
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """One achievement. `rule` is a document of rule/1, `plan` what badges.assessing writes; each may be absent."""

    key: str
    name: Any
    achievement_type: str
    description: Any
    criteria: Any
    tags: tuple[Any, ...]
    badge: str
    symbol: str
    certificate: str
    basis: str = ""
    rule: Mapping[str, Any] | None = None
    plan: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Pack:
    """One use, whole. `next` says what is left to do once the drafts are there."""

    key: str
    icon: str
    title: Any
    story: Any
    drafts: tuple[Draft, ...]
    next: tuple[Any, ...]
    opportunities: tuple[Opportunity, ...] = ()
    tutorial: Mapping[str, Any] = field(default_factory=dict)


def _all(*conditions: Mapping[str, Any]) -> dict[str, Any]:
    return {"format": "rule/1", "needs": {"of": "all", "conditions": list(conditions)}}


WEBINARS = Pack(
    key="webinars",
    icon="school",
    title=_("A series of webinars"),
    story=_("Whoever attends three different webinars gets “Curious Learner”, within a minute of the third."),
    drafts=(
        Draft(
            key="curious",
            name=_("Curious Learner"),
            achievement_type="Badge",
            description=_("Took part in three different webinars of the series."),
            criteria=_(
                "Attend at least **three different webinars** of the series. Being checked in at the door, or standing in the"
                " attendance report, counts."
            ),
            tags=(_("Curiosity"), _("Lifelong learning")),
            badge="horizon",
            symbol="ph-lightbulb",
            certificate="minimal",
            basis="attendance",
            rule=_all({"type": "count", "kind": "session", "tags": ["webinar"], "at_least": 3}),
        ),
    ),
    opportunities=(
        Opportunity("session", "webinar-1", _("First webinar"), ("webinar",)),
        Opportunity("session", "webinar-2", _("Second webinar"), ("webinar",)),
        Opportunity("session", "webinar-3", _("Third webinar"), ("webinar",)),
    ),
    next=(
        _("Give the three webinars their titles and times."),
        _("Look at the badge and publish it."),
        _("Look at the dry run of the rule, and switch it on."),
        _("Open the door of the first webinar, or take in its attendance report afterwards."),
    ),
)

MENTORING = Pack(
    key="mentoring",
    icon="users",
    title=_("Peer mentoring"),
    story=_(
        "Students write down whom they helped, staff confirm it. Three peers earn “Peer Helper”; ten hours more the"
        " certificate “Community Mentor”."
    ),
    drafts=(
        Draft(
            key="helper",
            name=_("Peer Helper"),
            achievement_type="Badge",
            description=_("Helped three fellow students with their studies."),
            criteria=_(
                "Help at least **three different people**. You write it down in your log, and staff confirm it."
            ),
            tags=(_("Collaboration"), _("Communication")),
            badge="hexagon",
            symbol="ph-users-three",
            certificate="minimal",
            rule=_all({"type": "peers", "kind": "help", "at_least": 3}),
        ),
        Draft(
            key="mentor",
            name=_("Community Mentor"),
            achievement_type="Certificate",
            description=_("Guided fellow students for at least ten hours, after helping several of them before."),
            criteria=_("Hold **Peer Helper**, and mentor for at least **ten hours**. Staff confirm every hour."),
            tags=(_("Mentoring"), _("Leadership"), _("Responsibility")),
            badge="seal",
            symbol="ph-tree",
            certificate="classic",
            rule=_all(
                {"type": "holds", "credentials": [f"{THE}helper"], "at_least": 1},
                {"type": "sum", "kind": "mentoring", "unit": "hours", "at_least": 10},
            ),
        ),
    ),
    next=(
        _("Publish “Peer Helper” first: “Community Mentor” builds on it."),
        _("Look at the dry run of both rules, and switch them on."),
        _("Tell your students where their log is: in their wallet."),
        _("Confirm what they tell, one by one or together."),
    ),
)

MICRO_CREDENTIAL = Pack(
    key="micro-credential",
    icon="certificate",
    title=_("An assessed micro-credential"),
    story=_(
        "Learners hand in a piece of work, assessors read it beside a rubric, and mastery earns “Data Storytelling”."
    ),
    drafts=(
        Draft(
            key="storytelling",
            name=_("Data Storytelling"),
            achievement_type="MicroCredential",
            description=_("Turned a data set into a story that others understood and could act on."),
            criteria=_(
                "Hand in a **data story** of your own. It is assessed by three criteria, and every one of them must be at"
                " “Proficient” or above."
            ),
            tags=(_("Data analysis"), _("Visualisation"), _("Communication")),
            badge="mosaic",
            symbol="ph-chart-bar",
            certificate="editorial",
            basis="mastery",
            plan={
                "values": {
                    "competency": _("Telling a true story with data"),
                    "task": _(
                        "A page or a short film that answers **one question** with **one data set**: the question, two or"
                        " three pictures of the data, what follows from them, and where the data come from."
                    ),
                    "routes": (_("A written page"), _("A film of at most five minutes")),
                    "tries": 3,
                    "due_by_agreement": True,
                },
                "levels": (_("Beginning"), _("Proficient"), _("Outstanding")),
                "reaches": 1,
                "criteria": (
                    {
                        "name": _("The question"),
                        "description": _("Whether it can be answered, and is worth answering."),
                        "looks": (
                            _("A topic, and no question yet."),
                            _("One question that the data can answer."),
                            _("A question that others take up after reading."),
                        ),
                    },
                    {
                        "name": _("The pictures"),
                        "description": _("Whether they show what is so, and mislead nobody."),
                        "looks": (
                            _("Hard to read, or cut so that they say something else."),
                            _("Fit for their data, labelled, with honest axes."),
                            _("Said at a glance, and true at a second look."),
                        ),
                    },
                    {
                        "name": _("What follows"),
                        "description": _("Whether the end is carried by the data."),
                        "looks": (
                            _("An opinion beside the data."),
                            _("A conclusion that follows, with what it does not say."),
                            _("A conclusion that somebody could act on, with its limits."),
                        ),
                    },
                ),
                "resources": (
                    {"name": _("An hour with a librarian, about finding data"), "note": _("Ask at the desk.")},
                    {"name": _("A data set of your own course or town"), "note": _("Small is fine; true is needed.")},
                ),
            },
        ),
    ),
    next=(
        _("Read the rubric with your colleagues, and change what is different with you."),
        _("Publish it, so that learners can begin from its public page."),
        _("Say who assesses: reviewers of your institution, or somebody from outside by a link."),
    ),
)

TUTORIAL = Pack(
    key="tutorial",
    icon="book-2",
    title=_("A self-guided tutorial"),
    story=_("Five minutes of reading and three questions: who answers them gets “Transcript Pro” at once."),
    drafts=(
        Draft(
            key="transcript",
            name=_("Transcript Pro"),
            achievement_type="Badge",
            description=_("Knows how to order, read and share an official transcript."),
            criteria=_("Read the tutorial, and answer its **three questions** correctly."),
            tags=(_("Self-organisation"),),
            badge="bookplate",
            symbol="ph-scroll",
            certificate="minimal",
        ),
    ),
    tutorial={
        "text": _(
            "## What a transcript is\n\nA transcript lists every course you took, with its credits and results. It is **official**"
            " when it comes from us and can be checked; a screenshot of the portal is not.\n\n"
            "## Ordering one\n\n- Sign in to the student portal and choose *Documents*.\n- Choose *Transcript*, its language,"
            " and whether it goes to you or straight to somebody else.\n- It is ready within two working days.\n\n"
            "## Sharing it\n\nSend the **link**, and not a copy: whoever opens it sees whether it is the current one. You can"
            " take the link back when an application is over."
        ),
        "questions": (
            {
                "kind": "one",
                "label": _("Which of these is an official transcript?"),
                "options": (
                    _("A screenshot of the portal"),
                    _("A document from us that can be checked"),
                    _("A list of my own"),
                ),
                "accepted": (_("A document from us that can be checked"),),
            },
            {
                "kind": "one",
                "label": _("How long does it take?"),
                "options": (_("Two working days"), _("Two weeks"), _("A term")),
                "accepted": (_("Two working days"),),
            },
            {
                "kind": "yes_no",
                "label": _("An employer asks for it. Is the link better than a copy?"),
                "accepted": ("yes",),
            },
        ),
    },
    next=(
        _("Change the tutorial and its questions to what is so with you."),
        _("Publish the badge, and open the tutorial."),
        _("Link it from where your students ask: the portal, the desk, a poster."),
    ),
)

PACKS = (WEBINARS, MENTORING, MICRO_CREDENTIAL, TUTORIAL)
BY_KEY = {pack.key: pack for pack in PACKS}
