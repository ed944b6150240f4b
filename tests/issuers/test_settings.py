"""Opening an institution, its settings and its colour, as the pages do it; the pages that are the same for everybody."""

import ast
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from issuers import opening
from issuers.models import AuditEvent, Issuer, Membership, Role
from issuers.tenancy import across_issuers, scope
from issuers.views import pages, trail
from tests.factories import IssuerFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

PROFILE = {
    "name": "Northmoor University",
    "description": "Teaches on the coast.",
    "website": "https://northmoor.example.org",
    "email": "badges@northmoor.example.org",
    "linkedin_id": "15098",
    "language": "en",
    "time_zone": "Europe/London",
    "undo_minutes": "5",
    "offer_days": "90",
}


@pytest.fixture
def person(client):
    user = UserFactory(email="registrar@northmoor.example.org")
    client.force_login(user)
    return user


def open_it(client, **values):
    return client.post(
        reverse("manage-open"),
        {"name": "Northmoor University", "email": "badges@northmoor.example.org", "slug": "", "website": "", **values},
    )


def settings_url(issuer):
    return reverse("manage-settings", args=[issuer.slug])


def stored(issuer):
    return Issuer.objects.get(pk=issuer.pk)


def test_institution_is_opened_with_keys_and_an_owner_when_the_form_is_filled(client, person, settings):
    settings.ISSUER_SIGNUP = "open"

    answer = open_it(client)

    made = Issuer.objects.get(slug="northmoor-university")
    assert answer.url == settings_url(made)
    assert made.approved_at is not None
    with scope(made):
        assert {key.kind for key in made.keys.all()} == {"ed25519", "p256"}
        assert Membership.objects.get().role == Role.OWNER
        assert AuditEvent.objects.filter(action="issuer.opened", actor=person).exists()


def test_institution_waits_and_says_so_when_the_operator_approves_first(client, person, settings):
    settings.ISSUER_SIGNUP = "approved"
    open_it(client)
    made = Issuer.objects.get(slug="northmoor-university")

    assert made.approved_at is None
    assert "Waiting for approval" in client.get(settings_url(made)).content.decode()
    assert client.get(reverse("issuer", args=[made.slug])).status_code == 404


def test_institution_is_not_opened_when_the_site_is_closed_to_new_ones(client, person, settings):
    settings.ISSUER_SIGNUP = "closed"

    assert client.get(reverse("manage-open")).status_code == 403
    assert open_it(client).status_code == 403
    assert not Issuer.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("slug", "Bad Name", "a–z, 0–9 and hyphens"),
        ("slug", "taken", "is taken"),
        ("email", "nobody", "no @"),
        ("website", "javascript:alert(1)", "not a web address"),
        ("name", "", ""),
    ],
)
def test_opening_says_what_to_mend_when_a_field_is_wrong(client, person, settings, field, value, said):
    settings.ISSUER_SIGNUP = "open"
    IssuerFactory(slug="taken")

    answer = open_it(client, **{field: value})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Issuer.objects.count() == 1


def test_opening_removes_hidden_characters_when_they_stand_in_the_name(client, person, settings):
    settings.ISSUER_SIGNUP = "open"
    open_it(client, name="A\u202eB")
    assert Issuer.objects.get().name == "AB"


def test_opening_needs_a_sign_in_when_nobody_is(client):
    assert client.get(reverse("manage-open")).url.startswith(reverse("account_login"))


def test_settings_are_stored_and_written_down_when_saved(staff, issuer):
    answer = staff.post(settings_url(issuer), PROFILE)

    assert answer.status_code == 302
    now = stored(issuer)
    assert (now.name, now.undo_minutes, now.time_zone) == ("Northmoor University", 5, "Europe/London")
    with scope(issuer):
        assert "undo_minutes" in AuditEvent.objects.get(action="issuer.edited").details["fields"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("undo_minutes", "-1"), ("undo_minutes", "99999"), ("offer_days", "0"), ("offer_days", "NaN"), ("email", "x")]
    + [
        ("website", "ftp://x"),
        ("linkedin_id", "12a"),
        ("time_zone", "Mars/Olympus"),
        ("language", "tlh"),
        ("name", " "),
    ],
)
def test_settings_stay_as_they_were_when_a_value_is_wrong(staff, issuer, field, value):
    answer = staff.post(settings_url(issuer), {**PROFILE, field: value})

    assert answer.status_code == 422
    assert 'class="note note-bad errors"' in answer.content.decode()
    assert stored(issuer).name == issuer.name
    assert issuer.name in answer.content.decode()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.AWARDER, Role.DESIGNER])
def test_settings_are_refused_when_the_role_may_not_edit(issuer, role):
    client = Client()
    client.force_login(MembershipFactory(issuer=issuer, role=role).user)
    assert client.post(settings_url(issuer), PROFILE).status_code == 403


def test_stylesheet_of_a_colour_that_is_tried_is_stored_nowhere(staff, issuer):
    sheet = staff.get(reverse("issuer-brand", args=[issuer.slug]) + "?colour=f2b705").content.decode()

    assert "--brand: #f2b705" in sheet.lower()
    assert stored(issuer).brand == issuer.brand


@pytest.mark.parametrize("text", ["red", "#12345", "#12345g", "url(x)", "}body{display:none"])
def test_stylesheet_says_nothing_of_what_is_no_colour(staff, issuer, text):
    sheet = staff.get(reverse("issuer-brand", args=[issuer.slug]), {"colour": text}).content.decode()

    assert text not in sheet
    assert f"--brand: {issuer.brand}" in sheet


