"""New databases take the squashed migrations, existing ones went through those that they replace."""

from __future__ import annotations

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader


def test_both_ways_end_in_the_same_tables() -> None:
    short, long = (MigrationLoader(None, replace_migrations=replaced) for replaced in (True, False))
    assert ("surveys", "0001_initial") not in short.graph.nodes
    ends = short.graph.leaf_nodes()  # in the long one what replaces others stands apart, and ends nothing
    between = MigrationAutodetector(short.project_state(ends), long.project_state(ends))
    assert not between.changes(graph=long.graph)
