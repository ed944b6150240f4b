"""Staff's pages of achievements, through the client: from nothing to a version, and around again."""

import re

import pytest
from django.urls import reverse

from badges import designing, previewing, publishing
from badges.models import Achievement
from issuers.models import AuditEvent, Role
from issuers.tenancy import scope
from tests.factories import AchievementFactory, AchievementVersionFactory, IssuerFactory, MembershipFactory

pytestmark = pytest.mark.django_db

WORDS = {
    "name": "Community Mentor",
    "achievement_type": "Certificate",
    "description": "Guided five new students through their first year.",
    "tags": "mentoring, listening, mentoring",
    "language": "en",
    "hours": "40,5",
    "valid_months": "24",
}
CRITERIA = {"criteria": "Meet **five** students.", "rows": "1"}


@pytest.fixture
def draft(issuer, owner):
    """A draft as the new page makes it."""
    with scope(issuer):
        return designing.begin(issuer, owner, name="Community Mentor")


@pytest.fixture
def ready(issuer, owner, draft):
    """A draft with nothing missing."""
    with scope(issuer):
        draft.refresh_from_db()
        words = {"description": WORDS["description"], "criteria": CRITERIA["criteria"]}
        designing.save_words(draft, owner, edits=draft.edits, **words)
    return draft


def at(name, issuer, *args):
    return reverse(name, args=[issuer.slug, *args])


def stored(issuer, achievement):
    with scope(issuer):
        return Achievement.objects.prefetch_related("versions", "alignments").get(pk=achievement.pk)


def member(issuer, client, role):
    client.force_login(MembershipFactory(issuer=issuer, role=role).user)
    return client


def post_words(staff, issuer, draft, **changed):
    edits = stored(issuer, draft).edits
    path = at("manage-achievement-words", issuer, draft.public_id)
    return staff.post(path, {**WORDS, "edits": edits, **changed})


def summary(answer):
    """Label and text of the error summary."""
    body = re.search(r'class="note note-bad errors".*?</ul>', answer.content.decode(), re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body[0])) if body else ""


def test_achievements_invite_to_make_the_first_one_when_there_is_none(staff, issuer):
    answer = staff.get(at("manage-achievements", issuer))

    assert "Make the first one" in answer.content.decode()


def test_achievement_goes_from_new_to_published_to_next_version_to_archived(staff, issuer):
    begun = staff.post(at("manage-achievement-new", issuer), {"name": "Community Mentor", "achievement_type": "Badge"})
    with scope(issuer):
        made = Achievement.objects.get()
    assert begun["Location"] == at("manage-achievement", issuer, made.public_id)
    publication = at("manage-achievement-publication", issuer, made.public_id)

    early = staff.post(publication, follow=True)
    assert "Not published: 2 things are missing." in early.content.decode()
    assert post_words(staff, issuer, made).status_code == 302
    criteria = at("manage-achievement-criteria", issuer, made.public_id)
    staff.post(criteria, {**CRITERIA, "edits": stored(issuer, made).edits})
    published = staff.post(publication, {"edits": stored(issuer, made).edits}, follow=True)
    assert "Version 1 is published." in published.content.decode()

    post_words(staff, issuer, made, name="Peer Mentor")
    page = staff.get(at("manage-achievement-preview", issuer, made.public_id)).content.decode()
    assert "Draft of version 2" in page
    assert "<del>Community</del> Mentor" in page
    assert "<ins>Peer</ins> Mentor" in page
    staff.post(publication, {"edits": stored(issuer, made).edits})
    again = stored(issuer, made)
    assert [v.words["name"] for v in again.versions.all()] == ["Community Mentor", "Peer Mentor"]
    assert again.slug == "community-mentor"

    staff.post(at("manage-achievement-archive", issuer, made.public_id))
    assert stored(issuer, made).archived_at is not None
    refused = staff.post(publication, follow=True)
    assert "Restore it before you publish." in refused.content.decode()
    staff.post(at("manage-achievement-restoration", issuer, made.public_id))
    assert stored(issuer, made).archived_at is None


