"""Stages of applying: sent → the mailbox is proved → it counts; or withdrawn.

Whoever sends a form is told the same for every address: only the mailbox learns whether something was sent from it before.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from issuers import clock
from issuers.cleaning import Address
from issuers.models import AuditEvent
from issuers.tenancy import across_issuers
from issuers.waking import wake
from recipients import links
from recipients.models import Application, ApplicationForm, OutgoingEmail
from recipients.questions import Answered

GOOD_FOR = timedelta(minutes=15)
MOST_ATTEMPTS = 5
# A second code within a minute would only make the first one wrong.
PAUSE = timedelta(minutes=1)
# What nobody proved holds a name, an address and answers for nothing.
KEPT_UNPROVED = timedelta(days=2)


@transaction.atomic
def submit(
    form: ApplicationForm, *, request_key: str, name: str, address: Address, answered: Sequence[Answered]
) -> Application:
    """Keep what was sent; the same page again mends what is not proved yet, and changes nothing afterwards.

    With another address it is another application: the link that went to the first one must not prove the second.
    """
    said = {
        "name": name,
        "address": address.mail_to,
        "address_key": address.key,
        "answers": [one.to_json() for one in answered],
        "submitted_at": clock.now(),
    }
    unproved = Application.objects.filter(issuer=form.issuer, request_key=request_key, proved_at__isnull=True)
    unproved.exclude(address_key=address.key).delete()
    draft = Application(issuer=form.issuer, form=form, request_key=request_key, **said)
    made, new = Application.objects.get_or_create(
        issuer=form.issuer,
        request_key=request_key,
        defaults={
            "form": form,
            "public_id": draft.public_id,
            "token_hash": links.digest(links.application_token(draft)),
            **said,
        },
    )
    if not new:
        unproved.filter(pk=made.pk, address_key=address.key).update(**said)
        made.refresh_from_db()
    return made


def _hashed(application: Application, code: str) -> str:
    """Codes are short: without the site's secret their hashes could be tried out."""
    text = f"laurel application code|{application.pk}|{application.address_key}|{code}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def send_code(application: Application) -> bool:
    """Mail six digits and a link to the address; False within a minute after the last ones, or when it is proved."""
    now, code = clock.now(), f"{secrets.randbelow(1_000_000):06d}"
    quiet = Q(code_hash="") | Q(code_expires_at__lte=now + GOOD_FOR - PAUSE)
    asking = Application.objects.filter(quiet, pk=application.pk, proved_at__isnull=True, withdrawn_at__isnull=True)
    hashed = _hashed(application, code)
    if not asking.update(code_hash=hashed, code_expires_at=now + GOOD_FOR, code_attempts=0, codes=F("codes") + 1):
        return False
    application.refresh_from_db()
    OutgoingEmail.about(
        application,
        OutgoingEmail.Kind.APPLICATION,
        not_before=now,
        sequence=application.codes,
        context={"code": code},
    ).save()
    wake("recipients.tasks.send")
    return True


def code_fits(application: Application, code: str) -> bool:
    """Whether these are the digits that were mailed last. Five tries a code, counted before anything is compared."""
    live = Application.objects.filter(
        pk=application.pk, proved_at__isnull=True, code_expires_at__gt=clock.now(), code_attempts__lt=MOST_ATTEMPTS
    ).exclude(code_hash="")
    if live.update(code_attempts=F("code_attempts") + 1) != 1:
        return False
    application.refresh_from_db()
    return hmac.compare_digest(application.code_hash, _hashed(application, "".join(code.split())))


@transaction.atomic
def count(application: Application) -> Application:
    """The mailbox is proved, so it counts; or the earlier one does that stands in its way, and this one goes.

    Of one person and form one is open at a time, and no more are taken than the form says. Safe to run twice.
    """
    form = ApplicationForm.objects.select_for_update(no_key=True).get(pk=application.form_id)
    application.refresh_from_db()
    if application.proved_at is not None:
        return application
    own = Application.objects.proved().filter(form=form, address_key=application.address_key, withdrawn_at=None)
    earlier = own.filter(decided_at__isnull=True).first()
    if earlier is None and own.count() >= form.most:
        earlier = own.order_by("-id").first()
    if earlier is not None:
        application.delete()
        return earlier
    Application.objects.filter(pk=application.pk).update(proved_at=clock.now(), code_hash="")
    application.refresh_from_db()
    return application


@transaction.atomic
def confirm_receipt(application: Application) -> None:
    """Mail the way back to it, to somebody who needed no code."""
    if application.codes == 0 and not OutgoingEmail.objects.filter(application=application).exists():
        OutgoingEmail.about(application, OutgoingEmail.Kind.APPLICATION, not_before=clock.now()).save()
        wake("recipients.tasks.send")


@transaction.atomic
def withdraw(application: Application) -> bool:
    """The person takes it back before it was answered. What was never proved goes altogether. False where it was answered."""
    unproved = Application.objects.filter(pk=application.pk, proved_at__isnull=True)
    if unproved.delete()[0]:
        return True
    withdrawn = Application.objects.waiting().filter(pk=application.pk).update(withdrawn_at=clock.now()) == 1
    if withdrawn:
        AuditEvent.objects.record(application.issuer, None, "application.withdrawn", application)
    return withdrawn


def forget_unproved() -> int:
    """Remove what nobody proved within two days; the number of rows."""
    with across_issuers("sweep"):
        old = Application.objects.filter(proved_at__isnull=True, submitted_at__lt=Now() - KEPT_UNPROVED)
        return old.delete()[0]
