from django.db import migrations

from issuers.migrating import in_chunks

_LOOKS = "verification_publicview v WHERE v.credential_id = recipients_achievementcredential.id"


class Migration(migrations.Migration):
    """What was looked at before there were triggers is marked, and what there is is counted once."""

    atomic = False

    dependencies = [
        ('recipients', '0022_growing'),
        ('verification', '0005_looks_are_tallied'),
    ]

    operations = [
        in_chunks(
            'recipients_achievementcredential',
            f"seen_at = (SELECT min(v.day) FROM {_LOOKS})",
            f"seen_at IS NULL AND EXISTS (SELECT FROM {_LOOKS})",
        ),
        migrations.RunSQL("SELECT tally_rebuild(id) FROM issuers_issuer", migrations.RunSQL.noop),
    ]
