"""How many false alarms each detector raises at each sensitivity where nothing happens.

`python -m bench.calibration [SETS]` prints the table of `docs/signals.md`, with the product's own thresholds.
The error is that of the mean over so many simulated organisations.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from results.signals import calibration, detectors
from results.signals.comments_simulation import WAVES, labelled
from results.signals.drift import DOWN, LEAST_SEEN, UP
from results.signals.rates import RATES
from results.signals.simulation import Plan, simulate
from results.signals.topics import topics

from .signals import ALIKE, COMMENTS, FIRST_READ, RESTLESS, between_layers, prepared, read, spreads

Floats = NDArray[np.float64]
Chance = np.random.Generator

SETS = 20
SMALL, LARGE = 150, 8000
DIFFER = 0.35  # the most restless of twenty teams vary nearly twice as much as usual
FIRST = 1000  # seed


def teams(chance: Chance) -> detectors.Prepared:
    world = simulate(Plan(), chance)
    return prepared(world.mean[0], world)


def teams_that_differ(chance: Chance) -> detectors.Prepared:
    world = simulate(Plan(differ=DIFFER), chance)
    return prepared(world.mean[0], world)


def teams_of_a_small_organisation(chance: Chance) -> detectors.Prepared:
    world = simulate(Plan(teams=SMALL), chance)
    return prepared(world.mean[0], world)


def departments(chance: Chance) -> detectors.Prepared:
    world = simulate(Plan(teams=LARGE), chance).departments()
    return prepared(world.mean[0], world)


def restless_departments(chance: Chance) -> detectors.Prepared:
    world = simulate(Plan(teams=LARGE, department_shock=RESTLESS), chance).departments()
    return prepared(world.mean[0], world)


def disagreement(chance: Chance) -> detectors.Prepared:
    return spreads(simulate(Plan(), chance))


def friction_gap(chance: Chance) -> detectors.Prepared:
    world = simulate(Plan(themes=2), chance)
    return prepared(world.mean[0] - world.mean[1], world)


def layer_gap(chance: Chance) -> detectors.Prepared:
    plan = Plan(teams=LARGE, whole_departments=True, spares_tops=True)
    return between_layers(simulate(plan, chance)).prepared


DETECTORS: tuple[tuple[str, int, Callable[[Chance], detectors.Prepared]], ...] = (
    ("drift, 2,000 teams", DOWN, teams),
    ("… unlike in restlessness", DOWN, teams_that_differ),
    ("drift, 150 teams", DOWN, teams_of_a_small_organisation),
    ("drift, 572 departments", DOWN, departments),
    ("… that are restless", DOWN, restless_departments),
    ("disagreement", UP, disagreement),
    ("friction gap", UP, friction_gap),
    ("layer gap", UP, layer_gap),
)


def realised(direction: int, make: Callable[[Chance], detectors.Prepared], sets: int) -> tuple[int, Floats]:
    """Figures of the last waves, and false alarms that begin in these per 1,000, by set and sensitivity."""
    found, figures = [], 0
    for seed in range(FIRST, FIRST + sets):
        ready = make(np.random.default_rng(seed))
        [seen] = detectors.watch([ready], direction=direction, chance=np.random.default_rng(seed))
        last = slice(-calibration.RECENT, None)
        number = int(np.isfinite(ready.y[:, last]).sum())
        alarms = [calibration.raised(seen.statistic, seen.thresholds[one])[:, last].sum() for one in RATES]
        found.append(1000 / number * np.array(alarms))
        figures += number
    return figures, np.array(found)


def realised_wave_by_wave(sets: int) -> tuple[int, Floats]:
    """As an organisation reads: after each wave anew, with a threshold of its own."""
    found, figures = [], 0
    for seed in range(FIRST, FIRST + sets):
        world = simulate(Plan(), np.random.default_rng(seed))
        y, n, invited = world.mean[0], world.n.astype(float), world.invited.astype(float)
        raised = {one: np.zeros(len(y), dtype=bool) for one in RATES}
        alarms = dict.fromkeys(RATES, 0)
        for waves in range(LEAST_SEEN, y.shape[1] + 1):
            ground = detectors.Ground.flat(len(y), waves)
            ready = detectors.means(y[:, :waves], n[:, :waves], invited[:, :waves], ground)
            [seen] = detectors.watch([ready], direction=DOWN, chance=np.random.default_rng([seed, waves]))
            for one, limit in seen.thresholds.items():
                now = seen.statistic[:, -1]
                alarms[one] += int(((now >= limit) & ~raised[one]).sum())
                raised[one] = calibration.still_raised(raised[one], now, limit)
        number = int(np.isfinite(y).sum())
        found.append([1000 * alarms[one] / number for one in RATES])
        figures += number
    return figures, np.array(found)


def realised_of_topics(sets: int) -> tuple[int, Floats]:
    """Per 1,000 pairs of a unit and a topic; what goes on from the wave before is not raised again."""
    found, pairs = [], 0
    for seed in range(FIRST, FIRST + sets):
        comments = labelled(COMMENTS, np.random.default_rng(seed), alike=ALIKE)
        told = topics(comments.texts)
        values = [[one.p_value for one in read(comments, told, wave)] for wave in range(FIRST_READ, WAVES)]
        over = np.array(values)[:, :, None] <= np.array(list(RATES.values())) / 1000
        begun = over.sum(axis=(0, 1)) - (over[1:] & over[:-1]).sum(axis=(0, 1))
        found.append(1000 * begun / over[:, :, 0].size)
        pairs += over[:, :, 0].size
    return pairs, np.array(found)


def table(sets: int) -> Iterator[tuple[str, ...]]:
    yield "detector", "figures", *(f"{name}: {rate:g}" for name, rate in RATES.items())
    for name, direction, make in DETECTORS:
        yield _cells(name, *realised(direction, make, sets))
    yield _cells("drift, wave by wave", *realised_wave_by_wave(sets))
    yield _cells("topics", *realised_of_topics(sets))


def _cells(name: str, figures: int, found: Floats) -> tuple[str, ...]:
    errors = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    rates = (f"{mean:.2f} ± {error:.2f}" for mean, error in zip(found.mean(axis=0), errors, strict=True))
    return name, f"{figures:,}", *rates


def main() -> int:
    for cells in table(int(sys.argv[1]) if len(sys.argv) > 1 else SETS):
        print("| " + " | ".join((cells[0].ljust(24), *(cell.rjust(13) for cell in cells[1:]))) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
