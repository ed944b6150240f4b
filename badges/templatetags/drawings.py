"""Drawings and prose on pages: rosette, QR code, Markdown."""

import base64

from django import template
from django.utils.safestring import SafeString, mark_safe

from badges.rendering import qr as codes
from badges.rendering import rosette as lines
from badges.rendering import typefaces
from badges.rendering.badge_symbol_set import areas as areas_of
from badges.rendering.badge_symbol_set import placed
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


@register.simple_tag
def symbol(name: str) -> SafeString:
    """One symbol, small, in the page's own colours (static/css/pages/achievements.css)."""
    areas = "".join(f'<path class="tone-{role}" d="{d}"/>' for role, d in areas_of(name))
    drawn = f'<g transform="{placed(name, 200)}">{areas}</g>'
    return mark_safe(
        f'<svg class="symbol" viewBox="-124 -124 248 248" aria-hidden="true" focusable="false">{drawn}</svg>'
    )


@register.simple_tag
def specimen(pair: str) -> SafeString:
    """A pair of typefaces set in itself: our outlines of our words."""
    return mark_safe(typefaces.specimen(pair))


@register.filter
def data_uri(svg: str) -> str:
    """A drawing of ours as the address of a picture: several of one page then share no ids."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@register.filter
def png_uri(data: bytes) -> str:
    """A picture that we made and nobody has stored, as its address."""
    return "data:image/png;base64," + base64.b64encode(data).decode()


@register.filter
def markdown(text: str) -> SafeString:
    """Safe HTML of Markdown."""
    return mark_safe(prose.to_html(text or ""))
