from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

OPEN = [('cancelled_at__isnull', True), ('failed_at__isnull', True), ('refused_at__isnull', True), ('sent_at__isnull', True)]


class Migration(migrations.Migration):
    # Mails go on leaving while the three queues are built.
    atomic = False

    dependencies = [
        ('recipients', '0016_queues'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailServer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('down_since', models.DateTimeField(null=True)),
                ('paused_until', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('why', models.CharField(blank=True, choices=[('unreachable', 'it does not answer'), ('busy', 'it asks to come later'), ('tls', 'the connection could not be secured'), ('login', 'it refuses our user name or password'), ('sender', 'it refuses our address as a sender')], max_length=12)),
                ('response', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_mail_server')],
            },
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='crashes',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='outgoingemail',
            name='deferred_since',
            field=models.DateTimeField(null=True),
        ),
        AddIndexConcurrently(
            model_name='outgoingemail',
            index=models.Index(condition=models.Q(*OPEN, ('kind__in', ('links', 'address_code', 'application'))), fields=['not_before', 'id'], name='email_asked_for'),
        ),
        AddIndexConcurrently(
            model_name='outgoingemail',
            index=models.Index(condition=models.Q(*OPEN, ('kind', 'offer')), fields=['issuer', 'not_before', 'id'], name='email_offers'),
        ),
        AddIndexConcurrently(
            model_name='outgoingemail',
            index=models.Index(condition=models.Q(*OPEN, models.Q(('kind', 'offer'), _negated=True)), fields=['issuer', 'not_before', 'id'], name='email_others'),
        ),
    ]
