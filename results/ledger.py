"""The ledger: what was ever released, with what it sums over. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np

from accounts.copying import copy_rows
from results.disclosure import scale
from results.disclosure.pooling import Counts, Pools, covered
from results.models import Block, Participation, Release
from results.tallies import WaveFrame
from surveys.models import Wave


def append_blocks(wave: Wave, frame: WaveFrame, pools: Pools) -> None:
    copy_rows(
        Block,
        ("organisation", "wave", "question", "unit", "own_groups", "counts", "n"),
        _blocks(wave, frame, pools),
    )


def _blocks(wave: Wave, frame: WaveFrame, pools: Pools) -> Iterator[tuple[Any, ...]]:
    unit_ids = np.array(frame.unit_ids)
    for column, question in enumerate(frame.questions):
        homes = pools.homes[:, column]
        by_home = np.argsort(homes, kind="stable")
        for row in np.flatnonzero(pools.formed[:, column]):
            first, last = np.searchsorted(homes[by_home], [row, row + 1])
            own_groups = unit_ids[by_home[first:last]].tolist()
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


def append_final_figures(wave: Wave, frame: WaveFrame, pools: Pools, *, now: datetime) -> int:
    """Release each unit's sum of the blocks formed in it and below; the number of figures."""
    rows = list(_final_figures(wave, frame, pools, now))
    fields = (
        "organisation wave unit question step released_at blocks n mean low middle high distribution "
        "invited covered"
    )
    copy_rows(Release, fields.split(), rows)
    return len(rows)


def _final_figures(wave: Wave, frame: WaveFrame, pools: Pools, now: datetime) -> Iterator[tuple[Any, ...]]:
    unit_ids = np.array(frame.unit_ids)
    sums = frame.tree.totals(pools.counts)
    in_figure = covered(pools.homes, frame.invited, frame.tree)
    invited = frame.tree.totals(frame.invited)
    for column, question in enumerate(frame.questions):
        block_rows = np.flatnonzero(pools.formed[:, column])
        for row in np.flatnonzero(sums[:, column].sum(axis=1)):
            first, last = np.searchsorted(block_rows, [row, frame.tree.ends[row]])
            counts = sums[row, column, : question.points]
            yield (
                wave.organisation_id,
                wave.pk,
                frame.unit_ids[row],
                question.question_id,
                Release.FINAL,
                now,
                unit_ids[block_rows[first:last]].tolist(),
                *_statistics(counts, question),
                int(invited[row]),
                int(in_figure[row, column]),
            )


def _statistics(counts: Counts, question: Any) -> tuple[Any, ...]:
    """n, mean, low, middle, high and distribution, as far as n allows them."""
    n = int(counts.sum())
    if not question.has_mean:
        return n, None, None, None, None, counts.tolist() if n >= scale.DISTRIBUTION_FROM else None
    thirds = [int(counts[part].sum()) for part in scale.thirds(question)]
    return (
        n,
        scale.mean(counts, question.lowest),
        *(thirds if n >= scale.THIRDS_FROM else [None] * 3),
        counts.tolist() if n >= scale.DISTRIBUTION_FROM else None,
    )


def append_participation(wave: Wave, frame: WaveFrame, pools: Pools) -> None:
    sums = frame.tree.totals(pools.counts)[:, 0]
    copy_rows(
        Participation,
        ("organisation", "wave", "unit", "invited", "answered"),
        (
            (wave.organisation_id, wave.pk, frame.unit_ids[row], int(sums[row].sum()), int(sums[row, 0]))
            for row in np.flatnonzero(sums.sum(axis=1))
        ),
    )
