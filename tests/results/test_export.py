"""`manage.py figures export`: what it says when it cannot, and names that a spreadsheet would run."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.spreadsheets import harmless
from surveys.models import WaveUnit
from tests.results.closing import close
from tests.waves import open_wave

pytestmark = pytest.mark.django_db


def export(to: Path, organisation: str) -> str:
    said = StringIO()
    call_command("figures", "export", organisation=organisation, to=to, stdout=said)
    return said.getvalue()


def test_without_tables_it_says_what_to_do(tmp_path: Path) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO nowhere")
        with pytest.raises(CommandError, match="no tables yet"), transaction.atomic():
            export(tmp_path / "figures.csv", "city")
    assert not (tmp_path / "figures.csv").exists()


def test_an_unknown_organisation_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no organisation 'city'\. Known: none\."):
        export(tmp_path / "figures.csv", "city")


@pytest.mark.parametrize("name", ["=1+1", "+31 20", "-", "@sum"])
def test_a_name_that_looks_like_a_formula_gets_an_apostrophe(name: str, tmp_path: Path) -> None:
    built = open_wave({"City": 6})
    built.answer("City", [[4, 4], [2, 3], [5, 5], [1, 4], [3, 3], [4, 4]])
    WaveUnit.objects.filter(wave=built.wave).update(name=name)
    close(built.wave)
    path = tmp_path / "figures.csv"
    export(path, built.wave.organisation.slug)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["unit"] for row in rows} == {f"'{name}"}


def test_an_ordinary_name_stays_as_it_is() -> None:
    assert harmless("Zorg/Wijkteam Noord (=nieuw)") == "Zorg/Wijkteam Noord (=nieuw)"
