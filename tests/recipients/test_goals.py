"""What a student sees first: goals of the week, what is nearly earned and the next step; the catalogue; goals of groups."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers, scope
from recipients import knowing, oneself, prospects
from recipients.models import AchievementCredential, Goal, Recipient
from tests import factories
from tests.architecture.walk import signed_in
from tests.published import intend, person, publish
from tests.recipients.running import deed, holds, needs, running

pytestmark = pytest.mark.django_db
MARKS = str.maketrans("", "", "\u2068\u2069")


@pytest.fixture
def user():
    return factories.UserFactory(email="amal@example.org", name="Amal Student")


@pytest.fixture
def wallet(user):
    return signed_in(user)


@pytest.fixture
def me(issuer, user):
    """The person as the institution knows them: by a proved address, never having claimed anything."""
    return factories.RecipientFactory(issuer=issuer, name="Amal Student", address="amal@example.org")


def text(answer):
    """What a page says, without its tags and without the marks of direction."""
    body = answer.content.decode().split('<main id="main"')[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).translate(MARKS)


def page(client, name="wallet", *args, query=""):
    return text(client.get(reverse(name, args=args) + query))


def choose(client, rule, **values):
    return client.post(reverse("wallet-catalogue-goal", args=[rule.achievement.public_id]), values)


def own_goals():
    with across_issuers("a test looks"):
        return list(Goal.objects.standing().select_related("achievement").in_order())


# The dashboard


def test_a15_dashboard_lists_goals_of_this_week_with_done_and_left(wallet, issuer, me):
    """Three goals for this week: one is reached, two are left."""
    mentor, speaker = running(issuer, "Peer Mentor"), running(issuer, "Public Speaker")
    held = holds(me, running(issuer, "Safe in the Lab"))
    for achievement in (mentor.achievement, speaker.achievement, held.achievement):
        wallet.post(reverse("wallet-catalogue-goal", args=[achievement.public_id]), {"week": "1"})

    said = page(wallet)

    assert "1 of 3 goals done, 2 left" in said
    assert all(name in said for name in ("Peer Mentor", "Public Speaker", "Safe in the Lab"))


def test_a21_progress_stands_beside_the_next_step_in_the_words_of_the_rule(wallet, issuer, me):
    """Two of three webinars: the dashboard shows 2 of 3 as dots, and says what completes it."""
    running(issuer, "Curious Learner")
    deed(me, "one"), deed(me, "two")

    answer = wallet.get(reverse("wallet"))

    assert "Nearly there Curious Learner 2 of 3" in text(answer)
    assert "Attend 1 more session tagged “webinar”." in text(answer)
    assert '<i class="on"></i><i class="on"></i><i></i>' in answer.content.decode()


def test_a21_long_way_is_a_bar(wallet, issuer, me):
    """26.5 of 40 hours of volunteering: a bar two thirds full, with the numbers beside it."""
    running(issuer, "Volunteer", {"type": "sum", "kind": "volunteering", "unit": "hours", "at_least": 40})
    deed(me, "food-bank", kind="volunteering", value="26.5", unit="hours")

    body = wallet.get(reverse("wallet")).content.decode()

    assert "26.5 of 40 hours" in body
    assert 'max="100" value="66"' in body


def test_a16_completed_task_unlocks_the_badge(wallet, issuer, me):
    """Locked before; done, and on its way; unlocked with the award."""
    task = {"type": "set", "kind": "task", "keys": ["lab-safety"], "at_least": 1}
    factories.OpportunityFactory(issuer=issuer, kind="task", key="lab-safety", title="Lab safety")
    rule = running(issuer, "Safe in the Lab", task, version=publish(issuer, name="Safe in the Lab"))
    choose(wallet, rule, week="1")
    locked = wallet.get(reverse("wallet"))
    assert "Complete “Lab safety”." in text(locked)
    assert 'class="unlock locked"' in locked.content.decode()

    deed(me, "lab-safety", kind="task")
    assert "1 of 1 goal done, 0 left" in page(wallet)
    assert "On its way" in page(wallet)

    intend(rule.published, person("Amal Student", "amal@example.org"))
    unlocked = wallet.get(reverse("wallet"))
    assert "Unlocked" in text(unlocked)
    assert 'class="unlock"' in unlocked.content.decode()
    assert rule.published.badge_small.rpartition("/")[2] in unlocked.content.decode()


def test_dashboard_shows_a_handful_and_the_nearest_first(wallet, issuer, me):
    for number in range(1, 7):
        count = {"type": "count", "kind": "session", "tags": ["webinar"], "at_least": 2 + number}
        running(issuer, f"Number {number}", count)
    deed(me, "one"), deed(me, "two")

    said = page(wallet)

    assert re.findall(r"Number \d", said) == ["Number 1", "Number 2", "Number 3"]


def test_dashboard_costs_the_same_at_three_institutions(wallet, user, issuer, me, django_assert_max_num_queries):
    for other in (issuer, factories.IssuerFactory(), factories.IssuerFactory()):
        row = me if other == issuer else factories.RecipientFactory(issuer=other, address="amal@example.org")
        for number in range(5):
            running(other, f"Number {number}")
        deed(row, "one")

    # Session, person, scope and the wallet's own; and ten for goals, rules, facts and words.
    with django_assert_max_num_queries(22):
        wallet.get(reverse("wallet"))


def test_what_is_known_is_what_rules_see(user, issuer):
    """Linked and proved rows are one person, and the union is what recipients.knowing says of linked ones."""
    linked = factories.RecipientFactory(issuer=issuer, user=user)
    other = factories.RecipientFactory(issuer=issuer, user=user)
    deed(linked, "one"), deed(other, "two")
    factories.CredentialFactory(issuer=issuer, recipient=other)
    factories.GroupMemberFactory(issuer=issuer, recipient=linked)

    with across_issuers("a test looks"):
        mine = oneself.look(user).histories[issuer.pk]
    with scope(issuer):
        theirs = knowing.histories(issuer, [linked])[linked.pk]

    assert mine.by_kind == theirs.by_kind


def test_rules_of_others_and_of_strange_institutions_are_not_shown(wallet, issuer, me):
    running(factories.IssuerFactory(), "Elsewhere")
    running(issuer, "Ended", ends_on=timezone.now().date() - timedelta(days=2))
    running(issuer, "Here")
    deed(factories.RecipientFactory(issuer=issuer), "one")

    said = page(wallet, "wallet-catalogue", query="?show=begun") + page(wallet, "wallet-catalogue")

    assert "Here" in said
    assert "Elsewhere" not in said
    assert "1 of 3" not in said


def test_award_in_its_undo_window_is_told_to_nobody(wallet, issuer, me):
    version = publish(issuer, name="Safe in the Lab")
    intend(version, person("Amal Student", "amal@example.org"), skip_undo=False)

    assert "Unlocked" not in page(wallet, "wallet-catalogue", query="?show=all")


def test_what_one_told_waits_in_sight(wallet, issuer, me):
    factories.OpportunityFactory(issuer=issuer, kind="volunteering", key="food-bank", title="Food bank")
    deed(me, "food-bank", kind="volunteering", confirmed_at=None, value=4, unit="hours")

    assert "Waiting to be confirmed Food bank Volunteering" in page(wallet)


# Catalogue and goals of one's own


def test_a24_catalogue_lets_one_choose_and_arrange_goals(wallet, issuer, me):
    """Search, see the rule, choose three, move the last one up, plan it for this week, take one away and put it back."""
    rules = [running(issuer, f"Goal {letter}") for letter in "ABC"]
    said = page(wallet, "wallet-catalogue", query="?q=goal+b")
    assert "Attended at least 3 different sessions tagged “webinar”." in said
    assert "Goal B" in said and "Goal A" not in said

    for rule in rules:
        choose(wallet, rule, **{"from": "catalogue", "query": "?q=goal"})
    a, b, c = own_goals()
    wallet.post(reverse("wallet-goal-position", args=[c.public_id]), {"move": "up"})
    assert [goal.achievement.name for goal in own_goals()] == ["Goal A", "Goal C", "Goal B"]

    wallet.post(reverse("wallet-goal-week", args=[c.public_id]), {"week": "1"})
    assert "0 of 1 goal done, 1 left" in page(wallet)

    removed = wallet.post(reverse("wallet-goal-removal", args=[a.public_id]))
    assert "“Goal A” is no goal of yours any more." in text(wallet.get(removed.url))
    wallet.post(reverse("wallet-goal-restoration", args=[a.public_id]))
    assert [goal.achievement.name for goal in own_goals()] == ["Goal A", "Goal C", "Goal B"]


def test_choosing_twice_is_one_goal(wallet, issuer, me):
    rule = running(issuer, "Once")
    choose(wallet, rule), choose(wallet, rule)

    assert len(own_goals()) == 1
    with across_issuers("a test looks"):
        assert Recipient.objects.get(pk=me.pk).user == factories.UserFactory._meta.model.objects.get(email=me.address)


def test_goal_of_somebody_else_is_not_found(wallet, issuer, me):
    group = factories.GroupFactory(issuer=issuer)
    factories.GroupMemberFactory(issuer=issuer, group=group, recipient=me)
    others = [
        factories.GoalFactory(issuer=issuer),
        factories.GoalFactory(issuer=issuer, recipient=None, group=group),
    ]
    stranger = running(factories.IssuerFactory(), "Elsewhere")

    assert choose(wallet, stranger).status_code == 404
    for goal in others:
        for name in ("wallet-goal-removal", "wallet-goal-week", "wallet-goal-position", "wallet-goal-restoration"):
            assert wallet.post(reverse(name, args=[goal.public_id])).status_code == 404
    assert len(own_goals()) == 2


def test_goal_planned_for_last_week_waits_for_another_one(wallet, issuer, me):
    rule = running(issuer, "Patient")
    choose(wallet, rule)
    with across_issuers("a test turns the calendar"):
        Goal.objects.update(until=timezone.now().date() - timedelta(days=7))

    assert "No goals for this week" in page(wallet) or "See what can be earned" in page(wallet)
    assert "Later Patient" in page(wallet, "wallet-goals")


def test_goal_is_reached_each_week_anew_where_the_rule_says_so(user, issuer, me):
    rule = running(issuer, "Weekly", document=needs({"type": "count", "kind": "session", "at_least": 1}, every="week"))
    with across_issuers("a test looks"):
        holds(me, rule, award_key="week/2020-W01")
        (before,) = prospects.standings(oneself.look(user))
        deed(me, "today", days_ago=0)
        (after,) = prospects.standings(oneself.look(user))

    assert (before.state, after.state) == (prospects.State.OPEN, prospects.State.WAITING)


def test_catalogue_of_somebody_nobody_knows_says_what_to_do(wallet):
    assert "No institution knows you yet" in page(wallet, "wallet-catalogue")
    assert "No goals yet" in page(wallet, "wallet-goals")


def test_export_and_erasure_take_goals_along(wallet, user, issuer, me):
    choose(wallet, running(issuer, "Mine"))

    assert "Mine" in wallet.get(reverse("wallet-export")).content.decode()
    wallet.post(reverse("wallet-erasure"), {"email": user.email})
    assert own_goals() == []


# Goals of groups


@pytest.fixture
def cohort(issuer, me):
    group = factories.GroupFactory(issuer=issuer, name="Autumn cohort")
    factories.GroupMemberFactory(issuer=issuer, group=group, recipient=me)
    other = factories.RecipientFactory(issuer=issuer, name="Bo Ek")
    factories.GroupMemberFactory(issuer=issuer, group=group, recipient=other)
    return group


def test_staff_set_a_goal_for_a_group_and_see_how_far_it_is(staff, wallet, issuer, me, cohort):
    rule = running(issuer, "Curious Learner")
    deed(me, "one")
    day = timezone.now().date() + timedelta(days=20)
    url = reverse("manage-goals", args=[issuer.slug])
    made = staff.post(
        url, {"group": cohort.pk, "achievement": rule.achievement.pk, "until": str(day), "note": "Before the fair"}
    )
    assert "Curious Learner 1 of 3" in page(wallet)
    assert "For Autumn cohort, until" in page(wallet)
    assert "Before the fair" in page(wallet)

    holds(me, rule)
    said = text(staff.get(made.url))

    assert "1 of 2 have reached it." in said
    assert "Attend 3 more different sessions tagged “webinar”." in said
    assert "1 of 2" in text(staff.get(url))
    goal = own_goals()[0]
    staff.post(reverse("manage-goal-end", args=[issuer.slug, goal.public_id]))
    assert own_goals() == []
    staff.post(reverse("manage-goal-resumption", args=[issuer.slug, goal.public_id]))
    assert own_goals() == [goal]
    with scope(issuer):
        trail = list(
            AuditEvent.objects.filter(action__startswith="goal").order_by("pk").values_list("action", flat=True)
        )
    assert trail == ["goal.set", "goal.ended", "goal.set"]


def test_goal_is_set_once_and_not_for_a_day_that_is_over(staff, issuer, cohort):
    rule, url = running(issuer, "Curious Learner"), reverse("manage-goals", args=[issuer.slug])
    said = {"group": cohort.pk, "achievement": rule.achievement.pk}
    staff.post(url, said)

    again = staff.post(url, said)
    late = staff.post(url, {**said, "until": "2020-01-01"})

    assert "This group has this goal already" in text(again)
    assert "This day is over" in text(late)
    assert (again.status_code, late.status_code) == (422, 422)


def test_designer_sets_no_goals(client, issuer):
    client.force_login(factories.MembershipFactory(issuer=issuer, role=Role.DESIGNER).user)

    assert client.get(reverse("manage-goals", args=[issuer.slug])).status_code == 403


def test_revoked_credential_does_not_count_for_a_goal(wallet, issuer, me):
    rule = running(issuer, "Gone")
    row = holds(me, rule)
    choose(wallet, rule, week="1")
    with across_issuers("a test revokes"):
        AchievementCredential.objects.filter(pk=row.pk).update(revoked_at=timezone.now())

    assert "0 of 1 goal done, 1 left" in page(wallet)
