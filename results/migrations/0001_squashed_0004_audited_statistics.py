import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from accounts.append_only import append_only


class Migration(migrations.Migration):

    replaces = [
        ('results', '0001_initial'),
        ('results', '0002_ledger_append_only'),
        ('results', '0003_single_choice'),
        ('results', '0004_audited_statistics'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0005_look'),
        ('orgunits', '0004_any_language'),
        ('surveys', '0007_mail_texts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('own_groups', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('counts', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ('n', models.PositiveIntegerField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('question', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.question')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgunits.orgunit')),
                ('wave', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.wave')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('wave'), models.F('question'), models.F('unit'), name='block_once')],
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('question', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.question')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgunits.orgunit')),
                ('wave', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.wave')),
            ],
            options={
                'indexes': [models.Index(fields=['wave', 'unit'], name='comment_own_group')],
            },
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('portion', models.SmallIntegerField()),
                ('bands', models.JSONField(default=dict)),
                ('scores', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(null=True), size=None)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgunits.orgunit')),
                ('wave', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.wave')),
            ],
            options={
                'indexes': [models.Index(fields=['wave', 'unit'], name='response_own_group')],
            },
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('invited', models.PositiveIntegerField()),
                ('answered', models.PositiveIntegerField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgunits.orgunit')),
                ('wave', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.wave')),
                ('groups', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'unit', 'wave'], name='participation_of_unit')],
                'constraints': [models.UniqueConstraint(models.F('wave'), models.F('unit'), name='participation_once')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.PositiveSmallIntegerField(default=0)),
                ('released_at', models.DateTimeField()),
                ('blocks', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('n', models.PositiveIntegerField()),
                ('mean', models.FloatField(null=True)),
                ('low', models.PositiveIntegerField(null=True)),
                ('middle', models.PositiveIntegerField(null=True)),
                ('high', models.PositiveIntegerField(null=True)),
                ('distribution', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), null=True, size=None)),
                ('invited', models.PositiveIntegerField()),
                ('covered', models.PositiveIntegerField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('question', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.question')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgunits.orgunit')),
                ('wave', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.wave')),
                ('distribution_blocks', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None)),
                ('distribution_covered', models.PositiveIntegerField(null=True)),
                ('shares_blocks', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None)),
                ('shares_covered', models.PositiveIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'unit', 'wave'], name='release_of_unit')],
                'constraints': [models.UniqueConstraint(models.F('wave'), models.F('unit'), models.F('question'), models.F('step'), name='release_once')],
            },
        ),
        migrations.CreateModel(
            name='Atom',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.SmallIntegerField()),
                ('bands', models.JSONField(default=dict)),
                ('own_groups', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('people', models.PositiveIntegerField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgunits.orgunit')),
                ('wave', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.wave')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('wave'), models.F('unit'), models.F('step'), models.F('bands'), name='atom_once')],
            },
        ),
        migrations.CreateModel(
            name='WaveVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audited_at', models.DateTimeField()),
                ('passed', models.BooleanField()),
                ('report', models.JSONField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('wave', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.wave')),
            ],
            options={
                'indexes': [models.Index(fields=['wave', '-audited_at'], name='verdict_of_wave')],
            },
        ),
        append_only("results_block"),
        append_only("results_release"),
        append_only("results_participation"),
        append_only("results_atom"),
        append_only("results_waveverdict"),
    ]
