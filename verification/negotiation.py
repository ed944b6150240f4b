"""What a reader asks for by its Accept header: a page, or the signed text under one of its names."""

from functools import lru_cache

from django.http import HttpRequest

PAGE = "text/html"
JSON_TYPES = ["application/vc", "application/vc+ld+json", "application/ld+json", "application/json"]


@lru_cache(maxsize=256)
def preferred(accept: str) -> str:
    """PAGE or one of JSON_TYPES for the address without a suffix: who asks for nothing in particular gets the page."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = accept or "*/*"
    if request.get_preferred_type([PAGE, *JSON_TYPES]) not in JSON_TYPES:
        return PAGE
    return request.get_preferred_type(JSON_TYPES) or JSON_TYPES[1]


def of_file(accept: str) -> str:
    """The type of `.json`: browsers get one that they can show."""
    return "application/json" if PAGE in accept else "application/vc+ld+json"
