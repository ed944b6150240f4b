"""An achievement that rests on mastery, published as staff do it, and files as learners hand them in."""

from badges import assessing, publishing
from badges.assessing import Plan
from badges.models import Achievement
from issuers.tenancy import scope
from tests.factories import UserFactory
from tests.published import publish

FORM = {
    "basis": "mastery",
    "competency": "Leads a discussion in which everybody speaks",
    "competency_url": "",
    "task": "Hand in **a plan** and what came of it.",
    "routes": "A recorded lesson\nA written report",
    "tries": "3",
    "due_by_agreement": "on",
    "competency_based": "One competency, shown in practice.",
    "personalized": "Fitted to your own class.",
    "job_embedded": "Done at work.",
    "research": "Dialogic teaching.",
    "research_url": "https://example.org/research",
    "sample_percent": "0",
    "level_0": "Not shown yet",
    "level_1": "Demonstrated",
    "level_2": "Beyond",
    "level_3": "",
    "reaches": "1",
    "criteria_rows": "3",
    "criterion_0_name": "Everybody speaks",
    "criterion_0_description": "Who says something",
    "criterion_0_look_0": "One talks",
    "criterion_0_look_1": "All talk",
    "criterion_1_name": "Listens",
    "criterion_1_look_0": "Waits to speak",
    "resources_rows": "2",
    "resource_0_name": "A book",
    "resource_0_url": "https://example.org/book",
}


def plan(**changed):
    values = {
        "competency": "Leads a discussion in which everybody speaks",
        "task": "Hand in **a plan** and what came of it.",
        "routes": ["A recorded lesson", "A written report"],
        "tries": 3,
        "due_by_agreement": True,
        **changed,
    }
    criteria = [
        {"name": "Everybody speaks", "description": "Who says something", "looks": ["One talks", "All talk", ""]},
        {"name": "Listens", "description": "", "looks": ["", "", ""]},
    ]
    return Plan(values, ["Not shown yet", "Demonstrated", "Beyond"], 1, criteria, [])


def publish_assessed(issuer, name="Discussion leader", **changed):
    """A published version that rests on mastery."""
    achievement = publish(issuer, name=name).achievement
    with scope(issuer):
        achievement = Achievement.objects.get(pk=achievement.pk)
        assessing.save_assessment(
            achievement, UserFactory(), edits=achievement.edits, basis="mastery", plan=plan(**changed)
        )
        fresh = Achievement.objects.select_related("issuer", "badge", "certificate").get(pk=achievement.pk)
        return publishing.publish(fresh, None)
