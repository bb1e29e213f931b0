"""Filters of a closing wave: released when the auditor certifies the whole ledger with them, or dropped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from results.audit.judging import judge
from results.audit.reading import Ledger, evidence_of, ledger_of
from results.disclosure.filters import Band, Cut, Everyone, Respondents, chosen, coarsest_first
from results.disclosure.pooling import NOWHERE, Counts, Pools, Tree, recounted
from results.models import FilterAtom, FilterBand, FilterFigure, FilterOutcome
from results.tallies import WaveFrame, complete_outside_cells
from surveys.models import Wave, WaveQuestion

ATTEMPTS = 10  # to find filters that are certified
TRIES_OF_A_TRAIT = 3  # to leave it out of single units only
# In an attempt, nearly all must follow from the structure; in a large wave, all: a programme takes seconds.
MOST_PROGRAMMES, LARGE = 20, 1000
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rows for the ledger."""

    bands: list[FilterBand]
    atoms: list[FilterAtom]
    figures: list[FilterFigure]


@dataclass(frozen=True, slots=True)
class Closing:
    """A wave of which all other figures are in the ledger."""

    wave: Wave
    ledger: Ledger
    unit_ids: Sequence[int]
    questions: Sequence[WaveQuestion]
    people: Respondents
    now: datetime

    def proposal(self, bands: Sequence[Band]) -> Proposal:
        mine = {"organisation_id": self.wave.organisation_id, "wave_id": self.wave.pk}
        rows = [
            FilterBand(
                unit_id=self.unit_ids[band.unit],
                number=number,
                trait=band.trait,
                values=list(band.values),
                **mine,
            )
            for number, band in enumerate(bands, start=1)
        ]
        atoms = [
            FilterAtom(unit_id=self.unit_ids[home], bands=list(numbers), people=people, **mine)
            for (home, numbers), people in self._parts(bands).items()
        ]
        figures = [
            FilterFigure(
                band=number,
                question_id=question.question_id,
                released_at=self.now,
                n=len(band.members),
                mean=float(self.people.scores[band.members, column].mean()) + question.lowest,
                **mine,
            )
            for number, band in enumerate(bands, start=1)
            for column, question in enumerate(self.questions)
        ]
        return Proposal(rows, atoms, figures)

    def _parts(self, bands: Sequence[Band]) -> Counter[tuple[int, tuple[int, ...]]]:
        """How many people there are by home and the numbers of their bands, without those in none."""
        numbers: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
        for number, band in enumerate(bands, start=1):
            for member in band.members.tolist():
                numbers[member] += (number,)
        homes = self.people.homes.tolist()
        return Counter((homes[member], found) for member, found in numbers.items())

    def fails_in(self, bands: Sequence[Band]) -> set[int] | None:
        """Places of units whose people the auditor finds singled out; None when it finds something else."""
        proposal = self.proposal(bands)
        evidence = evidence_of(
            replace(self.ledger, bands=proposal.bands, parts=proposal.atoms, filters=proposal.figures)
        )
        most = MOST_PROGRAMMES if len(evidence.atoms) < LARGE else 0
        verdict = judge(evidence, most_programmes=most)
        breaches = [breach for one in verdict.certified for breach in one.breaches]
        if not verdict.passed and (verdict.problems or not breaches):
            return None
        place = {self.ledger.names[unit_id]: place for place, unit_id in enumerate(self.unit_ids)}
        return {place[evidence.atoms[atom].unit] for breach in breaches for atom in breach.atoms}


def release_filters(wave: Wave, frame: WaveFrame, homes: Pools, scores: Counts, *, now: datetime) -> None:
    """In the transaction that closes the wave. `homes`: of invited people. `scores`: by own group."""
    people = respondents(wave, frame, homes)
    if not people.traits:
        return
    closing = Closing(
        wave,
        ledger_of(wave),
        frame.unit_ids,
        [question for question in frame.questions if question.has_mean],
        people,
        now,
    )
    everyone = Everyone(homes.counts[:, 0, 0], recounted(homes, scores[:, frame.scaled]).counts)
    bands, refused = certified(closing, everyone, frame.tree, coarsest_first(people.traits))
    proposal = closing.proposal(bands)
    FilterBand.objects.bulk_create(proposal.bands, BATCH)
    FilterAtom.objects.bulk_create(proposal.atoms, BATCH)
    FilterFigure.objects.bulk_create(proposal.figures, BATCH)
    FilterOutcome.objects.bulk_create(
        FilterOutcome(
            organisation_id=wave.organisation_id,
            wave=wave,
            trait=trait,
            outcome=_outcome(trait, bands, refused),
            units=len({band.unit for band in bands if band.trait == trait}),
        )
        for trait in people.traits
    )


def _outcome(trait: str, bands: Sequence[Band], refused: Collection[str]) -> FilterOutcome.Outcome:
    if any(band.trait == trait for band in bands):
        return FilterOutcome.Outcome.RELEASED
    return FilterOutcome.Outcome.NOT_CERTIFIED if trait in refused else FilterOutcome.Outcome.TOO_FEW


def certified(
    closing: Closing, everyone: Everyone, tree: Tree, traits: Sequence[str]
) -> tuple[list[Band], set[str]]:
    """Bands beside which the auditor certifies all that was released; and the traits it refused somewhere.

    Where people are singled out, the unit goes without its last, finest trait; where nothing else helps, all
    units do.
    """
    without: set[Cut] = set()
    for attempt in range(1, ATTEMPTS + 1):
        bands = chosen(closing.people, everyone, tree, closing.wave.minimum_group, traits, without=without)
        fails_in = closing.fails_in(bands) if bands else set()
        if not fails_in and fails_in is not None:
            return bands, {trait for _, trait in without}
        last: dict[int, str] = {band.unit: band.trait for band in bands}
        units = np.array(sorted(last))
        failing = {_lowest(units, tree, home) for home in fails_in or ()}
        if fails_in is None or attempt % TRIES_OF_A_TRAIT == 0:
            finest = max(last.values(), key=traits.index)
            failing = {unit for unit, trait in last.items() if trait == finest}
        without |= {(unit, last[unit]) for unit in failing}
    return [], set(traits)


def _lowest(units: NDArray[np.int64], tree: Tree, home: int) -> int:
    """Of the units that hold this one, the one furthest down; the top one when none does."""
    above = units[(units <= home) & (tree.ends[units] > home)]
    return int(above[-1] if len(above) else units[0])


def respondents(wave: Wave, frame: WaveFrame, homes: Pools) -> Respondents:
    """Without those whose group is too small to count anywhere."""
    home_of = dict(zip(frame.unit_ids, homes.homes[:, 0].tolist(), strict=True))
    rows = [row for row in complete_outside_cells(wave, frame) if home_of[row[0]] != NOWHERE]
    names = sorted({name for _, bands, _ in rows for name in bands})
    lowest = np.array([question.lowest for question in frame.questions if question.has_mean], dtype=np.int64)
    scores = np.array([[scores[place] for place in frame.scaled_positions] for _, _, scores in rows])
    return Respondents(
        np.array([home_of[unit_id] for unit_id, _, _ in rows], dtype=np.int64),
        {name: np.array([bands.get(name, "") for _, bands, _ in rows]) for name in names},
        scores.reshape(len(rows), len(lowest)).astype(np.int64) - lowest,
    )
