"""An application, for whoever sent it: the mailed link, where it stands, proving, withdrawing, taking what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from badges.wording import sentences, verdicts
from issuers import clock, media, proving
from issuers.limits import Limit
from issuers.models import User
from issuers.tenancy import across_issuers, scope
from recipients import answering, applying, holding, knowing, links
from recipients.models import Application, ApplicationForm, OutgoingEmail
from recipients.views.person import own_page, tabbed

SESSION_KEY = "applications"
MOST_KEPT = 20
LOOKS = Limit("apply-look", most=30, seconds=3600)


def _quiet(response: HttpResponse) -> HttpResponse:
    """Nothing of an application leaks to the next site."""
    response["Referrer-Policy"] = "same-origin"
    return response


def _remember(request: HttpRequest, application: Application) -> None:
    """This browser came by a mail that went to its address."""
    others = [pk for pk in request.session.get(SESSION_KEY, []) if pk != application.pk]
    request.session[SESSION_KEY] = [*others, application.pk][-MOST_KEPT:]


@require_safe
@never_cache
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: the token moves into the session and out of the address. Looking changes nothing."""
    with across_issuers("a mailed link"):
        found = links.find_application(token)
        if found is None:
            return _quiet(render(request, "recipients/apply/no_such_link.html", status=404))
    _remember(request, found)
    return _quiet(HttpResponseRedirect(reverse("application", args=[found.public_id]), status=303))


def _is_theirs(request: HttpRequest, application: Application) -> bool:
    """By the mailed link, or signed in with the address it was sent from."""
    if application.pk in request.session.get(SESSION_KEY, []):
        return True
    return isinstance(request.user, User) and application.address_key in proving.verified_keys(request.user)


def own_application(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the applicant's; 404 for everybody else, whether or not there is one."""

    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, public_id: str) -> HttpResponse:
        with across_issuers("a mailed link, or an application of one's own"):
            found = get_object_or_404(Application.objects.with_form(), public_id=public_id)
            if not _is_theirs(request, found):
                raise Http404
        with scope(found.issuer):
            return _quiet(view(request, found))

    return opened


def counted(request: HttpRequest, application: Application) -> HttpResponse:
    """The mailbox is proved: it counts, and is answered at once where nobody needs to look."""
    standing = applying.count(application)
    _remember(request, standing)
    if standing.pk == application.pk:
        answering.try_to_settle(standing)
    elif standing.decided_at is None:
        messages.warning(
            request, _("You have applied for this before, and it is not answered yet. This is what you sent then.")
        )
    else:
        most = standing.form.most
        said = ngettext(
            "Each person may apply once for this. This is what you sent.",
            "Each person may apply %(most)s times for this. This is the latest one.",
            most,
        )
        messages.warning(request, said % {"most": most})
    return redirect("application", standing.public_id)


@require_safe
@own_application
def application(request: HttpRequest, found: Application) -> HttpResponse:
    """Where it stands, and what was sent."""
    version, told = found.form.achievement.latest, found.told
    context = {
        "application": found,
        "issuer": found.issuer,
        "achievement": found.form.achievement,
        "words": version.words if version else {"name": found.form.achievement.name},
        "badge_url": media.url(version.badge_picture) if version else "",
        "told": told,
        "answers": found.answered(),
        "missing": [one.asked.label for one in found.answered() if one.asked.key in found.missing],
        "may_again": told == "declined" and _may_again(found),
        "credential": found.credential if told == "accepted" else None,
        "can_take": told == "accepted" and can_take(found),
        **(_by_rule(found) if told == "waiting" else {}),
    }
    return render(request, "recipients/apply/status.html", context)


def _may_again(found: Application) -> bool:
    """Whether the form takes another one of this person."""
    own = Application.objects.proved().filter(form=found.form, address_key=found.address_key, withdrawn_at=None)
    return found.form.is_open and own.count() < found.form.most


def _by_rule(found: Application) -> dict[str, Any]:
    """What the rule says of this person, where it answers: each condition with its reason, and the next step."""
    rule = answering.rule_of(found.form) if found.form.answered == ApplicationForm.AnsweredBy.RULE else None
    if rule is None:
        return {}
    said, names = answering.verdict(found, rule), knowing.names(found.issuer)
    return {"rule": lines(said, names), "next_step": verdicts.next_step(said, names), "rule_open": said.open}


def lines(said: Any, names: Any) -> list[dict[str, Any]]:
    """Conditions of a verdict, as pages list them."""
    return [
        {
            "met": finding.met,
            "sentence": sentences.condition_sentence(finding.condition, names),
            "why": verdicts.why(finding, names),
            "done": float(finding.done),
            "goal": float(finding.goal),
        }
        for finding in said.whole.findings()
    ]


def can_take(found: Application) -> bool:
    """Whether what was awarded can be claimed from here: this person's, made, and past the minutes of undoing."""
    credential = found.credential
    if credential is None or credential.recipient.address_key != found.address_key:
        return False
    ended = credential.claimed_at or credential.declined_at or credential.cancelled_at or credential.revoked_at
    open_offer = not ended and credential.offer_expires_at > clock.now()
    return bool(open_offer and credential.rendered_at and credential.award.release_at <= clock.now())


@require_POST
@own_application
def proof(request: HttpRequest, found: Application) -> HttpResponse:
    """Whoever has the mail presses the button: the mailbox is theirs."""
    return redirect("application", found.public_id) if found.proved_at else counted(request, found)


@require_POST
@own_application
def withdrawal(request: HttpRequest, found: Application) -> HttpResponse:
    """Take it back before it is answered; what was never proved goes altogether."""
    proved = found.proved_at is not None
    if not applying.withdraw(found):
        messages.warning(request, _("It was answered already, so it cannot be withdrawn."))
    else:
        messages.success(request, _("Withdrawn. Nobody looks at it any more."))
    return redirect("application", found.public_id) if proved else redirect("home")


@require_POST
@own_application
def look(request: HttpRequest, found: Application) -> HttpResponse:
    """Ask the rule again, now."""
    if LOOKS.allows(str(found.pk)):
        answering.settle(found)
    return redirect("application", found.public_id)


@require_POST
@own_application
def offer(request: HttpRequest, found: Application) -> HttpResponse:
    """On to the claim, as by the link in the mail."""
    mails = OutgoingEmail.objects.filter(credential=found.credential, kind=OutgoingEmail.Kind.OFFER)
    mail = mails.order_by("-sequence").first()
    if mail is None or found.credential is None or not can_take(found):
        return redirect("application", found.public_id)
    return redirect("claim", links.remember(mail, found.credential.pk, found.issuer_id))


@require_safe
@own_page
def own(request: Any) -> HttpResponse:
    """Everything that one has applied for, of every institution."""
    rows = list(holding.applications_of(request.user)[:200])
    return render(request, "recipients/wallet/applications.html", {"rows": rows, **tabbed(request, "applications")})
