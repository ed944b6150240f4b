import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import issuers.public_ids
import recipients.models.application
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0004_rules'),
        ('issuers', '0003_dark_logo'),
        ('recipients', '0010_submissions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApplicationForm',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=issuers.public_ids.new_public_id, editable=False, max_length=22, unique=True)),
                ('intro', models.TextField(blank=True, help_text='Markdown.', max_length=5000, verbose_name='what applicants should know')),
                ('answered', models.CharField(choices=[('staff', 'Staff look at each one'), ('rule', 'The achievement’s rule'), ('answers', 'The answers themselves')], default='staff', max_length=8, verbose_name='who answers')),
                ('most', models.PositiveSmallIntegerField(default=1, verbose_name='applications of one person')),
                ('opens_on', models.DateField(blank=True, null=True, verbose_name='first day')),
                ('closes_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('edits', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('edited_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.CharField(default=recipients.models.application.new_key, max_length=8)),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('short', 'short'), ('long', 'long'), ('number', 'number'), ('date', 'date'), ('one', 'one'), ('several', 'several'), ('yes_no', 'yes_no'), ('web', 'web'), ('agreement', 'agreement')], max_length=10)),
                ('label', models.CharField(max_length=300, verbose_name='question')),
                ('hint', models.CharField(blank=True, max_length=300, verbose_name='hint')),
                ('required', models.BooleanField(default=True)),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None)),
                ('accepted', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), blank=True, default=list, size=None)),
                ('at_least', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
            ],
            options={
                'ordering': ['position', 'id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AlterField(
            model_name='outgoingemail',
            name='kind',
            field=models.CharField(choices=[('offer', 'claim link'), ('links', 'all links of an address'), ('address_code', 'code for an address'), ('corrected', 'corrected'), ('revoked', 'revoked'), ('suspended', 'suspended'), ('reinstated', 'reinstated'), ('application', 'application received, with its code'), ('answer', 'answer to an application')], max_length=16),
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=issuers.public_ids.new_public_id, editable=False, max_length=22, unique=True)),
                ('request_key', models.CharField(help_text='Of the page it was sent from: pressing twice sends once.', max_length=64)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('address', models.CharField(max_length=254, verbose_name='email address')),
                ('address_key', models.CharField(max_length=254)),
                ('answers', models.JSONField(default=list, help_text='[{question, answer}] (recipients.questions.Answered).')),
                ('submitted_at', models.DateTimeField()),
                ('code_hash', models.CharField(blank=True, max_length=64)),
                ('code_expires_at', models.DateTimeField(null=True)),
                ('code_attempts', models.PositiveSmallIntegerField(default=0)),
                ('codes', models.PositiveSmallIntegerField(default=0, help_text='Codes mailed so far.')),
                ('proved_at', models.DateTimeField(null=True)),
                ('looked_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision', models.CharField(blank=True, choices=[('accepted', 'accepted'), ('declined', 'declined')], max_length=8)),
                ('reason', models.CharField(blank=True, max_length=1000, verbose_name='reason')),
                ('missing', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None)),
                ('release_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('round', models.PositiveSmallIntegerField(default=0)),
                ('credential', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='recipients.achievementcredential')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='issuers.issuer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='application',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='emails', to='recipients.application'),
        ),
        migrations.AddConstraint(
            model_name='outgoingemail',
            constraint=models.UniqueConstraint(condition=models.Q(('application__isnull', False)), fields=('issuer', 'application', 'kind', 'sequence'), name='one_mail_an_application'),
        ),
        migrations.AddField(
            model_name='applicationform',
            name='achievement',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='application_form', to='badges.achievement'),
        ),
        migrations.AddField(
            model_name='applicationform',
            name='issuer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='application_forms', to='issuers.issuer'),
        ),
        migrations.AddField(
            model_name='applicationform',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='application',
            name='form',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='recipients.applicationform'),
        ),
        migrations.AddField(
            model_name='question',
            name='form',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='recipients.applicationform'),
        ),
        migrations.AddField(
            model_name='question',
            name='issuer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer'),
        ),
        migrations.AddConstraint(
            model_name='applicationform',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='application_form_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='applicationform',
            constraint=models.CheckConstraint(condition=models.Q(('answered__in', ['staff', 'rule', 'answers'])), name='application_answered_known'),
        ),
        migrations.AddConstraint(
            model_name='applicationform',
            constraint=models.CheckConstraint(condition=models.Q(('most__gte', 1), ('most__lte', 100)), name='application_most'),
        ),
        migrations.AddConstraint(
            model_name='applicationform',
            constraint=models.CheckConstraint(condition=models.Q(('opens_on__isnull', True), ('closes_on__isnull', True), ('closes_on__gte', models.F('opens_on')), _connector='OR'), name='application_form_days'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['issuer', '-id'], name='application_newest'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['address_key'], name='application_by_address'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('decided_at__isnull', True), ('proved_at__isnull', False), ('withdrawn_at__isnull', True)), fields=['id'], name='application_waiting'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('proved_at__isnull', True)), fields=['submitted_at'], name='application_unproved'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='application_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(fields=('issuer', 'request_key'), name='one_application_a_page'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True), ('proved_at__isnull', False), ('withdrawn_at__isnull', True)), fields=('issuer', 'form', 'address_key'), name='one_open_application'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decision', '')), models.Q(('decided_at__isnull', False), ('decision__in', ['accepted', 'declined']), ('proved_at__isnull', False)), _connector='OR'), name='decided_with_a_decision'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('decided_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='decided_or_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('issuer', 'form', 'key'), name='one_question_a_key'),
        ),
        protect("recipients_applicationform"),
        protect("recipients_question"),
        protect("recipients_application"),
        same_issuer("recipients_applicationform", "achievement_id", "badges_achievement"),
        same_issuer("recipients_question", "form_id", "recipients_applicationform"),
        same_issuer("recipients_application", "form_id", "recipients_applicationform"),
        same_issuer("recipients_application", "credential_id", "recipients_achievementcredential"),
        same_issuer("recipients_outgoingemail", "application_id", "recipients_application"),
    ]
