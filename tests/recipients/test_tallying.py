"""Numbers by achievement and day: equal to the rows whatever happens, at whatever time, however many do it at once."""

import random
import threading
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuers import clock
from issuers.tenancy import across_issuers, scope
from recipients import claiming, correcting, sharing, tallying
from recipients.models import AchievementCredential, Share, Tally
from recipients.networks import NETWORKS
from tests.conftest import COMMITTED
from tests.factories import (
    AchievementVersionFactory,
    AwardFactory,
    CredentialFactory,
    IssuerFactory,
    UserFactory,
)
from tests.published import intend, issued, people, publish
from verification import counting, invariants
from verification.models import PublicView

NOW = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
LINKEDIN = next(network for network in NETWORKS if network.key == "linkedin")
MOMENTS = ("offered_at", "followed_at", "claimed_at", "declined_at", "cancelled_at", "revoked_at")


def totals(issuer):
    with scope(issuer):
        return {key.removeprefix("sum_"): number for key, number in tallying.summed(Tally.objects.all()).items()}


def exact(issuer):
    """What differs between tallies and rows."""
    with scope(issuer):
        return list(tallying.differences(issuer))


def of(issuer, count=1, **values):
    version = AchievementVersionFactory(issuer=issuer)
    award = AwardFactory(issuer=issuer, version=version, achievement=version.achievement)
    return [CredentialFactory(issuer=issuer, award=award, **values) for _ in range(count)]


@pytest.mark.django_db
class TestDeeds:
    def test_a_life_is_counted_step_by_step(self):
        credential = issued()
        issuer, user = credential.issuer, UserFactory()
        assert totals(issuer) == dict.fromkeys(tallying.NUMBERS, 0) | {"issued": 1}
        with across_issuers("a test"):
            AchievementCredential.objects.update(offered_at=clock.now())
            claiming.accept(credential)
            claiming.claim(credential, user, visibility="public")
            sharing.consent(credential, user, LINKEDIN)
            sharing.consent(credential, user, LINKEDIN)
            counting._add([(credential.public_id, "2026-11-25", 4), (credential.public_id, "2026-11-26", 2)])
            counting._add([(credential.public_id, "2026-11-26", 3)])
        told = {"reached": 1, "opened": 1, "taken": 1, "claimed": 1, "shares": 2, "passed_on": 1, "looks": 9, "seen": 1}
        assert totals(issuer) == dict.fromkeys(tallying.NUMBERS, 0) | told | {"issued": 1}
        with across_issuers("a test"):
            assert correcting.revoke(AchievementCredential.objects.listed().get(), reason="", by=None)
        assert totals(issuer)["revoked"] == 1
        assert exact(issuer) == []

    def test_what_is_undone_is_in_no_other_number(self):
        credential = issued()
        with across_issuers("a test"):
            claiming.follow("nothing")
            AchievementCredential.objects.update(followed_at=clock.now())
            correcting.cancel(credential, by=None)
        assert totals(credential.issuer) == dict.fromkeys(tallying.NUMBERS, 0) | {"issued": 1, "undone": 1}

    def test_a_batch_leaves_one_slip(self):
        version = publish(IssuerFactory())
        intend(version, *people(30))
        with scope(version.issuer):
            assert list(Tally.objects.values_list("issued", "folded")) == [(30, False)]

    def test_work_on_rows_that_changes_no_number_leaves_none(self):
        (credential,) = of(IssuerFactory())
        with scope(credential.issuer):
            before = Tally.objects.count()
            AchievementCredential.objects.update(lease_until=clock.now(), attempts=1, suspended_at=clock.now())
            AchievementCredential.objects.get().save()
            assert Tally.objects.count() == before

    def test_days_are_those_of_the_institution(self):
        kiritimati, honolulu = (
            IssuerFactory(time_zone="Pacific/Kiritimati"),
            IssuerFactory(time_zone="Pacific/Honolulu"),
        )
        for issuer, day in ((kiritimati, date(2026, 11, 27)), (honolulu, date(2026, 11, 26))):
            of(issuer, created_at=NOW)
            with scope(issuer):
                assert Tally.objects.get().day == day

    def test_another_clock_counts_anew(self):
        issuer = IssuerFactory(time_zone="Pacific/Kiritimati")
        of(issuer, created_at=NOW)
        with scope(issuer):
            issuer.time_zone = "Pacific/Honolulu"
            issuer.save()
            assert list(Tally.objects.values_list("day", "issued")) == [(date(2026, 11, 26), 1)]
        assert exact(issuer) == []

    def test_one_institution_sees_nothing_of_another(self):
        mine, other = IssuerFactory(), IssuerFactory()
        of(other, count=3)
        assert totals(mine)["issued"] == 0
        assert totals(other)["issued"] == 3


