"""Stage of a draft's certificate: dressed from a starter, or laid out freely. A draft begins with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from badges import editing, keeping
from badges.dressing import certificate_layout
from badges.models import Achievement, CertificateDesign
from badges.rendering import certificate as paper
from issuers.models import User

FIRST = "classic"
# In CertificateDesign.choices: the layout itself is the master, and no starter is laid over it again.
OWN = {"own": True}


class FaultyLayout(ValueError):
    """A layout that cannot be printed as it is; nothing was stored. `problems` say where and why."""

    def __init__(self, problems: Sequence[paper.Problem]) -> None:
        super().__init__("; ".join(f"{problem.pointer}: {problem.message}" for problem in problems[:3]))
        self.problems = list(problems)


@transaction.atomic
def from_starter(
    achievement: Achievement,
    *,
    starter: str,
    choices: Mapping[str, Any],
    by: User | None = None,
    edits: int | None = None,
) -> CertificateDesign:
    """Lay the draft's certificate out. Raises ValueError with the first fault of the layout, or EditedMeanwhile."""
    made = certificate_layout(achievement, starter, choices)
    if found := paper.check(made):
        raise ValueError(f"{found[0].pointer}: {found[0].message}")
    values = {"starter": starter, "choices": dict(choices), "layout": made}
    return editing.store(CertificateDesign, achievement, values, by, edits)


@transaction.atomic
def freely(
    achievement: Achievement, *, by: User, edits: int | None, layout: Any, starter: str | None = None
) -> CertificateDesign:
    """Keep a layout as its author drew it. Raises FaultyLayout with every fault, or EditedMeanwhile.

    `starter` is the design that it began with, '' for none of ours; unsaid, what the draft had.
    """
    if problems := faults(layout):
        raise FaultyLayout(problems)
    if starter is None:
        starter = achievement.certificate.starter if hasattr(achievement, "certificate") else ""
    values = {"starter": starter, "choices": OWN, "layout": layout}
    return editing.store(CertificateDesign, achievement, values, by, edits)


def faults(layout: Any) -> list[paper.Problem]:
    """Why this layout cannot be kept: its form, or a picture that is not the institution's."""
    return paper.check(layout) or keeping.unknown_pictures(layout)
