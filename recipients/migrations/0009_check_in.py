import django.db.models.deletion
import django.db.models.functions.datetime
import recipients.models.check_in
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0004_rules'),
        ('issuers', '0003_dark_logo'),
        ('recipients', '0008_event_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('secret', models.BinaryField(default=recipients.models.check_in.new_secret)),
                ('opens_at', models.DateTimeField(null=True, verbose_name='opens')),
                ('closes_at', models.DateTimeField(null=True, verbose_name='closes')),
                ('closed_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('group', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recipients.group', verbose_name='expected')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='check_ins', to='issuers.issuer')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opportunity', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='check_in', to='badges.opportunity')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['closes_at'], name='check_in_by_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closes_at__isnull', True), ('opens_at__isnull', True)), ('closes_at__gt', models.F('opens_at')), _connector='OR'), name='check_in_window')],
            },
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(fields=['issuer', 'kind', 'key'], name='activity_of_thing'),
        ),
        protect("recipients_checkin"),
        same_issuer("recipients_checkin", "opportunity_id", "badges_opportunity"),
        same_issuer("recipients_checkin", "group_id", "recipients_group"),
    ]
