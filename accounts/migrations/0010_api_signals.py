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
    ]
