"""Stage: who has earned something by a rule is told in the wallet, as soon as it can be taken. The row is the queue.

No mail is waited for: a mailbox that refuses, or wants no mails, does not keep the news from its person.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import connection, transaction

from issuers.tenancy import across_issuers
from recipients.models import Earning, Notice

CHUNK = 500

_READY = """
  e.told_at IS NULL AND e.credential_id IS NOT NULL
  AND EXISTS (SELECT 1 FROM recipients_achievementcredential c JOIN recipients_award a ON a.id = c.award_id
              WHERE c.id = e.credential_id AND ((a.release_at <= statement_timestamp() AND c.rendered_at IS NOT NULL)
                                                OR c.cancelled_at IS NOT NULL OR c.revoked_at IS NOT NULL))
"""
_TAKE = f"""
UPDATE recipients_earning SET told_at = now() WHERE id = ANY (ARRAY(
  SELECT e.id FROM recipients_earning e WHERE {_READY} ORDER BY e.id LIMIT %s FOR UPDATE SKIP LOCKED
)) RETURNING id
"""  # noqa: S608 -- put together from our own constants


@transaction.atomic
def tell_chunk() -> int:
    """Take up to 500 that nobody was told of; the number taken. What was taken back meanwhile is told to nobody."""
    with across_issuers("workers tell people of every institution"), connection.cursor() as cursor:
        cursor.execute(_TAKE, [CHUNK])
        taken = [row[0] for row in cursor.fetchall()]
        standing = Earning.objects.filter(
            pk__in=taken, credential__cancelled_at__isnull=True, credential__revoked_at__isnull=True
        )
        earned = list(standing.select_related("recipient"))
        Notice.objects.bulk_create(_notices(earned), ignore_conflicts=True)
    return len(taken)


def _notices(earned: list[Earning]) -> list[Notice]:
    """Whoever heard of the credential in another way hears of it once."""
    users = _users(earned)
    credentials = [one.credential_id for one in earned]
    told = set(Notice.objects.filter(credential__in=credentials).values_list("credential_id", "user_id"))
    return [
        Notice(issuer_id=one.issuer_id, user_id=users[one.pk], credential_id=one.credential_id, kind=Notice.Kind.EARNED)
        for one in earned
        if one.pk in users and (one.credential_id, users[one.pk]) not in told
    ]


def _users(earned: list[Earning]) -> dict[int, int]:
    """Who they are: by their row, or by having proved the address."""
    keys = {one.recipient.address_key for one in earned if one.recipient.user_id is None}
    proved = dict(EmailAddress.objects.filter(email__in=keys, verified=True).values_list("email", "user_id"))
    found = {one.pk: one.recipient.user_id or proved.get(one.recipient.address_key) for one in earned}
    return {pk: user for pk, user in found.items() if user}


def waiting() -> bool:
    """Whether somebody is to be told."""
    with across_issuers("sweep"), connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM recipients_earning e WHERE {_READY})")  # noqa: S608
        return bool(cursor.fetchone()[0])
