"""What signals raise on a real survey: yearly scores of organisations in the British civil service.

`python -m bench.civil_service FILE` reads `csps_headline_2009_2024.csv.gz` (contains public sector
information licensed under the Open Government Licence v3.0; tables extracted by Matt Kerlogue, CC BY 4.0).
Scores are percentages, put on a scale of five points; how many people answered is not published, so all count
alike.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from results.lagging.comparing import compare
from results.signals import calibration, detectors
from results.signals.drift import DOWN, told
from results.signals.rates import RATES
from results.signals.series import course

Floats = NDArray[np.float64]

THEMES = ("ees", "mw_ts", "op_ts", "lm_ts", "mt_ts", "ld_ts", "if_ts", "rw_ts", "pb_ts", "lc_ts")
INDICATORS = ("response_rate", "HSE_index", "ees")
AHEAD = ("lc_ts", "rw_ts", "mw_ts", "if_ts")  # themes that are laid beside these
SENSITIVITY, FALL = "normal", 5.0  # points of the percentage, for a fall to be listed
ANSWERS = 200.0
SHUFFLES = 10


def read(path: str) -> tuple[list[str], list[int], dict[str, Floats]]:
    """Organisations, years, and per column organisations × years."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["row_kind"] == "organisation"]
    names = sorted({row["organisation"] for row in rows})
    years = sorted({int(row["year"]) for row in rows})
    found = {name: np.full((len(names), len(years)), np.nan) for name in {*THEMES, *INDICATORS}}
    for row in rows:
        place = names.index(row["organisation"]), int(row["year"]) - years[0]
        for name, values in found.items():
            if row[name]:
                values[place] = float(row[name])
    return names, years, found


def raised(names: Sequence[str], years: Sequence[int], scores: dict[str, Floats]) -> None:
    prepared = [_prepared(scores[theme]) for theme in THEMES]
    seen = detectors.watch(prepared, direction=DOWN, chance=np.random.default_rng(1))
    alarms = figures = 0
    for theme, ready, one in zip(THEMES, prepared, seen, strict=True):
        begun = calibration.raised(one.statistic, one.thresholds[SENSITIVITY])
        alarms, figures = alarms + int(begun.sum()), figures + int(np.isfinite(ready.y).sum())
        for row, year in np.argwhere(begun).tolist():
            _tell(f"{years[year]} {theme:4} {names[row]}", ready, row, year, years)
    print(f"{alarms} alarms in {figures} figures: {1000 * alarms / figures:.1f} per 1,000")


def _prepared(scores: Floats) -> detectors.Prepared:
    n = np.where(np.isfinite(scores), ANSWERS, 0)
    return detectors.means(1 + scores / 25, n, n * 1.5, detectors.Ground.flat(*scores.shape))


def _tell(what: str, ready: detectors.Prepared, row: int, year: int, years: Sequence[int]) -> None:
    """As it looked in that year."""
    until = slice(0, year + 1)
    model = ready.model.of(np.array([row]))
    so_far = type(model)(
        times=model.times[until],
        persistence=model.persistence,
        deviation=model.deviation,
        level=model.level,
        noise=model.noise[:, until],
        jumps=model.jumps[:, until],
    )
    drift = told(so_far, ready.y[row : row + 1, until], direction=DOWN, slope=ready.slope)
    size, error = 25 * float(drift.size[0]), 25 * float(drift.size_error[0])
    began = years[min(int(drift.start[0]) + 1, year)]
    print(f"{what}: {size:.0f} points (give or take {error:.0f}) since {began}")


def shuffled(scores: dict[str, Floats]) -> None:
    """What is raised when each organisation's years are shuffled: its levels stay, no course is left."""
    found = [_raised_of_shuffled(scores, np.random.default_rng(seed)) for seed in range(SHUFFLES)]
    errors = np.std(found, axis=0, ddof=1) / np.sqrt(SHUFFLES)
    for (name, rate), mean, error in zip(RATES.items(), np.mean(found, axis=0), errors, strict=True):
        print(f"years shuffled, {name}: {mean:.2f} ± {error:.2f} per 1,000, promised {rate:g}")


def _raised_of_shuffled(scores: dict[str, Floats], chance: np.random.Generator) -> list[float]:
    """Alarms per 1,000 figures at each sensitivity; all themes of an organisation in the same order."""
    organisations, years = scores[THEMES[0]].shape
    order = np.array([chance.permutation(years) for _organisation in range(organisations)])
    prepared = [_prepared(_in_order(scores[theme], order)) for theme in THEMES]
    seen = detectors.watch(prepared, direction=DOWN, chance=chance)
    figures = sum(int(np.isfinite(one.y).sum()) for one in prepared)
    alarms = ([calibration.raised(one.statistic, one.thresholds[name]) for one in seen] for name in RATES)
    return [1000 * float(np.sum(begun)) / figures for begun in alarms]


def _in_order(scores: Floats, order: NDArray[np.int64]) -> Floats:
    """The deviations from each year's usual score change places, among the years that have one."""
    usual, _error = course(scores, np.isfinite(scores).astype(float))
    apart = scores - usual
    found = np.full_like(scores, np.nan)
    for row, places in enumerate(order):
        seen = np.flatnonzero(np.isfinite(scores[row]))
        found[row, seen] = apart[row, places[np.isin(places, seen)]] + usual[seen]
    return found


def ahead(scores: dict[str, Floats]) -> None:
    """Which theme ran ahead of what, with years where the product has months."""
    for indicator in INDICATORS:
        for theme in AHEAD:
            found = compare(scores[theme], scores[indicator])
            if found is not None:
                print(
                    f"{theme} → {indicator}: {found.months} years ({found.earliest} to {found.latest}), "
                    f"r {found.correlation:.2f} ({found.lowest:.2f} to {found.highest:.2f}), "
                    f"by chance {found.chance}, {found.pairs} pairs of {found.units} organisations"
                )


def main() -> int:
    names, years, scores = read(sys.argv[1])
    raised(names, years, scores)
    shuffled(scores)
    ahead(scores)
    return 0


if __name__ == "__main__":
    sys.exit(main())
