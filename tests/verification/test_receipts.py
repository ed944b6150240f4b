"""The hiring desk's stage: each link once, by one worker, whatever dies meanwhile; receipts lapse and forget."""

from datetime import timedelta

import pytest

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import holding
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, VerificationItemFactory
from tests.published import FULL, issued, person, publish
from tests.verification.fronted import shown
from tests.verification.public import UNKNOWN, update
from verification import desk, receipts, tasks
from verification.models import VerificationItem, VerificationReceipt
from verification.picking import read_list
from verification.sandbox.client import NotExamined

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return shown(publish(IssuerFactory()), FULL)


def opened(*lines):
    return receipts.open_receipt(read_list("\n".join(lines)))


def found(receipt):
    return list(receipt.items.order_by("position").values_list("given", "standing", "name"))


def work():
    while receipts.check_chunk():
        continue


def test_receipt_holds_what_was_found_when_all_are_checked(credential):
    receipt = opened(credential.url, UNKNOWN)

    work()

    assert found(receipt) == [(credential.url, "valid", "Amal bint Khalid Al-Mansoori"), (UNKNOWN, "nothing", "")]
    item = receipt.items.get(position=1)
    assert (item.achievement, item.issuer_name) == ("Community Mentor", credential.issuer.name)
    assert item.finished_at is not None
    assert item.lease_until is None
    assert [check["result"] for check in item.report["checks"]] == ["passed"] * len(item.report["checks"])


def test_receipt_keeps_no_document(credential):
    receipt = opened(credential.url, UNKNOWN)

    work()

    assert all(item.report is None or item.report["document"] is None for item in receipt.items.all())


def test_same_credential_is_checked_once_however_often_it_is_named(credential):
    receipt = opened(credential.url, credential.public_id, f"{credential.url}.json")

    work()

    assert (receipt.total, receipt.repeated) == (1, 2)
    assert receipt.items.get().lines == [1, 2, 3]


@pytest.mark.parametrize("why", ["private", "unclaimed", "cancelled", "unknown"])
def test_row_is_the_same_whatever_hides_a_credential(why):
    hidden = (
        issued(publish(IssuerFactory()), person("Canary Person"))
        if why == "unclaimed"
        else shown(publish(IssuerFactory()), FULL)
    )
    values = {"private": {"visibility": "private"}, "cancelled": {"cancelled_at": clock.now()}}.get(why, {})
    if values:
        update(hidden, **values)
    receipt = opened(UNKNOWN if why == "unknown" else hidden.public_id)

    work()

    row = receipt.items.values("standing", "name", "achievement", "issuer_name", "report", "attempts").get()
    assert row == {
        "standing": "nothing", "name": "", "achievement": "", "issuer_name": "", "report": None, "attempts": 1,
    }  # fmt: skip


def test_revoked_one_is_found_revoked(credential):
    update(credential, revoked_at=clock.now())
    receipt = opened(credential.url)

    work()

    assert found(receipt)[0][1] == "revoked"


# Leases


def test_leased_rows_are_nobody_elses_until_the_lease_ends(credential):
    opened(credential.url)
    taken = receipts._take()

    assert [item.attempts for item in taken] == [1]
    assert receipts._take() == []
    assert receipts.waiting() is False

    VerificationItem.objects.update(lease_until=clock.now() - timedelta(hours=1))
    assert receipts.waiting() is True
    assert [item.attempts for item in receipts._take()] == [2]


def test_worker_that_comes_late_writes_nothing(credential):
    receipt = opened(credential.url)
    [late] = receipts._take()
    VerificationItem.objects.update(lease_until=clock.now() - timedelta(hours=1))
    [second] = receipts._take()

    receipts._one(second)
    update(credential, revoked_at=clock.now())
    receipts._one(late)

    assert found(receipt)[0][1] == "valid"


