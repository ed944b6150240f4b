"""The main job from a terminal: check a file, say what is wrong, issue, and watch it being signed, printed and mailed."""

from __future__ import annotations

import hashlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db.models import Q

from badges.models import Achievement
from issuers.models import Issuer
from issuers.tenancy import scope
from issuers.wording import people, sentence
from recipients import checking, importing, issuing
from recipients.fields import ORDERS
from recipients.management import watching
from recipients.models import Award, RecipientList


class Command(BaseCommand):
    help = "Checks a CSV or XLSX file and awards an achievement to everybody in it; the same file twice awards nobody twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--issuer", required=True, help="Short name of the institution.")
        parser.add_argument("--achievement", required=True, help="Short name or id of the achievement.")
        parser.add_argument("--date-order", choices=ORDERS, default="", help="How 03/04/26 is to be read.")
        parser.add_argument("--check", action="store_true", help="Only check; write nothing.")
        parser.add_argument("--json", action="store_true", help="The report as JSON: lines, columns, codes.")
        parser.add_argument("--leave-out-faulty", action="store_true", help="Issue to the rows without an error.")
        parser.add_argument(
            "--send-at-once", action="store_true", help="No undo window: mails leave with this command."
        )
        parser.add_argument("--yes", action="store_true", help="Do not ask before issuing.")
        parser.add_argument("--no-wait", action="store_true", help="Leave the work to the workers and end at once.")

    def handle(self, *args: Any, file: Path, issuer: str, achievement: str, **options: Any) -> None:
        owner = Issuer.objects.filter(slug=issuer).first()
        if owner is None:
            raise CommandError(f"No institution has the short name {issuer!r}.")
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        with scope(owner):
            wanted = self._wanted(owner, _achievement(achievement), file.name, content, options)
        if wanted is None:
            return
        report, question = wanted
        # A scope is a transaction, and the database ends one in which nothing happens: none is open while somebody thinks.
        if not options["yes"] and input(question).strip().lower() not in {"y", "yes"}:
            raise CommandError("Nothing was issued.")
        with scope(owner):
            award = _intended(
                owner,
                _achievement(achievement),
                report,
                content,
                file_name=file.name,
                skip_undo=options["send_at_once"],
            )
        if not options["no_wait"]:
            watching.watch(owner, award, self.stdout, self.stderr)

    def _wanted(
        self, issuer: Issuer, achievement: Achievement, name: str, content: bytes, options: dict[str, Any]
    ) -> tuple[importing.Report, str] | None:
        """Who is to be awarded it, and the question; None where only the check was wanted, or nobody is new."""
        report = self._report(issuer, achievement, name, content, options)
        expected = issuing.forecast(achievement, report.people)
        if options["check"]:
            return None
        if report.faults and not options["leave_out_faulty"]:
            raise CommandError("Nothing was issued. Mend these rows, or add --leave-out-faulty.")
        if not expected.new:
            self.stdout.write("Nobody is new: nothing to issue.")
            return None
        if expected.already:
            self.stdout.write(f"{people(len(expected.already))} have it already and are left out.")
        return report, f"Issue {achievement.name} to {people(len(expected.new))}? [y/N] "

    def _report(
        self, issuer: Issuer, achievement: Achievement, name: str, content: bytes, options: dict[str, Any]
    ) -> importing.Report:
        """The same check as on the screen, and the same report."""
        draft = RecipientList(issuer=issuer, source=RecipientList.Source.COMMAND, file_name=name, content=content)
        try:
            read = checking.table(draft)
        except importing.FileRefused as refused:
            raise CommandError(sentence(refused.code, **refused.params)) from refused
        mapping = importing.suggest(read.columns)
        today = checking.today_of(issuer)
        checked = importing.check(read, mapping, today=today, date_order=options["date_order"] or None)
        report = checking.printable(checked, achievement)
        if options["json"]:
            self.stdout.write(json.dumps(report.to_expected(), ensure_ascii=False, indent=1))
        else:
            self._print(report)
        if report.date_order_needed:
            raise CommandError("Dates of this file can be read in two ways. Say which: --date-order DMY, MDY or YMD.")
        return report

    def _print(self, report: importing.Report) -> None:
        for fault in report.faults:
            what = sentence(fault.code, **fault.params)
            column = fault.heading or fault.column or ""
            self.stdout.write(f"line {fault.line:>5}  {column:<18} {fault.code:<22} {fault.value!r}\n{'':12}{what}")
        self.stdout.write(
            f"{report.rows} rows read, {len(report.people)} without an error, {len(report.faults)} errors."
        )


def _achievement(name: str) -> Achievement:
    found = Achievement.objects.current().filter(Q(slug=name) | Q(public_id=name)).first()
    if found is None:
        known = ", ".join(Achievement.objects.published().values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"No achievement is called {name!r}. Published are: {known}.")
    return found


def _intended(
    issuer: Issuer,
    achievement: Achievement,
    report: importing.Report,
    content: bytes,
    *,
    file_name: str,
    skip_undo: bool,
) -> Award:
    """The award of a file, once for each time that it names somebody new. Raises CommandError."""
    try:
        issuing.refuse_unless_allowed(issuer, achievement)
    except issuing.NotAllowed as refused:
        raise CommandError(f"{issuer.name} cannot issue {achievement.name} now ({refused.code}).") from refused
    version = achievement.latest
    assert version is not None
    key = hashlib.sha256(f"{achievement.pk}|".encode() + content).hexdigest()[:56]
    again = Award.objects.filter(request_key__startswith=key).count()
    return issuing.intend(
        issuer,
        version,
        report.people,
        source=Award.Source.COMMAND,
        by=None,
        request_key=f"{key}/{again}",
        file_name=file_name,
        skip_undo=skip_undo,
    )
