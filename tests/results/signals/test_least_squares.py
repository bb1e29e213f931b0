from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from results.signals.least_squares import nonnegative


def test_many_problems_have_the_answers_of_each() -> None:
    random = np.random.default_rng(1)
    columns, wanted = random.normal(size=(300, 12, 5)), random.normal(size=(300, 12))
    turned = columns.swapaxes(1, 2)
    found = nonnegative(turned @ columns, (turned @ wanted[:, :, None])[:, :, 0])
    alone = np.array([nnls(*one)[0] for one in zip(columns, wanted, strict=True)])
    assert 0.2 < np.mean(alone == 0) < 0.8
    assert np.allclose(found, alone, atol=1e-7)


def test_columns_that_say_the_same_share_what_they_say() -> None:
    column = np.array([1.0, 2.0, 3.0])
    columns = np.column_stack([column, column, -column])
    found = nonnegative((columns.T @ columns)[None], (columns.T @ (2 * column))[None])
    assert np.allclose(columns @ found[0], 2 * column)
    assert found.min() >= 0
