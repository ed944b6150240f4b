"""What of assessed work stands on the credential: pieces that the learner made public, levels, and how it was assessed.

Of the other pieces nothing is named: a signed file passes from hand to hand with everything in it (docs/decisions/0022).
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext, ngettext, override

from badges.rubric import agreed
from issuers.cleaning import Address
from recipients.composing import absolute
from recipients.importing import Evidence, Person
from recipients.models import Artefact, Marking, Submission


def person(submission: Submission) -> Person:
    """Who is awarded, with what shows it."""
    recipient = submission.recipient
    markings = [row for row in submission.markings.order_by("id") if row.demonstrated]
    reached = agreed(row.marks for row in markings)
    levels = tuple(reached[place] for place in range(len(submission.rubric.criteria)))
    with override(submission.version.words["language"]):
        pieces = (_how(submission, markings), *_public(submission))
    return Person(
        line=1,
        name=submission.name,
        address=Address(recipient.address, recipient.address, recipient.address_key),
        student_id=recipient.student_id,
        more_evidence=pieces,
        levels=levels if submission.levels_public else (),
    )


def _how(submission: Submission, markings: list[Marking]) -> Evidence:
    """Who assessed it, as what and how. No names: the role speaks for the institution."""
    turns = dict(Submission.Turn.choices)
    said = [
        ": ".join((str(turns[row.turn]), ", ".join(filter(None, (row.role, row.method))) or gettext("by the rubric")))
        for row in markings
    ]
    pieces = Artefact.objects.there().filter(submission=submission)
    count, public = pieces.count(), pieces.filter(public=True).count()
    told = ngettext(
        "%(count)s piece of evidence was assessed. Named here: %(public)s.",
        "%(count)s pieces of evidence were assessed. Named here: %(public)s.",
        count,
    ) % {"count": count, "public": public}
    return Evidence(
        name=gettext("How it was assessed"),
        description=f"{'. '.join(said)}. {told}"[:2000],
        genre=gettext("Assessment"),
    )


def _public(submission: Submission) -> list[Evidence]:
    rows = Artefact.objects.there().filter(submission=submission, public=True)
    return [Evidence(url=url_of(row), name=row.name, description=row.description, genre=_genre(row)) for row in rows]


def _genre(artefact: Artefact) -> str:
    return gettext("Picture") if artefact.is_picture else str(artefact.get_kind_display())


def url_of(artefact: Artefact) -> str:
    """Where a public piece stands: a link leads there, the rest is given out by us while the holder shows it."""
    return artefact.url or absolute(reverse("evidence", args=[artefact.public_id]))
