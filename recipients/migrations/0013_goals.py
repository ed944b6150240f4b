import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import issuers.public_ids
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0004_rules'),
        ('issuers', '0004_leaderboard'),
        ('recipients', '0012_dry_runs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('on_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('next_at', models.DateTimeField(null=True)),
                ('week', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=issuers.public_ids.new_public_id, editable=False, max_length=22, unique=True)),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('position', models.IntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='LeaderboardEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pseudonym', models.CharField(blank=True, max_length=40, verbose_name='pseudonym')),
                ('joined_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('left_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='earning',
            name='told_at',
            field=models.DateTimeField(help_text='The person has, or needs, no notice of it any more.', null=True),
        ),
        migrations.AddField(
            model_name='notice',
            name='activity',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='recipients.activity'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='credential',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='recipients.achievementcredential'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('offered', 'offered'), ('claimed', 'accepted for you'), ('corrected', 'corrected'), ('revoked', 'revoked'), ('suspended', 'suspended'), ('reinstated', 'reinstated'), ('earned', 'earned by a rule'), ('confirmed', "an activity of one's own was confirmed"), ('refused', "an activity of one's own does not count")], max_length=12),
        ),
        migrations.AlterField(
            model_name='outgoingemail',
            name='kind',
            field=models.CharField(choices=[('offer', 'claim link'), ('links', 'all links of an address'), ('address_code', 'code for an address'), ('corrected', 'corrected'), ('revoked', 'revoked'), ('suspended', 'suspended'), ('reinstated', 'reinstated'), ('application', 'application received, with its code'), ('answer', 'answer to an application'), ('assess', 'link to assess'), ('not_yet', 'feedback on work'), ('digest', 'week')], max_length=16),
        ),
        migrations.AddIndex(
            model_name='earning',
            index=models.Index(condition=models.Q(('credential__isnull', False), ('told_at__isnull', True)), fields=['id'], name='earning_untold'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('activity__isnull', True), ('credential__isnull', False)), models.Q(('activity__isnull', False), ('credential__isnull', True)), _connector='OR'), name='notice_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'earned')), fields=('credential', 'user'), name='earned_is_said_once'),
        ),
        migrations.AddField(
            model_name='digest',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='digest', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='goal',
            name='achievement',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='badges.achievement'),
        ),
        migrations.AddField(
            model_name='goal',
            name='group',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='recipients.group'),
        ),
        migrations.AddField(
            model_name='goal',
            name='issuer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='issuers.issuer'),
        ),
        migrations.AddField(
            model_name='goal',
            name='recipient',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='recipients.recipient'),
        ),
        migrations.AddField(
            model_name='goal',
            name='set_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='leaderboardentry',
            name='issuer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leaderboard_entries', to='issuers.issuer'),
        ),
        migrations.AddField(
            model_name='leaderboardentry',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leaderboard_entries', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='digest',
            index=models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at'], name='digest_due'),
        ),
        migrations.AddConstraint(
            model_name='digest',
            constraint=models.CheckConstraint(condition=models.Q(('on_at__isnull', True), ('stopped_at__isnull', True), _connector='OR'), name='digest_on_or_stopped'),
        ),
        migrations.AddConstraint(
            model_name='digest',
            constraint=models.CheckConstraint(condition=models.Q(('next_at__isnull', True), ('on_at__isnull', False), _connector='OR'), name='digest_due_only_when_on'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('group__isnull', True), ('recipient__isnull', False)), models.Q(('group__isnull', False), ('recipient__isnull', True)), _connector='OR'), name='goal_of_one_or_of_a_group'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.UniqueConstraint(condition=models.Q(('recipient__isnull', False), ('removed_at__isnull', True)), fields=('recipient', 'achievement'), name='one_goal_a_person'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.UniqueConstraint(condition=models.Q(('group__isnull', False), ('removed_at__isnull', True)), fields=('group', 'achievement'), name='one_goal_a_group'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='goal_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='leaderboardentry',
            constraint=models.UniqueConstraint(fields=('issuer', 'user'), name='one_entry_a_leaderboard'),
        ),
        migrations.AddConstraint(
            model_name='leaderboardentry',
            constraint=models.UniqueConstraint(models.F('issuer'), django.db.models.functions.text.Lower('pseudonym'), condition=models.Q(('pseudonym', ''), _negated=True), name='pseudonym_once'),
        ),
        protect("recipients_goal"),
        protect("recipients_leaderboardentry"),
        same_issuer("recipients_goal", "achievement_id", "badges_achievement"),
        same_issuer("recipients_goal", "recipient_id", "recipients_recipient"),
        same_issuer("recipients_goal", "group_id", "recipients_group"),
        same_issuer("recipients_notice", "activity_id", "recipients_activity"),
    ]
