"""Drawings and prose on pages: rosette, QR code, Markdown."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from badges.rendering import qr as codes
from badges.rendering import rosette as lines
from issuers import prose

register = template.Library()


@register.simple_tag
def rosette(public_id: str) -> SafeString:
    """The rosette that only this credential has; drawn by us from its id alone."""
    return mark_safe(lines.rosette(public_id))


@register.simple_tag
def qr(text: str, title: str) -> SafeString:
    """A QR code as inline SVG with an accessible name; `badges.rendering.qr` escapes it."""
    return mark_safe(codes.svg(text, title=title))


@register.filter
def markdown(text: str) -> SafeString:
    """Safe HTML of Markdown."""
    return mark_safe(prose.to_html(text or ""))
