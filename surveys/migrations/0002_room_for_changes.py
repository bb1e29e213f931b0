from django.db import migrations


class Migration(migrations.Migration):
    """Leave room on each page: a row that is marked as sent or answered stays there, so indexes need no change."""

    dependencies = [("surveys", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} SET (fillfactor = 70)", f"ALTER TABLE {table} RESET (fillfactor)"
        )
        for table in ("surveys_invitation", "surveys_mail")
    ]
