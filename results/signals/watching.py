"""All that is watched in an organisation's released figures after a wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from results.panel import Panel, ThemePanel
from results.signals import disagreement, friction
from results.signals.detectors import Ground, Prepared, Seen, means, spreads, watch
from results.signals.drift import DOWN, UP, Drift, told
from results.signals.layer_gap import gap_series, layer_gap
from results.signals.series import Index, index

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

COOPERATION = "cooperation"  # code of a theme
SEED = 20


@dataclass(frozen=True, slots=True)
class Watched:
    """One index of all units. `shown` is the index as on pages, on a scale of five points (of disagreement,
    the standard deviation of answers); `n` the answers behind it."""

    kind: str
    theme: ThemePanel
    shown: Floats
    n: Floats
    prepared: Prepared
    seen: Seen

    @property
    def direction(self) -> int:
        return DOWN if self.kind in {"drift", "cooperation"} else UP

    def told(self, row: int) -> Drift:
        """When it began and how large it is; the only row of the result."""
        rows = np.array([row])
        ready = self.prepared
        return told(ready.model.of(rows), ready.y[rows], direction=self.direction, slope=ready.slope)

    @property
    def is_logarithm(self) -> bool:
        return self.kind == "disagreement"


@dataclass(frozen=True, slots=True)
class _Index:
    """A theme's index and what stands behind it."""

    theme: ThemePanel
    index: Index
    n: Floats
    people: Floats


def watched(panel: Panel, ground: Ground) -> list[Watched]:
    """Always the same for the same figures: chance is drawn from a fixed seed."""
    chance = np.random.default_rng([SEED, len(panel.waves)])
    indices = [one for theme in panel.themes if (one := _index(theme, ground)) is not None]
    return [
        *_drifts(indices, ground, chance),
        *_spreads(indices, ground, chance),
        *_gaps(indices, ground, chance),
        *_layer_gaps(indices, panel, ground, chance),
    ]


def _index(theme: ThemePanel, ground: Ground) -> _Index | None:
    """None where nothing is shown in the last wave: then nothing is raised after it."""
    shown = np.isfinite(theme.mean)
    if not shown[:, -1].any():
        return None
    n = np.where(shown, theme.n, np.inf).min(axis=2)
    people = np.where(shown, theme.people, 0).max(axis=2)
    return _Index(theme, index(theme.mean, theme.n, ground.lowest), np.where(np.isfinite(n), n, 0), people)


def _drifts(indices: Sequence[_Index], ground: Ground, chance: np.random.Generator) -> list[Watched]:
    prepared = [
        means(one.index.adjusted, one.n, one.people, ground, parts=one.index.parts) for one in indices
    ]
    seen = watch(prepared, direction=DOWN, chance=chance) if prepared else []
    return [
        Watched(
            "cooperation" if one.theme.theme.code == COOPERATION else "drift",
            one.theme,
            one.index.shown,
            one.n,
            ready,
            about,
        )
        for one, ready, about in zip(indices, prepared, seen, strict=True)
    ]


def _spreads(indices: Sequence[_Index], ground: Ground, chance: np.random.Generator) -> list[Watched]:
    found = []
    for one in indices:
        spread = disagreement.spread(one.theme.thirds, one.theme.full)
        weights = np.where(np.isfinite(spread.error), 1 / np.maximum(spread.error, 1e-6), 0)
        logs = index(np.log(spread.variance), weights, ground.lowest)
        if not np.isfinite(logs.shown[:, -1]).any():
            continue
        known = np.isfinite(spread.error)
        error = np.where(known, spread.error, 0).sum(axis=2) / np.maximum(known.sum(axis=2), 1)
        error = np.where(known.any(axis=2), error * logs.parts, np.nan)
        plain = disagreement.without_mean(logs.adjusted, one.index.adjusted)
        found.append((one, np.exp(logs.shown / 2), spreads(plain, error, ground)))
    seen = watch([prepared for *_rest, prepared in found], direction=UP, chance=chance) if found else []
    return [
        Watched("disagreement", one.theme, shown, one.n, prepared, about)
        for (one, shown, prepared), about in zip(found, seen, strict=True)
    ]


def _gaps(indices: Sequence[_Index], ground: Ground, chance: np.random.Generator) -> list[Watched]:
    by_code = {one.theme.theme.code: one for one in indices}
    paper, practice = by_code.get(friction.ON_PAPER), by_code.get(friction.IN_PRACTICE)
    if paper is None or practice is None:
        return []
    y = friction.gap(paper.index.adjusted, practice.index.adjusted)
    n = np.where(np.isfinite(y), np.minimum(paper.n, practice.n), 0)
    people = np.maximum(paper.people, practice.people)
    prepared = means(y, n, people, ground, parts=practice.index.parts)
    [seen] = watch([prepared], direction=UP, chance=chance)
    shown = friction.gap(paper.index.shown, practice.index.shown)
    return [Watched("friction", practice.theme, shown, n, prepared, seen)]


def _layer_gaps(
    indices: Sequence[_Index], panel: Panel, ground: Ground, chance: np.random.Generator
) -> list[Watched]:
    fewest = max(wave.minimum_group for wave in panel.waves)
    found = []
    for one in indices:
        gap = layer_gap(one.theme.mean, one.theme.n, ground.above, fewest)
        shown, n, ready = gap_series(gap, ground)
        if np.isfinite(shown[:, -1]).any():
            found.append((one, shown, n, ready))
    seen = watch([ready for *_rest, ready in found], direction=UP, chance=chance) if found else []
    return [
        Watched("layer_gap", one.theme, shown, n, ready, about)
        for (one, shown, n, ready), about in zip(found, seen, strict=True)
    ]
