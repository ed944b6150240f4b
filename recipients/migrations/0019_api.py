import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):
    """Awards that came by the API, and the answers that it gives again."""

    dependencies = [
        ('issuers', '0005_api_tokens'),
        ('recipients', '0018_reminders_and_bounces'),
    ]

    operations = [
        migrations.AlterField(
            model_name='award',
            name='source',
            field=models.CharField(choices=[('form', 'one person'), ('paste', 'pasted list'), ('file', 'file'), ('command', 'command line'), ('rule', 'rule'), ('assessed', 'assessment'), ('applied', 'application'), ('api', 'API')], max_length=8),
        ),
        migrations.AlterField(
            model_name='recipientlist',
            name='source',
            field=models.CharField(choices=[('form', 'one person'), ('paste', 'pasted list'), ('file', 'file'), ('command', 'command line'), ('rule', 'rule'), ('assessed', 'assessment'), ('applied', 'application'), ('api', 'API')], max_length=8),
        ),
        migrations.CreateModel(
            name='KeptAnswer',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=255)),
                ('digest', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('location', models.CharField(blank=True, max_length=300)),
                ('body', models.TextField(blank=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('token', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.apitoken')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['at'], name='kept_answer_by_age')],
                'constraints': [models.UniqueConstraint(fields=('issuer', 'token', 'key'), name='one_answer_a_key')],
            },
        ),
        protect("recipients_keptanswer"),
        same_issuer("recipients_keptanswer", "token_id", "issuers_apitoken"),
    ]
