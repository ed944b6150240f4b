import django.db.models.deletion
from django.db import migrations, models

from issuers.row_security import protect, same_issuer

# What one credential counts for, and on which days: the one place that says it. A trigger writes the difference between
# after and before, and a rebuild the sum over all.
_TALLY_OF = """
CREATE FUNCTION tally_of(zone text, created_at timestamptz, cancelled_at timestamptz, offered_at timestamptz,
  followed_at timestamptz, claimed_at timestamptz, declined_at timestamptz, revoked_at timestamptz, shared_at timestamptz,
  seen_at timestamptz)
RETURNS TABLE (day date, issued integer, undone integer, reached integer, opened integer, taken integer, passed_on integer,
  seen integer, claimed integer, declined integer, revoked integer)
LANGUAGE sql STABLE AS $$
  SELECT (created_at AT TIME ZONE zone)::date, 1, (cancelled_at IS NOT NULL)::integer,
    (cancelled_at IS NULL AND offered_at IS NOT NULL)::integer,
    (cancelled_at IS NULL AND (followed_at IS NOT NULL OR claimed_at IS NOT NULL))::integer,
    (cancelled_at IS NULL AND claimed_at IS NOT NULL)::integer,
    (cancelled_at IS NULL AND shared_at IS NOT NULL)::integer,
    (cancelled_at IS NULL AND seen_at IS NOT NULL)::integer, 0, 0, 0
  UNION ALL SELECT (claimed_at AT TIME ZONE zone)::date, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0 WHERE claimed_at IS NOT NULL
  UNION ALL SELECT (declined_at AT TIME ZONE zone)::date, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0 WHERE declined_at IS NOT NULL
  UNION ALL SELECT (revoked_at AT TIME ZONE zone)::date, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 WHERE revoked_at IS NOT NULL
$$
"""
_OF = "{0}.created_at, {0}.cancelled_at, {0}.offered_at, {0}.followed_at, {0}.claimed_at, {0}.declined_at, {0}.revoked_at, {0}.shared_at, {0}.seen_at"
_WATCHED = ("cancelled_at", "offered_at", "followed_at", "claimed_at", "declined_at", "revoked_at", "shared_at", "seen_at")
_NUMBERS = ("issued", "undone", "reached", "opened", "taken", "passed_on", "seen", "claimed", "declined", "revoked")
_SLIP = f"INSERT INTO recipients_tally (issuer_id, achievement_id, day, folded, {', '.join(_NUMBERS)}, shares, looks)"
_SUMS = ", ".join(f"sum(t.{name})" for name in _NUMBERS)

# One slip for each achievement and day of a statement, however many rows it writes.
_ISSUED = f"""
CREATE FUNCTION tally_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {_SLIP}
  SELECT c.issuer_id, c.achievement_id, t.day, false, {_SUMS}, 0, 0
  FROM fresh c JOIN issuers_issuer i ON i.id = c.issuer_id, LATERAL tally_of(i.time_zone, {_OF.format("c")}) t
  GROUP BY c.issuer_id, c.achievement_id, t.day;
  RETURN NULL;
END $$;
CREATE TRIGGER tally_issued AFTER INSERT ON recipients_achievementcredential REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION tally_issued();
"""

# Only what changes a number costs anything: signing, printing and leases do not.
_CHANGED = f"""
CREATE FUNCTION tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  zone text := (SELECT time_zone FROM issuers_issuer WHERE id = new.issuer_id);
BEGIN
  {_SLIP}
  SELECT new.issuer_id, new.achievement_id, t.day, false,
    {", ".join(f"sum(t.sign * t.{name})" for name in _NUMBERS)}, 0, 0
  FROM (SELECT 1 AS sign, a.* FROM tally_of(zone, {_OF.format("new")}) a
        UNION ALL SELECT -1, b.* FROM tally_of(zone, {_OF.format("old")}) b) AS t
  GROUP BY t.day HAVING {" OR ".join(f"sum(t.sign * t.{name}) <> 0" for name in _NUMBERS)};
  RETURN NULL;
END $$;
CREATE TRIGGER tally_changed AFTER UPDATE OF {", ".join(_WATCHED)} ON recipients_achievementcredential
  FOR EACH ROW WHEN ({" OR ".join(f"(old.{name} IS NULL) <> (new.{name} IS NULL)" for name in _WATCHED)}
    OR old.claimed_at <> new.claimed_at OR old.declined_at <> new.declined_at OR old.revoked_at <> new.revoked_at)
  EXECUTE FUNCTION tally_changed();
"""

