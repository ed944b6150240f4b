"""Somebody stands at a door with a phone: scan or type the code, say who one is, check in. Looking never writes a fact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from issuers import cleaning, clock
from issuers.cleaning import Address
from issuers.limits import Limit, caller
from issuers.models import User
from issuers.tenancy import across_issuers, scope
from issuers.wording import sentence
from recipients import arriving, codes, recording
from recipients.forms.door import LettersForm, StrangerForm, YourNameForm
from recipients.forms.person import CodeForm
from recipients.models import CheckIn, Recipient

log = structlog.get_logger()
# What the session keeps: the door that was scanned, who says to stand there, and what came of it.
DOOR, PERSON, HERE = "door", "door_person", "here"
# A lecture hall is one address to us. Six letters are one of 64 million, and change twice a minute.
LETTERS = Limit("door-letters", most=60, seconds=60)
CODES_TO = Limit("door-codes-to", most=6, seconds=3600)
CODES_FROM = Limit("door-codes-from", most=600, seconds=3600)

View = Callable[..., HttpResponse]


def quiet(response: HttpResponse) -> HttpResponse:
    """Nothing of a door leaks to the next site."""
    response["Referrer-Policy"] = "same-origin"
    return response


def _changed(request: HttpRequest) -> HttpResponse:
    return quiet(render(request, "recipients/here/changed.html", status=404))


def _enter(request: HttpRequest, door: CheckIn) -> HttpResponse:
    """The scan is kept, so that the code may change meanwhile."""
    until = clock.now() + arriving.SCAN_GOOD_FOR
    request.session[DOOR] = {"check_in": door.pk, "until": until.timestamp()}
    request.session.pop(PERSON, None)
    return quiet(HttpResponseRedirect(reverse("check-in"), status=303))


@require_safe
@never_cache
def scan(request: HttpRequest, token: str) -> HttpResponse:
    """The QR code: it moves out of the address, and into the session for ten minutes."""
    with across_issuers("a code on a screen names its door"):
        door = arriving.scanned(token)
    if door is None:
        log.info("scan_refused", door=codes.name_in(token))
        return _changed(request)
    return _enter(request, door)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def letters(request: HttpRequest) -> HttpResponse:
    """The same for people who type."""
    form = LettersForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not LETTERS.allows(caller(request, settings.TRUSTED_PROXY_COUNT)):
            return _too_often(request, LETTERS)
        with across_issuers("the letters on a screen name its door"):
            door = arriving.typed(form.cleaned_data["letters"])
        if door is not None:
            return _enter(request, door)
        form.add_error("letters", sentence("letters_invalid"))
    return quiet(render(request, "recipients/here/letters.html", {"form": form}, status=422 if form.errors else 200))


def _too_often(request: HttpRequest, limit: Limit) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(limit.seconds)
    return response


def _door(request: HttpRequest) -> CheckIn | None:
    kept: dict[str, Any] = request.session.get(DOOR) or {}
    if kept.get("until", 0) < clock.now().timestamp():
        return None
    return CheckIn.objects.with_what().filter(pk=kept["check_in"], issuer__closed_at__isnull=True).first()


def at_door(view: View) -> View:
    """A step of checking in: hands the door to the view, within its institution's scope."""

    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with across_issuers("which door somebody has scanned"):
            door = _door(request)
        if door is None:
            return _changed(request)
        with scope(door.issuer):
            return quiet(view(request, door, *args, **kwargs))

    return opened


@dataclass(frozen=True)
class Me:
    """Whoever is signed in, as this institution knows them, or would."""

    user: User
    address: Address
    known: Recipient | None


def _me(request: HttpRequest, door: CheckIn) -> Me | None:
    """None for a stranger, and for an account that has proved no address."""
    user = request.user
    if not isinstance(user, User):
        return None
    known = arriving.known_as(door.issuer, user)
    own = user.emailaddress_set.filter(verified=True).order_by("-primary", "id").first()
    if known is None and own is None:
        return None
    return Me(user, cleaning.address(known.address if known else own.email), known)


