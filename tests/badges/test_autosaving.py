"""Drafts that save themselves: every tab, two people, one line in the trail, and what a refused form answers."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from badges import designing
from badges.models import Achievement
from issuers import clock
from issuers.models import AuditEvent, Role
from issuers.models.audit import SITTING
from issuers.tenancy import scope
from tests.badges.test_achievement_pages import CRITERIA, WORDS, at
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

# Tab → where it is sent, what is typed first, what by another, and how to read what is stored.
TABS = {
    "words": (
        "manage-achievement-words",
        {**WORDS, "description": "By the first."},
        {**WORDS, "description": "By the second."},
        lambda draft: draft.description,
    ),
    "criteria": (
        "manage-achievement-criteria",
        {**CRITERIA, "criteria": "By the first."},
        {**CRITERIA, "criteria": "By the second."},
        lambda draft: draft.criteria,
    ),
    "badge": (
        "manage-achievement-badge",
        {"starter": "shield", "text_name": "By the first", "symbol": "peaks"},
        {"starter": "shield", "text_name": "By the second", "symbol": "peaks"},
        lambda draft: draft.badge.choices["texts"]["name"],
    ),
    "certificate": (
        "manage-achievement-certificate",
        {"starter": "classic", "size": "A4", "orientation": "landscape", "signer_1_name": "By the first"},
        {"starter": "classic", "size": "A4", "orientation": "landscape", "signer_1_name": "By the second"},
        lambda draft: draft.certificate.choices["signatories"][0]["name"],
    ),
}


@pytest.fixture
def draft(issuer, owner):
    with scope(issuer):
        return designing.begin(issuer, owner, name="Community Mentor")


def fresh(issuer, draft):
    with scope(issuer):
        return Achievement.objects.select_related("badge", "certificate", "issuer").get(pk=draft.pk)


def autosave(client, issuer, draft, tab, typed, edits=None):
    edits = fresh(issuer, draft).edits if edits is None else edits
    path = at(TABS[tab][0], issuer, draft.public_id)
    return client.post(path, {**typed, "edits": edits}, headers={"X-Autosave": "1"})


def trail(issuer, draft):
    with scope(issuer):
        events = AuditEvent.objects.filter(subject_id=draft.public_id, action="achievement.edited").order_by("id")
        return [(event.actor_id, event.details["part"]) for event in events]


@pytest.mark.parametrize("tab", TABS)
def test_tab_saves_itself_and_says_what_the_next_saving_saw(staff, issuer, draft, tab):
    _name, first, _second, stored = TABS[tab]

    answer = autosave(staff, issuer, draft, tab, first)

    now = fresh(issuer, draft)
    assert answer.status_code == 200
    assert answer.json() == {"problems": [], "edits": now.edits, "saved_at": now.edited_at.isoformat()}
    assert stored(now).startswith("By the first")
    with scope(issuer):
        assert now.previews.count() == 0  # pages are made for whoever looks, not after every word


@pytest.mark.parametrize("tab", TABS)
def test_second_of_two_people_is_told_and_overwrites_nothing(staff, client, issuer, draft, tab):
    _name, first, second, stored = TABS[tab]
    opened = fresh(issuer, draft).edits
    assert autosave(staff, issuer, draft, tab, first, opened).status_code == 200
    client.force_login(MembershipFactory(issuer=issuer, role=Role.DESIGNER).user)

    late = autosave(client, issuer, draft, tab, second, opened)

    told = late.json()
    assert late.status_code == 409
    assert stored(fresh(issuer, draft)).startswith("By the first")
    assert told["edits"] == fresh(issuer, draft).edits
    assert "saved this achievement after you opened the page" in told["meanwhile"]
    assert "By the first" in told["meanwhile"]
    assert autosave(client, issuer, draft, tab, second, told["edits"]).status_code == 200
    assert stored(fresh(issuer, draft)).startswith("By the second")


def test_two_people_on_different_tabs_meet_too(staff, client, issuer, draft):
    opened = fresh(issuer, draft).edits
    autosave(staff, issuer, draft, "criteria", TABS["criteria"][1], opened)
    client.force_login(MembershipFactory(issuer=issuer, role=Role.DESIGNER).user)

    late = autosave(client, issuer, draft, "words", TABS["words"][2], opened)

    assert late.status_code == 409
    assert fresh(issuer, draft).criteria == "By the first."


@pytest.mark.parametrize(
    ("tab", "typed", "problem"),
    [
        ("words", {**WORDS, "hours": "many"}, ("/hours", "invalid", "Write it like 12 or 12.5.")),
        ("words", {**WORDS, "name": ""}, ("/name", "required", "Fill it in.")),
        (
            "criteria",
            {**CRITERIA, "row_0_target_name": "x"},
            ("/row_0_target_url", "invalid", "Give the skill’s address"),
        ),
        ("badge", {"starter": "shield", "symbol": "skull"}, ("/symbol", "invalid_choice", "is not in the list")),
        (
            "certificate",
            {"starter": "classic", "size": "A0", "orientation": "portrait"},
            ("/size", "invalid_choice", ""),
        ),
    ],
)
def test_refused_form_answers_its_problems_by_field_and_stores_nothing(staff, issuer, draft, tab, typed, problem):
    before = fresh(issuer, draft).edits

    answer = autosave(staff, issuer, draft, tab, typed)

    told = answer.json()["problems"]
    assert answer.status_code == 422
    assert (told[0]["pointer"], told[0]["code"]) == problem[:2]
    assert problem[2] in told[0]["message"]
    assert fresh(issuer, draft).edits == before
    assert trail(issuer, draft) == []


def test_message_of_a_problem_is_text(staff, issuer, draft):
    answer = autosave(staff, issuer, draft, "words", {**WORDS, "language": "<script>x</script>"})

    assert "<" not in answer.json()["problems"][0]["message"]


def test_trail_holds_one_line_for_a_person_and_a_sitting(staff, client, issuer, owner, draft):
    for word in ("One.", "One two.", "One two three."):
        autosave(staff, issuer, draft, "words", {**WORDS, "description": word})
    assert trail(issuer, draft) == [(owner.pk, "words")]

    autosave(staff, issuer, draft, "criteria", {**CRITERIA, "criteria": "x"})
    autosave(staff, issuer, draft, "words", WORDS)
    assert trail(issuer, draft) == [(owner.pk, "words"), (owner.pk, "criteria")]

    other = MembershipFactory(issuer=issuer, role=Role.DESIGNER).user
    client.force_login(other)
    autosave(client, issuer, draft, "words", {**WORDS, "description": "Another."})
    client.force_login(owner)
    autosave(client, issuer, draft, "words", {**WORDS, "description": "Mine again."})
    assert trail(issuer, draft)[2:] == [(other.pk, "words"), (owner.pk, "words")]


def test_trail_begins_a_new_line_after_a_longer_pause(staff, issuer, owner, draft):
    autosave(staff, issuer, draft, "words", WORDS)
    with scope(issuer):
        Achievement.objects.filter(pk=draft.pk).update(edited_at=clock.now() - SITTING * 1.1)

    autosave(staff, issuer, draft, "words", {**WORDS, "description": "After lunch."})

    assert trail(issuer, draft) == [(owner.pk, "words")] * 2


def test_signature_that_was_chosen_goes_with_the_button_alone(staff, issuer, draft):
    """autosave.js leaves files out; a page that sends one all the same is not refused for it."""
    typed = {**TABS["certificate"][1], "signer_1_picture": SimpleUploadedFile("x.png", b"not a picture", "image/png")}

    answer = autosave(staff, issuer, draft, "certificate", typed)

    assert answer.status_code == 415
    assert answer.json()["problems"][0]["pointer"] == "/signer_1_picture"


@pytest.mark.parametrize("tab", TABS)
def test_page_with_a_form_that_saves_itself_still_has_its_button(staff, issuer, draft, tab):
    name = {"words": "manage-achievement"}.get(tab, f"manage-achievement-{tab}")

    body = staff.get(at(name, issuer, draft.public_id)).content.decode()

    form = body[body.index("data-autosave") - 600 : body.index("data-autosave") + 20]
    assert "<form" in form
    assert "btn-primary" in body
    assert 'data-saving="Saving…"' in body


def test_drawn_form_does_not_save_itself_over_a_picture_of_ones_own(staff, issuer, draft):
    from tests.badges.rendering import hostile_images

    with scope(issuer):
        designing.upload_badge(fresh(issuer, draft), hostile_images.png(), alt="A picture")

    assert "data-autosave" not in staff.get(at("manage-achievement-badge", issuer, draft.public_id)).content.decode()
