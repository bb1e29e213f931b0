"""Units that are moved, merged or new: they inherit what can be traced, and a jump is no drift."""

from __future__ import annotations

import numpy as np
import pytest
from django.utils import timezone

from orgunits.models import ImportRun, UnitLineage
from results.panel import panel
from results.signals import reorganisation
from results.signals.raising import read_wave
from surveys.models import WaveUnit
from tests.results.signals.released import Released, organisation_with, release_wave

pytestmark = pytest.mark.django_db

PATHS = ["City", "City/B", "City/B/Day", "City/A", "City/A/Night", "City/New"]
BEFORE = [3.5, 3.8, 3.9, 3.4, 3.2, np.nan]
N = [60, 30, 12, 20, 9, 14]


def line(made: Released, start: str, end: str, people: int, weight: float) -> None:
    run, _new = ImportRun.objects.get_or_create(
        organisation=made.organisation,
        state=ImportRun.State.APPLIED,
        file_name="people.csv",
        defaults={"uploaded_at": timezone.now()},
    )
    UnitLineage.objects.create(
        organisation=made.organisation,
        run=run,
        from_unit=made.units[start],
        to_unit=made.units[end],
        people=people,
        weight=weight,
        on=made.waves[3].closes_at.date(),
    )


@pytest.fixture
def made() -> Released:
    made = organisation_with(PATHS)
    for wave in range(6):
        release_wave(made, {"energy": [*BEFORE[:-1], 3.6 if wave > 3 else np.nan]}, N)
    return made


def test_a_merged_unit_starts_from_the_weighted_history_of_its_parts(made: Released) -> None:
    line(made, "City/A/Night", "City/New", 9, 1.0)
    line(made, "City/B/Day", "City/New", 3, 0.25)
    figures = panel(made.organisation, until=made.waves[-1])
    assert figures is not None
    full = reorganisation.inherited(figures, reorganisation.moves(figures))
    row = list(figures.units).index(made.units["City/New"].pk)
    [theme] = full.themes
    assert theme.mean[row, 3, 0] == pytest.approx(1 + 4 * ((0.75 * 3.2 + 0.25 * 3.9) - 1) / 4)
    assert theme.n[row, 3, 0] == pytest.approx(1 / (0.75**2 / 9 + 0.25**2 / 12))
    assert theme.mean[row, 5, 0] == pytest.approx(3.6)
    assert np.isnan(figures.themes[0].mean[row, 3, 0])


def test_a_unit_that_is_mostly_untraced_starts_afresh(made: Released) -> None:
    line(made, "City/A/Night", "City/New", 2, 0.2)
    UnitLineage.objects.update(people=2)
    figures = panel(made.organisation, until=made.waves[-1])
    assert figures is not None
    strangers = [*reorganisation.moves(figures), reorganisation.Move(4, -1, made.units["City/New"].pk, 8, 1)]
    row = list(figures.units).index(made.units["City/New"].pk)
    assert np.isnan(reorganisation.inherited(figures, strangers).themes[0].mean[row, :4, 0]).all()


def test_a_department_that_gets_a_team_may_jump_then_and_only_then(made: Released) -> None:
    late = WaveUnit.objects.filter(wave__in=made.waves[4:], unit=made.units["City/A/Night"])
    late.update(parent_position=PATHS.index("City/B"))
    figures = panel(made.organisation, until=made.waves[-1])
    assert figures is not None
    jumps = reorganisation.turnover(figures, [])
    place = {unit: row for row, unit in enumerate(figures.units)}
    share = N[4] / (N[4] + N[1] + N[2])
    assert jumps[place[made.units["City/B"].pk]].tolist() == [0, 0, 0, 0, pytest.approx(share**2), 0]
    assert jumps[place[made.units["City/A"].pk], 4] > 0
    assert jumps[place[made.units["City/A/Night"].pk]].sum() == 0
    assert jumps[place[made.units["City"].pk]].sum() == 0


def test_reading_after_a_reorganisation_works(made: Released) -> None:
    line(made, "City/A/Night", "City/New", 9, 1.0)
    assert read_wave(made.waves[-1], now=timezone.now()) is not None
