"""What can be proved of figures of two sorts without a linear programme."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.audit.evidence import places
from results.audit.links import safe
from results.audit.programme import TOLERANCE, Certificate

GROUND: tuple[int, ...] = ()


def test_a_small_part_of_a_cell_is_safe_where_each_block_has_enough_outside() -> None:
    """Two blocks of 5 and 6 outside, and a cell of 2 and 8 of them."""
    one, other, cell = (1,), (2,), (3,)
    ends = [(one, GROUND), (other, GROUND), (one, cell), (other, cell)]
    assert safe(ends, [5, 6, 2, 8], 5) == [True] * 4
    assert safe(ends, [3, 6, 2, 8], 6)[0] is False, "three outside and two in the cell are five"


def test_a_band_that_nearly_is_a_block_is_not() -> None:
    """All but one of a block of 12 are the band, and one of another block."""
    block, other, band = (1,), (2,), (3,)
    ends = [(block, band), (block, GROUND), (other, band), (other, GROUND)]
    assert safe(ends, [11, 1, 1, 11], 5) == [True, False, False, True]


def test_bands_that_share_many_small_blocks_are_safe_together() -> None:
    blocks, bands = [(number,) for number in range(8)], [(8,), (9,)]
    ends = [(block, band) for block in blocks for band in bands]
    assert all(safe(ends, [3, 2] * 8, 5))


@st.composite
def drawings(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[int]]:
    """Lines between up to four rows and four columns; 0 is the ground."""
    ends = draw(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12, unique=True)
    )
    return ends, draw(st.lists(st.integers(1, 6), min_size=len(ends), max_size=len(ends)))


@given(drawings())
@settings(max_examples=400, deadline=None)
def test_what_is_safe_the_linear_programme_proves_as_well(
    drawing: tuple[list[tuple[int, int]], list[int]],
) -> None:
    ends, people = drawing
    rows = [places([at for at, end in enumerate(ends) if end[0] == row]) for row in range(1, 5)]
    columns = [places([at for at, end in enumerate(ends) if end[1] == column]) for column in range(1, 5)]
    figures = [figure.tolist() for figure in [*rows, *columns] if len(figure)]
    as_points = [((row,) if row else (), (10 + column,) if column else ()) for row, column in ends]
    found = safe(as_points, people, 5)
    for at, (row, column) in enumerate(ends):
        if found[at] and (row or column):
            optimum, _weights = Certificate(figures, np.array(people)).smallest(at)
            assert optimum >= 5 - TOLERANCE


def test_points_are_joined_whatever_the_order() -> None:
    ends = [((1,), GROUND), ((1,), (5,)), ((2,), (5,)), ((2,), GROUND)]
    assert safe(ends, [4, 4, 4, 4], 8) == safe(ends[::-1], [4] * 4, 8)[::-1]
    assert safe(ends, [4, 4, 4, 4], 8) == [True] * 4


@pytest.mark.parametrize("people", [[], [7]])
def test_hardly_anything_is_no_trouble(people: list[int]) -> None:
    assert safe([((1,), GROUND)] * len(people), people, 5) == [True] * len(people)
