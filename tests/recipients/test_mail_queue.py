"""Which mails leave next: fair, urgent ones first, and found without looking at the rest of 20,000."""

import json
from datetime import timedelta

import pytest
from django.db import connection, connections

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import mail_queue, sending
from recipients.models import OutgoingEmail
from tests.factories import CredentialFactory, IssuerFactory, OutgoingEmailFactory

MINUTE = timedelta(minutes=1)
MANY = """
INSERT INTO recipients_outgoingemail (issuer_id, kind, sequence, "to", address_key, context, message_id, not_before, attempts,
  response, credential_id)
SELECT %(issuer)s, %(kind)s, n, 'p' || n || '@example.org', 'p' || n || '@example.org', '{}', %(kind)s || n || '@' || %(issuer)s,
  now() - interval '1 hour', 0, '', %(credential)s
FROM generate_series(1, %(count)s) AS n
"""


def many(credential, kind, count):
    with across_issuers("a test arranges"), connection.cursor() as cursor:
        values = {"issuer": credential.issuer_id, "credential": credential.pk, "kind": kind, "count": count}
        cursor.execute(MANY, values)


def take(limit=10, lease=MINUTE):
    with across_issuers("a test takes"):
        return mail_queue.take(limit, lease)


def printed(**values):
    return CredentialFactory(signed="{}", signed_at=clock.now(), rendered_at=clock.now(), **values)


def mail_about(credential, **values):
    return OutgoingEmailFactory(
        credential=credential, issuer=credential.issuer, **{"not_before": clock.now() - MINUTE, **values}
    )


def asked(to="ana@example.org"):
    with across_issuers("somebody asks"):
        return OutgoingEmail.objects.create(
            kind="address_code",
            to=to,
            address_key=to,
            message_id=f"<{to}>",
            not_before=clock.now() - MINUTE,
            context={"code": "1"},
        )


@pytest.fixture
def big(db):
    """An institution with a thousand mails of each queue."""
    credential = printed()
    many(credential, "offer", 1000)
    many(credential, "corrected", 1000)
    return credential


def test_one_mail_of_another_institution_leaves_with_the_first_of_a_batch(big):
    elsewhere = printed(issuer=IssuerFactory())
    other, later = mail_about(elsewhere), mail_about(elsewhere, kind="corrected")

    taken = {mail.pk for mail in take(10)}
    assert {other.pk, later.pk} <= taken and len(taken) == 10


def test_no_more_are_taken_than_asked_for_however_the_database_goes_about_it(big):
    """As a subquery of IN, what is chosen may be chosen again for every row: with SKIP LOCKED each time other rows."""
    with across_issuers("a test arranges"), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_hashagg = off;"
        )
        cursor.execute("SET LOCAL enable_material = off; SET LOCAL enable_sort = off; SET LOCAL enable_memoize = off")
    assert len(take(10)) == 10


def test_what_somebody_asked_for_leaves_before_everything(big):
    code = asked()
    assert take(5)[0] == code


def test_two_workers_at_once_find_different_mails(big):
    first, second = take(50), take(50)
    assert len(first) == len(second) == 50
    assert not {mail.pk for mail in first} & {mail.pk for mail in second}


def test_offer_waits_for_its_certificate_and_holds_up_no_other_mail(db):
    unprinted = CredentialFactory()
    many(unprinted, "offer", 700)
    assert take() == []
    with across_issuers("a test looks"):
        assert not mail_queue.waiting()
    told = mail_about(unprinted, kind="corrected")
    assert take() == [told]


def test_offers_that_cannot_be_printed_step_aside(db):
    failed = CredentialFactory(failed_at=clock.now())
    many(failed, "offer", mail_queue.FRONT + 50)
    good = mail_about(printed(issuer=failed.issuer))

    found = [mail for _ in range(3) for mail in take()]
    assert found == [good]


