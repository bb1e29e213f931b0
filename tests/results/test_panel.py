from __future__ import annotations

import numpy as np
import pytest

from results.figures import Shown, index
from results.panel import _together

SCALES = [(1, 5), (0, 10), (1, 7)]


def test_figures_of_themes_are_those_of_pages() -> None:
    """Questions on several scales, of which some show nothing."""
    random = np.random.default_rng(1)
    for _turn in range(200):
        figures = [some_figure(random) if random.random() < 0.7 else None for _question in range(4)]
        values = [values_of(one) for one in figures]
        found = _together(*np.array(values).T[:, None, None, :])
        of_a_page = index(filter(None, figures))
        if not isinstance(of_a_page, Shown):
            assert np.isnan(found.mean[0, 0])
            assert (found.n[0, 0], found.people[0, 0], found.width[0, 0]) == (0, 0, 0)
            continue
        assert found.mean[0, 0] == pytest.approx(1 + 4 * of_a_page.position)
        assert (found.n[0, 0], found.people[0, 0]) == (of_a_page.n, 2 * of_a_page.covered)
        assert found.width[0, 0] == of_a_page.highest - of_a_page.lowest


def some_figure(random: np.random.Generator) -> Shown:
    lowest, highest = SCALES[random.integers(len(SCALES))]
    n, covered = int(random.integers(10, 13)), int(random.integers(20, 30))
    return Shown(float(random.uniform(lowest, highest)), n, lowest, highest, None, None, covered, 40)


def values_of(figure: Shown | None) -> tuple[float, ...]:
    """In a wave that people are asked in two parts of."""
    if figure is None:
        return (np.nan,) * 6
    ends = figure.lowest, figure.highest
    return figure.mean, figure.n, figure.covered, 2 * figure.covered, *ends
