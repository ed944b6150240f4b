from django.db import migrations, models

# Erased text cannot come back; going backwards leaves it erased.
ERASE = "UPDATE issuers_signingkey SET secret = '' WHERE retired_at IS NOT NULL OR compromised_at IS NOT NULL"


class Migration(migrations.Migration):
    """The private half of a key that signs no more is gone, and the row says why it ended."""

    dependencies = [
        ('issuers', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='signingkey',
            name='reason',
            field=models.CharField(blank=True, db_default='', default='', help_text='Why it signs no more.', max_length=300),
        ),
        migrations.RunSQL(ERASE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='signingkey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('compromised_at__isnull', True), ('retired_at__isnull', True), models.Q(('secret', b''), _negated=True)), models.Q(models.Q(('retired_at__isnull', False), ('compromised_at__isnull', False), _connector='OR'), ('secret', b'')), _connector='OR'), name='only_signing_keys_have_a_secret'),
        ),
    ]
