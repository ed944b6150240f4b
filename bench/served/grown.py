"""Institutions with very many credentials, written by the database itself from generate_series: a million in a minute.

Rows are as wide as real ones but for their texts: document and signature are TEXT bytes each, where real ones are some 2 and
3 KB (bench.served.growth measures what that costs). Triggers and foreign keys sleep meanwhile, which only the owner of the
whole server may order; tallies are counted afterwards, as `manage.py rollups --rebuild` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

ACHIEVEMENTS, BATCH, LIST = 20, 500, 65_536
TEXT = 300
FIRST = ("Amal", "Bea", "Chen", "Dara", "Emeka", "Farid", "Gökçe", "Hana", "Ivo", "Jun", "Kofi", "Lea", "Mira", "Noor")
LAST = ("Adeyemi", "Berg", "Castro", "Díaz", "Eriksen", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Kaur", "Lopez")


# Their indexes are filled when the rows are there: a third of the time.
WIDE = ("recipients_achievementcredential", "recipients_outgoingemail", "recipients_recipient", "recipients_claimlink")
_SLEEP = f"UPDATE pg_index SET indisready = false WHERE indrelid = ANY (ARRAY{list(WIDE)}::regclass[])"
_NUMBERED = (
    "issuers_issuer",
    "issuers_user",
    "issuers_statuslist",
    "badges_achievement",
    "recipients_award",
    *WIDE[:3],
)


@dataclass(frozen=True)
class Size:
    """So many credentials of so many institutions; a quarter as many people. Of an empty database."""

    credentials: int
    issuers: int = 1
    text: int = TEXT
    beside: bool = True  # also claim links, shares, looks, the trail and what people did

    @property
    def people(self) -> int:
        return max(self.issuers, self.credentials // 4)


# Three of five people have an account; it has the number of their row.
_FOUNDATION = """
INSERT INTO issuers_issuer (id, slug, name, email, website, description, logo, brand, time_zone, language, linkedin_id,
  undo_minutes, offer_days, approved_at, frozen_at)
SELECT n, 'grown-' || n, 'Institution ' || n, 'r' || n || '@example.org', 'https://example.org', '', '', '#1a4f8b',
  'Europe/Berlin', 'en', '', 10, 90, now(), now() FROM generate_series(1, {issuers}) AS n;
INSERT INTO badges_achievement (id, issuer_id, public_id, slug, name, achievement_type, description, criteria, tags, language,
  human_code, field_of_study, status_purpose, edits)
SELECT n, 1 + (n - 1) / {achievements}, 'a' || n, 'a' || n, 'Achievement ' || n, 'Certificate', 'Earned.', 'Do it.',
  CASE n % 3 WHEN 0 THEN '["leadership"]' ELSE '["teaching"]' END::jsonb, 'en', '', '', 'revocation', 0
FROM generate_series(1, {issuers} * {achievements}) AS n;
INSERT INTO badges_achievementversion (id, issuer_id, achievement_id, number, content, status_purpose, badge_svg, badge_picture,
  badge_small)
SELECT id, issuer_id, id, 1, jsonb_build_object('words', jsonb_build_object('name', name, 'tags', tags, 'language', 'en',
  'description', description, 'criteria', criteria), 'alignments', '[]'::jsonb), 'revocation', '', '', '' FROM badges_achievement;
INSERT INTO issuers_user (id, password, email, name, time_zone, is_active, date_joined)
SELECT n, '!', 'p' || n || '@example.org', '', '', true, now() FROM generate_series(1, {people}) AS n WHERE n % 5 < 3;
INSERT INTO account_emailaddress (user_id, email, verified, "primary") SELECT id, email, true, true FROM issuers_user;
INSERT INTO recipients_recipient (id, issuer_id, name, address, address_key, student_id, user_id, created_at)
SELECT n, 1 + n % {issuers}, ({first})[1 + (n * 7) % 14] || ' ' || ({last})[1 + (n / 14) % 12] || ' ' || n,
  'p' || n || '@example.org', 'p' || n || '@example.org', 'S' || n, CASE WHEN n % 5 < 3 THEN n END,
  now() - interval '3 years' * (1 - n / {people}::float)
