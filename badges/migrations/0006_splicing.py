import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0005_assessment'),
        ('issuers', '0004_leaderboard'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Misprint',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('credential', models.CharField(help_text='Public id of the certificate that was compared.', max_length=22)),
                ('why', models.CharField(max_length=300)),
                ('found_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('settled_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('settled_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='misprints', to='badges.achievementversion')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('version',), name='one_misprint_a_version')],
            },
        ),
        protect("badges_misprint"),
        same_issuer("badges_misprint", "version_id", "badges_achievementversion"),
    ]
