from django.db import migrations, models


class Migration(migrations.Migration):
    """A second logo, drawn for dark grounds."""

    dependencies = [
        ('issuers', '0002_gone_keys_have_no_secret'),
    ]

    operations = [
        migrations.AddField(
            model_name='issuer',
            name='dark_logo',
            field=models.CharField(blank=True, db_default='', default='', help_text='The same for dark grounds.', max_length=200),
        ),
    ]
