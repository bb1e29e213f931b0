"""What the detectors of signals find in simulated organisations, and what they raise where nothing happens.

`python -m bench.signals` prints the table of `docs/signals.md`; it needs no database.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from results.signals import calibration, detectors
from results.signals.comments_simulation import FIRST_OF_GROWTH, WAVES, Labelled, labelled
from results.signals.drift import DOWN, SLOPE, UP, factors
from results.signals.growing import Growth, growth
from results.signals.layer_gap import NOWHERE, gap_series, layer_gap
from results.signals.null_model import NullModel
from results.signals.simulation import FEWEST_SHOWN, Plan, World, simulate
from results.signals.topics import Topic, topics

from . import other_detectors
from .measures import Measure

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Statistic = Callable[[NullModel, Floats], Floats]

SEEDS = (1, 2, 3, 4)
DEPARTMENT_SEEDS = range(1, 11)
RESTLESS = 0.04  # sd of what comes over a whole department per wave
COPIES = 4  # of simulated series in which nothing happens, per unit
PLANTED_SLOPE, WIDENING = -0.035, 0.035
SOON = 8
TOPIC_SEEDS = range(20)
COMMENTS, FIRST_READ = 900, 4  # from which wave on topics are looked at
GROWS_IN, TOPIC_RATE = 3, 2.0
ALIKE = 0.05  # how alike comments of one unit are where nothing grows
REFERENCE = {  # a promised rate, found at least, and a median delay of at most
    ("ramp Bayes factor", 5.0): (0.73, 11),
    ("ramp Bayes factor", 2.0): (0.60, 14),
    ("ramp, shared by a department", 5.0): (0.91, 5),
    ("growing disagreement", 5.0): (0.69, 12),
}
LARGE, MOST_SECONDS = 10_000, 3.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; delay and shares only where something was planted."""

    name: str
    promised: float | None
    false_alarms: float
    delay: float | None = None
    found: float | None = None
    soon: float | None = None

    def cells(self) -> tuple[str, ...]:
        def written(value: float | None, form: str) -> str:
            return "–" if value is None else format(value, form)

        shares = written(self.found, ".0%"), written(self.soon, ".0%")
        promised = written(self.promised, "g")
        return self.name, promised, f"{self.false_alarms:.1f}", written(self.delay, ".0f"), *shares


HEADER = ("detector", "promised", "false alarms", "delay", "found", f"within {SOON}")


@dataclass(frozen=True, slots=True)
class Watched:
    """Series with what was planted in them."""

    prepared: detectors.Prepared
    start: NDArray[np.int64]


def table() -> Iterator[Row]:
    calm = [simulate(Plan(), np.random.default_rng(seed)) for seed in SEEDS]
    yield _sudden(calm)
    for rate in (5.0, 2.0):
        yield _row("ramp, nothing planted", rate, [_means(world) for world in calm], _ramp(DOWN))
    plan = Plan(share=0.1, slope=PLANTED_SLOPE)
    drifting = [_means(simulate(plan, np.random.default_rng(seed))) for seed in SEEDS]
    yield _row("EWMA", 5.0, drifting, other_detectors.ewma)
    yield _row("CUSUM", 5.0, drifting, other_detectors.cusum)
    yield _row("Kalman", 5.0, drifting, other_detectors.kalman)
    for rate in (5.0, 2.0):
        yield _row("ramp Bayes factor", rate, drifting, _ramp(DOWN))
    yield from _departments()
    yield from _disagreement()
    yield from _friction()
    yield from _layer_gap()
    for growing in (False, True):
        yield _topics(growing)


def _sudden(worlds: Sequence[World]) -> Row:
    alarms = sum(int(other_detectors.sudden_drops(world.mean[0]).sum()) for world in worlds)
    compared = sum(int(np.isfinite(np.diff(world.mean[0], axis=1)).sum()) for world in worlds)
    return Row("drop ≥ 0.3 since last wave", None, 1000 * alarms / compared)


def _departments() -> Iterator[Row]:
    for name, shock in (("ramp, shared by a department", 0.0), ("… that is restless itself", RESTLESS)):
        plan = Plan(share=0.1, slope=PLANTED_SLOPE, whole_departments=True, department_shock=shock)
        worlds = [simulate(plan, np.random.default_rng(seed)).departments() for seed in DEPARTMENT_SEEDS]
        yield _row(name, 5.0, [_means(world) for world in worlds], _ramp(DOWN))


