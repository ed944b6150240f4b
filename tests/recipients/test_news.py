"""News in the wallet: who has earned something hears of it within a minute, once, and nobody else does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from issuers.tenancy import across_issuers, scope
from recipients import delivering, recognising, recording, sending, tasks, telling
from recipients.models import (
    AchievementCredential,
    Activity,
    Award,
    Earning,
    MailStop,
    Notice,
    OutgoingEmail,
    Recipient,
)
from tests import factories
from tests.architecture.walk import signed_in
from tests.published import deliver, intend, person, publish
from tests.recipients.running import deed, running
from tests.recipients.test_goals import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return factories.UserFactory(email="amal@example.org", name="Amal Student")


@pytest.fixture
def wallet(user):
    return signed_in(user)


def earn(issuer, **options):
    """What the engine writes: an earning, and its credential."""
    rule = running(issuer, "Curious Learner", version=publish(issuer, name="Curious Learner"))
    award = intend(rule.published, person("Amal Student", "amal@example.org"), source=Award.Source.RULE, **options)
    with across_issuers("a test looks"):
        credential = AchievementCredential.objects.get(award=award)
        row = Recipient.objects.get(issuer=issuer, address_key="amal@example.org")
    return factories.EarningFactory(
        issuer=issuer,
        rule_version=rule.version,
        achievement=rule.achievement,
        recipient=row,
        credential=credential,
        settled_at=timezone.now(),
    )


def notices(**conditions):
    with across_issuers("a test looks"):
        return list(Notice.objects.filter(**conditions).order_by("pk"))


def live(client, after=0):
    return client.get(reverse("wallet-live"), {"after": after})


def test_a19_earned_is_said_on_an_open_page_before_any_mail_has_left(wallet, user, issuer):
    """Award, signature and certificate take seconds; the page asks every ten, and the sweep every thirty."""
    assert live(wallet).status_code == 204
    assert 'hx-trigger="every 10s"' in wallet.get(reverse("wallet")).content.decode()
    earn(issuer)
    delivering.sign_chunk(), delivering.render_chunk()

    tasks.tell()
    answer = live(wallet)

    assert "You earned Curious Learner" in answer.content.decode()
    assert f'href="{reverse("wallet")}"' in answer.content.decode()
    assert "Curious Learner is waiting for you" in text(wallet.get(reverse("wallet")))
    assert "You earned it at" in text(wallet.get(reverse("wallet-notices")))
    (notice,) = notices()
    assert live(wallet, notice.pk).status_code == 204
    assert live(signed_in(factories.UserFactory())).status_code == 204


def test_earned_is_said_once_however_often_workers_look(wallet, issuer):
    earn(issuer)
    deliver()

    assert [telling.tell_chunk(), telling.tell_chunk()] == [1, 0]
    assert not telling.waiting()
    assert [notice.kind for notice in notices()] == ["earned"]


@pytest.mark.parametrize("mail_first", [False, True])
def test_wallet_says_it_once_whether_the_mail_leaves_before_or_after(user, issuer, mail_first):
    row = factories.RecipientFactory(issuer=issuer, address=user.email, user=user)
    earn(issuer)
    delivering.sign_chunk(), delivering.render_chunk()
    with across_issuers("a test runs in one moment of the database"):
        OutgoingEmail.objects.update(not_before=timezone.now() - timedelta(hours=1))

    for step in [sending.send_chunk, telling.tell_chunk][:: 1 if mail_first else -1]:
        assert step() == 1

    assert [(notice.kind, notice.user) for notice in notices()] == [("earned", row.user)]


def test_news_reach_who_wants_no_mails(wallet, user, issuer):
    MailStop.objects.create(address_key=user.email, issuer=None)
    earn(issuer)
    deliver()
    telling.tell_chunk()

    assert "You earned Curious Learner" in live(wallet).content.decode()
    assert "is waiting for you" in text(wallet.get(reverse("wallet")))


def test_nothing_is_said_in_the_undo_window_nor_of_what_was_taken_back(issuer, user):
    earning = earn(issuer, skip_undo=False)
    delivering.sign_chunk(), delivering.render_chunk()
    assert not telling.waiting()

    with across_issuers("a test takes it back"):
        AchievementCredential.objects.update(cancelled_at=timezone.now())
    assert telling.tell_chunk() == 1

    assert notices() == []
    with across_issuers("a test looks"):
        assert Earning.objects.get(pk=earning.pk).told_at is not None


def test_signed_out_page_stops_asking(client):
    assert live(client).status_code == 286


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30, "١"])
def test_odd_numbers_do_no_harm(wallet, after):
    assert live(wallet, after).status_code == 204


def test_a30_contribution_is_confirmed_recorded_and_celebrated(wallet, user, issuer):
    """Four hours at the food bank, told by oneself: news when staff confirm them, and in one's growth from then on."""
    row = factories.RecipientFactory(issuer=issuer, address=user.email, user=user)
    good = deed(row, "food-bank", kind="volunteering", confirmed_at=None, source="log")
    bad = deed(row, "moon", kind="volunteering", confirmed_at=None, source="log")
    with scope(issuer):
        recording.confirm(issuer, [good.pk], factories.UserFactory())
        recording.confirm(issuer, [good.pk], factories.UserFactory())
        recording.refuse(issuer, [bad.pk], factories.UserFactory(), reason="There was no such evening.")

    said = text(wallet.get(reverse("wallet-notices")))

    assert [notice.kind for notice in notices()] == ["confirmed", "refused"]
    assert "confirmed it. It counts." in said
    assert "did not confirm it. There was no such evening." in said
    assert "confirmed what you told" in live(wallet).content.decode()
    grown = text(wallet.get(reverse("wallet-growth")))
    assert "Volunteering 1 food-bank" in grown
    assert "moon" not in grown


# Whose a row is


def test_proved_address_makes_its_rows_ones_own_and_rules_look_again(user, issuer):
    mine = factories.RecipientFactory(issuer=issuer, address=user.email)
    done = deed(mine, "one", evaluated_at=timezone.now())
    other = factories.RecipientFactory(issuer=issuer, address="unproved@example.org")

    assert recognising.recognise_newest() == 1
    assert recognising.recognise(user) == 0

    with across_issuers("a test looks"):
        assert Recipient.objects.get(pk=mine.pk).user == user
        assert Recipient.objects.get(pk=other.pk).user is None
        assert Activity.objects.get(pk=done.pk).evaluated_at is None