FROM generate_series(1, {people}) AS n;
INSERT INTO issuers_statuslist (id, issuer_id, purpose, number, seed, taken)
SELECT i + {issuers} * k, i, 'revocation', k + 1, '\\x00', {list}
FROM generate_series(1, {issuers}) AS i, generate_series(0, {credentials} / {issuers} / {list}) AS k;
INSERT INTO recipients_award (id, issuer_id, achievement_id, version_id, public_id, source, file_name, request_key, created_at,
  total, already, release_at)
SELECT b + 1, i, a, a, 'w' || b, 'file', '', 'w' || b, at, {batch}, 0, at FROM (
  SELECT b, 1 + b % {issuers} AS i, (b % {issuers}) * {achievements} + 1 + (b / {issuers}) % {achievements} AS a,
    now() - interval '3 years' * (1 - b * {batch} / {credentials}::float) - interval '1 hour' AS at
  FROM generate_series(0, ({credentials} - 1) / {batch}) AS b) AS made;
"""

# Of a hundred: sixty claimed, one declined, one revoked, one cancelled; of ten thousand, one failed and five on hold.
_CREDENTIALS = """
INSERT INTO recipients_achievementcredential (id, issuer_id, public_id, achievement_id, version_id, award_id, recipient_id,
  award_key, holder_id, name, values, subject_id, salt, revision, awarded_on, valid_from, expires_at, document, signed,
  status_list_id, status_index, signed_at, rendered_at, pdf, attempts, failed_at, failure, created_at, offered_at,
  followed_at, accepted_at, claimed_at, declined_at, cancelled_at, offer_expires_at, revoked_at, revocation_reason,
  suspended_at, suspension_reason, visibility, seen_standing, shared_at)
SELECT n, issuer_id, left(translate(encode(sha256(n::text::bytea), 'base64'), '+/=', 'abc'), 22), achievement_id, version_id,
  award_id, recipient_id, 'once/' || n, CASE WHEN claimed THEN recipient_id END, name, '{{"grade": "A"}}', gen_random_uuid(),
  'salt', 1, at::date, at, expires_at, repeat(md5(n::text), {text} / 32),
  '{{"verificationMethod":"https://example.org/i#z6MkGrown"}}' || repeat(md5((-n)::text), {text} / 32),
  issuer_id + {issuers} * (place / {list}), place % {list}, at, CASE WHEN NOT failed THEN at END,
  'certificates/' || md5(n::text) || '.pdf', 0, CASE WHEN failed THEN at END, '', at, CASE WHEN NOT failed THEN at END,
  CASE WHEN n % 100 < 70 THEN at + interval '1 day' END, CASE WHEN claimed THEN at + interval '2 days' END,
  CASE WHEN claimed THEN at + interval '2 days' END, CASE WHEN n % 100 = 61 THEN at END, CASE WHEN n % 100 = 62 THEN at END,
  at + interval '90 days', CASE WHEN n % 100 = 7 THEN at + interval '9 days' END, '',
  CASE WHEN n % 10000 BETWEEN 10 AND 14 THEN at END, '', 'public',
  n % 100 NOT IN (7, 61, 62) AND n % 10000 NOT BETWEEN 10 AND 14 AND (expires_at IS NULL OR expires_at > now()),
  CASE WHEN n % 25 = 3 AND claimed THEN at + interval '3 days' END
FROM (
  SELECT n, w.issuer_id, w.achievement_id, w.version_id, w.id AS award_id, r.id AS recipient_id, r.name, w.created_at AS at,
    r.user_id IS NOT NULL AND n % 100 < 60 AND w.created_at < now() - interval '2 days' AS claimed,
    n % 10000 = 9999 AS failed, (n - 1) / {batch} / {issuers} * {batch} + (n - 1) % {batch} AS place,
    CASE WHEN w.achievement_id % 3 = 0 THEN w.created_at + interval '2 years' END AS expires_at
  FROM generate_series(1::bigint, {credentials}) AS n JOIN recipients_award w ON w.id = 1 + (n - 1) / {batch}
    JOIN recipients_recipient r ON r.id = CASE WHEN w.issuer_id = 1 THEN {issuers} ELSE w.issuer_id - 1 END
      + {issuers} * ((hashint8(n) & 1073741823) % ({people} / {issuers}))
) AS c;
"""
# One of a hundred addresses refused the mail.
_MAILS = """
INSERT INTO recipients_outgoingemail (id, issuer_id, kind, credential_id, user_id, sequence, "to", address_key, context,
  message_id, created_at, not_before, attempts, sending_at, sent_at, refused_at, response)
