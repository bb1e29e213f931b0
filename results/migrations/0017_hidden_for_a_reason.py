from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("results", "0016_findings")]

    operations = [
        migrations.AddConstraint(
            model_name="commentmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("hidden", True), ("reason", ""), _connector="XOR"),
                name="comment_hidden_for_a_reason",
            ),
        ),
    ]
