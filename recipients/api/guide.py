"""The page about the API, written from its own OpenAPI document: it never says anything else."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recipients.api.document import document


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """How to begin, every operation, every problem, the limits."""
    return render(request, "recipients/api/docs.html", {"x": json.dumps(document())[:100]})
