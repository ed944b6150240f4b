"""Rows that no single slice owns: what was said by those who asked, and how it comes true."""

import re

import pytest
from django.urls import reverse

from badges.rendering import badge_linting, badge_starters
from issuers.models import Role
from issuers.tenancy import across_issuers
from recipients.models import AchievementCredential
from tests.architecture.walk import signed_in
from tests.factories import AchievementFactory, MembershipFactory, UserFactory
from tests.published import FULL, claimed, publish

pytestmark = pytest.mark.django_db


def test_a14_include_them_in_your_email_footer():
    """The holder copies one table of HTML into a mail program: linked, described, under 10 KB."""
    held = claimed(user=UserFactory())
    page = signed_in(held.holder).get(reverse("share", args=[held.public_id])).content.decode()
    footer = re.search(r"&lt;table.*?&lt;/table&gt;", page, re.DOTALL)[0]

    assert len(footer) < 10_000
    assert f"alt=&quot;{held.words['name']}&quot;" in footer
    assert held.url in footer


def test_a22_tangible_sign_that_something_was_achieved(client):
    """A word from the staff about this person is signed with the credential, and read on its page."""
    held = claimed(None, FULL)

    assert FULL.narrative in held.signed
    assert FULL.narrative in client.get(f"/c/{held.public_id}").content.decode()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.DESIGNER])
def test_a26_official_badges_come_from_authorised_roles_only(issuer, role):
    """Whoever may only look, review or draw cannot give the institution's mark to anybody."""
    version = publish(issuer)
    member = signed_in(MembershipFactory(issuer=issuer, role=role).user)
    page = reverse("manage-issue-to", args=[issuer.slug, version.achievement.public_id])
    answer = member.post(
        page, {"tab": "person", "recipient_name": "Ana Li", "email": "ana@example.org", "request_key": "k" * 22}
    )

    assert answer.status_code == 403
    with across_issuers("a test looks"):
        assert not AchievementCredential.objects.exists()


def test_a28_leading_community_projects_is_nominated_with_evidence(staff, issuer, client):
    """Somebody saw it and says so: one person is awarded by hand, with the evidence beside."""
    version = publish(issuer)
    page = reverse("manage-issue-to", args=[issuer.slug, version.achievement.public_id])
    told = {
        "tab": "person",
        "recipient_name": "Ana Li",
        "email": "ana@example.org",
        "evidence_url": "https://example.org/garden",
        "evidence_name": "The garden she led",
        "request_key": "k" * 22,
    }
    assert staff.post(page, told).status_code == 302

    with across_issuers("a test looks"):
        made = AchievementCredential.objects.get()
        assert made.evidence.get().name == "The garden she led"
    assert "https://example.org/garden" in made.document


def test_a41_badges_that_are_clear_branded_and_meaningful(staff, issuer):
    """Before it goes out: a word too small to read, a colour that drowns and missing criteria are told, each with its remedy."""
    small, drowned = badge_starters.starter("shield"), badge_starters.starter("disc")
    small["words"][0].update(text="W" * 60, most=60)
    drowned["brand"], drowned["accent"] = "#1f5c45", "#24634c"
    told = {
        finding.code for spec in (small, drowned) for finding in badge_linting.lint(spec) if finding.level == "warn"
    }
    draft = AchievementFactory(issuer=issuer, criteria="")
    page = staff.get(reverse("manage-achievement-preview", args=[issuer.slug, draft.public_id])).content.decode()

    assert {"text-small", "accent-drowns"} <= told
    assert "Nothing says what it takes." in page
