"""Check one credential from a terminal: a file, a link or an id. The same checks and words as the desk's page."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from verification import desk
from verification.foreign.outcome import Outcome
from verification.report import Check, Report, Result
from verification.sandbox.client import NotExamined
from verification.wording import worded

VALID, NOT_VALID, NOT_TOLD, UNREADABLE = 0, 1, 2, 3
# A picture is signed by nobody, and another address is no fault of the credential's.
DECIDING = {"form", "shown", "signature", "key", "issuer", "status", "dates", "paper"}
_SIGNS = {"passed": "ok  ", "failed": "FAIL", "unknown": "?   ", "late": "FAIL"}
_SAID = {
    VALID: "Valid: every check passed, and this site knows the issuer.",
    NOT_VALID: "NOT VALID: see the checks that failed.",
    NOT_TOLD: "Could not be confirmed: not everything could be checked, or nobody here knows the issuer.",
    UNREADABLE: "Nothing that can be checked was found there.",
}
_NOT_EXAMINED = {
    "too_slow": "It took too long to read and was given up.",
    "too_big": "It is too large, or unpacks to more than a credential needs.",
    "crashed": "Reading it failed; nothing is known about it.",
    "busy": "Too much is being examined at the moment: try again.",
}


class Command(BaseCommand):
    help = (
        "Checks a credential of any origin: a file (JSON, VC-JWT, baked PNG or SVG, PDF; - reads standard input), a link, "
        "or an id of this site.\n\nExit codes: 0 valid, and the issuer is known here; 1 not valid; 2 could not be told, or "
        "the issuer is not known here; 3 nothing readable."
    )

    def create_parser(self, *args: Any, **options: Any) -> Any:
        """The exit codes keep their paragraph."""
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("given", metavar="FILE|URL|ID")
        parser.add_argument("--address", default="", help="A mail address: is the credential made out to it?")
        parser.add_argument("--json", action="store_true", help="Print what was found as JSON.")

    def handle(self, *args: Any, given: str, address: str, **options: Any) -> None:
        try:
            outcome = _examine(given, address)
        except NotExamined as error:
            self.stdout.write(
                json.dumps({"code": UNREADABLE, "problem": error.code})
                if options["json"]
                else _NOT_EXAMINED[error.code]
            )
            sys.exit(UNREADABLE)
        code = verdict(outcome)
        self.stdout.write(_as_json(outcome, code) if options["json"] else "\n".join(_lines(outcome, code)))
        sys.exit(code)


def _examine(given: str, address: str) -> Outcome:
    if given == "-":
        return desk.examine(sys.stdin.buffer.read(), address)
    path = Path(given)
    if given.lower().startswith(("http://", "https://")) or not path.is_file():
        if "/" in given and "://" not in given:
            raise CommandError(f"There is no file {given}.", returncode=UNREADABLE)
        return desk.look_up(given, address)
    return desk.examine(path.read_bytes(), address)


def verdict(outcome: Outcome) -> int:
    """The exit code: what failed comes first, then what nobody could check."""
    report = outcome.report
    if report is None or (report.document is None and not _about_paper(report)):
        return NOT_TOLD if report and not report.failed else UNREADABLE
    deciding = [check.result for check in report.checks if check.key in DECIDING]
    if Result.FAILED in deciding:
        return NOT_VALID
    return VALID if deciding and set(deciding) == {Result.PASSED} else NOT_TOLD


def _about_paper(report: Report) -> bool:
    return any(check.key == "paper" for check in report.checks)


def _lines(outcome: Outcome, code: int) -> list[str]:
    lines = []
    for check in outcome.report.checks if outcome.report else ():
        said = worded(check)
        lines.append(
            f"{_SIGNS[said.result]} {check.key:<10} {said.title}" + (f": {said.summary}" if said.summary else "")
        )
        lines += _paper(check)
    return [*lines, *([""] if lines else []), _SAID[code]]


def _paper(check: Check) -> list[str]:
    """Altered values of a paper, each beside the signed one."""
    if check.key != "paper":
        return []
    altered = [line for line in check.facts.get("lines", ()) if line["altered"]]
    lines = [
        f"                issued: {line['issued'] or '-'}   on this paper: {line['printed'] or '-'}" for line in altered
    ]
    return lines + [
        f"                looks different near: {place['near'] or '-'}" for place in check.facts.get("regions", ())
    ]


def _as_json(outcome: Outcome, code: int) -> str:
    made = outcome.as_json()
    document = (made["report"] or {}).pop("document", None)
    return json.dumps({"code": code, **made, "document": document}, ensure_ascii=False, indent=1)