def test_link_that_kills_its_worker_is_given_up_after_three_attempts(credential):
    receipt = opened(credential.url)
    for _attempt in range(receipts.ATTEMPTS):
        assert len(receipts._take()) == 1  # and the worker dies here
        VerificationItem.objects.update(lease_until=clock.now() - timedelta(hours=1))

    tasks.sweep()

    item = receipt.items.get()
    assert (item.standing, item.finished_at is not None) == ("unsure", True)
    assert receipts.check_chunk() == 0


def test_link_that_cannot_be_examined_is_tried_again_and_its_neighbours_go_on(credential, monkeypatch):
    receipt = opened("https://lab.example/1", credential.url)
    real = desk.look_up

    def busy(text, *args, **options):
        if "lab.example" in text:
            raise NotExamined("busy")
        return real(text, *args, **options)

    monkeypatch.setattr(desk, "look_up", busy)
    receipts.check_chunk()

    assert [standing for _given, standing, _name in found(receipt)] == ["", "valid"]
    for _attempt in range(receipts.ATTEMPTS):
        VerificationItem.objects.filter(finished_at=None).update(lease_until=None)
        receipts.check_chunk()
    assert [standing for _given, standing, _name in found(receipt)] == ["unsure", "valid"]


def test_chunk_gives_back_what_it_did_not_reach_in_time(credential, monkeypatch):
    receipt = opened(credential.url, UNKNOWN)
    monkeypatch.setattr(receipts, "CHUNK_SECONDS", -1)

    assert receipts.check_chunk() == 2

    assert set(receipt.items.values_list("lease_until", "attempts", "finished_at")) == {(None, 0, None)}


def test_chunk_takes_turns_between_lists():
    long = receipts.open_receipt(read_list("\n".join(f"https://lab.example/{n}" for n in range(60))))
    short = receipts.open_receipt(read_list("https://other.example/1\nhttps://other.example/2"))

    taken = receipts._take()

    assert len(taken) == receipts.CHUNK
    assert {item.receipt_id for item in taken} == {long.pk, short.pk}


# Lapsing and forgetting


def test_receipt_lapses_after_90_days():
    old = VerificationItemFactory(receipt__created_at=clock.now() - timedelta(days=90, seconds=1)).receipt
    kept = VerificationItemFactory(receipt__created_at=clock.now() - timedelta(days=89)).receipt

    tasks.forget()

    assert list(VerificationReceipt.objects.all()) == [kept]
    assert not VerificationItem.objects.filter(receipt_id=old.pk).exists()


@pytest.mark.parametrize("how", ["closed", "erased"])
def test_names_leave_the_receipt_when_their_holder_closes_or_erases(credential, how):
    receipt = opened(credential.url)
    work()
    if how == "closed":
        update(credential, visibility="private")
    else:
        with across_issuers("a test erases"):
            holding.forget(credential.holder)

    tasks.forget()

    row = receipt.items.values("standing", "name", "achievement", "report").get()
    assert row == {"standing": "valid", "name": "", "achievement": "", "report": None}


def test_names_stay_while_their_page_is_open(credential):
    receipt = opened(credential.url)
    work()

    tasks.forget()

    assert receipt.items.get().name == "Amal bint Khalid Al-Mansoori"


def test_repeated_receipt_is_a_new_one_and_the_old_one_stays(credential):
    first = opened(credential.url, "lone-word-123", credential.public_id)
    work()
    update(credential, revoked_at=clock.now())

    second = receipts.repeat(first)
    work()

    assert second.public_id != first.public_id
    assert (second.total, second.repeated, second.left_out) == (1, 1, [[2, "lone-word-123"]])
    assert [found(first)[0][1], found(second)[0][1]] == ["valid", "revoked"]


@COMMITTED
def test_two_workers_never_take_the_same_row():
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    receipts.open_receipt(read_list("\n".join(f"https://lab.example/{n}" for n in range(40))))

    def take(_n):
        try:
            return [item.pk for item in receipts._take()]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(take, range(2))

    assert len({*first, *second}) == len(first) + len(second) == 40
