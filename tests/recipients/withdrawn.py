"""What tests of signing again need: to withdraw a key, to work as workers do, and to see what came of it."""

import json
from datetime import timedelta

from django.db.models.functions import Now

from badges.openbadges import validate
from issuers import keys
from issuers.models import SigningKey
from issuers.signing import proofs
from issuers.tenancy import across_issuers, scope
from recipients import delivering
from recipients.models import AchievementCredential
from verification import invariants


def rows(**conditions):
    with across_issuers("a test looks"):
        return list(AchievementCredential.objects.listed().filter(**conditions).order_by("id"))


def signing(issuer, kind="ed25519"):
    with scope(issuer):
        return SigningKey.objects.signing().get(kind=kind)


def withdraw(issuer, key=None):
    with scope(issuer):
        assert keys.compromise(key or signing(issuer), None, "A laptop was stolen")


def end_leases():
    with across_issuers("a test lets time pass"):
        rows = AchievementCredential.objects.filter(lease_until__isnull=False)
        rows.update(lease_until=Now() - timedelta(seconds=1))


def sign_again():
    """Everything that waits, as workers do."""
    while delivering.sign_again_chunk() or delivering.render_chunk():
        continue


def breaches():
    with across_issuers("a test counts"):
        return [sentence for check in invariants.ALL for sentence in check()]


def verifies(row):
    document = json.loads(row.signed)
    with scope(row.issuer):
        key = keys.public_key(row.issuer, document["proof"]["verificationMethod"].partition("#")[2])
    if key is None:
        return False
    proofs.verify(document, key, validate.load_context)
    return True
