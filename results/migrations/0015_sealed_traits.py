from django.db import migrations, models

from surveys.answering.traits import sealer

BATCH = 2000


def seal_or_forget(apps, schema_editor):
    """Traits beside answers of open waves are sealed; those of closed ones have been of no use since."""
    wave, response = apps.get_model("surveys", "Wave"), apps.get_model("results", "Response")
    for one in wave.objects.exclude(state="closed").iterator():
        seal = sealer(one)
        mixed = list(response.objects.filter(wave=one).only("bands"))
        for row in mixed:
            row.traits = seal(row.bands)
        response.objects.bulk_update(mixed, ["traits"], BATCH)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("results", "0014_comment_topics"), ("surveys", "0010_tickets")]
    operations = [
        migrations.AddField("response", "traits", models.BinaryField(default=b"")),
        migrations.RunPython(seal_or_forget, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("response", "bands"),
    ]
