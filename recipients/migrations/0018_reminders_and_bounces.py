import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    # Indexes on what was issued and mailed are made while both are in use.
    atomic = False

    dependencies = [
        ('issuers', '0006_reminders_and_slips'),
        ('recipients', '0017_mail_moods'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='award',
            name='reminders_stopped_at',
            field=models.DateTimeField(help_text='Nobody of this batch is reminded.', null=True),
        ),
        migrations.AddField(
            model_name='claimlink',
            name='printed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='claimlink',
            name='printed_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claimlink',
            name='tries',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='bounced_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='complained_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='deferred_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='delivered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='diagnostic',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='provider_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AlterField(
            model_name='outgoingemail',
            name='kind',
            field=models.CharField(choices=[('offer', 'claim link'), ('links', 'all links of an address'), ('address_code', 'code for an address'), ('corrected', 'corrected'), ('revoked', 'revoked'), ('suspended', 'suspended'), ('reinstated', 'reinstated'), ('application', 'application received, with its code'), ('answer', 'answer to an application'), ('assess', 'link to assess'), ('not_yet', 'feedback on work'), ('digest', 'week'), ('reminder', 'reminder of an offer'), ('expiring', 'reminder of an end')], max_length=16),
        ),
        AddIndexConcurrently(
            model_name='achievementcredential',
            index=models.Index(condition=models.Q(('cancelled_at__isnull', True), ('claimed_at__isnull', True), ('declined_at__isnull', True), ('offered_at__isnull', False), ('revoked_at__isnull', True)), fields=['id'], name='credential_open_offer'),
        ),
        AddIndexConcurrently(
            model_name='achievementcredential',
            index=models.Index(condition=models.Q(('claimed_at__isnull', False), ('expires_at__isnull', False), ('revoked_at__isnull', True)), fields=['expires_at'], name='credential_reminding'),
        ),
        AddIndexConcurrently(
            model_name='claimlink',
            index=models.Index(condition=models.Q(('printed_by__isnull', False)), fields=['printed_by'], name='claim_link_printed_by'),
        ),
        AddIndexConcurrently(
            model_name='outgoingemail',
            index=models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['provider_id'], name='email_of_provider'),
        ),
    ]
