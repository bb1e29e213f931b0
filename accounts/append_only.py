"""Tables that only grow: a trigger refuses UPDATE, DELETE and TRUNCATE for every database role."""

from __future__ import annotations

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def never_changed(table: str) -> migrations.RunSQL:
    """Rows are added, and may be deleted when their time is over."""
    return migrations.RunSQL(
        f"""{FUNCTION}
        CREATE TRIGGER {table}_never_changed BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change();""",
        f"DROP TRIGGER {table}_never_changed ON {table};",
    )


def append_only(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""{FUNCTION}
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER {table}_never_truncated BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """,
        f"""DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {table}_never_truncated ON {table};""",
    )