_SHARED = """
CREATE FUNCTION tally_shared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO recipients_tally (issuer_id, achievement_id, day, folded, issued, undone, reached, opened, taken, passed_on,
    seen, claimed, declined, revoked, shares, looks)
  SELECT c.issuer_id, c.achievement_id, (new.created_at AT TIME ZONE i.time_zone)::date, false,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0
  FROM recipients_achievementcredential c JOIN issuers_issuer i ON i.id = c.issuer_id WHERE c.id = new.credential_id;
  UPDATE recipients_achievementcredential SET shared_at = new.created_at WHERE id = new.credential_id AND shared_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER tally_shared AFTER INSERT ON recipients_share FOR EACH ROW EXECUTE FUNCTION tally_shared();
"""

# What the rows themselves come to: for the rebuild, and for the check. Looks are by the day on which they were counted.
_COUNTED = f"""
CREATE FUNCTION tally_counted(whose bigint)
RETURNS TABLE (achievement_id bigint, day date, {", ".join(f"{name} bigint" for name in _NUMBERS)}, shares bigint, looks bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
  SELECT n.achievement_id, n.day, {", ".join(f"sum(n.{name})::bigint" for name in _NUMBERS)},
    sum(n.shares)::bigint, sum(n.looks)::bigint
  FROM (
    SELECT c.achievement_id, t.*, 0::bigint AS shares, 0::bigint AS looks
    FROM recipients_achievementcredential c JOIN issuers_issuer i ON i.id = c.issuer_id,
      LATERAL tally_of(i.time_zone, {_OF.format("c")}) t
    WHERE c.issuer_id = whose
    UNION ALL
    SELECT c.achievement_id, (s.created_at AT TIME ZONE i.time_zone)::date, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0
    FROM recipients_share s JOIN recipients_achievementcredential c ON c.id = s.credential_id
      JOIN issuers_issuer i ON i.id = s.issuer_id WHERE s.issuer_id = whose
    UNION ALL
    SELECT c.achievement_id, v.day, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, v.count
    FROM verification_publicview v JOIN recipients_achievementcredential c ON c.id = v.credential_id
    WHERE v.issuer_id = whose
  ) AS n GROUP BY n.achievement_id, n.day;
END $$;
"""

# Rows that are counted anew and slips that are thrown away are of one statement, and so of one moment: whoever does something
# meanwhile leaves a slip that this statement does not see. The lock keeps the folding away.
_REBUILD = f"""
CREATE FUNCTION tally_rebuild(whose bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('recipients_tally'));
  WITH gone AS (DELETE FROM recipients_tally WHERE issuer_id = whose)
  {_SLIP}
  SELECT whose, achievement_id, day, false, {", ".join(_NUMBERS)}, shares, looks FROM tally_counted(whose);
END $$;
"""

# The days of an institution are those of its clock: on another clock they are counted anew.
_MOVED = """
CREATE FUNCTION tally_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tally_rebuild(new.id);
  RETURN NULL;
END $$;
CREATE TRIGGER tally_moved AFTER UPDATE OF time_zone ON issuers_issuer FOR EACH ROW
  WHEN (old.time_zone <> new.time_zone) EXECUTE FUNCTION tally_moved();
"""

