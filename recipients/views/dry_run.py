"""The dry run of a rule: who would get it now, who is nearly there, who is not and why, and what is new since the last one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from badges import ruling
from badges.criteria import rules, soundness
from badges.criteria.evaluating import Verdict
from badges.wording.names import Names
from issuers.access import StaffRequest, member_required
from issuers.models import AuditEvent
from recipients import exporting, knowing, rehearsing
from recipients.models import DryRun, DryRunOutcome
from recipients.models.dry_run import Outcome
from recipients.views import nearest
from recipients.views.rule_desk import Desk
from recipients.views.verdict_words import lines, told

CHANGED = "changed"


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("rule.edit")
def dry_run(request: StaffRequest, public_id: str) -> HttpResponse:
    """The newest run; a POST makes another."""
    desk = Desk(request, public_id)
    rule = desk.rule
    if rule is None:  # nothing to try yet
        return redirect("manage-rule", slug=request.issuer.slug, public_id=public_id)
    faults = soundness.check(rule.draft, desk.known)
    if request.method == "POST" and not faults:
        rehearsing.start(rule, request.user)
        return redirect("manage-rule-dry-run", slug=request.issuer.slug, public_id=public_id)
    run = rehearsing.last(rule)
    context: dict[str, Any] = {
        "run": run,
        "faults": faults,
        "sentence": desk.sentence(run.document if run else rule.draft),
    }
    if run and run.finished_at:
        context |= _results(desk, run)
    return desk.page("dry_run", 422 if request.method == "POST" else 200, **context)


def _results(desk: Desk, run: DryRun) -> dict[str, Any]:
    """Counts for everybody who may edit rules, people for those who may see what people did."""
    rule, request = desk.begun(), desk.request
    shown = _show(request, run)
    context: dict[str, Any] = {
        "outcomes": [(outcome, outcome.label, run.counts.get(outcome.value, 0)) for outcome in Outcome],
        "outdated": run.digest != ruling.digest(rule.draft or {}),
        "other_before": run.before_at and run.before_digest != run.digest,
        "show": shown,
        "q": request.GET.get("q", ""),
    }
    if "activity.view" in request.permissions:
        page = nearest.page(request, _wanted(request, run, shown).nearest_first())
        context |= {"lists": _lists(run, shown), "page": page, "people": list(_people(desk, run, page.rows))}
    return context


def _show(request: StaffRequest, run: DryRun) -> str:
    """The list asked for, else the first in which somebody is."""
    asked = request.GET.get("show", "")
    if asked in {*Outcome.values, CHANGED}:
        return asked
    return next((outcome for outcome in Outcome.values if run.counts.get(outcome)), Outcome.EARNS.value)


def _lists(run: DryRun, shown: str) -> list[dict[str, Any]]:
    lists: list[tuple[str, Any, int]] = [
        (outcome.value, outcome.label, run.counts.get(outcome.value, 0)) for outcome in Outcome
    ]
    if run.before_at:
        lists.append((CHANGED, _("Changed"), run.changed))
    return [
        {"url": f"?show={name}#people", "label": label, "count": f"{count:,}", "current": name == shown}
        for name, label, count in lists
    ]


def _wanted(request: StaffRequest, run: DryRun, shown: str) -> Any:
    """People of one list, by name, address or number."""
    rows: QuerySet[Any] = run.outcomes.changed() if shown == CHANGED else run.outcomes.filter(outcome=shown)
    for word in request.GET.get("q", "").strip()[:100].split()[:6]:
        rows = rows.filter(
            Q(recipient__name__icontains=word)
            | Q(recipient__address_key__icontains=word)
            | Q(recipient__student_id__iexact=word)
        )
    return rows


def _verdicts(desk: Desk, run: DryRun, rows: Iterable[DryRunOutcome]) -> Iterator[tuple[DryRunOutcome, Verdict]]:
    """Each person evaluated singly, for the words; a page of them at a time."""
    rows, read = list(rows), rules.read(run.document)
    people = [row.recipient for row in rows]
    histories = knowing.histories(desk.issuer, people)
    had = rehearsing.answered(desk.achievement, knowing.same_people(desk.issuer, people))
    for row in rows:
        yield row, rehearsing.verdict_of(read, histories[row.recipient_id], had.get(row.recipient_id, ()))


def _people(desk: Desk, run: DryRun, rows: Iterable[DryRunOutcome]) -> Iterator[dict[str, Any]]:
    rows, labels = list(rows), dict(Outcome.choices)
    no = rehearsing.refused(desk.achievement, {row.recipient_id: row.recipient_id for row in rows})
    for row, verdict in _verdicts(desk, run, rows):
        moved = run.before_at and row.before != row.outcome
        before = labels.get(row.before, _("not known yet")) if moved else ""
        refused = verdict.award_key in no.get(row.recipient_id, ())
        yield {"row": row, "told": told(verdict, desk.names), "before": before, "refused": refused}


@require_safe
@member_required("rule.edit")
def progress(request: StaffRequest, public_id: str) -> HttpResponse:
    """How far a run is, asked for every two seconds; the page itself once it is through."""
    desk = Desk(request, public_id)
    run = rehearsing.last(desk.begun())
    if run is None or not request.htmx:  # type: ignore[attr-defined]
        return redirect("manage-rule-dry-run", slug=request.issuer.slug, public_id=public_id)
    answer = render(request, "recipients/staff/_dry_run_progress.html", {"run": run, "achievement": desk.achievement})
    if run.finished_at or run.failed_at:
        answer["HX-Refresh"] = "true"
    return answer


HEADER = ("Name", "Email", "Student number", "Stands", "Stood before", "How far", "Progress", "Why", "Next step")


@require_safe
@member_required("activity.view")
def dry_run_file(request: StaffRequest, public_id: str) -> Any:
    """The list that the page shows, as CSV; the trail says that it was taken, and of how many people."""
    if "rule.edit" not in request.permissions:
        raise PermissionDenied
    desk = Desk(request, public_id)
    run = rehearsing.last(desk.begun())
    if run is None or not run.finished_at:
        raise Http404
    rows = list(_wanted(request, run, _show(request, run)).nearest_first())
    AuditEvent.objects.record(request.issuer, request.user, "rule.exported", desk.achievement, people=len(rows))
    text = exporting.csv_text(HEADER, list(_lines(desk, run, rows)))
    response = StreamingHttpResponse(list(text), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{desk.achievement.slug}-dry-run.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(desk: Desk, run: DryRun, rows: list[DryRunOutcome]) -> Iterator[tuple[object, ...]]:
    names, labels = desk.quoted, dict(Outcome.choices)
    for start in range(0, len(rows), rehearsing.BATCH):
        for row, verdict in _verdicts(desk, run, rows[start : start + rehearsing.BATCH]):
            yield (*_who(row), str(labels[row.outcome]), str(labels.get(row.before, "")), *_how(row, verdict, names))


def _who(row: DryRunOutcome) -> tuple[str, str, str]:
    return row.recipient.name, row.recipient.address, row.recipient.student_id


def _how(row: DryRunOutcome, verdict: Verdict, names: Names) -> tuple[str, ...]:
    return f"{row.share / 10:g}%", *lines(verdict, names)
