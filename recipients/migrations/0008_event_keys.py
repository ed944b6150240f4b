import django.db.models.deletion
import django.db.models.functions.datetime
import recipients.models.event
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):

    dependencies = [
        ('issuers', '0003_dark_logo'),
        ('recipients', '0007_seen_by_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EventKey',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('secret', models.BinaryField(default=b'')),
                ('kek', models.CharField(blank=True, max_length=40)),
                ('key_id', models.CharField(default=recipients.models.event.new_key_id, editable=False, max_length=25, unique=True)),
                ('origin', models.CharField(help_text='The key_id of the first of its line; part of the source of facts.', max_length=25)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('way', models.CharField(choices=[('events', 'Signed events'), ('xapi', 'xAPI statements')], default='events', max_length=6, verbose_name='how it sends')),
                ('request_key', models.CharField(help_text='Of the form, so that pressing twice makes one.', max_length=32)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='event_keys', to='issuers.issuer')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='EventCall',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('status', models.PositiveSmallIntegerField()),
                ('recorded', models.PositiveIntegerField(default=0)),
                ('already', models.PositiveIntegerField(default=0)),
                ('ignored', models.PositiveIntegerField(default=0)),
                ('withdrawn', models.PositiveIntegerField(default=0)),
                ('message_id', models.CharField(blank=True, max_length=200)),
                ('faults', models.JSONField(default=list)),
                ('more_faults', models.PositiveIntegerField(default=0)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('key', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='recipients.eventkey')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='EventMessage',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('origin', models.CharField(max_length=25)),
                ('message_id', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('answer', models.JSONField(default=dict)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('key', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='recipients.eventkey')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='eventkey',
            index=models.Index(fields=['issuer', 'origin'], name='event_key_by_origin'),
        ),
        migrations.AddConstraint(
            model_name='eventkey',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='event_key_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='eventkey',
            constraint=models.UniqueConstraint(fields=('issuer', 'request_key'), name='one_event_key_a_request'),
        ),
        migrations.AddConstraint(
            model_name='eventkey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), models.Q(('secret', b''), _negated=True)), models.Q(('withdrawn_at__isnull', False), ('secret', b'')), _connector='OR'), name='only_event_keys_in_use_have_a_secret'),
        ),
        migrations.AddIndex(
            model_name='eventcall',
            index=models.Index(fields=['issuer', 'key', '-id'], name='event_call_newest'),
        ),
        migrations.AddIndex(
            model_name='eventcall',
            index=models.Index(fields=['at'], name='event_call_by_age'),
        ),
        migrations.AddIndex(
            model_name='eventmessage',
            index=models.Index(fields=['at'], name='event_message_by_age'),
        ),
        migrations.AddConstraint(
            model_name='eventmessage',
            constraint=models.UniqueConstraint(fields=('issuer', 'origin', 'message_id'), name='event_message_once'),
        ),
        protect("recipients_eventkey"),
        protect("recipients_eventmessage"),
        protect("recipients_eventcall"),
        same_issuer("recipients_eventmessage", "key_id", "recipients_eventkey"),
        same_issuer("recipients_eventcall", "key_id", "recipients_eventkey"),
    ]
