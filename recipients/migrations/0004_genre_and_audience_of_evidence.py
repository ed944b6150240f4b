from django.db import migrations, models


class Migration(migrations.Migration):
    """What kind of work a piece of evidence is, and whom it was made for. Empty for what was handed in before."""

    dependencies = [
        ('recipients', '0003_signed_again_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='evidence',
            name='genre',
            field=models.CharField(blank=True, db_default='', default='', help_text='What kind of work it is.', max_length=60),
        ),
        migrations.AddField(
            model_name='evidence',
            name='audience',
            field=models.CharField(blank=True, db_default='', default='', help_text='Whom it was made for.', max_length=120),
        ),
    ]
