"""The same request again gets the same answer (draft-ietf-httpapi-idempotency-key-header).

The answer is written in the transaction of the deed: there is never one without the other.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpResponse
from psycopg.errors import LockNotAvailable

from recipients.api.admission import ApiRequest
from recipients.api.answering import json_answer
from recipients.api.problems import Problem
from recipients.models import KeptAnswer

_KEY = re.compile(r"[!#-\[\]-~]{1,255}")


def key_of(request: ApiRequest) -> str:
    """The Idempotency-Key, bare or as the quoted string of the draft. Raises Problem."""
    text = request.headers.get("Idempotency-Key")
    if text is None:
        raise Problem("idempotency_key_missing")
    bare = text[1:-1] if len(text) > 2 and text[0] == text[-1] == '"' else text
    if not _KEY.fullmatch(bare):
        raise Problem("idempotency_key_invalid")
    return bare


def digest(request: ApiRequest) -> str:
    """What is asked, whatever the order of its fields and the blanks between them."""
    said = json.dumps(request.said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{request.method} {request.path}\n{said}".encode()).hexdigest()


def once(request: ApiRequest, deed: Callable[[str], HttpResponse]) -> HttpResponse:
    """Do it and keep the answer, or give the one that is kept. `deed` takes the number of the request. Raises Problem.

    Who sends the same at the same time waits here for the other's commit; where that takes too long, it comes back later.
    """
    key, asked = key_of(request), digest(request)
    try:
        kept, fresh = KeptAnswer.objects.get_or_create(
            issuer=request.issuer, token=request.token, key=key, defaults={"digest": asked}
        )
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Problem("in_progress", headers={"Retry-After": "1"}) from error
        raise
    if kept.digest != asked:
        raise Problem("key_used")
    if not fresh:
        return json_answer(kept.body, kept.status, **_place(kept.location), Idempotency_Replayed="true")
    # Once this is forgotten, the same award under the same key still meets the first one (one_award_a_request).
    answer = deed(hashlib.sha256(f"{request.token.public_id}|{key}|{asked}".encode()).hexdigest())
    kept.status, kept.location, kept.body = answer.status_code, answer.get("Location", ""), answer.content.decode()
    kept.save(update_fields=["status", "location", "body"])
    return answer


def _place(location: str) -> dict[str, str]:
    return {"Location": location} if location else {}
