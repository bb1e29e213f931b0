import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_webhooks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apitoken",
            name="reads",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("units", "units"),
                        ("waves", "cycles and waves"),
                        ("participation", "participation"),
                        ("figures", "figures"),
                        ("signals", "signals"),
                    ],
                    max_length=13,
                ),
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="webhook",
            name="off",
            field=models.CharField(
                blank=True,
                choices=[
                    ("by_hand", "switched off"),
                    ("gave_up", "switched off, because messages kept failing"),
                    ("gone", "switched off, because the other system asked for it"),
                    ("lost_key", "switched off, because its secret cannot be read any more"),
                ],
                max_length=8,
            ),
        ),
    ]
