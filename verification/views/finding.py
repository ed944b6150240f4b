"""An outcome as its page shows it: the verdict, the sentence, the checks, what differs from what was issued."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from issuers import media
from verification import opening
from verification.foreign.outcome import Outcome
from verification.picking import own_id
from verification.report import Report, Result
from verification.standing import Standing, issuer_known, recognised, standing
from verification.telling import Host, Told, alike, compared, host, tell, text
from verification.verdicts import Verdict, verdict
from verification.wording import Worded, worded

# What may stand beside what: the printed line, the field of the document.
Rows = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Original:
    """The credential of this site that a document says it is, as any stranger may open it."""

    public_id: str
    url: str
    badge_url: str
    document: dict[str, Any]


@dataclass(frozen=True)
class Paper:
    """A PDF: (label, as issued, as printed, whether that differs), and places that look different though they read alike."""

    lines: tuple[tuple[str, str, str, bool], ...]
    near: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """Everything on the page of one result. `told` is None unless every word of it is signed by the issuer it names."""

    verdict: Verdict
    source: str
    kind: str
    malformed: bool
    told: Told | None
    host: Host | None
    issuer_id: str
    issuer_known: bool
    void: bool
    look_alikes: tuple[tuple[str, ...], ...]
    checks: tuple[Worded, ...]
    passed: int
    total: int
    original: Original | None
    newer: bool
    differing: Rows
    paper: Paper | None


def find(outcome: Outcome, *, source: str, link: bool = False) -> Finding:
    """Put an outcome together for its page."""
    report, stands = outcome.report or Report((), None), standing(outcome.report)
    told = tell(report.document) if recognised(report) else None
    site = host(outcome.issuer.host) if outcome.issuer and outcome.issuer.host else None
    original = _original(report)
    differing = compared(original.document, report.document) if original and report.document else ()
    return Finding(
        verdict=verdict(stands, report, link=link),
        source=source,
        kind=outcome.kind,
        malformed="form" in report.failed and stands is not Standing.NOTHING,
        told=told,
        host=site,
        issuer_id=outcome.issuer.id if outcome.issuer else "",
        issuer_known=issuer_known(report),
        void=stands in {Standing.REVOKED, Standing.FAILED},
        look_alikes=tuple(filter(None, (site.alike if site else (), alike(told.issuer) if told else ()))),
        checks=tuple(worded(check) for check in report.worst_first if check.finding != "unread"),
        total=len(report.checks),
        passed=sum(check.result is Result.PASSED for check in report.checks),
        original=original,
        newer=stands in {Standing.REVOKED, Standing.SUSPENDED} and bool(differing),
        differing=differing,
        paper=_paper(report, told),
    )


def _paper(report: Report, told: Told | None) -> Paper | None:
    """What the comparison of a PDF found, each line under the name of the field that it shows."""
    facts = next((check.facts for check in report.checks if check.key == "paper"), {})
    lines = [line for line in facts.get("lines", ()) if isinstance(line, dict)]
    if not lines:
        return None
    named = ((told.name, _("Name")), (told.achievement, _("Credential")), (told.issuer, _("Issuer"))) if told else ()
    fields = {_bare(value): label for value, label in named if value}
    rows = []
    for line in lines:
        issued, printed = text(line.get("issued")), text(line.get("printed"))
        rows.append((fields.get(_bare(issued), ""), issued, printed, bool(line.get("altered"))))
    return Paper(tuple(rows), tuple(text(place.get("near")) for place in facts.get("regions", ())))


def _bare(value: str) -> str:
    """Spaced lettering and capitals are the layout's."""
    return "".join(value.split()).casefold()


def _original(report: Report) -> Original | None:
    """Only what a stranger may open at its address: private, unknown and unclaimed are the same here too."""
    name = (report.document or {}).get("id")
    inside = isinstance(name, str) and name.startswith(f"{settings.SITE_URL}/c/")
    printed = next((check.facts.get("public_id") for check in report.checks if check.key == "paper"), None)
    try:
        with opening.at_address(own_id(str(name)) if inside else str(printed or ""), None) as opened:
            credential = opened.credential
            badge = media.url(credential.version.badge_picture)
            return Original(credential.public_id, credential.url, badge, json.loads(credential.signed))
    except opening.Nothing:
        return None
