"""The OpenAPI 3.1 document: ninja writes operations and shapes, and here everything joins them that every operation has."""

from __future__ import annotations

import copy
import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja.openapi import get_schema
from pydantic import BaseModel

from recipients.api import gate, samples
from recipients.api.admission import AWARDS, CALLS, Needs
from recipients.api.problems import KINDS, MEDIA_TYPE, Problem
from recipients.api.shapes import AwardIn
from recipients.api.told import ProblemOut

_REF = "#/components/schemas/{model}"
_ABOUT = """Award achievements, follow what becomes of them, and correct or revoke credentials, from your own software.

Every request carries a token of one institution: `Authorization: Bearer laurel_…`. Staff make tokens on *API tokens*.
Every refusal is problem details (RFC 9457) with what to do about it; whatever is refused has written nothing.
Times are RFC 3339 in UTC. Lists are pages: follow `next` until it is null. Unknown fields and parameters are refused."""
_TAGS = {
    "Achievements": "What can be awarded.",
    "Awards": "Giving an achievement to people, and following how it gets to them.",
    "Credentials": "What people were given.",
    "Recipients": "The people whom your institution knows.",
}
# Statuses of every operation, and those that a part of them brings.
_ALWAYS = (400, 401, 403, 429, 500, 503)
_WITH_BODY = (411, 413, 415, 422)
_ETAGS = {
    "If-Match": "An ETag of this credential: 412 where it was changed since.",
    "If-None-Match": "An ETag of this credential: 304 where it is still the same.",
}


@csrf_exempt
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The document, for everybody."""
    headers = {"Cache-Control": "public, max-age=300"}
    return HttpResponse(_text(settings.SITE_URL), content_type="application/json", headers=headers)


@lru_cache(maxsize=4)
def _text(site: str) -> str:
    return json.dumps(_built(), ensure_ascii=False, indent=1)


def document() -> dict[str, Any]:
    """The document as JSON."""
    made: dict[str, Any] = json.loads(_text(settings.SITE_URL))
    return made


def _built() -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(dict(get_schema(gate.api, path_prefix="/")))
    made["info"] |= {"title": f"{settings.SITE_NAME} API", "version": "1", "description": _ABOUT}
    made["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    made["servers"] = [{"url": f"{settings.SITE_URL}/{gate.PREFIX}"}]
    made["tags"] = [{"name": name, "description": text} for name, text in _TAGS.items()]
    for shape in (AwardIn, ProblemOut):
        _add_shape(made, shape)
    made["components"]["securitySchemes"] = {"token": Needs.openapi_security_schema}
    needs = _needs()
    for path, methods in made["paths"].items():
        for operation in methods.values():
            _complete(operation, needs[operation["operationId"]], path)
    return made


def _needs() -> dict[str, Needs]:
    routers = gate.api._get_bound_routers()  # noqa: SLF001 -- ninja shows what it bound nowhere else
    views = [view for router in routers for view in router.path_operations.values()]
    return {one.operation_id: one.auth_callbacks[0] for view in views for one in view.operations}  # type: ignore[misc]


def _add_shape(made: dict[str, Any], shape: type[BaseModel]) -> None:
    schema = shape.model_json_schema(ref_template=_REF)
    made["components"]["schemas"] |= schema.pop("$defs", {})
    made["components"]["schemas"][shape.__name__] = schema


def _complete(operation: dict[str, Any], needs: Needs, path: str) -> None:
    """What ninja does not know: the scope, headers, ids in the path, problems, samples."""
    name = operation["operationId"]
    operation["security"] = [{"token": [needs.needed]}]
    operation["x-scope"] = needs.needed
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            parameter["schema"] = {"type": "string", "pattern": "^[1-9A-HJ-NP-Za-km-z]{22}$"}
            parameter["description"] = f"`id` of the {parameter['name']}."
    operation["parameters"] += _headers(operation, needs, path)
    if name == "makeAward":
        content = {"application/json": {"schema": {"$ref": _REF.format(model="AwardIn")}}}
        operation["requestBody"] = {"required": True, "content": content}
    if name in samples.bodies():
        operation["requestBody"]["content"]["application/json"]["example"] = samples.bodies()[name]
    for status, answer in operation["responses"].items():
        answer["headers"] = _answer_headers(name, str(status))
        if "content" in answer:
            answer["content"]["application/json"]["example"] = samples.answers()[name]
    operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
    operation["responses"] |= {str(status): _refusal(status) for status in _statuses(name, needs, path)}


def _headers(operation: dict[str, Any], needs: Needs, path: str) -> list[dict[str, Any]]:
    if operation["operationId"] == "makeAward":
        return [_idempotency_key()]
    if operation["operationId"] == "getCredential":
        return [_etag("If-None-Match")]
    return [_etag("If-Match")] if needs.needed == "credentials:write" else []


def _idempotency_key() -> dict[str, Any]:
    said = (
        "A value of your own for this award, such as a UUID. The same key and body get the same answer for three days."
    )
    schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!#-\[\]-~]+$"}
    return _header("Idempotency-Key", said, schema, example=samples.KEY, required=True)


def _etag(name: str) -> dict[str, Any]:
    return _header(name, _ETAGS[name], {"type": "string", "pattern": '^"[0-9a-f]{32}"$'}, required=False)


def _header(name: str, said: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"in": "header", "name": name, "description": said, "schema": schema, **more}


def _statuses(name: str, needs: Needs, path: str) -> list[int]:
    found = {*_ALWAYS, *(_WITH_BODY if needs.body else ()), *((404,) if "{" in path else ())}
    if needs.needed.endswith(":write"):
        found.add(409)
    if needs.needed == "credentials:write":
        found.add(412)
    return sorted(found)


def _answer_headers(name: str, status: str) -> dict[str, Any]:
    said = {
        "RateLimit-Policy": f"How many a minute: {CALLS.most}, and {AWARDS.most} awards.",
        "RateLimit": "How many are left (r), and in how many seconds it begins anew (t).",
    }
    if name == "makeAward":
        said["Idempotency-Replayed"] = "true where this answer was given before."
        if status == "201":
            said["Location"] = "The award."
    if name.endswith("Credential"):
        said["ETag"] = "Changes when anything of the credential does."
    return {header: {"description": text, "schema": {"type": "string"}} for header, text in said.items()}


def _refusal(status: int) -> dict[str, Any]:
    kinds = {name: kind for name, kind in KINDS.items() if kind.status == status}
    examples = {name: {"value": _example(name)} for name in kinds}
    said = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "Seconds."}, 503: {"Retry-After": "Seconds."}}
    headers = {name: {"description": text, "schema": {"type": "string"}} for name, text in said.get(status, {}).items()}
    return {
        "description": "; ".join(str(kind.title) for kind in kinds.values()),
        "headers": headers,
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="ProblemOut")}, "examples": examples}},
    }


def _example(kind: str) -> dict[str, Any]:
    params = {"detail": "…", "scope": "awards:write", "scopes": "awards:read", "value": "sort", "found": "1,001"}
    params |= {"most": "1,000", "reason": "It was revoked before."}
    return Problem(kind, params=params).to_json()
