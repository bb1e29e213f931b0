from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.audit import record
from orgunits.tree import hold_tree
from results import ledger
from results.comments.release import release_comments
from results.disclosure.scale import block_minimum
from results.disclosure.statistics import layers
from results.filters import release_filters
from results.mixing import mix_rest, rewrite
from results.tallies import (
    WaveFrame,
    celled_counts,
    forget_who_answered,
    invitation_counts,
    score_counts,
)
from surveys.mailing.forgetting import forget_who_was_reminded
from surveys.models import Wave


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing a wave released, in numbers of figures (a unit's answer to a question)."""

    shown: int
    withheld: int


def close_wave(wave_id: int, *, now: datetime) -> Closing | None:
    """Turn the answers of a wave that takes no more of them into released figures.

    One transaction, so a worker that dies leaves nothing behind; None when there is nothing to close or
    another worker is at it.
    """
    with transaction.atomic():
        waves = Wave.objects.filter(pk=wave_id, state=Wave.State.CLOSING)
        # Of the wave alone: others in the organisation go on with what they do, and must not be in the way.
        locked = waves.select_for_update(skip_locked=True, of=("self",))
        wave = locked.select_related("organisation").first()
        if wave is None:
            return None
        closing = _release(wave, now)
        wave.state = Wave.State.CLOSED
        wave.closed_at = now
        wave.save(update_fields=["state", "closed_at"])
        record(
            wave.organisation,
            "wave.closed",
            by=None,
            now=now,
            target=wave,
            shown=closing.shown,
            withheld=closing.withheld,
        )
        hold_tree(wave.organisation_id)
        return closing


def _release(wave: Wave, now: datetime) -> Closing:
    frame = WaveFrame(wave)
    invitations = invitation_counts(wave, frame)
    mix_rest(wave)
    celled, scores = celled_counts(wave, frame), score_counts(wave, frame)
    minimums = [block_minimum(question, wave.minimum_group) for question in frame.questions]
    found = layers(invitations, scores, frame.tree, wave.minimum_group, minimums, celled)
    ledger.append_atoms(wave, frame, found.people, celled)
    ledger.append_blocks(wave, frame, found.mean.pools)
    shown = ledger.append_final_figures(wave, frame, found, now=now)
    ledger.append_participation(wave, frame, found.people)
    release_filters(wave, frame, found.people, scores, now=now)
    rewrite(wave, found.people.homes_of(frame.unit_ids))
    release_comments(wave, frame, found.people)
    forget_who_answered(wave)
    forget_who_was_reminded(wave)
    return Closing(shown, withheld=len(frame.unit_ids) * len(frame.questions) - shown)
