from django.db import migrations, models

PATTERN = '"verificationMethod":"[^"#]*#([^"]+)"'
NAMED = models.Func(models.F('signed'), models.Value(PATTERN), function='substring')


class Migration(migrations.Migration):
    """Which key signed each published status list."""

    dependencies = [
        ('verification', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='publishedstatuslist',
            name='signed_with',
            field=models.GeneratedField(db_persist=True, expression=NAMED, output_field=models.CharField(max_length=120, null=True)),
        ),
    ]
