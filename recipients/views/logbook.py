"""One's own log: tell what nobody else saw, see what became of it, change or take it back while it waits."""

from __future__ import annotations

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.models import Opportunity
from badges.wording.names import amount
from issuers import clock
from issuers.cleaning import Refused
from issuers.forms.fields import refused_as_error
from issuers.models import Issuer
from recipients import logbook, recording
from recipients.forms.logbook import LogForm, kinds
from recipients.models import Activity, Recipient
from recipients.views.paging import page
from recipients.views.person import own_page, tabbed


def _known_to(request: Any) -> list[Recipient]:
    """One row an institution, by name."""
    rows: dict[int, Recipient] = {}
    for row in logbook.mine(request.user):
        rows.setdefault(row.issuer_id, row)
    return list(rows.values())


def _labels(issuers: list[Issuer]) -> dict[tuple[int, str], Any]:
    return {(issuer.pk, key): label for issuer in issuers for key, label in kinds(issuer)}


@require_safe
@own_page
def log(request: Any) -> HttpResponse:
    """What one told: waiting, confirmed, or refused and why."""
    known, found = _known_to(request), page(request, logbook.entries(request.user), size=25)
    labels = _labels([row.issuer for row in known])
    for row in found.rows:
        row.label = labels.get((row.issuer_id, row.kind), row.kind)
        row.amount = amount(row.value, row.unit) if row.value else ""
    context = {"known": known, "page": found, "hours": logbook.hours(request.user), **tabbed(request, "log")}
    return render(request, "recipients/wallet/log.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def new(request: Any, slug: str) -> HttpResponse:
    """Tell one institution that knows one. Whose deed it is stands in no form: it is the reader's own."""
    me = next((row for row in _known_to(request) if row.issuer.slug == slug), None)
    if me is None:
        raise Http404
    form = LogForm(request.POST or None, issuer=me.issuer, initial=_today(me))
    if request.method == "POST" and form.is_valid() and _tell(request, me, form):
        return redirect("wallet-log")
    return _form_page(request, me.issuer, form)


def _today(me: Recipient) -> dict[str, Any]:
    """Most is told on the day on which it was done."""
    today = clock.now().astimezone(ZoneInfo(me.issuer.time_zone)).date()
    return {"request_key": secrets.token_urlsafe(16), "day": today}


def _tell(request: Any, me: Recipient, form: LogForm) -> bool:
    if not logbook.has_room(me):
        form.add_error(None, _("A hundred entries wait there already. Come back when staff have looked at some."))
        return False
    if not _record(me, form):
        return False
    logbook.belongs_to(me, request.user)
    messages.success(request, _("Told. %(issuer)s looks at it.") % {"issuer": me.issuer.name})
    return True


def _record(me: Recipient, form: LogForm) -> bool:
    """Written as what waits; False where it cannot be, which the form says."""
    try:
        deed = logbook.deed(me, form.cleaned_data, request_key=form.cleaned_data["request_key"])
    except Refused as refused:
        form.add_error(
            "day" if "moment" in refused.code or "date" in refused.code else "what", refused_as_error(refused)
        )
        return False
    recording.record(me.issuer, [deed], source=logbook.SOURCE, confirmed=False)
    return True


def _form_page(request: Any, issuer: Issuer, form: LogForm, entry: Activity | None = None) -> HttpResponse:
    known = Opportunity.objects.current().filter(issuer=issuer, kind__in=logbook.KINDS, made_by__isnull=False)
    context = {
        "form": form,
        "issuer": issuer,
        "entry": entry,
        "things": known.newest_first().values_list("title", flat=True)[:100],
        **tabbed(request, "log"),
    }
    return render(request, "recipients/wallet/log_entry.html", context, status=422 if form.errors else 200)


def _entry(request: Any, public_id: str) -> Activity:
    found: Activity = get_object_or_404(logbook.entries(request.user), public_id=public_id)
    return found


def _told(entry: Activity) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "what": entry.key,
        "day": entry.day,
        "hours": entry.value.normalize() if entry.value else "",
        "place": entry.place,
        "peer": entry.peer,
        "note": entry.note,
        "evidence_url": entry.evidence_url,
        "request_key": secrets.token_urlsafe(16),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def entry(request: Any, public_id: str) -> HttpResponse:
    """One entry. While it waits it is a form; saving it makes a new one of it, so that nobody confirms what changed unseen."""
    found = _entry(request, public_id)
    if found.confirmed_at or found.refused_at:
        context = {"entry": found, "issuer": found.issuer, **tabbed(request, "log")}
        return render(request, "recipients/wallet/log_seen.html", context)
    form = LogForm(request.POST or None, issuer=found.issuer, initial=_told(found))
    if request.method == "POST" and form.is_valid() and _change(request, found, form):
        return redirect("wallet-log")
    return _form_page(request, found.issuer, form, found)


def _change(request: Any, found: Activity, form: LogForm) -> bool:
    if not _record(found.recipient, form):
        return False
    if logbook.take_back(request.user, found):
        messages.success(request, _("Changed. It waits as you wrote it now."))
    else:
        messages.warning(request, _("Staff looked at the old entry in this moment; the new one waits beside it."))
    return True


@require_POST
@own_page
def removal(request: Any, public_id: str) -> HttpResponse:
    """Take it back, while nobody has looked."""
    if logbook.take_back(request.user, _entry(request, public_id)):
        messages.success(request, _("Taken back. Nobody sees it."))
    else:
        messages.warning(request, _("Staff have looked at it already."))
    return redirect("wallet-log")
