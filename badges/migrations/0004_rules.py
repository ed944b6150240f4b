import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import issuers.public_ids
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import append_only, protect, same_issuer


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0003_pictures_there_were'),
        ('issuers', '0003_dark_logo'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('draft', models.JSONField(help_text='rule/1, perhaps not complete yet.', null=True)),
                ('edits', models.PositiveIntegerField(default=0)),
                ('approval', models.CharField(choices=[('none', 'Award at once'), ('one', 'Hold until somebody approves'), ('two', 'Hold until two different people approve')], default='none', max_length=4, verbose_name='before it is awarded')),
                ('undo_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='minutes before mails leave')),
                ('cap', models.PositiveIntegerField(blank=True, null=True, verbose_name='at most')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('edited_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('switched_on_at', models.DateTimeField(null=True)),
                ('paused_at', models.DateTimeField(null=True)),
                ('all_due_at', models.DateTimeField(null=True)),
                ('all_done_at', models.DateTimeField(null=True)),
                ('achievement', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='rule', to='badges.achievement')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='issuers.issuer')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('switched_on_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RuleVersion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('document', models.JSONField(help_text='rule/1 (badges/criteria/rule.schema.json), in which no fault was found.')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(blank=True, max_length=40), help_text="Of the facts it looks at; '' for any, by tags.", size=None)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('made_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='badges.rule')),
            ],
            options={
                'ordering': ['number'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='rule',
            name='version',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='badges.ruleversion'),
        ),
        migrations.CreateModel(
            name='ActivityKind',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activity_kinds', to='issuers.issuer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('issuer', 'key'), name='one_activity_kind_a_key'), models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]{0,39}$')), name='activity_kind_form')],
            },
        ),
        migrations.CreateModel(
            name='Opportunity',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=issuers.public_ids.new_public_id, editable=False, max_length=22, unique=True)),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('key', models.CharField(max_length=200)),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='tags')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='place')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='begins')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='ends')),
                ('value', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, verbose_name='worth')),
                ('unit', models.CharField(blank=True, max_length=40, verbose_name='unit')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('archived_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opportunities', to='issuers.issuer')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['issuer', '-starts_at'], name='opportunity_by_start')],
                'constraints': [models.UniqueConstraint(fields=('issuer', 'kind', 'key'), name='one_opportunity_a_key'), models.UniqueConstraint(fields=('issuer', 'id'), name='opportunity_issuer_id'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('starts_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='opportunity_ends_after_start')],
            },
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.UniqueConstraint(fields=('issuer', 'rule', 'number'), name='rule_version_number'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='rule_version_issuer_id'),
        ),
        migrations.AddIndex(
            model_name='rule',
            index=models.Index(condition=models.Q(('all_due_at__isnull', False)), fields=['id'], name='rule_all_due'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='rule_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('approval__in', ['none', 'one', 'two'])), name='rule_approval_known'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('undo_minutes__lte', 1440)), name='rule_undo_within_a_day'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('switched_on_at__isnull', True), ('version__isnull', False), _connector='OR'), name='rule_on_has_version'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('cap__isnull', True), ('cap__gte', 1), _connector='OR'), name='rule_cap'),
        ),
        protect("badges_activitykind"),
        protect("badges_opportunity"),
        protect("badges_rule"),
        protect("badges_ruleversion"),
        same_issuer("badges_rule", "achievement_id", "badges_achievement"),
        same_issuer("badges_rule", "version_id", "badges_ruleversion"),
        same_issuer("badges_ruleversion", "rule_id", "badges_rule"),
        append_only("badges_ruleversion"),
    ]
