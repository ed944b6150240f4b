import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from issuers.row_security import protect, same_issuer


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0004_rules'),
        ('issuers', '0003_dark_logo'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Assessment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('competency', models.CharField(blank=True, max_length=200, verbose_name='the competency')),
                ('competency_url', models.CharField(blank=True, max_length=2048, verbose_name='its address')),
                ('task', models.TextField(blank=True, max_length=5000, verbose_name='what to hand in')),
                ('routes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None)),
                ('tries', models.PositiveSmallIntegerField(default=3, verbose_name='tries')),
                ('due_by_agreement', models.BooleanField(default=False)),
                ('competency_based', models.CharField(blank=True, max_length=300)),
                ('personalized', models.CharField(blank=True, max_length=300)),
                ('job_embedded', models.CharField(blank=True, max_length=300)),
                ('research', models.CharField(blank=True, max_length=300)),
                ('research_url', models.CharField(blank=True, max_length=2048)),
                ('second_assessor', models.BooleanField(default=False)),
                ('sample_percent', models.PositiveSmallIntegerField(default=0)),
                ('distributed', models.BooleanField(default=False, help_text='Work goes to an assessor as soon as it arrives.')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='resource')),
                ('url', models.CharField(blank=True, max_length=2048, verbose_name='its address')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='a word about it')),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RubricCriterion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='criterion')),
                ('description', models.CharField(blank=True, max_length=600, verbose_name='what is looked for')),
                ('looks', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RubricLevel',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=60, verbose_name='level')),
                ('demonstrated', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='achievement',
            name='basis',
            field=models.CharField(blank=True, choices=[('attendance', 'Attendance'), ('mastery', 'Mastery')], db_default='', default='', max_length=12, verbose_name='what it rests on'),
        ),
        migrations.AddConstraint(
            model_name='achievement',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ['', 'attendance', 'mastery'])), name='achievement_basis_known'),
        ),
        migrations.AddField(
            model_name='assessment',
            name='achievement',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='assessment', to='badges.achievement'),
        ),
        migrations.AddField(
            model_name='assessment',
            name='issuer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer'),
        ),
        migrations.AddField(
            model_name='resource',
            name='assessment',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='resources', to='badges.assessment'),
        ),
        migrations.AddField(
            model_name='resource',
            name='issuer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer'),
        ),
        migrations.AddField(
            model_name='rubriccriterion',
            name='assessment',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='badges.assessment'),
        ),
        migrations.AddField(
            model_name='rubriccriterion',
            name='issuer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer'),
        ),
        migrations.AddField(
            model_name='rubriclevel',
            name='assessment',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='badges.assessment'),
        ),
        migrations.AddField(
            model_name='rubriclevel',
            name='issuer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.UniqueConstraint(fields=('issuer', 'id'), name='assessment_issuer_id'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('tries__gte', 1), ('tries__lte', 10)), name='assessment_tries'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('sample_percent__lte', 100)), name='assessment_sample'),
        ),
        migrations.AddConstraint(
            model_name='rubriccriterion',
            constraint=models.UniqueConstraint(fields=('assessment', 'position'), name='one_criterion_a_place'),
        ),
        migrations.AddConstraint(
            model_name='rubriclevel',
            constraint=models.UniqueConstraint(fields=('assessment', 'position'), name='one_level_a_place'),
        ),
        protect("badges_assessment"),
        protect("badges_rubriclevel"),
        protect("badges_rubriccriterion"),
        protect("badges_resource"),
        same_issuer("badges_assessment", "achievement_id", "badges_achievement"),
        same_issuer("badges_rubriclevel", "assessment_id", "badges_assessment"),
        same_issuer("badges_rubriccriterion", "assessment_id", "badges_assessment"),
        same_issuer("badges_resource", "assessment_id", "badges_assessment"),
    ]
