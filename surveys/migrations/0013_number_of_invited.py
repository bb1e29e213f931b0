from django.db import migrations, models

COUNTED = """
    UPDATE surveys_wave AS wave SET invited = counted.people
    FROM (SELECT wave_id, sum(invited) AS people FROM surveys_waveunit GROUP BY wave_id) AS counted
    WHERE counted.wave_id = wave.id
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0012_counted_mails")]
    operations = [
        migrations.AddField("wave", "invited", models.PositiveIntegerField(default=0)),
        migrations.RunSQL(COUNTED, migrations.RunSQL.noop, elidable=True),
    ]
