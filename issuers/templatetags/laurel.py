"""The tags that every template may use without loading anything. templates/components/README.md shows them in use."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django import forms, template
from django.template.context import Context
from django.templatetags import i18n, static
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issuers import media
from issuers.templatetags import fields as controls
from issuers.templatetags import rail
from issuers.templatetags.pills import PILLS, STANDINGS

register = template.Library()
# Every page has texts and addresses of files, so these need no {% load %} either.
for library in (i18n.register, static.register):
    register.tags |= library.tags
    register.filters |= library.filters

_MIRRORED = {"arrow-left", "arrow-right", "arrow-narrow-right", "arrow-back-up", "chevron-left", "chevron-right"}
# A heading sets longer names smaller, so that they stay on the screen.
LONG_NAME = 40


@cache
def _drawings() -> dict[str, str]:
    drawings: dict[str, str] = json.loads(Path(__file__).with_name("icons.json").read_text())
    return drawings


@register.simple_tag
def icon(name: str, **attrs: str) -> SafeString:
    """A Tabler outline icon, hidden from readers; `class` adds to `.icon`. KeyError for one that is not bundled."""
    classes = " ".join(filter(None, ["icon", attrs.get("class", ""), "flip" if name in _MIRRORED else ""]))
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        classes,
        mark_safe(_drawings()[name]),
    )


@register.simple_tag
def person(name: str, lang: str = "", **attrs: str) -> SafeString:
    """A name in its own direction, never cut. Names over 40 letters carry `long` for the heading around them."""
    marks = ["name"]
    if len(name or "") > LONG_NAME:
        marks.append("long")
    # Arabic letters stand higher than Latin ones; the language itself is not guessed.
    if any("\u0600" <= letter <= "\u08ff" for letter in name or ""):
        marks.append("arabic")
    marks.append(attrs.get("class", ""))
    language = format_html(' lang="{}"', lang) if lang else ""
    return format_html('<bdi class="{}"{}>{}</bdi>', " ".join(filter(None, marks)), language, name)


@register.simple_tag
def initials(name: str) -> SafeString:
    """One or two first letters in a disc, for people without a picture."""
    words = [word for word in (name or "").split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return format_html('<span class="initials" aria-hidden="true">{}</span>', "".join(letters))


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _time(value: date | datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.simple_tag
def day(value: date | datetime | str | None, short: bool = False) -> str:
    """`14 June 2026` in the reader's zone, `14 Jun 2026` when short, nothing for nothing."""
    value = parse_datetime(value) if isinstance(value, str) else value
    if not value:
        return ""
    form = pgettext("date format", "j M Y") if short else pgettext("date format", "j F Y")
    return _time(value, date_format(_local(value), form))


@register.simple_tag
def moment(value: datetime | str | None, short: bool = False) -> str:
    """`14 June 2026 at 20:14 UTC` in the reader's zone, `14 Jun 2026, 20:14` when short."""
    value = parse_datetime(value) if isinstance(value, str) else value
    if not value:
        return ""
    here = timezone.localtime(value)
    if short:
        return _time(value, date_format(here, pgettext("date format", "j M Y, H:i")))
    spoken = _("%(day)s at %(time)s %(zone)s")
    when = {"day": date_format(here, pgettext("date format", "j F Y")), "time": date_format(here, "H:i")}
    return _time(value, spoken % {**when, "zone": here.tzname()})


@register.simple_tag
def when(value: datetime | None) -> str:
    """For tables: `Today, 09:12`, `Yesterday`, `18 Nov`, `18 Nov 2025`."""
    if not value:
        return ""
    here, now = timezone.localtime(value), timezone.localtime()
    days = (now.date() - here.date()).days
    if days == 0:
        return _time(value, _("Today, %(time)s") % {"time": date_format(here, "H:i")})
    if days == 1:
        return _time(value, _("Yesterday"))
    same_year = here.year == now.year
    form = pgettext("date format", "j M") if same_year else pgettext("date format", "j M Y")
    return _time(value, date_format(here, form))


@register.simple_tag
def pill(state: str, label: str = "") -> SafeString:
    """Shape, word and colour of a state (issuers/templatetags/pills.py lists them); `label` replaces the word."""
    look = PILLS[state]
    family = f"pill pill-{look.look}" if look.look else "pill"
    return format_html('<span class="{}">{}{}</span>', family, icon(look.icon), label or look.word)


@register.simple_tag
def standing(state: str, title: str = "", sentence: str = "") -> SafeString:
    """The bar under the header: valid, expired, revoked, suspended, failed or unsure, said as a sentence."""
    family = "standing" if state == "valid" else f"standing standing-{state}"
    said = format_html("<span>{}</span>", conditional_escape(sentence)) if sentence else ""
    word = title or PILLS[state].word
    bar = '<div class="{}"><div class="wrap">{}<p role="status"><b>{}</b>{}</p></div></div>'
    return format_html(bar, family, icon(STANDINGS[state]), word, said)


