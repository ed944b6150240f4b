from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recipients', '0013_goals'),
    ]

    operations = [
        migrations.AddField(
            model_name='applicationform',
            name='tutorial',
            field=models.TextField(blank=True, help_text='Markdown; each heading of the second level begins a page.', max_length=20000, verbose_name='tutorial'),
        ),
    ]
