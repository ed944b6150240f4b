"""Every refusal of the API as problem details (RFC 9457): one table of what can go wrong, with the remedy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

MEDIA_TYPE = "application/problem+json"
# A body of a thousand people with everything wrong in each is mended by its first thousand faults.
MOST = 1_000


@dataclass(frozen=True)
class Kind:
    """One thing that can go wrong: the status, what it is called, and what to do."""

    status: int
    title: Any
    remedy: Any


_T = gettext_lazy
KINDS: dict[str, Kind] = {
    "not_json": Kind(400, _T("The body cannot be read"), _T("The body is no JSON that can be read: %(detail)s.")),
    "body_missing": Kind(400, _T("There is no body"), _T("Send one JSON object, such as {…}.")),
    "not_an_object": Kind(400, _T("The body is no object"), _T("The body has to be one JSON object, such as {…}.")),
    "idempotency_key_missing": Kind(
        400,
        _T("Idempotency-Key is missing"),
        _T(
            "Add the header Idempotency-Key with a value of your own for this award, such as a UUID; keep it for retries."
        ),
    ),
    "idempotency_key_invalid": Kind(
        400,
        _T("Idempotency-Key cannot be used"),
        _T("Idempotency-Key is 1 to 255 printable ASCII characters without spaces, such as a UUID."),
    ),
    "unknown_parameter": Kind(
        400, _T("Unknown parameter"), _T("“%(value)s” is no parameter here. Leave it out, or check how it is spelt.")
    ),
    "invalid_parameter": Kind(
        400, _T("A parameter has a wrong value"), _T("Look at errors for what each parameter takes.")
    ),
    # No 503: whoever asks the same again keeps the database busy for as long again.
    "too_wide": Kind(
        400,
        _T("Finding these takes too long"),
        _T("Narrow it by one more of the parameters of this list. The same request again would take as long."),
    ),
    "bad_request": Kind(400, _T("The request cannot be read"), _T("Its address has characters that no address has.")),
    "token_missing": Kind(401, _T("No token"), _T("Send a token of the API: Authorization: Bearer laurel_….")),
    "token_unknown": Kind(
        401, _T("Unknown token"), _T("There is no such token. Check that all of it was copied, or make a new one.")
    ),
    "token_expired": Kind(401, _T("The token has ended"), _T("Its time is over. Make a new token, and use that.")),
    "token_withdrawn": Kind(401, _T("The token was withdrawn"), _T("Somebody withdrew it. Make a new token.")),
    "scope_missing": Kind(
        403,
        _T("The token may not do this"),
        _T("This needs the scope %(scope)s, and the token has: %(scopes)s. Make a token that may do it."),
    ),
    "issuer_not_approved": Kind(
        403,
        _T("The institution is not approved yet"),
        _T("The operator of this site has to approve the institution first."),
    ),
    "issuer_closed": Kind(
        403, _T("The institution is closed"), _T("What it issued stays public; nothing more can be done in its name.")
    ),
    "not_found": Kind(
        404, _T("Nothing is here"), _T("There is no such thing at your institution, or no such address of the API.")
    ),
    "wrong_method": Kind(
        405, _T("Wrong method"), _T("This address takes no such request. The header Allow says which.")
    ),
    "not_possible": Kind(409, _T("Not possible in this state"), "%(reason)s"),
    "in_progress": Kind(
        409,
        _T("The same request is being answered"),
        _T("A request with this Idempotency-Key is not finished yet. Send it again after Retry-After."),
    ),
    "length_required": Kind(
        411, _T("The length is missing"), _T("Send Content-Length instead of Transfer-Encoding: chunked.")
    ),
    "changed_meanwhile": Kind(
        412,
        _T("It was changed meanwhile"),
        _T("The credential is not what If-Match says any more. Get it again, look, and decide anew."),
    ),
    "too_large_body": Kind(413, _T("The body is too large"), _T("The body has more than %(most)s bytes. Split it.")),
    "too_many_recipients": Kind(
        413, _T("Too many recipients"), _T("%(found)s are too many at once; up to %(most)s fit. Send several awards.")
    ),
    "too_long_address": Kind(414, _T("The address is too long"), _T("Use fewer or shorter parameters.")),
    "wrong_media_type": Kind(
        415, _T("Wrong media type"), _T("The body has to be application/json, in UTF-8 and not compressed.")
    ),
    "faulty": Kind(422, _T("Something in it is wrong"), ""),
    "key_used": Kind(
        422,
        _T("Idempotency-Key was used before"),
        _T("This key came before with another body. What was done stays; give each award a key of its own."),
    ),
    "too_often": Kind(429, _T("Too many requests"), _T("Wait as many seconds as Retry-After says, and send it again.")),
    "broken": Kind(
        500, _T("A fault of ours"), _T("Nothing was written. Try again later, and tell who runs this site.")
    ),
    "away": Kind(
        503,
        _T("Away for a moment"),
        _T("A part of this site is not there. Nothing was written; send the same again after Retry-After."),
    ),
}


@dataclass(frozen=True)
class Fault:
    """One thing to mend: where it stands in the body (RFC 6901) or which parameter it is, its code and its sentence."""

    pointer: str | None
    code: str
    detail: str
    parameter: str | None = None

    def to_json(self) -> dict[str, str]:
        place = {"parameter": self.parameter} if self.parameter else {"pointer": self.pointer or ""}
        return {**place, "code": self.code, "detail": self.detail}


@dataclass
class Problem(Exception):
    """A call that is refused, and why. Nothing of it is written."""

    kind: str
    code: str = ""
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return KINDS[self.kind].status

    def to_json(self) -> dict[str, Any]:
        """The members of RFC 9457, and our own `code` and `errors`."""
        kind = KINDS[self.kind]
        body: dict[str, Any] = {
            "type": address_of(self.kind),
            "title": str(kind.title),
            "status": kind.status,
            "detail": self._detail(kind),
            "code": self.code or self.kind,
        }
        if self.faults:
            body["errors"] = [fault.to_json() for fault in self.faults[:MOST]]
        return body

    def _detail(self, kind: Kind) -> str:
        if self.kind == "faulty":
            number = len(self.faults)
            said = ngettext(
                "%(number)s thing is wrong. Nothing was written; mend it and send the same again.",
                "%(number)s things are wrong. Nothing was written; mend them and send the same again.",
                number,
            )
            return said % {"number": f"{number:,}"}
        return str(kind.remedy) % self.params

    def answer(self) -> HttpResponse:
        """What the caller gets."""
        text = json.dumps(self.to_json(), ensure_ascii=False)
        extra = {"Retry-After": "5"} if self.status == 503 else {}
        headers = {"Cache-Control": "no-store", **extra, **self.headers}
        return HttpResponse(text, status=self.status, content_type=MEDIA_TYPE, headers=headers)


def address_of(kind: str) -> str:
    """Where the docs page speaks of it."""
    return f"{settings.SITE_URL}{reverse('api-docs')}#{kind.replace('_', '-')}"


def faulty(pointer: str, code: str, detail: str) -> Problem:
    """One thing in the body is wrong."""
    return Problem("faulty", faults=[Fault(pointer, code, detail)])


def unlisted(status: int) -> Problem:
    """The nearest kind of a status that something before the API answered."""
    by_status = {400: "bad_request", 404: "not_found", 405: "wrong_method", 413: "too_large_body"}
    by_status |= {414: "too_long_address", 429: "too_often", 503: "away"}
    kind = by_status.get(status, "broken" if status >= 500 else "bad_request")
    return Problem(kind, params={"most": f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,}"})


def not_found() -> Problem:
    """The same for what is unknown and for what is another institution's."""
    return Problem("not_found")


def words() -> list[tuple[str, str, Kind]]:
    """Every kind with its anchor and its code, for the docs page."""
    return [(name.replace("_", "-"), name, kind) for name, kind in KINDS.items()]
