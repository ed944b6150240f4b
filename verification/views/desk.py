"""The verification desk: one thing from anywhere, examined while the page waits; many of them become a receipt.

Nothing that was put here is stored, and no page of it is: not by us, not by the browser.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from issuers import clock
from verification import desk, receipts
from verification.forms.desk import DeskForm
from verification.sandbox.client import NotExamined
from verification.views import often
from verification.views.finding import Finding, find


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, what a link in the address leads to, or the result of what was handed in."""
    if request.method == "POST":
        return unkept(_examined(request))
    if "q" not in request.GET:
        desk.ready()
        return _page(request, DeskForm())
    form = DeskForm({"q": request.GET["q"]})
    if not form.is_valid():
        return _page(request, form, status=422)
    if form.single and form.single.own_id:
        return redirect("credential", public_id=form.single.own_id)
    # Looking must not make this site ask others: a press of the button does.
    return _page(request, DeskForm(initial=form.cleaned_data), ready=True)


def unkept(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by no search engine, and no other site learns its address.

    Not `no-referrer`: with that browsers send `Origin: null`, and the next form on the page would be refused.
    """
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _examined(request: HttpRequest) -> HttpResponse:
    if not often.may_look(request):
        return often.too_often(request, often.LOOKS)
    form = DeskForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=form.status)
    if form.several:
        return _files(request, form)
    if form.listed and not form.single:
        if not often.may_list(request, len(form.listed.entries)):
            return often.too_often(request, often.LINES)
        return redirect("receipt", public_id=receipts.open_receipt(form.listed).public_id)
    if form.single and form.single.own_id and not form.cleaned_data["address"]:
        return redirect("credential", public_id=form.single.own_id)
    return _one(request, form)


def _files(request: HttpRequest, form: DeskForm) -> HttpResponse:
    """Examine several files now: none of them is kept, so that none can wait for a worker."""
    if not often.may_look(request, cost=len(form.several) - 1):
        return often.too_often(request, often.LOOKS)
    looked_at = receipts.examine_files(form.several)
    for _file in filter(receipts.is_poison, looked_at):
        often.count_poison(request)
    return redirect("receipt", public_id=receipts.of_files(looked_at).public_id)


def _one(request: HttpRequest, form: DeskForm) -> HttpResponse:
    """Examine one thing now."""
    address = form.cleaned_data["address"]
    try:
        if form.single:
            outcome = desk.look_up(form.single.given, address)
        else:
            outcome = desk.examine(form.content or b"", address)
    except NotExamined as problem:
        if problem.code in receipts.POISON:
            often.count_poison(request)
        return _page(request, form, status=form.refuse(problem.code))
    finding = find(outcome, source=form.source, link=bool(form.single))
    return _page(request, DeskForm(), status=422 if finding.malformed else 200, finding=finding)


def _page(
    request: HttpRequest, form: DeskForm, *, status: int = 200, finding: Finding | None = None, ready: bool = False
) -> HttpResponse:
    context = {"form": form, "finding": finding, "ready": ready, "checked_at": clock.now()}
    return render(request, "verification/desk.html", context, status=status)
