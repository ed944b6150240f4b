"""The pages of a rule: written row by row, its faults in words, switched on once."""

import re

import pytest
from django.urls import reverse

from badges import ruling
from badges.models import Rule
from issuers.models import Role
from issuers.tenancy import scope
from tests import factories
from tests.architecture.walk import signed_in

pytestmark = pytest.mark.django_db
# "Attended at least 3 different sessions tagged webinar between 1 September and 20 December, and scored at least 70 in Quiz 2."
ASKED = {
    "row": ["0", "1"],
    "rule-edits": "0",
    "rule-of": "all",
    "rule-every": "",
    "c0-type": "count",
    "c0-at_least": "3",
    "c0-kind": "session",
    "c0-tags": ["webinar", ""],
    "c0-from": "2026-09-01",
    "c0-to": "2026-12-20",
    "c1-type": "score",
    "c1-at_least": "70",
    "c1-unit": "",
    "c1-kind": "assessment",
    "c1-key": "Quiz 2",
    "c1-take": "best",
}
SENTENCE = (
    "Attended at least 3 different sessions tagged webinar between 1 September 2026 and 20 December 2026, "
    "and scored at least 70 in Quiz 2."
)


@pytest.fixture
def achievement(issuer):
    factories.OpportunityFactory(issuer=issuer, kind="assessment", key="quiz-2", title="Quiz 2")
    return factories.AchievementFactory(issuer=issuer, name="Curious Learner")


def at(achievement, name="manage-rule"):
    return reverse(name, args=[achievement.issuer.slug, achievement.public_id])


def words(answer):
    """What a reader reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def stored(achievement):
    with scope(achievement.issuer):
        return Rule.objects.select_related("version").filter(achievement=achievement).first()


def test_a42_rule_is_written_in_rows_and_reads_as_a_sentence(staff, achievement):
    """Attending three sessions triggers a badge: staff choose it in rows, and it reads as a sentence."""
    assert "Attended at least 3 different sessions" in words(staff.get(at(achievement)))

    answer = staff.post(at(achievement), ASKED, follow=True)

    assert SENTENCE in words(answer)
    assert "<em><bdi>Quiz 2</bdi></em>" in answer.content.decode()
    assert stored(achievement).draft["needs"]["conditions"][1]["key"] == "quiz-2"


def test_a27_deadline_and_forum_contributions_are_conditions(staff, achievement):
    """Finishing early and taking part in forums are conditions that staff can write down."""
    factories.OpportunityFactory(issuer=achievement.issuer, kind="module", key="m1", title="Module 1")
    asked = {
        "row": ["0", "1"],
        "rule-edits": "0",
        "rule-of": "all",
        "c0-type": "deadline",
        "c0-kind": "module",
        "c0-key": "Module 1",
        "c0-by": "2026-10-01",
        "c0-time": "17:00",
        "c1-type": "count",
        "c1-kind": "contribution",
        "c1-at_least": "5",
    }

    answer = staff.post(at(achievement), asked, follow=True)

    said = "Completed Module 1 by 17:00 on 1 October 2026, and wrote at least 5 different contributions."
    assert said in words(answer)
    assert "before it can be switched on" not in words(answer)


@pytest.mark.parametrize(
    ("do", "rows"),
    [
        ("add", "0 1 2"),
        ("group", "0 1 2 2-0"),
        ("remove:0", "0"),
        ("join:1", "0 0-0 0-1"),
        ("up:1", "0 1"),
        ("nonsense:7-7", "0 1"),
    ],
)
def test_buttons_change_the_rows_and_save_nothing(staff, achievement, do, rows):
    answer = staff.post(at(achievement), {**ASKED, "do": do})

    assert re.findall(r'name="row" value="([^"]+)"', answer.content.decode()) == rows.split()
    assert stored(achievement) is None


def test_moved_up_it_stands_first_and_keeps_the_focus(staff, achievement):
    page = staff.post(at(achievement), {**ASKED, "do": "up:1"}).content.decode()

    assert page.index("Quiz 2") < page.index('name="c1-tags"')
    assert re.search(r'value="down:0" autofocus', page)


def test_type_just_chosen_shows_its_own_fields(staff, achievement):
    answer = staff.post(at(achievement), {**ASKED, "c1-type": "sum", "do": "look:1:score"})

    page = answer.content.decode()
    assert 'name="c1-unit"' in page
    assert 'name="c1-key"' not in page
    assert "volunteered at least 70 hours" in words(answer)


def test_draft_with_faults_is_kept_and_says_what_to_mend(staff, achievement):
    wrong = {**ASKED, "c1-key": "Quiz 9", "c0-to": "2026-08-01", "c0-at_least": "3"}

    answer = staff.post(at(achievement), wrong, follow=True)

    assert "It would end before it begins. Check both dates." in words(answer)
    assert "Kept as a draft. 1 thing is to be mended" in words(answer)
    assert stored(achievement).draft["needs"]["conditions"][0]["to"] == "2026-08-01"
    answer = staff.post(at(achievement), {**wrong, "c0-to": "2026-12-20", "rule-edits": "1"}, follow=True)
    assert "“Quiz 9” is not there (any more). Choose another." in words(answer)


def test_second_of_two_people_is_told_and_overwrites_nothing(staff, achievement):
    staff.post(at(achievement), ASKED)

    answer = staff.post(at(achievement), {**ASKED, "c0-at_least": "5"})

    assert answer.status_code == 409
    assert "Olga Owner saved this achievement after you opened the page." in words(answer)
    assert "at least 5 different sessions" in words(answer)
    assert stored(achievement).draft["needs"]["conditions"][0]["at_least"] == 3
    assert 'name="rule-edits" value="1"' in answer.content.decode()


def test_circle_of_stacks_is_said_before_it_runs(staff, achievement):
    other = factories.AchievementFactory(issuer=achievement.issuer, name="Gold")
    stack = {"format": "rule/1", "needs": {"of": "all", "conditions": []}}
    stack["needs"]["conditions"] = [{"type": "holds", "credentials": [achievement.public_id], "at_least": 1}]
    rule = factories.RuleFactory(issuer=achievement.issuer, achievement=other, draft=stack)
    version = factories.RuleVersionFactory(issuer=achievement.issuer, rule=rule)
    with scope(achievement.issuer):
        Rule.objects.filter(pk=rule.pk).update(version=version)
    asked = {"row": "0", "rule-edits": "0", "c0-type": "holds", "c0-credentials": other.public_id}

    answer = staff.post(at(achievement), asked, follow=True)

    assert "This goes round in a circle: “Curious Learner” → “Gold” → “Curious Learner”." in words(answer)
    with scope(achievement.issuer), pytest.raises(ruling.NotSound):
        from recipients import knowing

        ruling.switch_on(stored(achievement), None, known=knowing.known(achievement.issuer, achievement))


def test_hidden_characters_are_refused_and_nothing_is_kept(staff, achievement):
    answer = staff.post(at(achievement), {**ASKED, "c1-key": "Quiz\x072"})

    assert answer.status_code == 422
    assert stored(achievement) is None


def test_only_those_who_may_edit_rules_see_it(achievement):
    viewer = factories.MembershipFactory(issuer=achievement.issuer, role=Role.REVIEWER).user

    assert signed_in(viewer).get(at(achievement)).status_code == 403
