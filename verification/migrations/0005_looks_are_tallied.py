from django.db import migrations

# Looks are written a chunk at a time: one slip for each achievement and day of a statement, and a mark on what was looked at
# for the first time. A row that somebody changes in this moment is marked by the next look: counting waits for nobody.
_LOOKED = """
CREATE FUNCTION tally_looked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO recipients_tally (issuer_id, achievement_id, day, folded, issued, undone, reached, opened, taken, passed_on,
    seen, claimed, declined, revoked, shares, looks)
  SELECT c.issuer_id, c.achievement_id, v.day, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(v.count)
  FROM {more} v JOIN recipients_achievementcredential c ON c.id = v.credential_id
  GROUP BY c.issuer_id, c.achievement_id, v.day;
  UPDATE recipients_achievementcredential SET seen_at = now() WHERE id IN (
    SELECT c.id FROM recipients_achievementcredential c
    WHERE c.seen_at IS NULL AND c.id IN (SELECT credential_id FROM fresh)
    ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED);
  RETURN NULL;
END $$;
"""
_FRESH = _LOOKED.format(more="fresh")
_MORE = _LOOKED.format(
    more="(SELECT f.credential_id, f.day, f.count - b.count AS count FROM fresh f JOIN before b ON b.id = f.id)"
).replace("tally_looked()", "tally_looked_again()")
_TRIGGERS = """
CREATE TRIGGER tally_looked AFTER INSERT ON verification_publicview REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION tally_looked();
CREATE TRIGGER tally_looked_again AFTER UPDATE ON verification_publicview
  REFERENCING OLD TABLE AS before NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION tally_looked_again();
"""
_UNDO = """
DROP TRIGGER tally_looked ON verification_publicview;
DROP TRIGGER tally_looked_again ON verification_publicview;
DROP FUNCTION tally_looked, tally_looked_again;
"""

class Migration(migrations.Migration):

    dependencies = [
        ('recipients', '0021_rollups'),
        ('verification', '0004_files_on_receipts'),
    ]

    operations = [
        migrations.RunSQL([_FRESH, _MORE, _TRIGGERS], _UNDO),
    ]