def test_mail_that_took_five_workers_down_is_taken_no_more(db):
    mail = mail_about(printed())
    for death in range(5):
        assert take() == [mail], death
        with across_issuers("the worker begins it and dies"):
            OutgoingEmail.objects.update(lease_until=clock.now() - MINUTE, sending_at=clock.now())
    assert take() == []
    assert sending.give_up_crashed() == 1
    with across_issuers("a test looks"):
        mail.refresh_from_db()
    assert mail.failed_at and "five times" in mail.response


def test_patience_with_a_server_is_no_death_of_a_worker(db):
    mail = mail_about(printed())
    for _ in range(12):
        assert take() == [mail]
        with across_issuers("the server says not now"):
            OutgoingEmail.objects.update(lease_until=None)
    with across_issuers("a test looks"):
        mail.refresh_from_db()
    assert (mail.attempts, mail.crashes) == (12, 0)
    assert sending.give_up_crashed() == 0


@pytest.mark.django_db(transaction=True, databases=["default", "migrator"])
def test_taking_looks_at_little_more_than_it_takes():
    """20,000 mails wait, half of them for a certificate, behind 10,000 that have left."""
    gone, waits, unprinted = printed(), printed(), CredentialFactory()
    many(gone, "offer", 10_000)
    with across_issuers("they have left"):
        OutgoingEmail.objects.update(sent_at=clock.now())
    many(waits, "offer", 10_000)
    many(unprinted, "offer", 10_000)
    with connections["migrator"].cursor() as cursor:
        cursor.execute("ANALYZE recipients_outgoingemail, recipients_achievementcredential")
    values = {**mail_queue._values(), "limit": 200, "wide": 800, "lease": MINUTE}
    with across_issuers("a test looks"), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, COSTS OFF, FORMAT JSON) " + mail_queue._TAKE, values)
        found = cursor.fetchone()[0]
    (plan,) = json.loads(found) if isinstance(found, str) else found
    assert max(_rows(plan["Plan"])) <= 1500, plan


def _rows(node):
    yield node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0)
    for inner in node.get("Plans", []):
        yield from _rows(inner)


def _dies(begun=()):
    """A worker takes everything, begins some, and is gone."""
    taken = take(200)
    with across_issuers("a test arranges"):
        OutgoingEmail.objects.filter(pk__in=begun).update(sending_at=clock.now())
        OutgoingEmail.objects.filter(pk__in=[mail.pk for mail in taken]).update(lease_until=clock.now() - MINUTE)


def test_mail_that_takes_every_worker_down_is_given_up_and_its_neighbours_are_not(db):
    """Whoever dies had taken two hundred: that each of them counts it would set them all aside after five deaths."""
    credential = printed()
    deadly, *others = [mail_about(credential, kind="corrected", sequence=n, to=f"p{n}@example.org") for n in range(5)]
    for _death in range(6):
        _dies(begun=[deadly.pk])
        with across_issuers("a test looks"):
            mail_queue.give_up_crashed()

    with across_issuers("a test looks"):
        found = {mail.pk: (mail.crashes, mail.failed_at is None) for mail in OutgoingEmail.objects.all()}
    assert found == {deadly.pk: (4, False), **{mail.pk: (1, True) for mail in others}}


def test_what_a_worker_died_with_leaves_all_the_same_each_alone(db, mailoutbox, monkeypatch):
    credential = printed()
    for n in range(5):
        mail_about(credential, kind="corrected", sequence=n, to=f"p{n}@example.org")
    _dies()
    groups = []
    group_of = sending._Chunk._group
    monkeypatch.setattr(sending._Chunk, "_group", lambda self, size: groups.append(group_of(self, size)) or groups[-1])

    assert sending.send_chunk() == 5

    assert [len(group) for group in groups] == [1] * 5
    with across_issuers("a test looks"):
        assert all(mail.sent_at and not mail.unsure_at for mail in OutgoingEmail.objects.all())
