"""Stage: issue one credential in the profile's own name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from badges.openbadges import validate
from issuers import clock, keys
from verification.vc_api import checking, contexts, proofs, status
from verification.vc_api.problems import Problem, malformed

_CODES = {"lost_term": "DATA_LOSS_DETECTION_ERROR"}


def issue(credential: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Check, complete and sign. Raises Problem.

    Whatever issuer is asked for, if it is one at all, this service signs as itself. A VC 2.0 credential without a status
    gets one, VC 1.1 the context of its proof; the subject is never touched.
    """
    if options.get("cryptosuite", proofs.SUITE) != proofs.SUITE:
        raise malformed("/options/cryptosuite", f"this service signs with {proofs.SUITE}")
    checking.credential(credential)
    document = _completed(credential)
    try:
        prepared = validate.prepare_for_profile(document, contexts.load_context, keys.profile_did())
    except validate.NotPrepared as error:
        raise Problem(_CODES.get(error.code, "MALFORMED_VALUE_ERROR"), error.message, error.pointer) from error
    signed: dict[str, Any] = json.loads(keys.profile_signer(clock.now())(prepared))
    return signed


def _completed(credential: Mapping[str, Any]) -> dict[str, Any]:
    document = dict(credential)
    own = keys.profile_did()
    document["issuer"] = {**document["issuer"], "id": own} if isinstance(document["issuer"], Mapping) else own
    listed = document["@context"]
    if listed[0] == contexts.VC_1 and contexts.DATA_INTEGRITY not in listed:
        document["@context"] = [*listed, contexts.DATA_INTEGRITY]
    elif listed[0] == contexts.VC_2 and "credentialStatus" not in document:
        document["credentialStatus"] = status.entry()
    return document
