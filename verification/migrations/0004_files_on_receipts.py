from django.db import migrations, models


class Migration(migrations.Migration):
    """Lines of a receipt that stand for a file: it was looked at once, and only its name is kept."""

    dependencies = [
        ('verification', '0003_receipts'),
    ]

    operations = [
        migrations.AddField(
            model_name='verificationitem',
            name='from_file',
            field=models.BooleanField(db_default=False, default=False, help_text='Handed in, and not kept.'),
        ),
        migrations.AlterField(
            model_name='verificationitem',
            name='given',
            field=models.CharField(help_text="The link as it is looked up, the number, or the file's name.", max_length=2048),
        ),
    ]
