"""Live figures: once a day, while a wave is open, what has gathered becomes closed cells."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from django.db import transaction

from results import ledger
from results.disclosure.cells import ready
from results.mixing import only_mixer, put_in_cells
from results.models import LiveRound
from results.tallies import WaveFrame, celled_counts, waiting_counts
from surveys.models import Wave


def close_cells(wave_id: int, *, now: datetime) -> int:
    """Close the day's live cells of an open wave; the number of figures that grew.

    Only the first call of a day does anything. Answers of today wait until tomorrow, so that watching a
    figure while giving answers, or while someone else does, tells nothing about a single one.
    """
    with transaction.atomic():
        if not only_mixer(wave_id):
            return 0
        wave = Wave.objects.open().filter(pk=wave_id).select_related("organisation").first()
        if wave is None or wave.is_journey or not _first_today(wave, now):
            return 0
        frame = WaveFrame(wave)
        waiting = waiting_counts(wave, frame)
        own_groups = np.flatnonzero(ready(waiting, frame.invited, frame.tree, wave.minimum_group))
        if not len(own_groups):
            return 0
        ids = [frame.unit_ids[row] for row in own_groups.tolist()]
        step = put_in_cells(wave, ids, frame.scaled_positions)
        return ledger.append_live_figures(wave, frame, celled_counts(wave, frame), step=step, now=now)


def _first_today(wave: Wave, now: datetime) -> bool:
    day = now.astimezone(wave.organisation.zone).date()
    _, is_first = LiveRound.objects.get_or_create(
        wave=wave, day=day, defaults={"organisation_id": wave.organisation_id}
    )
    return is_first
