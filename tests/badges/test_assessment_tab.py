"""The tab that says what an achievement rests on: stored, published, compared, copied."""

import pytest
from django.urls import reverse

from badges import publishing
from badges.models import Achievement, Assessment
from badges.rubric import Rubric, agreed
from issuers.tenancy import scope
from tests.assessed import FORM
from tests.published import publish

pytestmark = pytest.mark.django_db
RUBRIC = Rubric(("No", "Yes", "More"), 1, ())


@pytest.fixture
def achievement(issuer):
    return publish(issuer, name="Discussion leader").achievement


def _save(staff, achievement, **changed):
    path = reverse("manage-achievement-assessment", args=[achievement.issuer.slug, achievement.public_id])
    fresh = Achievement._base_manager.model.objects
    with scope(achievement.issuer):
        edits = fresh.get(pk=achievement.pk).edits
    return staff.post(path, {**FORM, "edits": edits, **changed})


def _draft(achievement):
    return Achievement.objects.select_related("badge", "certificate").get(pk=achievement.pk)


def test_b1_one_competency_with_rubric_is_frozen(staff, achievement):
    """A micro-credential is about exactly one competency; publishing freezes it together with its rubric."""
    assert _save(staff, achievement).status_code == 302

    with scope(achievement.issuer):
        told = publishing.publish(_draft(achievement), None).content
    assert told["basis"] == "mastery"
    assert told["assessment"]["competency"] == "Leads a discussion in which everybody speaks"
    rubric = Rubric.of(told)
    assert (rubric.levels, rubric.reaches) == (("Not shown yet", "Demonstrated", "Beyond"), 1)
    assert [row.name for row in rubric.criteria] == ["Everybody speaks", "Listens"]
    assert rubric.criteria[0].looks == ("One talks", "All talk", "")


def test_b4_b6_metadata_and_resources_stand_on_the_public_page(staff, client, achievement):
    """Who thinks of beginning reads first how it is competency-based, personal, close to the job and researched, and what there is to learn from."""
    _save(staff, achievement)
    with scope(achievement.issuer):
        publishing.publish(_draft(achievement), None)

    page = client.get(achievement.public_url).content.decode()

    for said in ("Competency-based", "Fitted to your own class", "Done at work", "Dialogic teaching", "A book"):
        assert said in page
    for said in ("Mastery", "Everybody speaks", "All talk", "Work towards this", "https://example.org/research"):
        assert said in page


def test_b2_attendance_is_said_and_needs_no_rubric(staff, client, achievement):
    """An achievement for taking part says that it rests on attendance, and nobody has to assess anything."""
    assert _save(staff, achievement, basis="attendance", tries="", competency="").status_code == 302
    with scope(achievement.issuer):
        version = publishing.publish(_draft(achievement), None)

    assert version.content["basis"] == "attendance"
    assert "assessment" not in version.content
    page = client.get(achievement.public_url).content.decode()
    assert "Attendance" in page
    assert "Work towards this" not in page


def test_what_is_missing_is_said_before_publishing(staff, achievement):
    cleared = {name: "" for name in FORM if name.startswith(("criterion", "level"))}
    answer = _save(staff, achievement, **{**cleared, "level_0": "Only one"})
    assert answer.status_code == 422
    assert "two levels at least" in answer.content.decode()

    rows = {name: "" for name in FORM if name.startswith("criterion")}
    assert _save(staff, achievement, **rows).status_code == 302
    with scope(achievement.issuer):
        assert [item.code for item in publishing.readiness(_draft(achievement))] == ["rubric"]


def test_row_without_its_name_is_named(staff, achievement):
    answer = _save(staff, achievement, criterion_1_name="")

    assert answer.status_code == 422
    assert "Name the criterion, or empty the whole row" in answer.content.decode()


def test_another_row_saves_nothing(staff, achievement):
    answer = _save(staff, achievement, more_criteria="1", competency="")

    assert answer.status_code == 200
    assert 'name="criterion_3_name"' in answer.content.decode()
    with scope(achievement.issuer):
        assert not Assessment.objects.exists()


def test_older_versions_are_no_drafts_because_of_this(achievement):
    with scope(achievement.issuer):
        assert not publishing.changed(_draft(achievement))


def test_difference_says_what_changed(staff, achievement):
    _save(staff, achievement)
    with scope(achievement.issuer):
        fields = [change.field for change in publishing.changes(_draft(achievement))]

    assert {"basis", "competency", "task", "levels", "rubric"} <= set(fields)


def test_copy_takes_the_assessment_along(staff, achievement):
    _save(staff, achievement)
    staff.post(reverse("manage-achievement-copy", args=[achievement.issuer.slug, achievement.public_id]))

    with scope(achievement.issuer):
        made = Achievement.objects.select_related("assessment").order_by("-id").first()
        assert (made.basis, made.assessment.criteria.count(), made.assessment.levels.count()) == ("mastery", 2, 3)
        assert made.assessment.pk != Achievement.objects.get(pk=achievement.pk).assessment.pk


def test_b3_no_criterion_makes_up_for_another():
    """Outstanding pictures do not make up for a missing question: every criterion must be demonstrated."""
    rubric = Rubric(("No", "Yes", "More"), 1, tuple("ab"))

    assert rubric.demonstrated({0: 1, 1: 2})
    assert not rubric.demonstrated({0: 0, 1: 2})
    assert not rubric.demonstrated({0: 2})
    assert not rubric.demonstrated({0: 2, 1: 9})
    assert agreed([{0: 2, 1: 1}, {0: 1, 1: 2}]) == {0: 1, 1: 1}
