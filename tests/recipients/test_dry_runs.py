"""Dry runs: who would get it, who is nearly there, who is not and why; and what has changed since the last one."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings

from badges import ruling
from badges.criteria import rules
from badges.criteria.estimating import estimate
from badges.criteria.evaluating import evaluate
from badges.criteria.facts import History
from badges.criteria.periods import current
from badges.models import Rule
from issuers.models import Role
from issuers.tenancy import scope
from recipients import knowing, leasing, recording, rehearsing
from recipients.models import DryRun, DryRunOutcome, Recipient
from recipients.models.dry_run import Outcome
from tests import factories
from tests.architecture.walk import signed_in
from tests.badges.criteria.making import BERLIN, HISTORIES, NOW, documents
from tests.recipients.test_rule_pages import words

DAY = datetime(2026, 9, 10, 16, tzinfo=UTC)


@pytest.fixture
def rule(issuer):
    achievement = factories.AchievementFactory(issuer=issuer, name="Curious Learner")
    return factories.RuleFactory(issuer=issuer, achievement=achievement)


def attend(issuer, name, sessions):
    """A person who was at so many webinars."""
    person = factories.RecipientFactory(issuer=issuer, name=name)
    for n in range(sessions):
        at = DAY + timedelta(days=n)
        factories.ActivityFactory(issuer=issuer, recipient=person, key=f"webinar-{n}", at=at)
    return person


def at(rule, name="manage-rule-dry-run"):
    return reverse(name, args=[rule.issuer.slug, rule.achievement.public_id])


@pytest.mark.django_db
def test_a21_dry_run_says_where_everybody_stands_and_how_far(staff, rule):
    """Before a rule runs, staff see how far everybody is: n of N, and the next step."""
    attend(rule.issuer, "Ana Li", 3)
    attend(rule.issuer, "Bo Chen", 2)
    attend(rule.issuer, "Cy Diaz", 0)

    page = words(staff.post(at(rule), follow=True))
    assert "1Would get it now" in page
    assert "Ana Li" in page
    near = words(staff.get(at(rule), {"show": "near"}))
    assert "Bo Chen" in near
    assert "2 of 3" in near
    assert "Attend 1 more session tagged webinar." in near
    assert "Ana Li" not in near
    assert "Nothing yet." in words(staff.get(at(rule), {"show": "far", "q": "diaz"}))


@pytest.mark.django_db
def test_next_run_says_what_has_changed(staff, rule, owner):
    ana, bo = attend(rule.issuer, "Ana Li", 3), attend(rule.issuer, "Bo Chen", 2)
    staff.post(at(rule))
    factories.ActivityFactory(issuer=rule.issuer, recipient=bo, key="webinar-9", at=DAY)
    with scope(rule.issuer):
        recording.withdraw(ana.activities.first(), owner)

    page = words(staff.post(at(rule), follow=True))

    assert "1 more and 1 fewer would get it." in page
    changed = words(staff.get(at(rule), {"show": "changed"}))
    assert "before: Would get it now" in changed
    assert "before: Nearly there" in changed
    with scope(rule.issuer):
        assert DryRun.objects.count() == 1
        assert DryRunOutcome.objects.count() == 2


@pytest.mark.django_db
def test_who_has_it_is_not_given_it_again_nor_what_staff_took_back(rule):
    ana, bo = attend(rule.issuer, "Ana Li", 3), attend(rule.issuer, "Bo Chen", 3)
    award = factories.AwardFactory(
        issuer=rule.issuer, achievement=rule.achievement, version__achievement=rule.achievement
    )
    revoked = {"revoked_at": DAY}
    factories.CredentialFactory(issuer=rule.issuer, award=award, recipient=ana)
    factories.CredentialFactory(issuer=rule.issuer, award=award, recipient=bo, award_key="once", **revoked)

    with scope(rule.issuer):
        assert {one.outcome for one in rehearsing.stands(rule, rule.draft)} == {Outcome.HAS}
        assert rehearsing.expected(rule) == 0


@pytest.mark.django_db
def test_two_addresses_of_one_person_are_counted_once(rule):
    user = factories.UserFactory()
    for sessions in (2, 1):
        person = attend(rule.issuer, "Ana Li", sessions)
        with scope(rule.issuer):
            Recipient.objects.filter(pk=person.pk).update(user=user)
            person.activities.update(key=f"of-{person.pk}") if sessions == 1 else None

    with scope(rule.issuer):
        assert [one.outcome for one in rehearsing.stands(rule, rule.draft)] == [Outcome.EARNS]
        assert rehearsing.expected(rule) == 1


@pytest.mark.django_db
def test_large_institution_waits_for_a_worker_and_sees_it_grow(staff, rule, monkeypatch):
    monkeypatch.setattr(rehearsing, "AT_ONCE", 1)
    for name in ("Ana Li", "Bo Chen"):
        attend(rule.issuer, name, 3)

    page = words(staff.post(at(rule), follow=True))
    staff.post(at(rule))
    assert "The dry run is about to begin." in page
    with scope(rule.issuer):
        assert DryRun.objects.count() == 1
    assert rehearsing.make_next()
    assert not rehearsing.make_next()

    assert "Ana Li" in words(staff.get(at(rule)))
    answer = staff.get(at(rule, "manage-rule-dry-run-progress"), headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"
    assert "Looked at 2 of 2 people." in words(answer)


@pytest.mark.django_db
def test_run_that_takes_its_worker_down_is_given_up(staff, rule, monkeypatch):
    monkeypatch.setattr(rehearsing, "AT_ONCE", 0)
    attend(rule.issuer, "Ana Li", 3)
    staff.post(at(rule))
    with scope(rule.issuer):
        DryRun.objects.update(attempts=leasing.ATTEMPTS)

    assert not rehearsing.make_next()

    assert "This dry run stopped three times." in words(staff.get(at(rule)))
    staff.post(at(rule))
    assert rehearsing.make_next()


@pytest.mark.django_db
def test_file_of_a_list_cannot_carry_a_formula_and_is_in_the_trail(staff, rule):
    attend(rule.issuer, '=HYPERLINK("https://example.org")', 3)
    staff.post(at(rule))

    answer = staff.get(at(rule, "manage-rule-dry-run-file"), {"show": "earns"})

    head, line = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert head[0] == "Name"
    assert line[0].startswith("'=")
    assert line[3:7] == ["Would get it now", "", "100%", "3 of 3"]
    assert "tagged “webinar”: Done on 12 September 2026." in line[7]
    assert "exported 1 person from the dry run" in words(staff.get(reverse("manage-audit", args=[rule.issuer.slug])))


@pytest.mark.django_db
def test_designers_see_how_many_and_not_who(rule):
    attend(rule.issuer, "Ana Li", 3)
    designer = signed_in(factories.MembershipFactory(issuer=rule.issuer, role=Role.DESIGNER).user)

    page = words(designer.post(at(rule), follow=True))

    assert "1Would get it now" in page
    assert "Ana Li" not in page
    assert designer.get(at(rule, "manage-rule-dry-run-file")).status_code == 403


@pytest.mark.django_db
def test_pages_go_from_the_nearest_on_and_back(staff, rule):
    for n in range(60):
        attend(rule.issuer, f"Person {n:02}", 2 if n % 2 else 1)
    staff.post(at(rule))
    with scope(rule.issuer):
        DryRunOutcome.objects.update(outcome=Outcome.NEAR)

    first = staff.get(at(rule), {"show": "near"})
    second = staff.get(at(rule) + first.context["page"].older)
    back = staff.get(at(rule) + second.context["page"].newer)

    shares = [row.share for answer in (first, second) for row in answer.context["page"].rows]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == 60
    assert [row.pk for row in back.context["page"].rows] == [row.pk for row in first.context["page"].rows]


@pytest.mark.django_db
def test_switched_on_twice_is_one_version_and_names_its_people(staff, rule):
    attend(rule.issuer, "Ana Li", 3)
    page = words(staff.get(at(rule, "manage-rule-running")))
    assert "Switch on for 1 person" in page

    again = words(staff.post(at(rule, "manage-rule-switching-on"), {"people": "7"}, follow=True))
    assert "The number has changed to 1 person." in again
    read = {"people": "1", "draft": ruling.digest(rule.draft)}
    for _ in range(2):
        staff.post(at(rule, "manage-rule-switching-on"), read)

    with scope(rule.issuer):
        rule.refresh_from_db()
        assert (rule.versions.count(), rule.version.number, rule.version.kinds) == (1, 1, ["session"])
        assert rule.all_due_at is not None


@pytest.mark.django_db
def test_rule_that_was_changed_since_it_was_read_is_not_switched_on(staff, rule):
    read = re.search(r'name="draft" value="(\w+)"', staff.get(at(rule, "manage-rule-running")).content.decode())[1]
    looser = {**rule.draft, "needs": {"of": "all", "conditions": [{"type": "count", "kind": "session", "at_least": 1}]}}
    with scope(rule.issuer):
        Rule.objects.update(draft=looser)

    answer = staff.post(at(rule, "manage-rule-switching-on"), {"people": "0", "draft": read}, follow=True)

    assert "has changed the rule since you read it" in words(answer)
    with scope(rule.issuer):
        assert Rule.objects.get().switched_on_at is None


@pytest.mark.django_db
def test_change_of_a_rule_that_runs_is_a_new_version_and_only_once_it_is_put_in_place(rule, owner):
    with scope(rule.issuer):
        known = knowing.known(rule.issuer, rule.achievement)
        ruling.switch_on(rule, owner, known=known)
        document = {**rule.draft, "every": "month"}
        ruling.save_draft(rule.achievement, owner, edits=0, document=document)
        assert ruling.of(rule.achievement).version.document != document

        assert ruling.switch_on(rule, owner, known=known).number == 2
        assert ruling.pause(rule, owner)
        assert not ruling.pause(rule, owner)
        assert ruling.go_on(rule, owner)
        assert ruling.switch_off(rule, owner)
        assert not ruling.switch_off(rule, owner)
        assert ruling.switch_on(rule, owner, known=known).number == 2


@pytest.mark.django_db
def test_options_count_at_once_and_two_people_do_not_overwrite_one_another(staff, rule):
    chosen = {"edits": "0", "approval": "two", "undo_minutes": "30", "cap": "20", "ends_on": "2026-12-20"}
    running = at(rule, "manage-rule-running")
    staff.post(running, chosen)

    answer = staff.post(running, {**chosen, "approval": "none"})

    assert answer.status_code == 409
    with scope(rule.issuer):
        rule.refresh_from_db()
    assert (rule.approval, rule.undo_minutes, rule.cap, str(rule.ends_on)) == ("two", 30, 20, "2026-12-20")
    assert staff.post(running, {**chosen, "undo_minutes": "9000"}).status_code == 422


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), HISTORIES)
def test_estimate_of_numbers_alone_agrees_with_the_verdict(document, facts):
    rule = rules.read(document)
    verdict = evaluate(rule, History.of(facts, zone=BERLIN, now=NOW))
    done = [found.done for found in verdict.whole.findings()]

    found = estimate(rule, done, current(rule, NOW.astimezone(BERLIN).date()), now=NOW, zone=BERLIN)

    assert (found.met, found.share) == (verdict.met, verdict.share)
    assert found.open or not verdict.open
