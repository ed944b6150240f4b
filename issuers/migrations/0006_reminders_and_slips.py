from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('issuers', '0005_api_tokens'),
    ]

    operations = [
        migrations.AddField(
            model_name='issuer',
            name='reminders',
            field=models.BooleanField(db_default=True, default=True, verbose_name='reminders'),
        ),
        migrations.AddField(
            model_name='issuer',
            name='slip_number',
            field=models.BooleanField(db_default=False, default=False, verbose_name='claim slips ask for the student number'),
        ),
    ]
