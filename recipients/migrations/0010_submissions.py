import django.db.models.deletion
import django.db.models.functions.datetime
import issuers.public_ids
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0005_assessment'),
        ('issuers', '0003_dark_logo'),
        ('recipients', '0009_check_in'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='outgoingemail',
            name='kind',
            field=models.CharField(choices=[('offer', 'claim link'), ('links', 'all links of an address'), ('address_code', 'code for an address'), ('corrected', 'corrected'), ('revoked', 'revoked'), ('suspended', 'suspended'), ('reinstated', 'reinstated'), ('assess', 'link to assess'), ('not_yet', 'feedback on work')], max_length=16),
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=issuers.public_ids.new_public_id, editable=False, max_length=22, unique=True)),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('route', models.CharField(blank=True, max_length=120, verbose_name='way to show it')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='agreed day')),
                ('levels_public', models.BooleanField(default=True, help_text='The credential says which levels were reached.')),
                ('edits', models.PositiveIntegerField(default=0)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('saved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('submitted_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('turn', models.CharField(choices=[('first', 'First assessor'), ('second', 'Second assessor'), ('moderator', 'Moderator')], default='first', max_length=9)),
                ('assigned_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('demonstrated_at', models.DateTimeField(null=True)),
                ('awarded_at', models.DateTimeField(null=True)),
                ('award_refused_at', models.DateTimeField(null=True)),
                ('award_refusal', models.CharField(blank=True, max_length=40)),
                ('achievement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='badges.achievement')),
                ('assessor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assessing', to=settings.AUTH_USER_MODEL)),
                ('credential', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='recipients.achievementcredential')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='issuers.issuer')),
                ('recipient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='recipients.recipient')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='submissions', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='badges.achievementversion')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='ReviewerInvite',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('turn', models.CharField(choices=[('first', 'First assessor'), ('second', 'Second assessor'), ('moderator', 'Moderator')], max_length=9)),
                ('address', models.CharField(max_length=254, verbose_name='email address')),
                ('token_hash', models.CharField(max_length=64, null=True, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('submission', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='invites', to='recipients.submission')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Marking',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('turn', models.CharField(choices=[('first', 'First assessor'), ('second', 'Second assessor'), ('moderator', 'Moderator')], max_length=9)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('role', models.CharField(blank=True, max_length=120, verbose_name='your role')),
                ('method', models.CharField(blank=True, max_length=200, verbose_name='how you assessed')),
                ('levels', models.JSONField(default=dict)),
                ('notes', models.JSONField(default=dict)),
                ('feedback', models.TextField(blank=True, max_length=5000, verbose_name='feedback')),
                ('saved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decided_at', models.DateTimeField(null=True)),
                ('demonstrated', models.BooleanField(null=True)),
                ('assessor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='markings', to=settings.AUTH_USER_MODEL)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('invite', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='markings', to='recipients.reviewerinvite')),
                ('submission', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='markings', to='recipients.submission')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Artefact',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=issuers.public_ids.new_public_id, editable=False, max_length=22, unique=True)),
                ('kind', models.CharField(choices=[('file', 'File'), ('link', 'Link'), ('video', 'Video'), ('text', 'Text')], max_length=5)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('name', models.CharField(max_length=200, verbose_name='title')),
                ('description', models.CharField(blank=True, max_length=600, verbose_name='what it shows')),
                ('url', models.CharField(blank=True, max_length=2048, verbose_name='address')),
                ('text', models.TextField(blank=True, max_length=20000, verbose_name='text')),
                ('key', models.CharField(blank=True, max_length=200)),
                ('media_type', models.CharField(blank=True, max_length=100)),
                ('size', models.PositiveIntegerField(default=0)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('public', models.BooleanField(default=False)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('removed_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('submission', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='artefacts', to='recipients.submission')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('decided_at__isnull', True), ('submitted_at__isnull', False), ('withdrawn_at__isnull', True)), fields=['issuer', 'submitted_at'], name='submission_waiting'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['user', '-id'], name='submission_of_user'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('award_refused_at__isnull', True), ('awarded_at__isnull', True), ('demonstrated_at__isnull', False)), fields=['id'], name='submission_unawarded'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.UniqueConstraint(fields=('issuer', 'achievement', 'recipient', 'number'), name='one_submission_a_try'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='submission_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('issuer', 'achievement', 'recipient'), name='one_open_submission'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('turn__in', ['first', 'second', 'moderator'])), name='submission_turn_known'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('decided_at__isnull', True), models.Q(('submitted_at__isnull', False), ('withdrawn_at__isnull', True)), _connector='OR'), name='decided_was_submitted'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('demonstrated_at__isnull', True), ('decided_at__isnull', False), _connector='OR'), name='demonstrated_is_decided'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('awarded_at__isnull', True), ('demonstrated_at__isnull', False), _connector='OR'), name='awarded_is_demonstrated'),
        ),
        migrations.AddConstraint(
            model_name='reviewerinvite',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='reviewer_invite_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='reviewerinvite',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('submission', 'turn'), name='one_reviewer_invite_a_turn'),
        ),
        migrations.AddConstraint(
            model_name='marking',
            constraint=models.UniqueConstraint(fields=('submission', 'turn'), name='one_marking_a_turn'),
        ),
        migrations.AddConstraint(
            model_name='marking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('demonstrated__isnull', True)), models.Q(('decided_at__isnull', False), ('demonstrated__isnull', False)), _connector='OR'), name='marking_decided_says_what'),
        ),
        migrations.AddIndex(
            model_name='artefact',
            index=models.Index(condition=models.Q(('key', ''), _negated=True), fields=['key'], name='artefact_by_key'),
        ),
        migrations.AddConstraint(
            model_name='artefact',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['file', 'link', 'video', 'text'])), name='artefact_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='artefact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'file'), ('sha256__gt', ''), ('text', ''), ('url', '')), models.Q(('key', ''), ('kind__in', ['link', 'video']), ('text', ''), ('url__gt', '')), models.Q(('key', ''), ('kind', 'text'), ('url', '')), _connector='OR'), name='artefact_is_one_thing'),
        ),
        protect("recipients_submission"),
        protect("recipients_artefact"),
        protect("recipients_reviewerinvite"),
        protect("recipients_marking"),
        same_issuer("recipients_submission", "achievement_id", "badges_achievement"),
        same_issuer("recipients_submission", "version_id", "badges_achievementversion"),
        same_issuer("recipients_submission", "recipient_id", "recipients_recipient"),
        same_issuer("recipients_submission", "credential_id", "recipients_achievementcredential"),
        same_issuer("recipients_artefact", "submission_id", "recipients_submission"),
        same_issuer("recipients_reviewerinvite", "submission_id", "recipients_submission"),
        same_issuer("recipients_marking", "submission_id", "recipients_submission"),
        same_issuer("recipients_marking", "invite_id", "recipients_reviewerinvite"),
    ]
