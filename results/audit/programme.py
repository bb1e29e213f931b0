"""Linear programmes, solved by HiGHS, for what the structure of the figures does not prove."""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np
from numpy.typing import NDArray

TOLERANCE = 1e-6
EXACT = 1e-9


def _solver() -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("primal_feasibility_tolerance", EXACT),
        ("dual_feasibility_tolerance", EXACT),
    ):
        solver.setOptionValue(option, value)
    return solver


def _add_rows(
    solver: highspy.Highs, rows: Sequence[tuple[float, float, Sequence[int], Sequence[float]]]
) -> None:
    starts = np.cumsum([0, *(len(row[2]) for row in rows[:-1])], dtype=np.int32)
    solver.addRows(
        len(rows),
        np.array([row[0] for row in rows], dtype=np.float64),
        np.array([row[1] for row in rows], dtype=np.float64),
        sum(len(row[2]) for row in rows),
        starts,
        np.array([one for row in rows for one in row[2]], dtype=np.int32),
        np.array([one for row in rows for one in row[3]], dtype=np.float64),
    )


class Certificate:
    """The smallest weighted size of any sum of figures that holds a group: Σ people·|x|, x = Mᵀy, x = 1
    there.

    `rows`: groups in each figure, numbered from 0. One model for all groups; only the fixed one changes.
    """

    def __init__(self, rows: Sequence[Sequence[int]], people: NDArray[np.int64]) -> None:
        self.groups, self.figures = len(people), len(rows)
        self.solver = _solver()
        free = highspy.kHighsInf
        self.solver.addVars(
            self.figures + self.groups,
            np.concatenate([np.full(self.figures, -free), np.zeros(self.groups)]),
            np.full(self.figures + self.groups, free),
        )
        self.solver.changeColsCost(
            self.groups,
            np.arange(self.figures, self.figures + self.groups, dtype=np.int32),
            people.astype(np.float64),
        )
        holding: list[list[int]] = [[] for _ in range(self.groups)]
        for number, row in enumerate(rows):
            for one in row:
                holding[one].append(number)
        bounds: list[tuple[float, float, Sequence[int], Sequence[float]]] = []
        for one, figures in enumerate(holding):  # x ≤ size and -x ≤ size
            size = self.figures + one
            bounds.append((-free, 0.0, [*figures, size], [*[1.0] * len(figures), -1.0]))
            bounds.append((0.0, free, [*figures, size], [*[1.0] * len(figures), 1.0]))
        bounds += [(-free, free, figures, [1.0] * len(figures)) for figures in holding]
        _add_rows(self.solver, bounds)

    def smallest(self, one: int) -> tuple[float, NDArray[np.float64]]:
        """The optimum for a group, and the weight of each figure in the sum that reaches it."""
        row = 2 * self.groups + one
        self.solver.changeRowBounds(row, 1.0, 1.0)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS: {self.solver.modelStatusToString(self.solver.getModelStatus())}")
        optimum = self.solver.getObjectiveValue()
        weights = np.array(self.solver.getSolution().col_value[: self.figures])
        self.solver.changeRowBounds(row, -highspy.kHighsInf, highspy.kHighsInf)
        return optimum, weights


def fewest(rows: Sequence[Sequence[int]], n: NDArray[np.int64], most: NDArray[np.int64], one: int) -> int:
    """The fewest people that a group can have, given the n of figures and the most that groups can have."""
    solver = _solver()
    solver.addVars(len(most), np.zeros(len(most)), most.astype(np.float64))
    solver.changeColsCost(1, np.array([one], dtype=np.int32), np.ones(1))
    _add_rows(
        solver,
        [(float(total), float(total), row, [1.0] * len(row)) for row, total in zip(rows, n, strict=True)],
    )
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return 0  # the numbers contradict each other, so nothing is proved
    return int(np.ceil(solver.getObjectiveValue() - TOLERANCE))
