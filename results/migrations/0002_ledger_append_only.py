from django.db import migrations

from accounts.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("results", "0001_initial")]
    operations = [
        append_only("results_block"),
        append_only("results_release"),
        append_only("results_participation"),
    ]