# A worker writes the words anew; those of the erased go at once.
_RENAMED = """
CREATE FUNCTION search_words_old() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  new.words_at := NULL;
  IF new.erased_at IS NOT NULL THEN
    DELETE FROM recipients_searchword WHERE recipient_id = new.id;
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER search_words_old BEFORE UPDATE OF name, address_key, student_id, erased_at ON recipients_recipient
  FOR EACH ROW WHEN (old.name <> new.name OR old.address_key <> new.address_key OR old.student_id <> new.student_id
    OR (old.erased_at IS NULL) <> (new.erased_at IS NULL))
  EXECUTE FUNCTION search_words_old();
"""
_UNDO = """
DROP TRIGGER tally_moved ON issuers_issuer;
DROP TRIGGER tally_shared ON recipients_share;
DROP TRIGGER tally_changed ON recipients_achievementcredential;
DROP TRIGGER tally_issued ON recipients_achievementcredential;
DROP FUNCTION tally_moved, tally_shared, tally_changed, tally_issued, tally_rebuild, tally_counted, tally_of;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0005_assessment'),
        ('issuers', '0004_leaderboard'),
        ('recipients', '0020_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('folded', models.BooleanField(default=False)),
                ('issued', models.IntegerField(default=0)),
                ('undone', models.IntegerField(default=0)),
                ('reached', models.IntegerField(default=0, help_text='Their mail has left.')),
                ('opened', models.IntegerField(default=0, help_text='Their link was followed.')),
                ('taken', models.IntegerField(default=0, help_text='Claimed since, on whatever day.')),
                ('passed_on', models.IntegerField(default=0, help_text='Shared at least once.')),
                ('seen', models.IntegerField(default=0, help_text='Looked at at least once.')),
                ('claimed', models.IntegerField(default=0)),
                ('declined', models.IntegerField(default=0)),
                ('revoked', models.IntegerField(default=0)),
                ('shares', models.IntegerField(default=0)),
                ('looks', models.IntegerField(default=0)),
                ('achievement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='tallies', to='badges.achievement')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tallies', to='issuers.issuer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(condition=models.Q(('folded', True)), fields=('issuer', 'achievement', 'day'), name='one_folded_tally_a_day'),
        ),
        migrations.AddIndex(
            model_name='tally',
            index=models.Index(fields=['issuer', 'day'], name='tally_of_days'),
        ),
        migrations.AddIndex(
            model_name='tally',
            index=models.Index(condition=models.Q(('folded', False)), fields=['id'], name='tally_slips'),
        ),
        migrations.AddField(
            model_name='achievementcredential',
            name='shared_at',
            field=models.DateTimeField(help_text='First passed on; written by a trigger of recipients_share.', null=True),
        ),
        migrations.AddField(
            model_name='achievementcredential',
            name='seen_at',
            field=models.DateTimeField(help_text='First looked at; written by a trigger of the looks.', null=True),
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('word', models.CharField(db_collation='C', max_length=60)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('recipient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='search_words', to='recipients.recipient')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddConstraint(
            model_name='searchword',
            constraint=models.UniqueConstraint(fields=('issuer', 'word', 'recipient'), name='one_search_word_a_person'),
        ),
        migrations.AddField(
            model_name='recipient',
            name='words_at',
            field=models.DateTimeField(help_text='When words to find them by were written; emptied by a trigger.', null=True),
        ),
        protect('recipients_searchword'),
        same_issuer('recipients_searchword', 'recipient_id', 'recipients_recipient'),
        migrations.RunSQL(_RENAMED, "DROP TRIGGER search_words_old ON recipients_recipient; DROP FUNCTION search_words_old"),
        protect('recipients_tally'),
        same_issuer('recipients_tally', 'achievement_id', 'badges_achievement'),
        migrations.RunSQL([_TALLY_OF, _COUNTED, _REBUILD, _ISSUED, _CHANGED, _SHARED, _MOVED], _UNDO),
    ]
