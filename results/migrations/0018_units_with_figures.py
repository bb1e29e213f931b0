from django.db import migrations

MARKED = """
    UPDATE surveys_waveunit AS asked SET has_figures = true
    FROM (SELECT DISTINCT wave_id, unit_id FROM results_release WHERE step = 0) AS shown
    WHERE shown.wave_id = asked.wave_id AND shown.unit_id = asked.unit_id
"""


class Migration(migrations.Migration):
    dependencies = [("results", "0017_hidden_for_a_reason"), ("surveys", "0014_units_with_figures")]
    operations = [migrations.RunSQL(MARKED, migrations.RunSQL.noop, elidable=True)]
