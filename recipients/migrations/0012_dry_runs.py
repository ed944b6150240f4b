import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0004_rules'),
        ('issuers', '0003_dark_logo'),
        ('recipients', '0011_applications'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DryRun',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('document', models.JSONField(help_text='rule/1, in which no fault was found.')),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('counts', models.JSONField(default=dict, help_text='{outcome: people}')),
                ('before_at', models.DateTimeField(null=True)),
                ('before_digest', models.CharField(blank=True, max_length=64)),
                ('more', models.PositiveIntegerField(default=0)),
                ('fewer', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dry_runs', to='issuers.issuer')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='dry_runs', to='badges.rule')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='DryRunOutcome',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('outcome', models.CharField(choices=[('earns', 'Would get it now'), ('near', 'Nearly there'), ('far', 'Not yet'), ('closed', 'Not possible any more'), ('has', 'Has it already')], max_length=6)),
                ('share', models.PositiveSmallIntegerField(default=0)),
                ('before', models.CharField(blank=True, max_length=6)),
                ('dry_run', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='recipients.dryrun')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('recipient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='recipients.recipient')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddConstraint(
            model_name='dryrun',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='dry_run_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='dryrun',
            constraint=models.UniqueConstraint(condition=models.Q(('failed_at__isnull', True), ('finished_at__isnull', True)), fields=('rule',), name='one_dry_run_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='dryrunoutcome',
            index=models.Index(fields=['dry_run', 'outcome', '-share', 'recipient'], name='dry_run_nearest'),
        ),
        migrations.AddConstraint(
            model_name='dryrunoutcome',
            constraint=models.UniqueConstraint(fields=('dry_run', 'recipient'), name='once_in_a_dry_run'),
        ),
        migrations.AddConstraint(
            model_name='dryrunoutcome',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['earns', 'near', 'far', 'closed', 'has'])), name='dry_run_outcome_known'),
        ),
        protect("recipients_dryrun"),
        protect("recipients_dryrunoutcome"),
        same_issuer("recipients_dryrun", "rule_id", "badges_rule"),
        same_issuer("recipients_dryrunoutcome", "dry_run_id", "recipients_dryrun"),
        same_issuer("recipients_dryrunoutcome", "recipient_id", "recipients_recipient"),
    ]
