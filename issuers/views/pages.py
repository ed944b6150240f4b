"""Pages that are the same for everybody: help, privacy, light or dark."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

log = structlog.get_logger()

THEMES = {"light": _("Light"), "dark": _("Dark"), "": _("As the device says")}
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Article:
    """One question: its address, its words, for whom; the answer is templates/help/<slug>.html."""

    slug: str
    title: Any
    summary: Any
    group: str


GROUPS = {"person": _("You earned something"), "verifier": _("You check something"), "staff": _("You award something")}
ARTICLES = (
    Article("lost-mail", _("The mail did not come"), _("Spam, full mailboxes, another address"), "person"),
    Article("changed-address", _("My address has changed or closed"), _("You left a school or a job"), "person"),
    Article("missing-badge", _("A badge is missing"), _("Another address, or revoked"), "person"),
    Article("misspelt-name", _("My name is misspelt"), _("Corrections keep your link"), "person"),
    Article("who-sees-what", _("Who sees what"), _("Public, by link, only you"), "person"),
    Article("sharing", _("Sharing and downloading"), _("LinkedIn, pictures, files for other wallets"), "person"),
    Article(
        "assessment",
        _("Earning by showing what you can do"),
        _("Evidence, rubric, handing in, feedback, what is public of it"),
        "person",
    ),
    Article("goals", _("Goals, progress and the weekly mail"), _("What is nearly earned, and leaderboards"), "person"),
    Article(
        "checks", _("What the checks mean"), _("Form, signature, issuer, status, dates; for employers"), "verifier"
    ),
    Article("elsewhere", _("Checking without this site"), _("Open Badges 3.0 in other software"), "verifier"),
    Article("files", _("Which columns are understood"), _("CSV and Excel, any headings"), "staff"),
    Article(
        "unreachable", _("When mail does not arrive"), _("Reasons, reminders, slips of paper with a code"), "staff"
    ),
    Article("undo", _("Undo, send again, correct, revoke"), _("What can be taken back, and until when"), "staff"),
    Article("badge-designer", _("Making a badge"), _("Designs, symbols, colours, what the checks say"), "staff"),
    Article("certificate-designer", _("Making a certificate"), _("Designs, free layouts, names that fit"), "staff"),
    Article("brand-kit", _("The brand kit"), _("Logos, colours, typefaces, who signs; what follows a change"), "staff"),
    Article(
        "designs-from-elsewhere",
        _("Giving and taking designs"),
        _("Badges and certificates as files between institutions"),
        "staff",
    ),
    Article(
        "analytics",
        _("Numbers, long lists and finding people"),
        _("What analytics count, and how a search works among very many"),
        "staff",
    ),
    Article("roles", _("Who may do what"), _("Six roles, and what each allows"), "staff"),
    Article("rules", _("Rules that award by themselves"), _("Conditions, dry runs, approval, corrections"), "staff"),
    Article(
        "activities",
        _("Recording what people did"),
        _("Attendance reports, gradebooks, groups, how many took part"),
        "staff",
    ),
    Article(
        "events", _("Connecting other systems"), _("Moodle, scanners, scripts; why something was refused"), "staff"
    ),
    Article("api", _("Letting your own software award"), _("Tokens, what they may do, when one gets out"), "staff"),
    Article(
        "webhooks",
        _("Telling other systems"),
        _("Webhooks: what is sent, when it does not arrive, sending again"),
        "staff",
    ),
    Article(
        "check-in",
        _("At the door of a session"),
        _("Tick lists, a code to scan, without a camera, hours people tell of themselves"),
        "staff",
    ),
    Article(
        "assessing",
        _("Assessing on evidence"),
        _("Attendance or mastery, rubrics, assessors, second opinions, links for outsiders"),
        "staff",
    ),
    Article("applications", _("Letting people apply"), _("Public forms, answers by staff or by themselves"), "staff"),
)
BY_SLUG = {article.slug: article for article in ARTICLES}


@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """All questions by who asks them; a search narrows them by words."""
    words = request.GET.get("q", "").strip().lower()[:100]
    found = [a for a in ARTICLES if all(word in f"{a.title} {a.summary}".lower() for word in words.split())]
    groups = [(GROUPS[key], [article for article in found if article.group == key]) for key in GROUPS]
    context = {"groups": [group for group in groups if group[1]], "q": request.GET.get("q", "")}
    return render(request, "pages/help.html", context)


@require_safe
def help_article(request: HttpRequest, slug: str) -> HttpResponse:
    """One question and its answer."""
    article = BY_SLUG.get(slug)
    if article is None:
        raise Http404
    others = [other for other in ARTICLES if other.group == article.group and other is not article]
    return render(request, f"help/{slug}.html", {"article": article, "others": others})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about whom, why, and for how long."""
    return render(request, "pages/privacy.html", {"operator": settings.DEFAULT_FROM_EMAIL})


@require_http_methods(["GET", "HEAD", "POST"])
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device says: kept in a cookie."""
    back = _back(request)
    if request.method != "POST":
        chosen = request.COOKIES.get("theme", "")
        return render(request, "pages/theme.html", {"themes": THEMES.items(), "chosen": chosen, "next": back})
    chosen = request.POST.get("theme", "")
    response = HttpResponseRedirect(back)
    if chosen in {"light", "dark"}:
        response.set_cookie("theme", chosen, max_age=_YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme")
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """The answer to a fault of ours: without the database, and with a code that finds the line in the log."""
    code = "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(4))
    log.error("fault", code=code, path=request.path)
    return HttpResponse(render_to_string("500.html", {"code": code}), status=500)


def _back(request: HttpRequest) -> str:
    """The page to return to: a path of this site, else the front page."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe else reverse("home")