def _disagreement() -> Iterator[Row]:
    plan = Plan(share=0.1, widening=WIDENING)
    worlds = [simulate(plan, np.random.default_rng(seed)) for seed in SEEDS]
    widening = [Watched(spreads(world), world.start) for world in worlds]
    calm = [simulate(Plan(), np.random.default_rng(seed)) for seed in SEEDS]
    quiet = [Watched(spreads(world), world.start) for world in calm]
    yield _row("disagreement, nothing planted", 5.0, quiet, _ramp(UP, detectors.SPREAD_SLOPE))
    yield _row("growing disagreement", 5.0, widening, _ramp(UP, detectors.SPREAD_SLOPE))


def _friction() -> Iterator[Row]:
    for name, slope in (("friction gap, nothing planted", 0.0), ("friction gap", PLANTED_SLOPE)):
        plan = Plan(themes=2, share=0.1 if slope else 0.0, slope=slope)
        worlds = [simulate(plan, np.random.default_rng(seed)) for seed in SEEDS]
        gaps = [Watched(prepared(world.mean[0] - world.mean[1], world), world.start) for world in worlds]
        yield _row(name, 5.0, gaps, _ramp(UP))


def _layer_gap() -> Iterator[Row]:
    """Teams of a department decline, and the first of them, which stands for those at the top, does not."""
    for name, slope in (("layer gap, nothing planted", 0.0), ("layer gap", PLANTED_SLOPE)):
        plan = Plan(share=0.1 if slope else 0.0, slope=slope, whole_departments=True, spares_tops=True)
        worlds = [simulate(plan, np.random.default_rng(seed)) for seed in DEPARTMENT_SEEDS]
        yield _row(name, 5.0, [between_layers(world) for world in worlds], _ramp(UP))


def between_layers(world: World) -> Watched:
    """Rows: the departments, then the teams below their tops."""
    whole, below = world.departments(), np.flatnonzero(np.diff(world.department, prepend=-1) == 0)
    number = len(whole.n)
    above = np.concatenate([np.full(number, NOWHERE), world.department[below]])
    mean = np.concatenate([whole.mean[0], world.mean[0, below]])[:, :, None]
    n = np.concatenate([whole.n, world.n[below]])[:, :, None].astype(float)
    ground = replace(detectors.Ground.flat(len(mean), mean.shape[1]), above=above)
    _shown, _n, prepared = gap_series(layer_gap(mean, n, above, FEWEST_SHOWN), ground)
    rows = np.arange(number)
    return Watched(replace(prepared, y=prepared.y[rows], model=prepared.model.of(rows)), whole.start)


def _topics(growing: bool) -> Row:
    """One topic takes over in one unit; false alarms are per 1,000 pairs of a unit and another topic."""
    alarms = pairs = 0
    delays: list[int] = []
    for seed in TOPIC_SEEDS:
        plan = (GROWS_IN, 0) if growing else None
        comments = labelled(COMMENTS, np.random.default_rng(seed), growing=plan, alike=ALIKE)
        told = topics(comments.texts)
        right = {number for number, one in enumerate(told) if growing and label(comments, one) == 0}
        before: set[tuple[int, int]] = set()
        for wave in range(FIRST_READ, WAVES):
            looked_at = read(comments, told, wave)
            over = {(one.unit, one.topic) for one in looked_at if one.p_value <= TOPIC_RATE / 1000}
            planted = {pair for pair in over if pair[1] in right}
            pairs += sum(one.topic not in right for one in looked_at)
            alarms += len(over - planted - before)
            before = over
            if any(unit == GROWS_IN for unit, _topic in planted):
                delays.append(wave - FIRST_OF_GROWTH + 1)
                break
    name = "topic that grows in a unit" if growing else "topics, nothing planted"
    found = (float(np.median(delays)), len(delays) / len(TOPIC_SEEDS)) if growing else (None, None)
    return Row(name, TOPIC_RATE, 1000 * alarms / pairs, *found)


def read(comments: Labelled, told: Sequence[Topic], wave: int) -> list[Growth]:
    """As after this wave."""
    there = comments.wave <= wave
    place = there.cumsum() - 1
    so_far = [Topic(one.terms, place[one.comments[there[one.comments]]]) for one in told]
    return growth(so_far, comments.unit[there], comments.wave[there])


