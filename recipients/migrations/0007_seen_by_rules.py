from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recipients', '0006_activity_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='achievementcredential',
            name='seen_standing',
            field=models.BooleanField(help_text='Whether it stood when rules last looked; empty: never.', null=True),
        ),
        migrations.AddIndex(
            model_name='achievementcredential',
            index=models.Index(condition=models.Q(('seen_standing__isnull', True)), fields=['id'], name='credential_new_to_rules'),
        ),
        migrations.AddIndex(
            model_name='achievementcredential',
            index=models.Index(condition=models.Q(('seen_standing', True), models.Q(('revoked_at__isnull', False), ('cancelled_at__isnull', False), ('declined_at__isnull', False), ('suspended_at__isnull', False), _connector='OR')), fields=['id'], name='credential_ended_unseen'),
        ),
        migrations.AddIndex(
            model_name='achievementcredential',
            index=models.Index(condition=models.Q(('expires_at__isnull', False), ('seen_standing', True)), fields=['expires_at'], name='credential_running_out'),
        ),
        migrations.AddIndex(
            model_name='achievementcredential',
            index=models.Index(condition=models.Q(('cancelled_at__isnull', True), ('declined_at__isnull', True), ('revoked_at__isnull', True), ('seen_standing', False), ('suspended_at__isnull', True)), fields=['expires_at'], name='credential_back_unseen'),
        ),
    ]
