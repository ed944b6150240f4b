"""What is still to be done before a draft can be published, and what already is: as sentences, each with its remedy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from badges import publishing


class Wanted(NamedTuple):
    """One thing: what is said while it is missing, what to do then, and what is said once it is there."""

    missing: str | Promise
    remedy: str | Promise
    done: str | Promise


WANTED = {
    "name": Wanted(
        _("The achievement has no name."),
        _("A few words, as they stand on the badge and in search results."),
        _("It has a name."),
    ),
    "description": Wanted(
        _("Nothing says in one sentence what the person did."),
        _("It is printed on the certificate, and it is what employers read first."),
        _("One sentence says what the person did."),
    ),
    "criteria": Wanted(
        _("Nothing says what it takes."),
        _("Somebody who does not know you should understand what had to be done for it."),
        _("It says what it takes."),
    ),
    "badge": Wanted(
        _("There is no badge. Choose a design, or use a picture of your own."),
        _("A design takes your colour and the achievement’s name by itself."),
        _("The badge is there."),
    ),
    "badge_alt": Wanted(
        _("Nothing is said to people who cannot see the badge."),
        _("Describe it in a few words, under the badge."),
        _("The badge is described for people who cannot see it."),
    ),
    "certificate": Wanted(
        _("There is no certificate. Choose a design."),
        _("It prints the name, the sentence and a link to check it."),
        _("The certificate is laid out."),
    ),
}
FAULTY = {
    "badge_faulty": Wanted(
        _("The badge cannot be drawn as it is. Save it again."), _("Its words or colours may have changed."), ""
    ),
    "certificate_faulty": Wanted(
        _("The certificate cannot be printed as it is. Save it again."), _("Its words may have changed."), ""
    ),
}

# Asked only of what rests on mastery.
ASSESSED = {
    "assessment": Wanted(
        _("It rests on mastery, and nothing says how it is assessed."), _("Write the rubric, or choose otherwise."), ""
    ),
    "competency": Wanted(
        _("Nothing says which competency it is about."), _("One, in a few words, as somebody would look for it."), ""
    ),
    "task": Wanted(_("Nothing says what to hand in."), _("Learners read it before they begin."), ""),
    "levels": Wanted(
        _("The rubric has no levels, or none of them counts."),
        _("Two at least, and the one from which something counts as demonstrated."),
        "",
    ),
    "rubric": Wanted(_("The rubric has no criteria."), _("One line for each thing that has to be shown."), ""),
}


def of(item: publishing.Missing) -> Wanted:
    """What is said of one thing that is missing."""
    return (WANTED | FAULTY | ASSESSED)[item.code]


def done(missing: Iterable[publishing.Missing]) -> list[str]:
    """What need not be thought of any more. Of something that is not there, its description is not told apart."""
    codes = {item.code for item in missing}
    if "badge" in codes:
        codes.add("badge_alt")
    return [str(wanted.done) for code, wanted in WANTED.items() if code not in codes and f"{code}_faulty" not in codes]