@pytest.mark.django_db
class TestFolding:
    def test_sums_stay_and_rows_become_few(self):
        issuer = IssuerFactory()
        rows = of(issuer, count=5, created_at=NOW)
        with across_issuers("a test"):
            for row in rows:
                AchievementCredential.objects.filter(pk=row.pk).update(followed_at=NOW)
        before = totals(issuer)
        assert tallying.fold() == 10
        with scope(issuer):
            assert list(Tally.objects.values_list("issued", "opened", "folded")) == [(5, 5, True)]
        assert totals(issuer) == before
        assert tallying.fold() == 0

    def test_what_comes_later_joins_its_day(self, monkeypatch):
        monkeypatch.setattr(tallying, "MOST", 3)
        issuer = IssuerFactory()
        of(issuer, count=5, created_at=NOW)
        assert [tallying.fold(), tallying.fold(), tallying.fold()] == [3, 2, 0]
        assert totals(issuer)["issued"] == 5
        with scope(issuer):
            assert Tally.objects.count() == 1

    def test_the_rebuild_repairs_and_the_check_says_what_was_wrong(self):
        issuer, neighbour = IssuerFactory(slug="hurt"), IssuerFactory()
        of(issuer, count=2), of(neighbour)
        with scope(issuer):
            Tally.objects.filter(issued=1).update(issued=7)
        out = StringIO()
        with pytest.raises(CommandError, match="1 numbers"):
            call_command("rollups", "--check", stdout=out)
        assert "hurt: achievement" in out.getvalue()
        assert "issued: 14 tallied, 2 in the rows" in out.getvalue()
        with across_issuers("a test"):
            assert any("hurt: issued" in breach for breach in invariants.tallies_add_up())
        call_command("rollups", "--rebuild", "--issuer", "hurt", stdout=StringIO())
        call_command("rollups", "--check", stdout=StringIO())
        assert (totals(issuer)["issued"], totals(neighbour)["issued"]) == (2, 1)

    def test_an_unknown_institution_is_named(self):
        with pytest.raises(CommandError, match="'nowhere'"):
            call_command("rollups", "--check", "--issuer", "nowhere")


class TestAnyHistory:
    @pytest.mark.django_db
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.integers(0, 2**32))
    def test_plain_counting_comes_to_the_same(self, seed):
        """Random moments are set, moved and emptied, one row or many at once, folded now and then."""
        dice, issuer = (
            random.Random(seed),
            IssuerFactory(time_zone=random.Random(seed).choice(["UTC", "Asia/Kathmandu"])),
        )
        rows = [*of(issuer, 3, created_at=NOW), *of(issuer, 3, created_at=NOW - timedelta(days=3))]
        with scope(issuer):
            for _ in range(dice.randrange(1, 15)):
                _something(dice, rows)
        assert exact(issuer) == []
        assert totals(issuer) == _counted_plainly(issuer)


def _something(dice, rows):
    some = AchievementCredential.objects.filter(pk__in=[row.pk for row in dice.sample(rows, dice.randrange(1, 4))])
    deed = dice.choice([*MOMENTS, "share", "look", "fold"])
    moment = NOW + timedelta(minutes=dice.randrange(10_000))
    if deed == "share":
        Share.objects.create(issuer=rows[0].issuer, credential=some[0], network="linkedin")
    elif deed == "look":
        counting._add([(row.public_id, moment.date().isoformat(), 2) for row in some])
    elif deed == "fold":
        with transaction.atomic():
            tallying.fold()
    else:
        empty = {"claimed_at": {"declined_at": None}, "declined_at": {"claimed_at": None}}.get(deed, {})
        value = dice.choice([moment, moment, moment, None])
        accepted = {"accepted_at": moment} if deed == "claimed_at" else {}
        some.update(**empty, **accepted, **{deed: value})


