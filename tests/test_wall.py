"""Whether any code outside the wall names a table that answers stand in."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "orgunits", "surveys", "results", "actions", "dashboards", "listening")

# Table → the only modules that may name it.
ALLOWED = {
    "Submission": {"surveys/models/__init__.py", "surveys/models/answers.py", "results/mixing.py"},
    "Ticket": {
        "surveys/models/__init__.py",
        "surveys/models/answers.py",
        "surveys/answering/tickets.py",
        "results/tallies.py",
    },
    "Response": {
        "results/models.py",
        "results/mixing.py",
        "results/tallies.py",
        "results/retention.py",
    },
    "LiveRound": {"results/models.py", "results/live.py"},
    "Comment": {"results/models.py", "results/mixing.py", "results/comments/release.py"},
    "CommentPool": {
        "results/comments/models.py",
        "results/comments/release.py",
        "results/comments/queries.py",
        "results/audit/reading.py",
    },
    "ReleasedComment": {
        "results/comments/models.py",
        "results/comments/release.py",
        "results/comments/queries.py",
        "results/comments/hiding.py",
        "results/retention.py",
    },
    "CommentMark": {
        "results/comments/models.py",
        "results/comments/queries.py",
        "results/comments/hiding.py",
    },
    "Atom": {
        "results/models.py",
        "results/ledger.py",
        "results/verdicts.py",
        "results/audit/reading.py",
        "results/queries/waves.py",
    },
    "FilterBand": {
        "results/models.py",
        "results/filters.py",
        "results/filter_figures.py",
        "results/audit/reading.py",
    },
    "FilterAtom": {"results/models.py", "results/filters.py", "results/audit/reading.py"},
    "FilterFigure": {
        "results/models.py",
        "results/filters.py",
        "results/filter_figures.py",
        "results/audit/reading.py",
    },
    "FilterOutcome": {"results/models.py", "results/filters.py", "results/filter_figures.py"},
    "Block": {"results/models.py", "results/ledger.py", "results/audit/reading.py"},
    "Release": {
        "results/models.py",
        "results/ledger.py",
        "results/queries/live.py",
        "results/queries/sheet.py",
        "results/export.py",
        "results/panel.py",
        "results/layers.py",
        "results/themes.py",
        "results/audit/reading.py",
        "results/verdicts.py",
    },
    "WaveVerdict": {
        "results/models.py",
        "results/queries/waves.py",
        "results/verdicts.py",
    },
    "Participation": {
        "results/models.py",
        "results/ledger.py",
        "results/queries/participation.py",
        "results/audit/reading.py",
    },
}
TABLES = {
    "surveys_ticket": {
        "surveys/answering/services.py",
        "surveys/answering/tickets.py",
        "surveys/mailing/outbox.py",
        "results/resealing.py",
    },
    "surveys_submission": {"surveys/answering/services.py", "results/mixing.py", "results/resealing.py"},
    "results_response": {"results/mixing.py", "results/tallies.py"},
    "results_comment": set(),
    "results_liveround": set(),
    "results_commentpool": set(),
    "results_releasedcomment": set(),
    "results_commentmark": set(),
    "results_filterband": set(),
    "results_filteratom": set(),
    "results_filterfigure": set(),
    "results_filteroutcome": set(),
    "results_atom": {"results/versions.py"},
    "results_block": set(),
    "results_release": {"results/layers.py", "results/versions.py"},
    "results_participation": set(),
    "results_waveverdict": {"results/versions.py"},
}
MODELS = re.compile(r"(surveys|results|results\.comments)\.models\b")
RIGHTS = "listening/database_roles.py"  # says who may read which table, and reads none


def modules() -> list[Path]:
    found = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    imported = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and MODELS.match(node.module or "")
        for alias in node.names
    ]
    attributes = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return {*imported, *attributes, *(classes if "models" in (path.stem, path.parent.name) else ())}


# Made of released figures, or HR's own.
BEFORE_THE_WALL = {
    "CommentTopic",
    "Digest",
    "DigestChoice",
    "Finding",
    "FindingRun",
    "Signal",
    "SignalRun",
    "SignalSetting",
    "Indicator",
    "IndicatorValue",
    "LeadLag",
}


def test_every_table_behind_the_wall_is_listed_here() -> None:
    every = apps.get_app_config("results").get_models()
    tables = [table for table in every if table.__name__ not in BEFORE_THE_WALL]
    assert {table.__name__ for table in tables} == set(ALLOWED) - {"Submission", "Ticket"}
    assert {table._meta.db_table for table in tables} == set(TABLES) - {
        "surveys_submission",
        "surveys_ticket",
    }


@pytest.mark.parametrize("model", ALLOWED)
def test_a_table_of_answers_is_named_by_its_keepers_only(model: str) -> None:
    naming = {str(path.relative_to(ROOT)) for path in modules() if model in names_in(path)}
    assert naming == ALLOWED[model]


@pytest.mark.parametrize("table", TABLES)
def test_raw_sql_on_answers_stands_with_its_keepers_only(table: str) -> None:
    named = re.compile(rf"\b{table}\b")
    naming = {str(path.relative_to(ROOT)) for path in modules() if named.search(path.read_text("utf-8"))}
    assert naming - {RIGHTS} == TABLES[table]


def test_no_template_reads_a_related_answer() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text("utf-8").lower()
        assert not any(word in text for word in ("submission_set", "response_set", "release_set")), path
