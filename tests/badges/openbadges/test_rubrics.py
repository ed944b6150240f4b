"""A rubric and the levels reached, as the official schema and both roads of preparing accept them."""

from dataclasses import replace

from badges.openbadges import documents, validate
from badges.openbadges.rubrics import CriterionFacts
from tests.openbadges_samples import ACHIEVEMENT, CREDENTIAL, ISSUER

LEVELS = (("Not yet", ""), ("Demonstrated", "All of them talk"), ("Beyond", ""))
RUBRIC = (CriterionFacts("Everybody speaks", LEVELS, 1), CriterionFacts("Listens", LEVELS, 1))


def _credential(*levels):
    return documents.credential(replace(CREDENTIAL, levels=levels), replace(ACHIEVEMENT, rubric=RUBRIC), ISSUER)


def test_official_schema_takes_results_by_level():
    made = _credential(1, 2)

    assert list(validate.schema().iter_errors(made)) == []
    text = validate.prepare(made).text
    assert text == validate.prepare_quickly(made).text == validate.prepare_quickly(_credential(1, 2)).text


def test_level_reached_is_one_that_the_achievement_describes():
    made = _credential(1, 2)["credentialSubject"]
    described = {row["id"]: row for row in made["achievement"]["resultDescription"] if "rubricCriterionLevel" in row}
    reached = [row for row in made["result"] if "achievedLevel" in row]

    for row, level in zip(reached, ("Demonstrated", "Beyond"), strict=True):
        criterion = described[row["resultDescription"]]
        names = {one["id"]: one["name"] for one in criterion["rubricCriterionLevel"]}
        assert (names[row["achievedLevel"]], names[criterion["requiredLevel"]]) == (level, "Demonstrated")


def test_levels_that_are_not_told_leave_the_rubric_alone():
    subject = _credential()["credentialSubject"]

    assert len(subject["achievement"]["resultDescription"]) == 4
    assert not any("achievedLevel" in row for row in subject["result"])
