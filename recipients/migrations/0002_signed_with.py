from django.db import migrations, models

PATTERN = '"verificationMethod":"[^"#]*#([^"]+)"'


def signed_with():
    named = models.Func(models.F('signed'), models.Value(PATTERN), function='substring')
    return models.GeneratedField(db_persist=True, expression=named, output_field=models.CharField(max_length=120, null=True))


class Migration(migrations.Migration):
    """Which key signed each text. The database reads it from the proof, of old rows too: there is nothing to back-fill."""

    dependencies = [
        ('issuers', '0002_gone_keys_have_no_secret'),
        ('recipients', '0001_initial'),
    ]

    operations = [
        migrations.AddField(model_name='achievementcredential', name='signed_with', field=signed_with()),
        migrations.AddField(model_name='credentialrevision', name='signed_with', field=signed_with()),
        migrations.AddIndex(
            model_name='achievementcredential',
            index=models.Index(fields=['issuer', 'signed_with'], name='credential_signed_with'),
        ),
    ]
