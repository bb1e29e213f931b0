"""What a bench found, and whether it is good enough."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

RESULTS = Path(__file__).with_name("results.json")
WIDTHS = (46, 12, 12, 10, 24, 4)
HEADER = ("measure", "value", "reference", "ratio", "wanted", "")


@dataclass(frozen=True, slots=True)
class Measure:
    """`reference`: what the same work takes at the least, measured in the same run.

    The limits hold for the ratio to the reference, or for the value where there is none or `of_value`.
    """

    name: str
    value: float
    unit: str
    reference: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    of_value: bool = False

    @property
    def ratio(self) -> float | None:
        return self.value / self.reference if self.reference else None

    @property
    def judged(self) -> float:
        return self.value if self.of_value or self.ratio is None else self.ratio

    @property
    def good_enough(self) -> bool:
        return (self.at_least is None or self.judged >= self.at_least) and (
            self.at_most is None or self.judged <= self.at_most
        )

    @property
    def wanted(self) -> str:
        of = "value" if self.of_value or self.ratio is None else "ratio"
        if self.at_least is not None:
            return f"{of} at least {self.at_least:g}"
        return f"{of} at most {self.at_most:g}" if self.at_most is not None else ""

    def cells(self) -> tuple[str, ...]:
        reference = f"{self.reference:,.4g}" if self.reference is not None else ""
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        verdict = "" if not self.wanted else "ok" if self.good_enough else "NO"
        return f"{self.name} ({self.unit})", f"{self.value:,.4g}", reference, ratio, self.wanted, verdict


def print_table(measures: Sequence[Measure]) -> None:
    for cells in (HEADER, *(measure.cells() for measure in measures)):
        first, *rest = (cell.ljust if place == 0 else cell.rjust for place, cell in enumerate(cells))
        print(first(WIDTHS[0]) + "".join(fill(width) for fill, width in zip(rest, WIDTHS[1:], strict=True)))


def write_results(measures: Sequence[Measure]) -> None:
    found = {
        "python": platform.python_version(),
        "cores": psutil.cpu_count(),
        "measures": [
            {**asdict(measure), "ratio": measure.ratio, "good_enough": measure.good_enough}
            for measure in measures
        ],
    }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
