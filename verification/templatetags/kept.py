"""Parts of public pages that are made once for the same values."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from django import template
from django.db.models import Model
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()
# Of each part with its values some 50 KB, so at most 13 MB a process.
MOST = 256


@register.simple_tag
def kept(name: str, **values: Hashable) -> SafeString:
    """`{% include name with … only %}`, made once for these values, this language and this time zone.

    The part sees its values and nothing else, neither the request nor who asks, so that it cannot depend on more than it is
    kept under. What may change while it stays the same (a row, a list) is refused.
    """
    if any(isinstance(value, Model) for value in values.values()):
        raise TypeError(f"{name}: a row is equal to its older self; pass its values")
    return _made(name, get_language(), timezone.get_current_timezone_name(), tuple(sorted(values.items())))


@lru_cache(maxsize=MOST)
def _made(name: str, language: str | None, zone: str, values: tuple[tuple[str, Hashable], ...]) -> SafeString:
    # What a template has rendered is escaped already.
    return mark_safe(get_template(name).render(dict(values)))
