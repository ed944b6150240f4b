import django.db.models.deletion
import django.db.models.functions.datetime
import issuers.public_ids
import recipients.models.webhook
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):

    dependencies = [
        ('issuers', '0004_leaderboard'),
        ('recipients', '0019_api'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='outgoingemail',
            name='kind',
            field=models.CharField(choices=[('offer', 'claim link'), ('links', 'all links of an address'), ('address_code', 'code for an address'), ('corrected', 'corrected'), ('revoked', 'revoked'), ('suspended', 'suspended'), ('reinstated', 'reinstated'), ('application', 'application received, with its code'), ('answer', 'answer to an application'), ('assess', 'link to assess'), ('not_yet', 'feedback on work'), ('digest', 'week'), ('reminder', 'reminder of an offer'), ('expiring', 'reminder of an end'), ('webhook_off', 'webhook disabled')], max_length=16),
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=issuers.public_ids.new_public_id, editable=False, max_length=22, unique=True)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('url', models.CharField(max_length=2048, verbose_name='address')),
                ('types', models.JSONField(default=list, verbose_name='what it is told')),
                ('with_address', models.BooleanField(default=False, verbose_name='with the person’s address')),
                ('request_key', models.CharField(help_text='Of the form, so that pressing twice makes one.', max_length=32)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('disabled_at', models.DateTimeField(null=True)),
                ('disabled_why', models.CharField(blank=True, choices=[('paused', 'Paused by a person'), ('gone', 'It answered 410: gone for good'), ('failing', 'It took nothing for three days')], max_length=8)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('delivered_at', models.DateTimeField(help_text='The last time it took something.', null=True)),
                ('slow_at', models.DateTimeField(help_text='The last time it let us wait for seconds.', null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='webhook_endpoints', to='issuers.issuer')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='WebhookMessage',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('message_id', models.CharField(default=recipients.models.webhook.new_message_id, editable=False, max_length=26, unique=True)),
                ('type', models.CharField(max_length=24)),
                ('subject', models.CharField(help_text='Public id of the credential, award or endpoint that it is about.', max_length=22)),
                ('sequence', models.BigIntegerField(default=0)),
                ('payload', models.TextField(blank=True)),
                ('named', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('ready_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('subject', models.CharField(max_length=22)),
                ('sequence', models.BigIntegerField()),
                ('not_before', models.DateTimeField()),
                ('lease_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('first_tried_at', models.DateTimeField(null=True)),
                ('tried_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('status', models.PositiveSmallIntegerField(default=0, help_text='Of the last answer; 0: there was none.')),
                ('problem', models.CharField(blank=True, help_text='Why the last try failed: a code.', max_length=12)),
                ('excerpt', models.CharField(blank=True, max_length=500)),
                ('milliseconds', models.PositiveIntegerField(default=0)),
                ('replayed_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('endpoint', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='recipients.webhookendpoint')),
                ('message', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='recipients.webhookmessage')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='WebhookSecret',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('secret', models.BinaryField(default=b'')),
                ('kek', models.CharField(blank=True, max_length=40)),
                ('public_id', models.CharField(default=issuers.public_ids.new_public_id, editable=False, max_length=22, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('until', models.DateTimeField(null=True)),
                ('endpoint', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='recipients.webhookendpoint')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddConstraint(
            model_name='webhookendpoint',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='webhook_endpoint_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='webhookendpoint',
            constraint=models.UniqueConstraint(fields=('issuer', 'request_key'), name='one_webhook_endpoint_a_request'),
        ),
        migrations.AddConstraint(
            model_name='webhookendpoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('disabled_at__isnull', True), ('disabled_why', '')), models.Q(('disabled_at__isnull', False), ('disabled_why__in', ['paused', 'gone', 'failing'])), _connector='OR'), name='disabled_webhooks_say_why'),
        ),
        migrations.AddIndex(
            model_name='webhookmessage',
            index=models.Index(fields=['issuer', 'subject', '-sequence'], name='webhook_message_of_subject'),
        ),
        migrations.AddIndex(
            model_name='webhookmessage',
            index=models.Index(fields=['created_at'], name='webhook_message_by_age'),
        ),
        migrations.AddIndex(
            model_name='webhookmessage',
            index=models.Index(condition=models.Q(('ready_at__isnull', True)), fields=['id'], name='webhook_message_not_ready'),
        ),
        migrations.AddConstraint(
            model_name='webhookmessage',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='webhook_message_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='webhookmessage',
            constraint=models.UniqueConstraint(condition=models.Q(('type__in', ['award.completed', 'credential.expired', 'credential.erased'])), fields=('issuer', 'subject', 'type'), name='told_once'),
        ),
        migrations.AddConstraint(
            model_name='webhookmessage',
            constraint=models.CheckConstraint(condition=models.Q(('ready_at__isnull', True), models.Q(('payload', ''), _negated=True), _connector='OR'), name='ready_webhook_messages_say_something'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['endpoint', '-id'], name='webhook_delivery_newest'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('delivered_at__isnull', True), ('failed_at__isnull', True)), fields=['endpoint', 'not_before', 'id'], name='webhook_delivery_waiting'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('delivered_at__isnull', True), ('failed_at__isnull', True), ('lease_until__isnull', False)), fields=['issuer', 'endpoint'], name='webhook_delivery_leased'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('delivered_at__isnull', True), ('failed_at__isnull', True)), fields=['endpoint', 'subject', 'sequence'], name='webhook_delivery_in_turn'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('message', 'endpoint'), name='one_delivery_a_message_and_endpoint'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('delivered_at__isnull', True), ('failed_at__isnull', True), _connector='OR'), name='delivered_or_failed'),
        ),
        migrations.AddConstraint(
            model_name='webhooksecret',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('issuer', 'endpoint'), name='one_webhook_secret_signs_on'),
        ),
        protect("recipients_webhookendpoint"),
        protect("recipients_webhooksecret"),
        protect("recipients_webhookmessage"),
        protect("recipients_webhookdelivery"),
        same_issuer("recipients_webhooksecret", "endpoint_id", "recipients_webhookendpoint"),
        same_issuer("recipients_webhookdelivery", "endpoint_id", "recipients_webhookendpoint"),
        same_issuer("recipients_webhookdelivery", "message_id", "recipients_webhookmessage"),
    ]