def label(comments: Labelled, topic: Topic) -> int:
    """What most comments of a topic are about."""
    return int(np.bincount(comments.label[topic.comments]).argmax())


def purity() -> float:
    """Of the comments in topics, the share that is about what most of their topic is about."""
    same = every = 0
    for seed in TOPIC_SEEDS:
        comments = labelled(COMMENTS, np.random.default_rng(seed))
        for topic in topics(comments.texts):
            same += int((comments.label[topic.comments] == label(comments, topic)).sum())
            every += len(topic.comments)
    return same / every


def _means(world: World) -> Watched:
    return Watched(prepared(world.mean[0], world), world.start)


def prepared(y: Floats, world: World) -> detectors.Prepared:
    ground = detectors.Ground.flat(*y.shape)
    return detectors.means(y, world.n.astype(float), world.invited.astype(float), ground)


def spreads(world: World) -> detectors.Prepared:
    logarithm = np.log(world.variance[0])
    return detectors.spreads(logarithm, 2 / np.maximum(world.n - 1, 1), detectors.Ground.flat(*world.n.shape))


def _ramp(direction: int, slope: float = SLOPE) -> Statistic:
    return lambda model, y: factors(model, y, direction=direction, slope=slope)


def _row(name: str, rate: float, worlds: Sequence[Watched], statistic: Statistic) -> Row:
    alarms = quiet = 0
    delays: list[int] = []
    planted = 0
    for number, world in enumerate(worlds):
        flags, seen = _alarms(world.prepared, rate, statistic, np.random.default_rng(100 + number))
        calm = world.start < 0
        alarms += int(flags[calm].sum())
        quiet += int(seen[calm].sum())
        planted += int((~calm).sum())
        delays += _delays(flags, world.start)
    if not planted:
        return Row(name, rate, 1000 * alarms / quiet)
    soon = sum(delay <= SOON for delay in delays) / planted
    return Row(name, rate, 1000 * alarms / quiet, float(np.median(delays)), len(delays) / planted, soon)


def _alarms(
    prepared: detectors.Prepared, rate: float, statistic: Statistic, chance: np.random.Generator
) -> tuple[Flags, Flags]:
    seen = np.isfinite(prepared.y)
    null = prepared.model.simulate(chance, COPIES)
    null[~seen] = np.nan
    limit = calibration.threshold(statistic(prepared.model, null), rate, waves=null.shape[1])
    found = statistic(prepared.model, prepared.y[:, :, None])[:, :, 0]
    return calibration.raised(found, limit), seen


def _delays(flags: Flags, start: NDArray[np.int64]) -> list[int]:
    """Waves from the last one before the change to the first alarm after it."""
    found = []
    for row in np.flatnonzero(start >= 0):
        after = np.flatnonzero(flags[row, start[row] + 1 :])
        found += [int(after[0]) + 1] if len(after) else []
    return found


def measures() -> Iterator[Measure]:
    for row in table():
        if (wanted := REFERENCE.get((row.name, row.promised or 0))) and row.found and row.delay:
            name = f"{row.name} at {row.promised:g} per 1,000"
            found = row.soon if row.name == "ramp, shared by a department" else row.found
            yield Measure(f"{name}: found", found or 0, "share", at_least=wanted[0])
            yield Measure(f"{name}: median delay", row.delay, "waves", at_most=wanted[1])
            yield Measure(f"{name}: realised", row.false_alarms, "alarms", at_most=row.promised)
    yield Measure("10,000 units × 26 waves", seconds(), "s", at_most=MOST_SECONDS)


def seconds() -> float:
    """Fit, threshold, detection and explanation of one index, on this process's one core."""
    world = simulate(Plan(teams=LARGE), np.random.default_rng(1))
    began = time.process_time()
    detectors.watch([prepared(world.mean[0], world)], direction=DOWN, chance=np.random.default_rng(2))
    return time.process_time() - began


def main() -> int:
    rows = [HEADER, *(row.cells() for row in table())]
    for cells in rows:
        print("| " + " | ".join((cells[0].ljust(30), *(cell.rjust(12) for cell in cells[1:]))) + " |")
    print(f"comments in a topic that share its label: {purity():.0%}")
    print(f"10,000 units × 26 waves: {seconds():.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
