from django.db import migrations, models


class Migration(migrations.Migration):
    """When a credential was signed again because its key had been compromised."""

    dependencies = [
        ('recipients', '0002_signed_with'),
    ]

    operations = [
        migrations.AddField(
            model_name='achievementcredential',
            name='signed_again_at',
            field=models.DateTimeField(help_text='By a new key, after the old one was compromised.', null=True),
        ),
    ]
