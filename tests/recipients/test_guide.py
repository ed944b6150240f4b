"""Getting started: five steps that show how far one is, and packs that make whole examples, as drafts."""

import time

import pytest
from django.urls import reverse

from badges import publishing
from badges.criteria import soundness
from badges.models import Achievement, Opportunity, Rule
from badges.packs import PACKS
from issuers.models import Role
from issuers.tenancy import scope
from recipients import knowing
from recipients.lessons import Lesson, split
from recipients.models import ApplicationForm, Award
from tests.architecture.walk import signed_in
from tests.factories import MembershipFactory
from tests.published import publish

pytestmark = pytest.mark.django_db


def _guide(issuer):
    return reverse("manage-guide", args=[issuer.slug])


def _begin(staff, issuer, key):
    return staff.post(reverse("manage-guide-pack", args=[issuer.slug]), {"pack": key})


def test_a40_identify_opportunities_and_decide_what_to_recognise(staff, issuer):
    """The guide begins with what people do and what of it to recognise, and says how many of its five steps are done."""
    empty = staff.get(_guide(issuer)).content.decode()
    publish(issuer)
    later = staff.get(_guide(issuer)).content.decode()

    assert (
        empty.index("Find an opportunity") < empty.index("Decide what to recognise") < empty.index("Design the badge")
    )
    assert "0 of 5 steps done" in empty
    assert "2 of 5 steps done" in later


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.key)
def test_pack_makes_drafts_that_are_ready_and_publishes_nothing(staff, issuer, pack):
    answer = _begin(staff, issuer, pack.key)

    assert answer.status_code == 302
    with scope(issuer):
        made = list(Achievement.objects.order_by("id"))
        assert [one.name for one in made] == [str(draft.name) for draft in pack.drafts]
        assert [publishing.readiness(one) for one in made] == [[] for _ in made]
        assert Opportunity.objects.count() == len(pack.opportunities)
        assert not Achievement.objects.published().exists()
        assert not Rule.objects.on().exists()
        assert not ApplicationForm.objects.opened().exists()
        assert not Award.objects.exists()
        for rule in Rule.objects.select_related("achievement"):
            assert soundness.check(rule.draft, knowing.known(issuer, rule.achievement)) == []
    assert str(pack.next[0]) in staff.get(answer["Location"]).content.decode().replace("&quot;", '"')


def test_a44_start_small(staff, issuer):
    """A starter pack is one use with one or two achievements; begun twice, it makes no session a second time."""
    assert all(1 <= len(pack.drafts) <= 2 for pack in PACKS)
    _begin(staff, issuer, "webinars")
    _begin(staff, issuer, "webinars")

    with scope(issuer):
        assert Opportunity.objects.count() == 3
        assert len({one.slug for one in Achievement.objects.all()}) == 2


def test_unknown_pack_is_nothing(staff, issuer):
    assert _begin(staff, issuer, "riches").status_code == 404


def test_whoever_may_not_edit_sees_steps_and_no_packs(issuer):
    viewer = signed_in(MembershipFactory(issuer=issuer, role=Role.VIEWER).user)

    assert "Or begin with a pack" not in viewer.get(_guide(issuer)).content.decode()
    assert _begin(viewer, issuer, "webinars").status_code == 403


def test_tutorial_is_split_at_its_headings():
    text = "Hello.\n\n## One ##\nFirst.\n\n### Below\n\n## Empty\n\n## Two\nSecond."

    assert split(text) == [Lesson("", "Hello."), Lesson("One", "First.\n\n### Below"), Lesson("Two", "Second.")]
    assert split("## Three ## \nThird.\n") == [Lesson("Three", "Third.")]
    began = time.process_time()
    split("## a" + " " * 19_000 + "b\nc")
    assert time.process_time() - began < 0.5
    assert split("") == []
