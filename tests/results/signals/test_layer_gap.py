from __future__ import annotations

import numpy as np
import pytest

from results.signals.layer_gap import NOWHERE, layer_gap

ABOVE = np.array([NOWHERE, 0, 0])


def of(means: list[float], n: list[float], fewest: int = 5) -> tuple[float, float]:
    found = layer_gap(np.array(means)[:, None, None], np.array(n)[:, None, None], ABOVE, fewest)
    return float(found.gap[0, 0, 0]), float(found.error[0, 0, 0])


def test_those_at_the_top_are_what_is_left_of_the_whole() -> None:
    """Ten people at 4.0 above two teams of ten at 3.0 and 3.4."""
    gap, error = of([(40 + 30 + 34) / 30, 3.0, 3.4], [30, 10, 10])
    assert gap == pytest.approx(4.0 - 3.2)
    assert error == pytest.approx(1 / 10 + 1 / 20)


def test_where_nobody_or_too_few_are_left_there_is_no_gap() -> None:
    assert np.isnan(of([3.2, 3.0, 3.4], [20, 10, 10])[0])
    assert np.isnan(of([3.2, 3.0, 3.4], [24, 10, 10])[0])
    assert np.isnan(of([3.2, np.nan, np.nan], [24, 0, 0])[0])


def test_a_team_that_is_not_shown_counts_at_the_top() -> None:
    gap, _error = of([(40 + 30) / 20, np.nan, 3.0], [20, 0, 10])
    assert gap == pytest.approx(1.0)