def _counted_plainly(issuer):
    with scope(issuer):
        rows = list(AchievementCredential.objects.prefetch_related("shares", "views"))
        live = [row for row in rows if row.cancelled_at is None]
        return {
            "issued": len(rows),
            "undone": len(rows) - len(live),
            "reached": sum(row.offered_at is not None for row in live),
            "opened": sum(row.followed_at is not None or row.claimed_at is not None for row in live),
            "taken": sum(row.claimed_at is not None for row in live),
            "passed_on": sum(bool(row.shares.all()) for row in live),
            "seen": sum(bool(row.views.all()) for row in live),
            "claimed": sum(row.claimed_at is not None for row in rows),
            "declined": sum(row.declined_at is not None for row in rows),
            "revoked": sum(row.revoked_at is not None for row in rows),
            "shares": Share.objects.count(),
            "looks": PublicView.objects.aggregate(total=Sum("count", default=0))["total"],
        }


@COMMITTED
class TestManyAtOnce:
    def test_fifty_claims_of_one_achievement_while_slips_are_folded(self):
        issuer = IssuerFactory()
        rows, users = of(issuer, 50, created_at=NOW, offer_expires_at=clock.now() + timedelta(days=9)), UserFactory()
        ended, errors = threading.Event(), []

        def claim(row):
            try:
                with across_issuers("a test claims"):
                    assert claiming.accept(row)
                    assert claiming.claim(row, users, visibility="public")
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        def fold():
            while not ended.is_set():
                tallying.fold()
            connection.close()

        _together([lambda row=row: claim(row) for row in rows], beside=fold, ended=ended)
        assert errors == []
        assert (totals(issuer)["taken"], totals(issuer)["claimed"]) == (50, 50)
        assert exact(issuer) == []

    def test_batches_in_opposite_orders_do_not_wait_for_each_other(self):
        """Two achievements, each transaction changes both, in the other's order."""
        issuer = IssuerFactory()
        one, other = of(issuer, 20, created_at=NOW), of(issuer, 20, created_at=NOW)
        errors = []

        def revoke(first, second):
            try:
                with across_issuers("a test revokes"):
                    for row in (first, second):
                        AchievementCredential.objects.filter(pk=row.pk).update(revoked_at=NOW)
                        connection.cursor().execute("SELECT pg_sleep(0.01)")
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        pairs = [(a, b) if n % 2 else (b, a) for n, (a, b) in enumerate(zip(one, other, strict=True))]
        _together([lambda pair=pair: revoke(*pair) for pair in pairs])
        assert errors == []
        assert totals(issuer)["revoked"] == 40

    def test_a_rebuild_beside_deeds_counts_each_once(self):
        issuer = IssuerFactory()
        rows, ended, errors = of(issuer, 30, created_at=NOW), threading.Event(), []

        def revoke(row):
            with scope(issuer):
                AchievementCredential.objects.filter(pk=row.pk).update(revoked_at=NOW)
            connection.close()

        def rebuild():
            while not ended.is_set():
                with scope(issuer):
                    tallying.rebuild(issuer)
                tallying.fold()
            connection.close()

        _together([lambda row=row: revoke(row) for row in rows], beside=rebuild, ended=ended)
        assert errors == []
        assert exact(issuer) == []
        assert totals(issuer)["revoked"] == 30


def _together(deeds, beside=None, ended=None):
    threads = [threading.Thread(target=deed) for deed in deeds]
    other = threading.Thread(target=beside) if beside else None
    for thread in filter(None, [other, *threads]):
        thread.start()
    for thread in threads:
        thread.join()
    if other and ended:
        ended.set()
        other.join()
