from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether people may compare themselves here, and since when it counts."""

    dependencies = [
        ('issuers', '0003_dark_logo'),
    ]

    operations = [
        migrations.AddField(
            model_name='issuer',
            name='leaderboard',
            field=models.BooleanField(db_default=False, default=False, verbose_name='leaderboard'),
        ),
        migrations.AddField(
            model_name='issuer',
            name='leaderboard_from',
            field=models.DateField(blank=True, null=True, verbose_name='leaderboard counts from'),
        ),
    ]
