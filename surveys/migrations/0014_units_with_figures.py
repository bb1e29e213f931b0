from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0013_number_of_invited")]
    operations = [migrations.AddField("waveunit", "has_figures", models.BooleanField(default=False))]
