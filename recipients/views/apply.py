"""Applying in public: the form, and the six digits that prove the mailbox. No account, no script, nothing said of an address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from issuers import media, proving
from issuers.limits import Limit, caller
from issuers.models import User
from issuers.tenancy import across_issuers, scope
from issuers.wording import sentence
from recipients import applying
from recipients.forms.applying import ApplyForm
from recipients.forms.person import CodeForm
from recipients.models import Application, ApplicationForm
from recipients.views.applied import counted

BY_CALLER = Limit("apply-caller", most=20, seconds=3600)
# Codes to one address, from whomever: of all institutions together, so that nobody's mailbox is filled.
BY_ADDRESS = (Limit("apply-address", most=3, seconds=3600), Limit("apply-address-day", most=10, seconds=86400))
SESSION_KEY = "applying"
# `?page=` of the questions after a tutorial.
CHECK = "check"


def public_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A step of applying: hands the form that stands at the address to the view, inside its institution's scope."""

    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, slug: str, achievement: str) -> HttpResponse:
        with across_issuers("whose form stands at a public address"):
            forms = ApplicationForm.objects.select_related("issuer", "achievement__issuer")
            forms = forms.filter(opened_at__isnull=False, issuer__approved_at__isnull=False, issuer__closed_at=None)
            found = get_object_or_404(forms, issuer__slug=slug, achievement__slug=achievement)
        with scope(found.issuer):
            return view(request, found)

    return opened


def apply_context(form: ApplicationForm) -> dict[str, Any]:
    """What every page of applying shows: whose it is and what can be earned."""
    version = form.achievement.latest
    return {
        "issuer": form.issuer,
        "achievement": form.achievement,
        "words": version.words if version else {"name": form.achievement.name},
        "stored": form,
        "badge_url": media.url(version.badge_picture) if version else "",
        "badge_alt": version.content["badge"]["alt"] if version else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@public_form
def apply(request: HttpRequest, form: ApplicationForm) -> HttpResponse:
    """The form. Whatever is wrong stands at its field, and nothing that was typed is lost."""
    posted = request.method == "POST"
    if not form.is_open:
        return render(request, "recipients/apply/closed.html", apply_context(form), status=409 if posted else 200)
    if not posted and (lesson := lesson_context(request, form)):
        return render(request, "recipients/apply/lesson.html", {**apply_context(form), **lesson})
    sent = ApplyForm(request.POST if posted else None, form=form, asked=form.asked(), person=_known(request))
    if not posted or not sent.is_valid():
        return _page(request, form, sent, 422 if posted else 200)
    if not BY_CALLER.allows(caller(request, settings.TRUSTED_PROXY_COUNT)):
        return _too_often(request, form, sent)
    return _submit(request, form, sent)


def lesson_context(request: HttpRequest, form: ApplicationForm) -> dict[str, Any] | None:
    """The page of the tutorial that `?page=` asks for, the first one for anything else; none where the questions come."""
    pages, asked = form.lessons, request.GET.get("page", "1")
    if not pages or asked == CHECK:
        return None
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    number = number if 1 <= number <= len(pages) else 1
    return {
        "lesson": pages[number - 1],
        "number": number,
        "of": len(pages),
        "lessons": pages,
        "before": number - 1,
        "next": number + 1 if number < len(pages) else CHECK,
        "check": CHECK,
    }


def _page(request: HttpRequest, form: ApplicationForm, sent: ApplyForm, status: int) -> HttpResponse:
    context = {**apply_context(form), "form": sent, "proved": sorted(_proved(request))}
    return render(request, "recipients/apply/form.html", context, status=status)


def _too_often(request: HttpRequest, form: ApplicationForm, sent: ApplyForm) -> HttpResponse:
    sent.add_error(None, _("Many forms came from your connection within the last hour. Keep this page, and try later."))
    response = _page(request, form, sent, 429)
    response["Retry-After"] = str(BY_CALLER.seconds)
    return response


def _proved(request: HttpRequest) -> set[str]:
    """Addresses for which no code is needed."""
    return proving.verified_keys(request.user) if isinstance(request.user, User) else set()


def _known(request: HttpRequest) -> dict[str, str]:
    user = request.user
    return {"name": user.name, "email": user.email} if isinstance(user, User) else {}


def _submit(request: HttpRequest, form: ApplicationForm, sent: ApplyForm) -> HttpResponse:
    assert sent.page is not None
    address = sent.address()
    application = applying.submit(
        form,
        request_key=sent.page.key,
        name=sent.cleaned_data["name"],
        address=address,
        answered=sent.answered(),
    )
    if application.proved_at is None and address.key in _proved(request):
        applying.confirm_receipt(application)
        return counted(request, application)
    request.session[SESSION_KEY] = {**request.session.get(SESSION_KEY, {}), str(form.pk): application.pk}
    if application.proved_at is None:
        _mail_code(application)
    return redirect("apply-code", form.issuer.slug, form.achievement.slug)


def _mail_code(application: Application) -> bool:
    """The page says the same whether or not one left: how often an address was written to is nobody's business."""
    return all(limit.allows(application.address_key) for limit in BY_ADDRESS) and applying.send_code(application)


def _pending(request: HttpRequest, form: ApplicationForm) -> Application | None:
    """What this browser sent and has to prove."""
    sent = Application.objects.with_form().filter(form=form)
    return sent.filter(pk=request.session.get(SESSION_KEY, {}).get(str(form.pk), 0)).first()


@require_http_methods(["GET", "HEAD", "POST"])
@public_form
def code(request: HttpRequest, form: ApplicationForm) -> HttpResponse:
    """Six digits from the mail, so that nobody applies in another's name; or another mail."""
    application = _pending(request, form)
    if application is None:
        return redirect("apply", form.issuer.slug, form.achievement.slug)
    if application.proved_at is not None:
        return redirect("application", application.public_id)
    if "again" in request.POST:
        return _again(request, form, application)
    posted = request.POST.get("code", "") if request.method == "POST" else None
    sent = CodeForm(None if posted is None else {"code": posted, "email": application.address})
    if posted is not None and sent.is_valid():
        if applying.code_fits(application, sent.cleaned_data["code"]):
            return counted(request, application)
        sent.add_error("code", sentence("code_invalid"))
    context = {**apply_context(form), "form": sent, "application": application}
    return render(request, "recipients/apply/code.html", context, status=422 if sent.errors else 200)


def _again(request: HttpRequest, form: ApplicationForm, application: Application) -> HttpResponse:
    _mail_code(application)
    messages.success(request, _("If another code can be sent now, it is on its way. The newest one counts."))
    return redirect("apply-code", form.issuer.slug, form.achievement.slug)
