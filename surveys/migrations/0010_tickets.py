import django.db.models.deletion
from django.db import migrations, models

import surveys.answering.keys
from surveys.answering.tickets import tickets_of
from surveys.answering.traits import sealer
from surveys.mailing.forgetting import forget_who_was_reminded

BATCH = 2000


def keep_apart(apps, schema_editor):
    """Of waves that are open: who answered becomes tickets, and traits beside answers are sealed. Of others
    nothing says any more who was reminded.
    """
    wave, invitation, submission, ticket = (
        apps.get_model("surveys", name) for name in ("Wave", "Invitation", "Submission", "Ticket")
    )
    for one in wave.objects.exclude(state="closed").iterator():
        answered = invitation.objects.filter(wave=one, answered=True)
        rows = {pk: row for pk, *row in answered.values_list("pk", "unit_id", "answered_on")}
        ticket.objects.bulk_create(
            (
                ticket(value=value, organisation_id=one.organisation_id, wave=one, unit_id=unit, day=day)
                for value, (unit, day) in ((value, rows[pk]) for pk, value in tickets_of(one, rows).items())
            ),
            BATCH,
        )
        seal = sealer(one)
        waiting = list(submission.objects.filter(wave=one))
        for row in waiting:
            row.traits = seal(row.bands)
        submission.objects.bulk_update(waiting, ["traits"], BATCH)
    for one in wave.objects.filter(state="closed").iterator():
        forget_who_was_reminded(one)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("surveys", "0009_skipped_waves")]
    operations = [
        migrations.AddField(
            model_name="wave",
            name="key_name",
            field=models.CharField(default=surveys.answering.keys.current_key_name, max_length=16),
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("value", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("day", models.DateField()),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgunits.orgunit",
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="surveys.wave",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["wave", "unit"], name="ticket_own_group")]},
        ),
        migrations.AddField("submission", "traits", models.BinaryField(default=b"")),
        migrations.RunPython(keep_apart, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("submission", "bands"),
        migrations.RemoveField("invitation", "answered"),
        migrations.RemoveField("invitation", "answered_on"),
    ]
