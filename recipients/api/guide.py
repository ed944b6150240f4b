"""The page about the API, written from its own OpenAPI document: it never says anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recipients.api import gate, problems
from recipients.api.admission import AWARDS, CALLS
from recipients.api.document import document
from recipients.api.shapes import MOST_RECIPIENTS, MOST_ROWS
from recipients.receiving import ANSWERS_KEPT


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Whoever looks at the API with a browser is shown how to use it."""
    return redirect("api-docs")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """How to begin, every operation, every problem, the limits."""
    told = document()
    context = {
        "address": told["servers"][0]["url"],
        "groups": _groups(told),
        "problems": problems.words(),
        "limits": _limits(),
        **samples(told["servers"][0]["url"]),
    }
    return render(request, "recipients/api/docs.html", context)


def samples(address: str) -> dict[str, str]:
    """Two programs that award somebody something at this address of the API."""
    names = {"python": "award.py.txt", "shell": "award.sh.txt"}
    return {
        name: render_to_string(f"recipients/api/{file}", {"address": address}).rstrip() for name, file in names.items()
    }


def _limits() -> list[tuple[str, str]]:
    return [
        (_("Requests with one token"), _("%(most)s a minute") % {"most": CALLS.most}),
        (_("Awards with one token"), _("%(most)s a minute") % {"most": AWARDS.most}),
        (_("People in one award"), f"{MOST_RECIPIENTS:,}"),
        (_("Bytes of a body"), f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,}"),
        (_("Rows on one page of a list"), f"{MOST_ROWS:,}"),
        (_("An Idempotency-Key is remembered"), _("%(days)s days") % {"days": ANSWERS_KEPT.days}),
    ]


@dataclass(frozen=True)
class Field:
    """One parameter, or one field of a body."""

    name: str
    place: str
    needed: bool
    what: SafeString
    limits: str


@dataclass(frozen=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    paragraphs: list[SafeString]
    scope: str
    parameters: list[Field]
    fields: list[Field]
    body: str
    status: str
    answer: str
    refusals: list[tuple[str, str]]


def _operations(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in told["paths"].items():
        for method, one in methods.items():
            yield {**one, "path": path, "method": method.upper()}


def _groups(told: Mapping[str, Any]) -> list[tuple[str, str, list[Operation]]]:
    every = list(_operations(told))
    return [
        (tag["name"], tag["description"], [_shown(told, one) for one in every if one["tags"] == [tag["name"]]])
        for tag in told["tags"]
    ]


def _shown(told: Mapping[str, Any], one: Mapping[str, Any]) -> Operation:
    content = one.get("requestBody", {}).get("content", {}).get("application/json", {})
    status = next(status for status in one["responses"] if status.startswith("2"))
    answer = one["responses"][status]["content"]["application/json"]["example"]
    return Operation(
        id=one["operationId"],
        method=one["method"],
        path=f"/{gate.PREFIX}{one['path'].removeprefix(f'/{gate.PREFIX}')}",
        summary=one["summary"],
        paragraphs=[_marked(part) for part in one["description"].split("\n\n")],
        scope=one["x-scope"],
        parameters=[_parameter(parameter) for parameter in one["parameters"]],
        fields=list(_fields(told, content["schema"])) if content else [],
        body=_pretty(content["example"]) if content else "",
        status=f"{status} {HTTPStatus(int(status)).phrase}",
        answer=_pretty(answer),
        refusals=[(code, said["description"]) for code, said in one["responses"].items() if code[0] in "45"],
    )


def _marked(text: str) -> SafeString:
    """Words of the document, with what stands between backticks as code."""
    parts = enumerate(" ".join(text.split()).split("`"))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if odd % 2 else part,) for odd, part in parts)
    )


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _parameter(told: Mapping[str, Any]) -> Field:
    places = {"path": _("address"), "query": _("parameter"), "header": _("header")}
    what = _marked(told.get("description", ""))
    return Field(told["name"], places[told["in"]], told["required"], what, _bounds(told["schema"]))


def _fields(told: Mapping[str, Any], schema: Mapping[str, Any], before: str = "") -> Iterator[Field]:
    """Every field of a body, those inside others after them."""
    if "$ref" in schema:
        schema = told["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    for name, one in schema.get("properties", {}).items():
        needed = name in schema.get("required", ())
        yield Field(before + name, "", needed, _marked(one.get("description", "")), _bounds(one))
        inner = one.get("items", one)
        inner = inner.get("allOf", [inner])[0]
        if "$ref" in inner:
            yield from _fields(told, inner, f"{before}{name}{'[]' if 'items' in one else ''}.")


def _bounds(schema: Mapping[str, Any]) -> str:
    """`text, up to 60 characters`."""
    kinds = {"string": _("text"), "integer": _("number"), "boolean": _("true or false"), "array": _("list")}
    said = [kinds.get(schema.get("type", ""), _("object"))]
    if schema.get("format") == "date":
        return _("day, such as 2026-11-20")
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if "maxLength" in schema:
        said.append(_("up to %(most)s characters") % {"most": f"{schema['maxLength']:,}"})
    if "maxItems" in schema:
        said.append(_("up to %(most)s") % {"most": f"{schema['maxItems']:,}"})
    if "maximum" in schema:
        bounds = {"least": schema["minimum"], "most": schema["maximum"]}
        said.append(_("%(least)s to %(most)s") % bounds)
    return ", ".join(said)
