"""Stages of a person's addresses: a code is sent → it is typed → the address is theirs; primary; removed.

An address belongs to whoever proved it. What others merely typed is cleared away at that moment, so that nobody can lie
in wait with somebody else's address (SECURITY T20).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from issuers import clock, emails
from issuers.cleaning import Refused
from issuers.cleaning import address as clean
from issuers.models import AddressProof, User
from issuers.tenancy import across_issuers

GOOD_FOR = timedelta(minutes=15)
MOST_ATTEMPTS = 5
MOST_AN_HOUR = 6
MOST_ADDRESSES = 20


class TooMany(Exception):
    """Too many codes were asked for in the last hour, or the account has too many addresses."""


class OtherAccount(Exception):
    """The code was right, and the address is proved on another account of the same person; only they can free it there."""


def verified_keys(user: User) -> set[str]:
    """Keys of the addresses that this person has proved."""
    return set(user.emailaddress_set.filter(verified=True).values_list("email", flat=True))


def _key(address: str) -> str:
    """The key of an address, '' for what is none: nobody has that one."""
    try:
        return clean(address).key
    except Refused:
        return ""


def _hashed(user: User, key: str, code: str) -> str:
    """Codes are short: without the site's secret their hashes could be tried out."""
    text = f"laurel address code|{user.pk}|{key}|{code}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def send_code(user: User, address: str) -> str:
    """A fresh six-digit code for an address, for the caller to mail there; it replaces any before. Raises TooMany and
    cleaning.Refused. Says nothing about who else knows the address.
    """
    cleaned = clean(address)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    recent = AddressProof.objects.filter(created_at__gt=clock.now() - timedelta(hours=1))
    if max(recent.filter(user=user).count(), recent.filter(address_key=cleaned.key).count()) >= MOST_AN_HOUR:
        raise TooMany
    if user.emailaddress_set.count() >= MOST_ADDRESSES:
        raise TooMany
    code = f"{secrets.randbelow(1_000_000):06d}"
    AddressProof.objects.filter(user=user, address_key=cleaned.key, proved_at__isnull=True).update(
        expires_at=clock.now()
    )
    AddressProof.objects.create(
        user=user,
        address=cleaned.mail_to,
        address_key=cleaned.key,
        code_hash=_hashed(user, cleaned.key, code),
        created_at=clock.now(),
        expires_at=clock.now() + GOOD_FOR,
    )
    return code


def prove(user: User, address: str, code: str) -> bool:
    """Whether the code is right; then the address is this person's, verified. Five tries a code. Raises OtherAccount."""
    key, typed = _key(address), "".join(code.split())
    # The try is counted, and committed, before the code is looked at: parallel guesses share the five.
    open_ones = AddressProof.objects.filter(user=user, address_key=key, proved_at__isnull=True)
    live = open_ones.filter(expires_at__gt=clock.now(), attempts__lt=MOST_ATTEMPTS)
    newest = live.order_by("-id").first()
    if newest is None or live.filter(pk=newest.pk).update(attempts=F("attempts") + 1) != 1:
        return False
    if not hmac.compare_digest(newest.code_hash, _hashed(user, key, typed)):
        return False
    with transaction.atomic():
        if open_ones.filter(pk=newest.pk).update(proved_at=clock.now()) != 1:
            return False
        _adopt(user, key)
    return True


def _adopt(user: User, key: str) -> None:
    if EmailAddress.objects.filter(email=key, verified=True).exclude(user=user).exists():
        raise OtherAccount
    clear_claims(user, key)
    found, _ = EmailAddress.objects.get_or_create(user=user, email=key)
    found.set_verified()
    if not user.emailaddress_set.filter(primary=True).exists():
        found.set_as_primary()


@transaction.atomic
def clear_claims(user: User, key: str) -> None:
    """Whatever others said of this address without proving it goes, now that `user` proves it.

    An account that never proved anything is nobody's and goes altogether; one that merely listed the address loses it.
    Nothing happens where somebody else has proved it.
    """
    if EmailAddress.objects.filter(email=key, verified=True).exclude(user=user).exists():
        return
    AddressProof.objects.filter(address_key=key, proved_at__isnull=True).exclude(user=user).delete()
    EmailAddress.objects.filter(email=key, verified=False).exclude(user=user).delete()
    for other in User.objects.filter(email=key).exclude(pk=user.pk):
        own = other.emailaddress_set.filter(verified=True).order_by("-primary", "id").first()
        if own is not None:
            other.email = own.email
            other.save(update_fields=["email"])
        elif other.last_login is None:
            with across_issuers("an account that nobody proved goes, wherever it is named"):
                other.delete()


@transaction.atomic
def make_primary(user: User, address: str) -> bool:
    """Mail goes there from now on; the address before is told. False unless the address is proved and not primary yet."""
    found = user.emailaddress_set.select_for_update().filter(email=_key(address), verified=True, primary=False).first()
    if found is None:
        return False
    before = user.email
    found.user = user
    found.set_as_primary()
    transaction.on_commit(lambda: emails.tell_address_changed(before, found.email), robust=True)
    return True


@transaction.atomic
def remove(user: User, address: str) -> bool:
    """Forget an address. What came to it stays the person's. False for the primary one, which must be replaced first."""
    key = _key(address)
    removed, _ = user.emailaddress_set.filter(email=key, primary=False).delete()
    AddressProof.objects.filter(user=user, address_key=key).delete()
    if removed:
        transaction.on_commit(lambda: emails.tell_address_removed(user.email, key), robust=True)
    return removed > 0


def unproved_account(key: str) -> User | None:
    """The account that somebody began with this address and never proved, if that is all there is."""
    if EmailAddress.objects.filter(email=key, verified=True).exists():
        return None
    begun = User.objects.filter(email=key, is_active=True, last_login__isnull=True)
    return begun.exclude(emailaddress__verified=True).first()


def forget_old_codes() -> None:
    """Codes are kept a day, for the limits, and no longer."""
    AddressProof.objects.filter(created_at__lt=Now() - timedelta(days=1)).delete()