def test_words_are_stored_as_cleaned(staff, issuer, draft):
    answer = post_words(staff, issuer, draft, suspendable="on", human_code=" MENT-201 ")

    found = stored(issuer, draft)
    assert answer["Location"] == at("manage-achievement", issuer, draft.public_id)
    assert (str(found.hours), found.valid_months, found.tags) == ("40.50", 24, ["mentoring", "listening"])
    assert (found.human_code, found.status_purpose) == ("MENT-201", "suspension")


@pytest.mark.parametrize(
    ("field", "value", "label", "remedy"),
    [
        ("name", "", "Name", "Fill it in."),
        ("name", "x" * 121, "Name", "Shorten it."),
        ("name", "\u200b", "Name", "Fill it in."),
        ("description", "one\ntwo", "In one sentence", "Write it on one line."),
        ("hours", "many", "Hours", "Write it like 12 or 12.5."),
        ("hours", "-1", "Hours", "It is at least 0."),
        ("hours", "NaN", "Hours", "Write it like 12 or 12.5."),
        ("credits", "1.234", "Credits", "Two decimals fit."),
        ("credits", "1e9", "Credits", "The number is too"),
        ("valid_months", "0", "Valid for (months)", "It is at least 1."),
        ("valid_months", "99999999999", "Valid for (months)", "It is at most 1200."),
        ("language", "tlh", "Language", "Choose one of those shown."),
        ("achievement_type", "<b>", "What kind of thing is it?", "Choose one of those shown."),
        ("tags", ",".join(f"t{n}" for n in range(21)), "Skills", "Remove some."),
    ],
)
def test_words_name_the_field_and_the_remedy_when_refused(staff, issuer, draft, field, value, label, remedy):
    answer = post_words(staff, issuer, draft, **{field: value})

    assert answer.status_code == 422
    assert label in summary(answer)
    assert remedy in summary(answer)
    assert stored(issuer, draft).description == ""


def test_words_tell_of_the_other_person_when_somebody_saved_first(staff, issuer, owner, draft):
    opened_with = stored(issuer, draft).edits
    post_words(staff, issuer, draft, description="Stored by the first.")

    late = post_words(staff, issuer, draft, edits=opened_with, description="Typed by the second.")

    body = late.content.decode()
    assert late.status_code == 409
    assert stored(issuer, draft).description == "Stored by the first."
    assert "Olga Owner saved this achievement after you opened the page." in body
    assert "Stored by the first." in body
    assert "Typed by the second." in body
    elsewhere = re.search(r'<a href="([^"]+)" target="_blank"', body)[1]
    assert staff.get(elsewhere).status_code == 200
    now = re.search(r'name="edits" value="(\d+)" id="id_edits"', body)[1]
    assert post_words(staff, issuer, draft, edits=now, description="Typed by the second.").status_code == 302
    assert stored(issuer, draft).description == "Typed by the second."


def test_publication_waits_when_the_draft_changed_since_it_was_looked_at(staff, issuer, ready):
    seen = stored(issuer, ready).edits
    post_words(staff, issuer, ready, name="Something else")

    answer = staff.post(at("manage-achievement-publication", issuer, ready.public_id), {"edits": seen}, follow=True)

    assert "somebody changed the draft since you opened the page" in answer.content.decode()
    assert stored(issuer, ready).latest is None


def test_issued_version_stays_when_the_draft_is_edited(staff, issuer, owner, ready):
    with scope(issuer):
        first = publishing.publish(ready, owner)
    frozen = first.content

    post_words(staff, issuer, ready, name="Renamed", description="Said otherwise.")

    with scope(issuer):
        first.refresh_from_db()
    assert first.content == frozen
    assert stored(issuer, ready).name == "Renamed"


def test_criteria_stores_markdown_and_filled_rows(staff, issuer, draft):
    row = {"row_0_target_name": "Mentoring", "row_0_target_url": "https://example.org/skills/1"}
    row |= {"row_0_target_framework": "ESCO", "row_0_target_code": "S1.3.3", "row_1_target_name": ""}
    path = at("manage-achievement-criteria", issuer, draft.public_id)

    staff.post(path, {**CRITERIA, **row, "rows": "2", "edits": stored(issuer, draft).edits})

    found = stored(issuer, draft)
    assert found.criteria == "Meet **five** students."
    assert [(a.target_name, a.target_framework) for a in found.alignments.all()] == [("Mentoring", "ESCO")]


