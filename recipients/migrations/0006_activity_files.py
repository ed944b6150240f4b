import django.db.models.deletion
import django.db.models.functions.datetime
import issuers.public_ids
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect


class Migration(migrations.Migration):

    dependencies = [
        ('issuers', '0003_dark_logo'),
        ('recipients', '0005_earning'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ActivityFile',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=issuers.public_ids.new_public_id, editable=False, max_length=22, unique=True)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('content', models.BinaryField()),
                ('reading', models.JSONField(help_text='recipients.importing.Reading; null until proposed.', null=True)),
                ('report', models.JSONField(null=True)),
                ('refusal', models.JSONField(help_text='{code, line, params}: the file as a whole could not be read.', null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('lease_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('checked_at', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('recorded', models.PositiveIntegerField(default=0, help_text='Facts that were new.')),
                ('told_before', models.PositiveIntegerField(default=0)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activity_files', to='issuers.issuer')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('checked_at__isnull', True)), fields=['id'], name='activity_file_unchecked')],
            },
        ),
        protect("recipients_activityfile"),
    ]