@register.simple_tag
def progress(value: float, of: float, label: str, large: bool = False) -> SafeString:
    """A bar with its words for screen readers; the number stands beside it in the page."""
    family = "progress progress-l" if large else "progress"
    bar = '<progress class="{}" max="{}" value="{}" aria-label="{}">{} / {}</progress>'
    return format_html(bar, family, of or 1, value, label, value, of)


@register.simple_tag
def dots(value: int, of: int) -> SafeString:
    """Up to five dots for what comes in a handful; the number stands beside it in the page."""
    filled = format_html_join("", "<i{}></i>", ((mark_safe(' class="on"' if i < value else ""),) for i in range(of)))
    return format_html('<span class="dots" aria-hidden="true">{}</span>', filled)


@register.simple_tag
def stepper(current: int, *steps: str) -> SafeString:
    """`{% stepper 2 _("Accept") _("Prove it is you") _("Who sees it") %}`: the second is current."""
    lines = []
    for number, step in enumerate(steps, start=1):
        if number < current:
            ticked = '<li class="done">{} <span class="sr">{} </span>{}</li>'
            lines.append(format_html(ticked, icon("check", **{"class": "icon-s"}), _("Done:"), step))
        else:
            mark = mark_safe(' aria-current="step"' if number == current else "")
            lines.append(format_html("<li{}>{}</li>", mark, step))
    line = '<ol class="stepper" role="list" aria-label="{}">{}</ol>'
    return format_html(line, _("Steps"), mark_safe("".join(lines)))


@register.inclusion_tag("components/field.html")
def field(bound: forms.BoundField, **options: Any) -> dict[str, Any]:
    """Label, control, hint or error of one field. Options: label, hint, class, icon (of a drop zone), plain, small, unseen."""
    return controls.describe(bound, options)


@register.inclusion_tag("components/fields.html")
def fields(form: forms.BaseForm) -> dict[str, Any]:
    """Every field of a form in its own order, hidden ones too."""
    return {"form": form}


@register.inclusion_tag("components/errors.html")
def errors(*several: forms.BaseForm) -> dict[str, Any]:
    """What is to be mended, with links to the fields; it takes the focus after a form comes back."""
    return {"lines": [line for form in several if form is not None for line in controls.faults(form)]}


@register.inclusion_tag("components/rail_links.html", takes_context=True)
def rail_links(context: Context) -> dict[str, Any]:
    """The staff frame's links; `active` in the context names another one than the address does."""
    request = context["request"]
    match = request.resolver_match
    page = context.get("active") or (match.url_name if match else "") or ""
    return {"links": rail.links(request.issuer.slug, request.permissions, page)}


@register.simple_tag
def address(name: str, **arguments: object) -> str:
    """Like {% url %}, and '' where this installation has no such address."""
    return rail.address(name, **arguments)


@register.simple_tag
def logo(issuer: Any, height: int = 36) -> SafeString:
    """An institution's logo beside its name (so it has no alternative text); initials where it has none.

    With one for dark grounds there are two pictures, of which the theme shows one (static/css/components/site.css); the
    browser does not load the other.
    """
    if not issuer.logo:
        return initials(issuer.name)
    light = media.url(issuer.logo)
    if not issuer.dark_logo:
        return format_html('<img src="{}" alt="" height="{}">', light, height)
    both = '<img class="logo-{}" src="{}" alt="" height="{}" loading="lazy">'
    shown = [("light", light, height), ("dark", media.url(issuer.dark_logo), height)]
    return format_html_join("", both, shown)


@register.filter
def media_url(key: str) -> str:
    """Path of a public picture by its key in the media storage; '' for none."""
    return media.url(key)


@register.simple_tag(takes_context=True)
def here_with(context: Context, **values: object) -> str:
    """This page's query string with some values changed; None or '' takes one away: `{% here_with page=None %}`."""
    query = context["request"].GET.copy()
    for name, value in values.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return "?" + urlencode(list(query.lists()), doseq=True) if query else context["request"].path


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:  # noqa: A002 -- the attribute's own name
    """`{% dialog id="revoke" title=_("Revoke it?") %}<form>…</form>{% enddialog %}`, opened by a link to `#revoke`."""
    frame = (
        '<dialog class="dialog" id="{0}" aria-labelledby="{0}-h"><header><h2 id="{0}-h">{1}</h2>'
        '<a class="btn btn-icon" href="#main" data-close aria-label="{2}">{3}</a></header>{4}</dialog>'
    )
    return format_html(frame, id, title, _("Close"), icon("x"), content)


@register.simple_block_tag
def menu(content: str, id: str, label: str) -> SafeString:  # noqa: A002 -- the attribute's own name
    """`{% menu id="m-7" label=_("Actions for Jo Li") %}<li>…</li>{% endmenu %}`: the one `…` button of a row."""
    frame = (
        '<button class="btn btn-icon btn-s" type="button" popovertarget="{0}" aria-label="{1}">{2}</button>'
        '<ul class="menu" id="{0}" popover role="list">{3}</ul>'
    )
    return format_html(frame, id, label, icon("dots"), content)