def test_criteria_shows_how_it_reads_and_saves_nothing_when_only_looked_at(staff, issuer, draft):
    path = at("manage-achievement-criteria", issuer, draft.public_id)
    hostile = "**bold** <script>alert(1)</script> [x](javascript:alert(1))"

    answer = staff.post(path, {"criteria": hostile, "rows": "1", "look": "1", "edits": "0"})

    body = answer.content.decode()
    assert answer.status_code == 200
    assert "<strong>bold</strong>" in body
    assert "<script>alert" not in body
    assert 'href="javascript' not in body
    assert stored(issuer, draft).criteria == ""


def test_criteria_gives_another_row_when_asked(staff, issuer, draft):
    path = at("manage-achievement-criteria", issuer, draft.public_id)

    answer = staff.post(path, {**CRITERIA, "rows": "1", "more": "1", "edits": "0"})

    assert 'name="row_1_target_name"' in answer.content.decode()
    assert stored(issuer, draft).criteria == ""


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"row_0_target_name": "Mentoring"}, "Skill 1: its address : Give the skill’s address"),
        ({"row_0_target_url": "https://example.org/1"}, "Skill 1: its name : Say what the skill is called"),
        (
            {"row_0_target_name": "x", "row_0_target_url": "javascript:alert(1)"},
            "Skill 1: its address : This is not a web",
        ),
    ],
)
def test_criteria_names_the_row_when_it_is_half_filled(staff, issuer, draft, row, said):
    path = at("manage-achievement-criteria", issuer, draft.public_id)

    answer = staff.post(path, {**CRITERIA, **row, "edits": stored(issuer, draft).edits})

    assert answer.status_code == 422
    assert said in summary(answer)
    assert list(stored(issuer, draft).alignments.all()) == []


def test_criteria_survives_a_row_count_that_nobody_sends(staff, issuer, draft):
    path = at("manage-achievement-criteria", issuer, draft.public_id)

    for rows in ("", "-1", "9" * 30, "²", "1e3", "999"):
        answer = staff.post(path, {"criteria": "x", "rows": rows, "look": "1"})
        assert answer.status_code in {200, 422}
        assert answer.content.decode().count('target_url" ') <= 20


def test_copy_takes_words_and_looks_along_and_follows_its_new_name(staff, issuer, owner, ready):
    answer = staff.post(at("manage-achievement-copy", issuer, ready.public_id), {"name": "Library Guide"})

    with scope(issuer):
        made = Achievement.objects.get(name="Library Guide")
        assert answer["Location"] == at("manage-achievement", issuer, made.public_id)
        assert (made.description, made.criteria) == (WORDS["description"], CRITERIA["criteria"])
        assert "Library Guide" in [word["text"] for word in made.badge.spec["words"]]
        assert made.versions.count() == 0


def test_copy_is_called_a_copy_when_no_name_is_given(staff, issuer, ready):
    staff.post(at("manage-achievement-copy", issuer, ready.public_id), {"name": " "})

    with scope(issuer):
        assert Achievement.objects.filter(name="Copy of Community Mentor").exists()


def test_list_searches_and_filters(staff, issuer):
    AchievementFactory(issuer=issuer, name="Draft One", description="x", tags=["chemistry"])
    published = AchievementFactory(issuer=issuer, name="Published One", description="x")
    AchievementVersionFactory(issuer=issuer, achievement=published)
    archived = AchievementFactory(issuer=issuer, name="Archived One", description="x")
    with scope(issuer):
        designing.archive(archived, None)
    AchievementFactory(issuer=IssuerFactory(), name="Foreign One", tags=["chemistry"])
    path = at("manage-achievements", issuer)

    def names(**query):
        body = staff.get(path, query).content.decode()
        return re.findall(r'class="row-link"[^>]*>([^<]+)<', body)

    assert names() == ["Draft One", "Published One"]
    assert names(state="published") == ["Published One"]
    assert names(state="draft") == ["Draft One"]
    assert names(state="archived") == ["Archived One"]
    assert names(q="chemistry") == ["Draft One"]
    assert names(q="one publ") == ["Published One"]
    assert names(q="%") == []
    assert names(state="nonsense", page="nonsense") == ["Draft One", "Published One"]