SELECT c.id, c.issuer_id, 'offer', c.id, NULL, 0, r.address, r.address_key, '{{}}', '<' || gen_random_uuid() || '@example.org>',
  c.created_at, c.created_at, 1, c.created_at, CASE WHEN c.id % 100 <> 63 THEN c.created_at END,
  CASE WHEN c.id % 100 = 63 THEN c.created_at END, CASE WHEN c.id % 100 = 63 THEN '550 no such user' ELSE '250' END
FROM recipients_achievementcredential c JOIN recipients_recipient r ON r.id = c.recipient_id;
"""
_BESIDE = """
INSERT INTO recipients_claimlink (issuer_id, credential_id, token_hash, address_key, created_at)
SELECT c.issuer_id, c.id, encode(sha256(c.public_id::bytea), 'hex'), r.address_key, c.created_at
FROM recipients_achievementcredential c JOIN recipients_recipient r ON r.id = c.recipient_id ORDER BY c.id;
INSERT INTO recipients_share (issuer_id, credential_id, network, created_at)
SELECT issuer_id, id, 'linkedin', shared_at FROM recipients_achievementcredential WHERE shared_at IS NOT NULL;
INSERT INTO verification_publicview (issuer_id, credential_id, day, count)
SELECT issuer_id, id, (claimed_at + interval '1 day' * d)::date, 1 + id % 5
FROM recipients_achievementcredential, generate_series(0, 1) AS d WHERE claimed_at IS NOT NULL AND id % 4 = 0;
UPDATE recipients_achievementcredential SET seen_at = claimed_at WHERE claimed_at IS NOT NULL AND id % 4 = 0;
INSERT INTO issuers_auditevent (issuer_id, at, action, subject_kind, subject_id, details)
SELECT issuer_id, claimed_at, 'credential.claimed', 'achievementcredential', public_id, '{{}}'
FROM recipients_achievementcredential WHERE claimed_at IS NOT NULL ORDER BY id;
INSERT INTO recipients_activity (issuer_id, public_id, recipient_id, kind, key, tags, unit, at, day, place, peer, note,
  evidence_url, source, external_id, refusal, confirmed_at, evaluated_at, attempts)
SELECT c.issuer_id, 'f' || c.id, c.recipient_id, 'session', 'session-' || c.id % 400, '{{}}', '', c.created_at, c.awarded_on, '',
  '', '', '', 'file', c.id::text, '', c.created_at, c.created_at, 0 FROM recipients_achievementcredential c ORDER BY c.id;
"""


def steps(size: Size) -> Iterator[tuple[str, str]]:
    """What is written, and how: in this order."""
    names = {"first": FIRST, "last": LAST}
    values = {
        **{key: "ARRAY[" + ",".join(f"'{name}'" for name in listed) + "]" for key, listed in names.items()},
        "issuers": size.issuers,
        "credentials": size.credentials,
        "people": size.people,
        "text": size.text,
        "achievements": ACHIEVEMENTS,
        "batch": BATCH,
        "list": LIST,
    }
    yield "people, achievements and batches", _FOUNDATION.format(**values)
    yield "credentials", _CREDENTIALS.format(**values)
    yield "mails", _MAILS.format(**values)
    if size.beside:
        yield "what stands beside", _BESIDE.format(**values)


def write(sockets: str, size: Size) -> Iterator[str]:
    """Writes it into the empty database of engines whose sockets are there; says what comes next."""
    with _server(sockets) as server:
        server.execute(_SLEEP.encode())
    with _server(sockets) as server:  # which sees that they sleep
        server.execute("SET session_replication_role = replica")
        server.execute("SET maintenance_work_mem = '256MB'")
        server.execute("SET work_mem = '256MB'")  # whatever is joined fits, and rows stay in their order without a sort
        for what, statement in steps(size):
            yield what
            server.execute(statement.encode())
        yield "indexes"
        for table in WIDE:
            server.execute(f"REINDEX TABLE {table}".encode())
        for table in _NUMBERED:
            server.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))".encode()
            )
        yield "tallies"
        server.execute("SELECT tally_rebuild(id) FROM issuers_issuer")
        yield "statistics"
        server.execute("VACUUM ANALYZE")


def _server(sockets: str) -> psycopg.Connection:
    return psycopg.connect(host=sockets, user="postgres", dbname="laurel", autocommit=True)
