import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_country'),
        ('orgunits', '0001_initial'),
        ('surveys', '0002_room_for_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='cycle',
            name='changed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='cycle',
            name='changed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cycle',
            name='excluded_units',
            field=models.ManyToManyField(related_name='+', to='orgunits.orgunit', verbose_name='left out'),
        ),
        migrations.AddField(
            model_name='cycle',
            name='intros',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='cycle',
            name='languages',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='cycle',
            name='most_invitations',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='most invitations'),
        ),
        migrations.AddField(
            model_name='cycle',
            name='most_within_days',
            field=models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(366)], verbose_name='in (days)'),
        ),
        migrations.AddField(
            model_name='cycle',
            name='parts',
            field=models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(13)], verbose_name='spread over (waves)'),
        ),
        migrations.AddField(
            model_name='cycle',
            name='remind_again_after_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(2)], verbose_name='second reminder after (days)'),
        ),
        migrations.AddField(
            model_name='cycle',
            name='reply_to',
            field=models.EmailField(blank=True, max_length=254, verbose_name='reply-to address'),
        ),
        migrations.AddField(
            model_name='cycle',
            name='return_within',
            field=models.PositiveSmallIntegerField(default=4, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='themes return within (waves)'),
        ),
        migrations.AddField(
            model_name='cycle',
            name='sender_name',
            field=models.CharField(blank=True, max_length=200, verbose_name='sender name'),
        ),
        migrations.AddField(
            model_name='cycle',
            name='skip_holidays',
            field=models.BooleanField(default=False, verbose_name='not on public holidays'),
        ),
        migrations.AddField(
            model_name='cycle',
            name='skip_weekends',
            field=models.BooleanField(default=False, verbose_name='not at weekends'),
        ),
        migrations.AddField(
            model_name='cycle',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='cyclequestion',
            name='rotating',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='wave',
            name='intros',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='wave',
            name='languages',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='wave',
            name='parts',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='wave',
            name='remind_again_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='wave',
            name='reply_to',
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name='wave',
            name='sender_name',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='mail',
            name='kind',
            field=models.CharField(choices=[('invitation', 'invitation'), ('reminder', 'reminder'), ('reminder_2', 'last reminder')], max_length=10),
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
    ]
