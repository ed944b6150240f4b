import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import issuers.public_ids
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0004_rules'),
        ('issuers', '0003_dark_logo'),
        ('recipients', '0004_genre_and_audience_of_evidence'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='award',
            name='rule_version',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='badges.ruleversion'),
        ),
        migrations.AlterField(
            model_name='award',
            name='source',
            field=models.CharField(choices=[('form', 'one person'), ('paste', 'pasted list'), ('file', 'file'), ('command', 'command line'), ('rule', 'rule'), ('assessed', 'assessment'), ('applied', 'application')], max_length=8),
        ),
        migrations.AlterField(
            model_name='recipientlist',
            name='source',
            field=models.CharField(choices=[('form', 'one person'), ('paste', 'pasted list'), ('file', 'file'), ('command', 'command line'), ('rule', 'rule'), ('assessed', 'assessment'), ('applied', 'application')], max_length=8),
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.SlugField(max_length=60)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('archived_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='issuers.issuer')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('joined_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('evaluated_at', models.DateTimeField(help_text='Empty while rules have not seen it.', null=True)),
                ('group', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='members', to='recipients.group')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('recipient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='recipients.recipient')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=issuers.public_ids.new_public_id, editable=False, max_length=22, unique=True)),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('key', models.CharField(help_text='Of the opportunity, among those of its kind.', max_length=200, verbose_name='what it was')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('value', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, verbose_name='value')),
                ('unit', models.CharField(blank=True, max_length=40, verbose_name='unit')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('day', models.DateField()),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='place')),
                ('peer', models.CharField(blank=True, help_text='Who was helped, as the source tells people apart.', max_length=254)),
                ('note', models.CharField(blank=True, max_length=2000, verbose_name='note')),
                ('evidence_url', models.CharField(blank=True, max_length=2048, verbose_name='link to evidence')),
                ('source', models.CharField(help_text='Where it came from: staff, file, check-in, log, events:<key> …', max_length=60)),
                ('external_id', models.CharField(help_text='Its own number there, or the digest of what was sent.', max_length=200)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('refusal', models.CharField(blank=True, max_length=300)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('evaluated_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('corrects', models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='recipients.activity')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='issuers.issuer')),
                ('recipient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='recipients.recipient')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['issuer', 'recipient', 'kind'], name='activity_of_person'), models.Index(fields=['issuer', 'kind', 'day'], name='activity_of_kind'), models.Index(condition=models.Q(('confirmed_at__isnull', False), ('evaluated_at__isnull', True)), fields=['id'], name='activity_unevaluated'), models.Index(condition=models.Q(('confirmed_at__isnull', True), ('refused_at__isnull', True), ('withdrawn_at__isnull', True)), fields=['issuer', 'id'], name='activity_waiting')],
                'constraints': [models.UniqueConstraint(fields=('issuer', 'source', 'external_id'), name='one_fact_once'), models.UniqueConstraint(fields=('issuer', 'id'), name='activity_issuer_id'), models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', True), ('refused_at__isnull', True), _connector='OR'), name='confirmed_or_refused')],
            },
        ),
        migrations.CreateModel(
            name='Earning',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('award_key', models.CharField(max_length=80)),
                ('met_at', models.DateTimeField()),
                ('noticed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('approved_at', models.DateTimeField(null=True)),
                ('seconded_at', models.DateTimeField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('refusal', models.CharField(blank=True, max_length=300)),
                ('lapsed_at', models.DateTimeField(help_text='Met no more, before it was awarded.', null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('doubted_at', models.DateTimeField(help_text='Awarded, and met no more.', null=True)),
                ('doubt_settled_at', models.DateTimeField(null=True)),
                ('achievement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='earnings', to='badges.achievement')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('credential', models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='earning', to='recipients.achievementcredential')),
                ('doubt_settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='earnings', to='issuers.issuer')),
                ('recipient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='earnings', to='recipients.recipient')),
                ('refused_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule_version', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='earnings', to='badges.ruleversion')),
                ('seconded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['issuer', 'id'], name='earning_open'), models.Index(condition=models.Q(('doubt_settled_at__isnull', True), ('doubted_at__isnull', False)), fields=['issuer', 'id'], name='earning_doubted')],
                'constraints': [models.UniqueConstraint(fields=('issuer', 'achievement', 'recipient', 'award_key'), name='earned_once_a_key'), models.UniqueConstraint(fields=('issuer', 'id'), name='earning_issuer_id'), models.CheckConstraint(condition=models.Q(('seconded_at__isnull', True), ('approved_at__isnull', False), _connector='OR'), name='seconded_was_approved'), models.CheckConstraint(condition=models.Q(('seconded_by__isnull', True), ('approved_by__isnull', True), models.Q(('seconded_by', models.F('approved_by')), _negated=True), _connector='OR'), name='seconded_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('refused_at__isnull', True), ('lapsed_at__isnull', True)), ('settled_at__isnull', False), _connector='OR'), name='refused_is_settled')],
            },
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.UniqueConstraint(fields=('issuer', 'key'), name='one_group_a_key'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='group_issuer_id'),
        ),
        migrations.AddIndex(
            model_name='groupmember',
            index=models.Index(condition=models.Q(('evaluated_at__isnull', True)), fields=['id'], name='member_unevaluated'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.UniqueConstraint(fields=('group', 'recipient'), name='once_in_a_group'),
        ),
        protect("recipients_activity"),
        protect("recipients_group"),
        protect("recipients_groupmember"),
        protect("recipients_earning"),
        same_issuer("recipients_activity", "recipient_id", "recipients_recipient"),
        same_issuer("recipients_activity", "corrects_id", "recipients_activity"),
        same_issuer("recipients_groupmember", "group_id", "recipients_group"),
        same_issuer("recipients_groupmember", "recipient_id", "recipients_recipient"),
        same_issuer("recipients_earning", "achievement_id", "badges_achievement"),
        same_issuer("recipients_earning", "rule_version_id", "badges_ruleversion"),
        same_issuer("recipients_earning", "recipient_id", "recipients_recipient"),
        same_issuer("recipients_earning", "credential_id", "recipients_achievementcredential"),
        same_issuer("recipients_award", "rule_version_id", "badges_ruleversion"),
    ]
