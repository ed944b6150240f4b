"""What stands at a public address, for whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from badges.openbadges import validate
from issuers import keys
from issuers.models import Issuer, User
from issuers.tenancy import across_issuers
from recipients.models import AchievementCredential


class Nothing(Exception):
    """Unknown, unclaimed, private: for strangers these are the same."""


@dataclass(frozen=True)
class Opened:
    """A credential that this person may see, and whether it is their own."""

    credential: AchievementCredential
    own: bool


@contextmanager
def at_address(public_id: str, person: User | None) -> Iterator[Opened]:
    """Open a public address inside one transaction; raises Nothing."""
    with across_issuers("a public page, or the holder's own"):
        found = AchievementCredential.objects.claimed().listed().filter(public_id=public_id, cancelled_at=None).first()
        own = found is not None and person is not None and found.holder_id == person.pk
        hidden = found is None or not found.signed or found.visibility == AchievementCredential.Visibility.PRIVATE
        if found is None or (hidden and not own) or not found.signed:
            raise Nothing
        yield Opened(found, own)


def trusted_keys(issuer: Issuer) -> dict[str, object]:
    """The issuer's published keys by DID URL."""
    return keys.public_keys(issuer)


def withdrawn_keys(issuer: Issuer) -> frozenset[str]:
    """DID URLs of keys that others may know; for texts from the issuer's own records alone (checks.Trusted)."""
    did = keys.did(issuer)
    return frozenset(f"{did}#{key.multibase}" for key in issuer.keys.withdrawn())


def prepared(credential: AchievementCredential) -> Any:
    """The stored document, checked again, for formats that are signed when they are asked for."""
    return validate.prepare(json.loads(credential.document))