def test_list_asks_the_same_number_of_queries_however_long_it_is(staff, issuer, django_assert_max_num_queries):
    for _ in range(12):
        AchievementVersionFactory(issuer=issuer, achievement=AchievementFactory(issuer=issuer))

    with django_assert_max_num_queries(20):
        staff.get(at("manage-achievements", issuer))


@pytest.mark.parametrize("role", Role.values)
def test_pages_open_for_those_whose_role_allows_it(client, issuer, draft, role):
    member(issuer, client, role)
    edits = role in {Role.DESIGNER, Role.ADMIN, Role.OWNER}
    tabs = ["badge", "certificate", "criteria"]

    looked = client.get(at("manage-achievement-preview", issuer, draft.public_id)).status_code
    first = client.get(at("manage-achievement", issuer, draft.public_id)).status_code
    opened = [client.get(at(f"manage-achievement-{tab}", issuer, draft.public_id)).status_code for tab in tabs]
    acted = [
        client.post(at(f"manage-achievement-{deed}", issuer, draft.public_id)).status_code
        for deed in ("words", "publication", "proofs", "archive", "restoration", "copy", "badge-upload")
    ]

    assert looked == 200
    assert first == (200 if edits else 302)
    assert opened == ([200] * 3 if edits else [403] * 3)
    assert acted == ([422, 302, 302, 302, 302, 302, 422] if edits else [403] * 7)


def test_pages_are_not_there_for_members_of_another_institution(client, issuer, draft):
    other = IssuerFactory()
    member(other, client, Role.OWNER)

    assert client.get(at("manage-achievement-preview", issuer, draft.public_id)).status_code == 404
    assert client.get(at("manage-achievement-preview", other, draft.public_id)).status_code == 404


def test_looking_writes_nothing(staff, issuer, draft):
    with scope(issuer):
        before = (AuditEvent.objects.count(), stored(issuer, draft).edits, draft.previews.count())

    for tab in ("", "-badge", "-certificate", "-criteria", "-preview"):
        staff.get(at(f"manage-achievement{tab}", issuer, draft.public_id))

    with scope(issuer):
        assert (AuditEvent.objects.count(), stored(issuer, draft).edits, draft.previews.count()) == before


def test_proofs_are_made_by_the_worker_and_served(staff, issuer, owner, draft):
    path = at("manage-achievement-preview", issuer, draft.public_id)
    assert "Not made yet" in staff.get(path).content.decode()
    staff.post(at("manage-achievement-proofs", issuer, draft.public_id))
    assert "The page is being made" in staff.get(path).content.decode()

    for _ in previewing.PEOPLE:
        previewing.make_next()

    body = staff.get(path).content.decode()
    assert "The page is being made" not in body
    pictures = re.findall(r'src="([^"]+/preview/[0-9a-f]{64}\.png)"', body)
    assert len(pictures) == len(previewing.PEOPLE)
    page = staff.get(pictures[0])
    assert (page["Content-Type"], page.content[:4]) == ("image/png", b"\x89PNG")
    printed = staff.get(pictures[0].replace(".png", ".pdf"))
    assert (printed["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    assert "attachment" in printed["Content-Disposition"]


def test_proof_files_are_not_there_for_another_achievement_or_a_made_up_name(staff, issuer, owner, draft):
    with scope(issuer):
        previewing.ask(Achievement.objects.select_related("certificate", "badge").get(pk=draft.pk))
        mark = draft.previews.first().fingerprint
        other = designing.begin(issuer, owner, name="Another")

    missing = [(draft, mark), (draft, "0" * 64), (draft, "x"), (other, mark)]

    for achievement, name in missing:
        for form in ("image", "pdf"):
            path = at(f"manage-achievement-preview-{form}", issuer, achievement.public_id, name)
            assert staff.get(path).status_code == 404