def test_settings_lead_to_the_brand_kit(staff, issuer):
    assert reverse("manage-kit", args=[issuer.slug]) in staff.get(settings_url(issuer)).content.decode()


def test_stylesheet_may_be_kept_for_ever_when_its_address_names_the_colour(client, issuer):
    assert "immutable" in client.get(issuer.brand_url)["Cache-Control"]
    assert "immutable" not in client.get(reverse("issuer-brand", args=[issuer.slug]))["Cache-Control"]


def test_keys_page_shows_public_halves_only_when_opened(client, person, settings):
    settings.ISSUER_SIGNUP = "open"
    made = opening.open_issuer(person, name="Keys", slug="keys", email="k@example.org")
    page = client.get(reverse("manage-keys", args=[made.slug])).content.decode()

    with scope(made):
        rows = list(made.keys.all())
    assert all(row.multibase in page for row in rows)
    assert all(bytes(row.secret).hex() not in page for row in rows)


def test_trail_pages_by_key_when_there_are_more_than_fit(staff, issuer, owner):
    with scope(issuer):
        for number in range(60):
            AuditEvent.objects.record(issuer, owner, "issuer.edited", issuer, fields=["name"], number=number)
    url = reverse("manage-audit", args=[issuer.slug])

    first = staff.get(url)
    second = staff.get(url, {"before": first.context["older"]})

    assert (len(first.context["lines"]), len(second.context["lines"])) == (50, 10)
    assert first.context["newer"] is None
    assert second.context["older"] is None
    assert staff.get(url, {"before": "x", "after": "9" * 40, "action": "none", "person": "0"}).status_code == 200


def test_trail_shows_only_what_was_asked_for_when_filtered(staff, issuer, owner):
    with scope(issuer):
        AuditEvent.objects.record(issuer, owner, "issuer.edited", issuer, fields=["name"])
        AuditEvent.objects.record(issuer, None, "issuer.approved", issuer)
    url = reverse("manage-audit", args=[issuer.slug])

    assert len(staff.get(url, {"action": "issuer.approved"}).context["lines"]) == 1
    assert len(staff.get(url, {"person": owner.pk}).context["lines"]) == 1


def test_trail_has_a_sentence_when_details_are_missing(issuer):
    with scope(issuer):
        for action in trail.SENTENCES:
            AuditEvent.objects.record(issuer, None, action, issuer)
        told = trail.lines(issuer.slug, list(AuditEvent.objects.newest_first()))
    assert len(told) == len(trail.SENTENCES)
    assert not [line.sentence for line in told if "{" in line.sentence]


def recorded_actions():
    """Every action that a stage or view passes to `AuditEvent.objects.record`."""
    root = Path(trail.__file__).parents[2]
    for app in ("issuers", "badges", "recipients", "verification"):
        for source in (root / app).rglob("*.py"):
            for call in ast.walk(ast.parse(source.read_text())):
                if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "record":
                    yield from (a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def test_trail_has_a_sentence_when_a_stage_records_an_action():
    found = set(recorded_actions())
    assert len(found) > 25
    assert found - set(trail.SENTENCES) == set()


# The same for everybody


@pytest.mark.parametrize("article", pages.ARTICLES, ids=lambda article: article.slug)
def test_help_article_answers_when_opened(client, article):
    page = client.get(reverse("help-article", args=[article.slug]))
    assert page.status_code == 200
    assert str(article.title) in page.content.decode()


def test_help_finds_a_question_when_searched_by_its_words(client):
    found = client.get(reverse("help"), {"q": "MAIL come"}).content.decode()
    assert "The mail did not come" in found
    assert "What the checks mean" not in found
    assert "No question has these words" in client.get(reverse("help"), {"q": "zebra"}).content.decode()
    assert client.get(reverse("help-article", args=["zebra"])).status_code == 404


def test_theme_is_kept_in_a_cookie_when_chosen(client):
    answer = client.post(reverse("theme"), {"theme": "dark", "next": "/help/"})
    assert (answer.status_code, answer.url) == (302, "/help/")
    assert 'data-theme="dark"' in client.get("/help/").content.decode()
    client.post(reverse("theme"), {"theme": "", "next": "/help/"})
    assert "data-theme" not in client.get("/help/").content.decode()


@pytest.mark.parametrize(
    "text", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_theme_returns_to_the_front_page_when_the_way_back_is_foreign(client, text):
    assert client.post(reverse("theme"), {"theme": "dark", "next": text}).url == reverse("home")


@pytest.mark.parametrize("value", ['"><script>', "blue", ""])
def test_theme_is_the_devices_when_the_cookie_is_none_of_ours(client, value):
    client.cookies["theme"] = value
    assert "data-theme" not in client.get("/help/").content.decode()


def test_faults_are_answered_without_database_or_context_when_they_happen(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = pages.broken(rf.get("/somewhere/"))
        away = render_to_string("503.html")
    said = answer.content.decode()
    assert answer.status_code == 500
    assert "This is our fault" in said
    assert "fault-code" in said
    assert "Nothing is lost" in away


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html"])
def test_error_page_has_a_way_on_when_rendered(rf, template):
    page = render_to_string(template, request=rf.get("/x/"))
    assert 'class="btn btn-primary"' in page
    with across_issuers("a page of nobody's"):
        assert "<h1>" in page
