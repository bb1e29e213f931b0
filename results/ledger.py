"""The ledger: what was ever released, with what it sums over. Rows are added, never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from accounts.copying import copy_rows
from results.disclosure import scale
from results.disclosure.cells import Celled, live_units
from results.disclosure.pooling import NOWHERE, Mask, Pools, covered, enough_people, pool, recounted
from results.disclosure.statistics import Layer, Layers
from results.models import Atom, Block, Participation, Release
from results.tallies import WaveFrame
from surveys.models import Wave, WaveUnit

ATOM = ("organisation", "wave", "unit", "step", "bands", "own_groups", "people")
BLOCK = ("organisation", "wave", "question", "unit", "own_groups", "counts", "n")
RELEASE = tuple(
    "organisation wave unit question step released_at blocks n mean low middle high distribution invited "  # noqa: SIM905
    "covered shares_blocks shares_covered distribution_blocks distribution_covered".split()
)
PARTICIPATION = ("organisation", "wave", "unit", "invited", "answered", "groups")


def append_blocks(wave: Wave, frame: WaveFrame, pools: Pools) -> None:
    copy_rows(
        Block,
        BLOCK,
        block_rows(wave, frame, pools),
    )


def block_rows(wave: Wave, frame: WaveFrame, pools: Pools) -> Iterator[tuple[Any, ...]]:
    unit_ids = np.array(frame.unit_ids)
    for column, question in enumerate(frame.questions):
        by_home = np.argsort(pools.homes[:, column], kind="stable")
        homes, ids = pools.homes[by_home, column], unit_ids[by_home]
        for row in np.flatnonzero(pools.formed[:, column]).tolist():
            first, last = np.searchsorted(homes, [row, row + 1])
            own_groups = ids[first:last].tolist()
            counts = pools.counts[row, column, : question.points].tolist()
            yield (
                wave.organisation_id,
                wave.pk,
                question.question_id,
                frame.unit_ids[row],
                own_groups,
                counts,
                sum(counts),
            )


def append_final_figures(wave: Wave, frame: WaveFrame, layers: Layers, *, now: datetime) -> int:
    """Release each unit's sum of the blocks formed in it and below; the number of figures.

    All of a unit are written together, and units as they lie in the tree: so they are read, of many waves.
    """
    place = {unit_id: row for row, unit_id in enumerate(frame.unit_ids)}
    unit = RELEASE.index("unit")
    rows = sorted(figure_rows(wave, frame, layers, now), key=lambda row: place[row[unit]])
    copy_rows(Release, RELEASE, rows)
    mark_units_with_figures(wave)
    return len(rows)


def mark_units_with_figures(wave: Wave) -> None:
    """Once and for good, like the figures: counting them anew read an entry of an index for each figure."""
    shown = Release.objects.filter(wave=wave, step=Release.FINAL).values("unit")
    WaveUnit.objects.filter(wave=wave, unit__in=shown).update(has_figures=True)


class _Sums:
    """What each unit shows of one statistic: counts, blocks, and how many of the invited they cover."""

    def __init__(self, frame: WaveFrame, layer: Layer) -> None:
        self.counts = frame.tree.totals(layer.pools.counts)
        self.covered = covered(layer.pools.homes, frame.invited, frame.tree)
        rows, unit_ids = np.arange(len(frame.tree)), np.array(frame.unit_ids)
        self.ids: list[NDArray[np.int64]] = []
        self.slices: list[list[list[int]]] = []
        for above in layer.above.T:
            by_home = np.argsort(above, kind="stable")
            homes = above[by_home]
            ends = np.searchsorted(homes, rows), np.searchsorted(homes, frame.tree.ends)
            self.ids.append(unit_ids[by_home])
            self.slices.append(np.stack(ends, axis=1).tolist())

    def blocks(self, row: int, column: int) -> list[int]:
        first, last = self.slices[column][row]
        return cast(list[int], self.ids[column][first:last].tolist())

    def column(self, column: int, points: int) -> tuple[list[list[int]], list[int]]:
        """Of each unit the answers per score, and how many invited people are in them."""
        return self.counts[:, column, :points].tolist(), self.covered[:, column].tolist()


def figure_rows(wave: Wave, frame: WaveFrame, layers: Layers, now: datetime) -> Iterator[tuple[Any, ...]]:
    means, shares, spread = (
        _Sums(frame, layer) for layer in (layers.mean, layers.shares, layers.distribution)
    )
    invited = frame.tree.totals(frame.invited).tolist()
    for column, question in enumerate(frame.questions):
        low, middle, high = scale.thirds(question)
        counts, in_means = means.column(column, question.points)
        of_shares, in_shares = shares.column(column, question.points)
        of_spread, in_spread = spread.column(column, question.points)
        for row in np.flatnonzero(means.counts[:, column].any(axis=1)).tolist():
            share, full = of_shares[row], of_spread[row]
            # The options of a single choice have no order: there is nothing to take a mean or a third of.
            has_shares, has_spread = question.has_mean and any(share), any(full)
            yield (
                wave.organisation_id,
                wave.pk,
                frame.unit_ids[row],
                question.question_id,
                Release.FINAL,
                now,
                means.blocks(row, column),
                sum(counts[row]),
                scale.mean(counts[row], question.lowest) if question.has_mean else None,
                *([sum(share[low]), sum(share[middle]), sum(share[high])] if has_shares else [None] * 3),
                full if has_spread else None,
                invited[row],
                in_means[row],
                shares.blocks(row, column) if has_shares else None,
                in_shares[row] if has_shares else None,
                spread.blocks(row, column) if has_spread else None,
                in_spread[row] if has_spread else None,
            )


def append_participation(wave: Wave, frame: WaveFrame, people: Pools) -> None:
    copy_rows(Participation, PARTICIPATION, participation_rows(wave, frame, people))


def participation_rows(wave: Wave, frame: WaveFrame, people: Pools) -> Iterator[tuple[Any, ...]]:
    at_home = np.where(people.formed, np.arange(len(frame.tree))[:, None], NOWHERE)
    sums = _Sums(frame, Layer(people, at_home))
    for row, (answered, silent) in enumerate(sums.counts[:, 0].tolist()):
        if groups := sums.blocks(row, 0):
            invited = answered + silent
            yield wave.organisation_id, wave.pk, frame.unit_ids[row], invited, answered, groups


def append_atoms(wave: Wave, frame: WaveFrame, people: Pools, celled: Celled) -> None:
    copy_rows(Atom, ATOM, atom_rows(wave, frame, people, celled))


def atom_rows(wave: Wave, frame: WaveFrame, people: Pools, celled: Celled) -> Iterator[tuple[Any, ...]]:
    """The groups of invited people that are never parted, who of them answered, and in which live cell."""
    own_groups: defaultdict[int, list[int]] = defaultdict(list)
    for unit_id, home in zip(frame.unit_ids, people.homes[:, 0].tolist(), strict=True):
        own_groups[home].append(unit_id)
    in_cells = recounted(people, celled.people[:, None, :]).counts[:, 0].tolist()
    for home in np.flatnonzero(people.formed[:, 0]).tolist():
        answered, silent = people.counts[home, 0].tolist()
        steps = {Atom.FINAL: answered - sum(in_cells[home]), Atom.INVITED: answered + silent}
        steps |= {step: number for step, number in enumerate(in_cells[home], start=1) if number}
        for step, number in steps.items():
            yield wave.organisation_id, wave.pk, frame.unit_ids[home], step, {}, own_groups[home], number


def append_live_figures(wave: Wave, frame: WaveFrame, celled: Celled, *, step: int, now: datetime) -> int:
    rows = list(live_rows(wave, frame, celled, step, now))
    copy_rows(Release, RELEASE, rows)
    return len(rows)


def live_rows(
    wave: Wave, frame: WaveFrame, celled: Celled, step: int, now: datetime
) -> Iterator[tuple[Any, ...]]:
    """Of each live unit that cells of this step are in or below: the sum of all its cells so far."""
    tree = frame.tree
    in_cells: Mask = np.greater(celled.people.sum(axis=1), 0)
    grown = tree.totals(celled.people[:, step - 1]) > 0
    counts = tree.totals(celled.scores)
    # Answers of groups that are too small lie with those of a unit above (surveys/answering/groups.py).
    together = pool(frame.invited[:, None, None], tree, enough_people(wave.minimum_group)).counts[:, 0, 0]
    invited, covered = tree.totals(frame.invited), tree.totals(np.where(in_cells, together, 0))
    unit_ids = np.array(frame.unit_ids)
    for row in np.flatnonzero(grown & live_units(frame.invited, tree)).tolist():
        below = slice(row, tree.ends[row])
        own_groups = unit_ids[below][in_cells[below]].tolist()
        for column in np.flatnonzero(frame.scaled).tolist():
            question = frame.questions[column]
            answers = counts[row, column, : question.points].tolist()
            yield (
                wave.organisation_id,
                wave.pk,
                frame.unit_ids[row],
                question.question_id,
                step,
                now,
                own_groups,
                sum(answers),
                scale.mean(answers, question.lowest),
                *[None] * 4,
                int(invited[row]),
                int(covered[row]),
                *[None] * 4,
            )
