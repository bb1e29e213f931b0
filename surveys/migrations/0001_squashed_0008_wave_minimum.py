import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# Leave room on each page: a row that is marked as sent or answered stays there, so indexes need no change.
ROOM = "ALTER TABLE surveys_invitation SET (fillfactor = 70); ALTER TABLE surveys_mail SET (fillfactor = 70);"
NO_ROOM = "ALTER TABLE surveys_invitation RESET (fillfactor); ALTER TABLE surveys_mail RESET (fillfactor);"
KEEP_MINIMUM = """
CREATE FUNCTION refuse_other_minimum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the minimum group of a wave was promised' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER surveys_wave_minimum_kept BEFORE UPDATE ON surveys_wave FOR EACH ROW
    WHEN (OLD.minimum_group <> NEW.minimum_group) EXECUTE FUNCTION refuse_other_minimum();
"""
LET_GO_OF_MINIMUM = """
DROP TRIGGER surveys_wave_minimum_kept ON surveys_wave;
DROP FUNCTION refuse_other_minimum();
"""


class Migration(migrations.Migration):

    """The same tables as by the eight that it replaces, in one step: a new database is made in half the time."""

    replaces = [
        ('surveys', '0001_initial'),
        ('surveys', '0002_room_for_changes'),
        ('surveys', '0003_cycle_builder'),
        ('surveys', '0004_channels'),
        ('surveys', '0005_question_bank'),
        ('surveys', '0006_journeys'),
        ('surveys', '0007_mail_texts'),
        ('surveys', '0008_wave_minimum'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0005_look'),
        ('orgunits', '0005_employee_dates'),
    ]

    operations = [
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64)),
                ('name_en', models.CharField(max_length=200)),
                ('name_nl', models.CharField(max_length=200)),
                ('description_en', models.TextField(blank=True)),
                ('description_nl', models.TextField(blank=True)),
                ('kind', models.CharField(choices=[('leading', 'early signal'), ('lagging', 'consequence')], default='leading', max_length=8)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='themes', to='accounts.organisation')),
                ('changed_at', models.DateTimeField(null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other_languages', models.JSONField(blank=True, default=dict)),
                ('revision', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['position', 'code'],
                'constraints': [models.UniqueConstraint(models.F('organisation'), models.F('code'), name='theme_code_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64)),
                ('kind', models.CharField(choices=[('agreement', 'five-point agreement'), ('scale', '0 to 10'), ('choice', 'single choice'), ('open', 'open question')], default='agreement', max_length=10)),
                ('points', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(11)])),
                ('reversed', models.BooleanField(default=False)),
                ('text_en', models.CharField(max_length=500)),
                ('text_nl', models.CharField(max_length=500)),
                ('short', models.BooleanField(default=False)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='accounts.organisation')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='surveys.theme')),
                ('changed_at', models.DateTimeField(null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('is_equivalent', models.BooleanField(default=False)),
                ('options', models.JSONField(blank=True, default=list)),
                ('other_languages', models.JSONField(blank=True, default=dict)),
                ('predecessor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='surveys.question')),
                ('retired_at', models.DateTimeField(null=True)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('version', models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                'ordering': ['theme__position', 'code'],
                'constraints': [models.UniqueConstraint(models.F('organisation'), models.F('code'), models.F('version'), name='question_version_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('is_equivalent', True), ('predecessor', None), _negated=True), name='equivalent_to_something')],
            },
        ),
        migrations.CreateModel(
            name='Cycle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('active', 'active'), ('paused', 'paused'), ('ended', 'ended')], default='draft', max_length=8)),
                ('recurrence', models.CharField(max_length=200, verbose_name='recurrence')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('send_at', models.TimeField(default=datetime.time(9, 0), verbose_name='time of sending')),
                ('days_open', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='days open')),
                ('reminder_after_days', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='reminder after (days)')),
                ('comment_allowed', models.BooleanField(default=True, verbose_name='ask for a comment')),
                ('next_opens_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cycles', to='accounts.organisation')),
                ('units', models.ManyToManyField(related_name='cycles', to='orgunits.orgunit', verbose_name='units')),
                ('changed_at', models.DateTimeField(null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('excluded_units', models.ManyToManyField(related_name='+', to='orgunits.orgunit', verbose_name='left out')),
                ('intros', models.JSONField(blank=True, default=dict)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None)),
                ('most_invitations', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='most invitations')),
                ('most_within_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(366)], verbose_name='in (days)')),
                ('parts', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(13)], verbose_name='spread over (waves)')),
                ('remind_again_after_days', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(2)], verbose_name='second reminder after (days)')),
                ('reply_to', models.EmailField(blank=True, max_length=254, verbose_name='reply-to address')),
                ('return_within', models.PositiveSmallIntegerField(default=4, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='themes return within (waves)')),
                ('sender_name', models.CharField(blank=True, max_length=200, verbose_name='sender name')),
                ('skip_holidays', models.BooleanField(default=False, verbose_name='not on public holidays')),
                ('skip_weekends', models.BooleanField(default=False, verbose_name='not at weekends')),
                ('version', models.PositiveIntegerField(default=1)),
                ('days_after', models.SmallIntegerField(default=0, validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(365)], verbose_name='days')),
                ('kind', models.CharField(choices=[('recurring', 'recurring'), ('onboarding', 'after the first day'), ('moved', 'after a move to another unit'), ('leaving', 'around the last day')], default='recurring', max_length=10)),
                ('mail_texts', models.JSONField(blank=True, default=dict)),
                ('texts_changed_at', models.DateTimeField(blank=True, null=True)),
                ('texts_changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('texts_version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'state'], name='surveys_cyc_organis_2eb9bc_idx'), models.Index(condition=models.Q(('state', 'active')), fields=['next_opens_at'], name='cycle_due')],
            },
        ),
        migrations.CreateModel(
            name='CycleQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cycle_questions', to='surveys.cycle')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.question')),
                ('rotating', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(models.F('cycle'), models.F('question'), name='cycle_question_once')],
            },
        ),
        migrations.AddField(
            model_name='cycle',
            name='questions',
            field=models.ManyToManyField(related_name='cycles', through='surveys.CycleQuestion', to='surveys.question'),
        ),
        migrations.CreateModel(
            name='QuietPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quiet_periods', to='accounts.organisation')),
            ],
            options={
                'ordering': ['first_day', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='quiet_period_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='Turn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.PositiveSmallIntegerField()),
                ('cycle', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='turns', to='surveys.cycle')),
                ('employee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orgunits.employee')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('cycle'), models.F('employee'), name='turn_once')],
            },
        ),
        migrations.CreateModel(
            name='Wave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('open', 'open'), ('closing', 'closing'), ('closed', 'closed')], default='open', max_length=8)),
                ('scheduled_for', models.DateTimeField()),
                ('opened_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('remind_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('minimum_group', models.PositiveSmallIntegerField()),
                ('comment_allowed', models.BooleanField()),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waves', to='surveys.cycle')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waves', to='accounts.organisation')),
                ('intros', models.JSONField(blank=True, default=dict)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None)),
                ('parts', models.PositiveSmallIntegerField(default=1)),
                ('remind_again_at', models.DateTimeField(blank=True, null=True)),
                ('reply_to', models.EmailField(blank=True, max_length=254)),
                ('sender_name', models.CharField(blank=True, max_length=200)),
                ('adds_until', models.DateTimeField(blank=True, null=True)),
                ('days_after', models.SmallIntegerField(default=0)),
                ('kind', models.CharField(choices=[('recurring', 'recurring'), ('onboarding', 'after the first day'), ('moved', 'after a move to another unit'), ('leaving', 'around the last day')], default='recurring', max_length=10)),
                ('round_at', models.DateTimeField(blank=True, null=True)),
                ('mail_texts', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'ordering': ['-opened_at'],
                'indexes': [models.Index(fields=['organisation', '-opened_at'], name='surveys_wav_organis_b012f6_idx'), models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['closes_at'], name='wave_unfinished'), models.Index(condition=models.Q(('round_at__isnull', False)), fields=['round_at'], name='wave_round_due')],
                'constraints': [models.UniqueConstraint(models.F('cycle'), models.F('number'), name='wave_number_once'), models.UniqueConstraint(models.F('cycle'), models.F('scheduled_for'), name='wave_scheduled_once'), models.CheckConstraint(condition=models.Q(('minimum_group__gte', 5)), name='wave_minimum_group_allowed')],
            },
        ),
        migrations.CreateModel(
            name='WaveQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64)),
                ('kind', models.CharField(choices=[('agreement', 'five-point agreement'), ('scale', '0 to 10'), ('choice', 'single choice'), ('open', 'open question')], default='agreement', max_length=10)),
                ('points', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(11)])),
                ('reversed', models.BooleanField(default=False)),
                ('text_en', models.CharField(max_length=500)),
                ('text_nl', models.CharField(max_length=500)),
                ('position', models.PositiveSmallIntegerField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.question')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.theme')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='surveys.wave')),
                ('options', models.JSONField(blank=True, default=list)),
                ('other_languages', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(models.F('wave'), models.F('position'), name='wave_question_position_once')],
            },
        ),
        migrations.CreateModel(
            name='WaveUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('parent_position', models.PositiveIntegerField(null=True)),
                ('name', models.CharField(max_length=200)),
                ('invited', models.PositiveIntegerField(default=0)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgunits.orgunit')),
                ('wave', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='units', to='surveys.wave')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(models.F('wave'), models.F('position'), name='wave_unit_position_once'), models.UniqueConstraint(models.F('wave'), models.F('unit'), name='wave_unit_once')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('language', models.CharField(max_length=8)),
                ('bands', models.JSONField(default=dict)),
                ('answered', models.BooleanField(default=False)),
                ('answered_on', models.DateField(null=True)),
                ('reminders_stopped', models.BooleanField(default=False)),
                ('employee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations', to='orgunits.employee')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgunits.orgunit')),
                ('wave', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='surveys.wave')),
                ('closes_at', models.DateTimeField(null=True)),
                ('event_on', models.DateField(null=True)),
                ('invited_on', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('wave'), models.F('employee'), name='invitation_once')],
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('invitation', 'invitation'), ('reminder', 'reminder'), ('reminder_2', 'last reminder')], max_length=10)),
                ('state', models.CharField(choices=[('due', 'waiting'), ('claimed', 'being prepared'), ('sending', 'being sent'), ('sent', 'sent'), ('unconfirmed', 'perhaps sent'), ('refused', 'refused'), ('cancelled', 'not needed any more')], default='due', max_length=12)),
                ('due_at', models.DateTimeField()),
                ('claim', models.UUIDField(null=True)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('token_hash', models.BinaryField(max_length=32, null=True, unique=True)),
                ('message_id', models.CharField(blank=True, max_length=200)),
                ('sent_at', models.DateTimeField(null=True)),
                ('error', models.TextField(blank=True)),
                ('invitation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='surveys.invitation')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('wave', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='surveys.wave')),
                ('again', models.BooleanField(db_default=False, default=False)),
                ('complained_at', models.DateTimeField(null=True)),
                ('service_id', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('delivered_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['due', 'claimed', 'sending'])), fields=['organisation', 'due_at'], name='mail_unfinished'), models.Index(fields=['organisation', 'claimed_at'], name='mail_claimed'), models.Index(fields=['wave', 'state'], name='mail_by_state'), models.Index(condition=models.Q(('message_id', ''), _negated=True), fields=['message_id'], name='mail_by_message_id'), models.Index(condition=models.Q(('service_id', ''), _negated=True), fields=['service_id'], name='mail_by_service_id')],
                'constraints': [models.UniqueConstraint(models.F('invitation'), models.F('kind'), name='mail_kind_once')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('bands', models.JSONField(default=dict)),
                ('scores', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(null=True), size=None)),
                ('comments', models.JSONField(default=dict)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgunits.orgunit')),
                ('wave', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.wave')),
            ],
            options={
                'indexes': [models.Index(fields=['wave', 'unit'], name='submission_own_group')],
            },
        ),
        migrations.CreateModel(
            name='LetterRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(choices=[('without_mail', 'everyone whom no mail reaches'), ('units', 'everyone in the units that I choose')], max_length=12)),
                ('form', models.CharField(choices=[('pdf', 'one PDF, ready to print'), ('csv', 'a list (CSV) for a print shop')], max_length=3)),
                ('state', models.CharField(choices=[('due', 'being made'), ('ready', 'ready'), ('erased', 'file erased'), ('withdrawn', 'withdrawn')], default='due', max_length=10)),
                ('letters', models.PositiveIntegerField(default=0)),
                ('ordered_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(null=True)),
                ('sealed', models.BinaryField(null=True)),
                ('ordered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('units', models.ManyToManyField(related_name='+', to='orgunits.orgunit')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letter_runs', to='surveys.wave')),
            ],
            options={
                'ordering': ['-ordered_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['due', 'ready'])), fields=['state'], name='letter_run_unfinished')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('invitation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='surveys.invitation')),
                ('letter_run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='surveys.letterrun')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.wave')),
            ],
        ),
        migrations.CreateModel(
            name='RefusedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('reason', models.TextField()),
                ('refused_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='refused_addresses', to='accounts.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('organisation'), models.F('email'), name='refused_address_once')],
            },
        ),
        migrations.CreateModel(
            name='BankImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200)),
                ('content', models.BinaryField()),
                ('uploaded_at', models.DateTimeField()),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.RunSQL(ROOM, NO_ROOM),
        migrations.RunSQL(KEEP_MINIMUM, LET_GO_OF_MINIMUM),
    ]
