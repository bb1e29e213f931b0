from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from dashboards.heatmap.cells import Cell
from results.figures import Shown


class Row(NamedTuple):
    unit_id: int
    name: str
    url: str
    layer: int
    fold: str
    fold_url: str
    cells: list[Cell]

    @property
    def fullest(self) -> Shown | None:
        """The figure of the row with the most answers: it says for whom the row speaks."""
        shown = [cell.figure for cell in self.cells if isinstance(cell.figure, Shown)]
        return max(shown, key=attrgetter("n"), default=None)


@dataclass(frozen=True, slots=True)
class More:
    """The row that ends an unfolded branch with too many units to show at once."""

    unit_id: int
    layer: int
    left: int
    url: str
    after: int
    columns: int
