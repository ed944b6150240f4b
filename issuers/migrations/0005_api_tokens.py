import django.db.models.deletion
import django.db.models.functions.datetime
import issuers.public_ids
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect


class Migration(migrations.Migration):
    """Tokens of the API: their hash, what they may do, until when."""

    dependencies = [
        ('issuers', '0004_leaderboard'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=issuers.public_ids.new_public_id, editable=False, max_length=22, unique=True)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('prefix', models.CharField(max_length=16)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('scopes', models.JSONField(default=list)),
                ('request_key', models.CharField(help_text='Of the form, so that pressing twice makes one.', max_length=32)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to='issuers.issuer')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('issuer', 'id'), name='api_token_issuer_id'), models.UniqueConstraint(fields=('issuer', 'request_key'), name='one_api_token_a_request'), models.CheckConstraint(condition=models.Q(('scopes', []), _negated=True), name='api_token_may_something')],
            },
        ),
        protect("issuers_apitoken"),
    ]
