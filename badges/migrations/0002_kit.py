import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):
    """What an institution chooses once: pictures, signatories, colours, typefaces and texts."""

    dependencies = [
        ('badges', '0001_initial'),
        ('issuers', '0003_dark_logo'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('logo', 'Logo'), ('signature', 'Signature'), ('image', 'Picture'), ('background', 'Background')], max_length=12, verbose_name='kind')),
                ('key', models.CharField(help_text='Of the media storage: named after its content.', max_length=200)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('alt', models.CharField(blank=True, max_length=300, verbose_name='what it shows, in words')),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('put_away_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pictures', to='issuers.issuer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Signatory',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='office')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('put_away_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatories', to='issuers.issuer')),
                ('picture', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signatories', to='badges.picture')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='BrandKit',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('accent', models.CharField(blank=True, max_length=7, verbose_name='accent colour')),
                ('paper', models.CharField(blank=True, max_length=7, verbose_name='paper of certificates')),
                ('ink', models.CharField(blank=True, max_length=7, verbose_name='ink of certificates')),
                ('fonts', models.CharField(blank=True, help_text='A pair of rendering/typefaces.py.', max_length=40, verbose_name='typefaces')),
                ('heading', models.CharField(blank=True, max_length=120, verbose_name='heading of certificates')),
                ('lead', models.CharField(blank=True, max_length=120, verbose_name='before the name')),
                ('deed', models.CharField(blank=True, max_length=120, verbose_name='after the name')),
                ('mail_greeting', models.CharField(blank=True, max_length=120, verbose_name='greeting of claim mails')),
                ('mail_sentence', models.CharField(blank=True, max_length=300, verbose_name='a sentence of your own')),
                ('mail_footer', models.CharField(blank=True, max_length=300, verbose_name='foot of mails')),
                ('issuer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='kit', to='issuers.issuer')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.CheckConstraint(condition=models.Q(('accent__regex', '^(#[0-9a-f]{6})?$'), ('paper__regex', '^(#[0-9a-f]{6})?$'), ('ink__regex', '^(#[0-9a-f]{6})?$')), name='kit_colours_form')],
            },
        ),
        migrations.AddConstraint(
            model_name='picture',
            constraint=models.UniqueConstraint(fields=('issuer', 'key'), name='one_picture_a_key'),
        ),
        migrations.AddConstraint(
            model_name='picture',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='picture_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='picture',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['logo', 'signature', 'image', 'background'])), name='picture_kind_known'),
        ),
        # The walls of tenancy (docs/decisions/0002).
        protect("badges_picture"),
        protect("badges_signatory"),
        protect("badges_brandkit"),
        same_issuer("badges_signatory", "picture_id", "badges_picture"),
    ]
