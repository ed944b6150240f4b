"""The status of what this profile issues: an entry in a list of its own, in which no bit is ever set.

Nothing of the profile is kept, so nothing of it can be revoked; institutions' credentials have lists of their own. What
others issued points at lists on other sites, which are not fetched here: their status cannot be told, and is never passed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from badges.openbadges import validate
from badges.openbadges.documents import moment
from issuers import keys
from verification import status_list as bits
from verification.vc_api import contexts
from verification.vc_api.problems import Problem

PURPOSE = "revocation"
_LIFETIME = timedelta(days=7)


def address() -> str:
    """The list's id and address, absolute."""
    return settings.SITE_URL + reverse("vc-api-status-list")


def entry() -> dict[str, str]:
    """An entry at a random place, as in a list that tells nobody who came when."""
    index = str(secrets.randbelow(bits.SMALLEST))
    return {
        "id": f"{address()}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": PURPOSE,
        "statusListIndex": index,
        "statusListCredential": address(),
    }


def signed_list(now: datetime) -> str:
    """The list, signed by the profile; the same text for a day."""
    begins = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    subject = {
        "id": f"{address()}#list",
        "type": "BitstringStatusList",
        "statusPurpose": PURPOSE,
        "encodedList": bits.encode(()),
    }
    document = {
        "@context": [contexts.VC_2],
        "id": address(),
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": keys.profile_did(),
        "validFrom": moment(begins),
        "validUntil": moment(begins + _LIFETIME),
        "credentialSubject": subject,
    }
    prepared = validate.prepare_for_profile(document, contexts.load_context, keys.profile_did())
    return keys.profile_signer(begins)(prepared)


def require_good(document: Mapping[str, Any]) -> None:
    """Every status entry is one that can be looked up, and its bit is not set. Raises Problem."""
    given = document.get("credentialStatus", [])
    for item in given if isinstance(given, list) else [given]:
        if item.get("type") != "BitstringStatusListEntry" or item.get("statusListCredential") != address():
            raise Problem("STATUS_RETRIEVAL_ERROR", "only this service's own list is read here", "/credentialStatus")
        if item["statusPurpose"] != PURPOSE:
            raise Problem("STATUS_VERIFICATION_ERROR", "the list has another purpose", "/credentialStatus")
        if not int(item["statusListIndex"]) < bits.SMALLEST:
            raise Problem("RANGE_ERROR", "the index is outside the list", "/credentialStatus/statusListIndex")