@require_http_methods(["GET", "HEAD", "POST"])
@at_door
def check_in(request: HttpRequest, door: CheckIn) -> HttpResponse:
    """What takes place, and the one button. Whoever is not known here yet says their name with it."""
    me = _me(request, door)
    form = YourNameForm(
        request.POST if request.method == "POST" else None, initial={"name": me.user.name if me else ""}
    )
    if request.method == "POST" and me and (me.known or form.is_valid()):
        return arrive(request, door, me.address, "" if me.known else form.cleaned_data["name"])
    status = 422 if me and form.errors else 200
    return _page(request, door, me=me, form=form, stranger=StrangerForm(), status=status)


def _page(request: HttpRequest, door: CheckIn, *, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"issuer": door.issuer, "opportunity": door.opportunity, "next": reverse("check-in")}
    return render(request, "recipients/here/check_in.html", context, status=status)


@require_http_methods(["POST"])
@at_door
def address(request: HttpRequest, door: CheckIn) -> HttpResponse:
    """Without an account: six digits go to the address. The answer is the same for every address."""
    form = StrangerForm(request.POST)
    if not form.is_valid():
        return _page(request, door, me=_me(request, door), form=YourNameForm(), stranger=form, status=422)
    if not CODES_FROM.allows(caller(request, settings.TRUSTED_PROXY_COUNT)):
        return _too_often(request, CODES_FROM)
    wanted = cleaning.address(form.cleaned_data["email"])
    if not CODES_TO.allows(wanted.key):
        form.add_error("email", _("That were many codes. Wait an hour and try again, or ask at the door."))
        return _page(request, door, me=_me(request, door), form=YourNameForm(), stranger=form, status=429)
    _send_code(request, door, wanted, form.cleaned_data["name"])
    return redirect("check-in-code")


def _send_code(request: HttpRequest, door: CheckIn, wanted: Address, name: str) -> None:
    """Mail it, and keep what proves it."""
    code, number = arriving.new_code()
    arriving.mail_code(wanted, code, door.opportunity.title)
    seal = arriving.sealed(number, wanted, code)
    request.session[PERSON] = {"name": name, "email": wanted.mail_to, "number": number, "seal": seal}


@require_http_methods(["GET", "HEAD", "POST"])
@at_door
def code(request: HttpRequest, door: CheckIn) -> HttpResponse:
    """Six digits from the mail, and one is here."""
    person = request.session.get(PERSON)
    if not person:
        return redirect("check-in")
    form = CodeForm({**request.POST.dict(), "email": person["email"]} if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wanted = cleaning.address(person["email"])
        if arriving.proves(person["number"], wanted, form.cleaned_data["code"], person["seal"]):
            return arrive(request, door, wanted, person["name"])
        form.add_error("code", sentence("code_invalid"))
    context = {"form": form, "person": person, "issuer": door.issuer, "opportunity": door.opportunity}
    return render(request, "recipients/here/code.html", context, status=422 if form.errors else 200)


def arrive(request: HttpRequest, door: CheckIn, proved: Address, name: str) -> HttpResponse:
    """One fact, however often it is said; then the page that waits for what it earns."""
    opportunity = door.opportunity
    if arriving.fact_of(opportunity, proved) is None:
        deed = arriving.deed(opportunity, proved, name=name)
        recording.record(door.issuer, [deed], source=arriving.SOURCE)
    fact = arriving.fact_of(opportunity, proved)
    if fact is None:  # a helper undid it in this very moment
        return _changed(request)
    if isinstance(request.user, User):
        arriving.belongs_to(fact.recipient, request.user)
    for key in (DOOR, PERSON):
        request.session.pop(key, None)
    # The address is proved, by an account or by the code: what is offered to it may be taken here.
    request.session[HERE] = {"activity": fact.pk, "issuer": door.issuer_id, "at": clock.now().timestamp()}
    return redirect("checked-in")
