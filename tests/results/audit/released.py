"""Everything that closing would release of made-up answers, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from results import ledger
from results.audit.evidence import Evidence
from results.audit.reading import Ledger, evidence_of
from results.disclosure.cells import Celled
from results.disclosure.pooling import NOWHERE, Counts, Tree
from results.disclosure.statistics import Layers, layers
from results.models import Atom, Block, Participation, Release
from tests.waves import OPENED

WAVE: Any = SimpleNamespace(organisation_id=1, pk=1, minimum_group=5)
LIVE = 100_000  # more live figures than a test has


def unit_name(unit: int) -> str:
    return f"Unit {unit}"


def layers_of(
    tree: Tree, scores: Counts, silent: Counts, minimum: int, celled: Celled | None = None
) -> Layers:
    """`scores`: per own group, question and score. Whoever answered most questions is all who answered."""
    answered = scores.sum(axis=2).max(axis=1, initial=0)
    invitations = np.stack([answered, silent], axis=1)[:, None, :]
    return layers(invitations, scores, tree, minimum, celled=celled)


def frame_of(tree: Tree, scores: Counts, silent: Counts) -> Any:
    return SimpleNamespace(
        unit_ids=list(range(len(tree))),
        tree=tree,
        invited=scores.sum(axis=2).max(axis=1, initial=0) + silent,
        questions=[
            SimpleNamespace(question_id=number, points=scores.shape[2], lowest=1, has_mean=True)
            for number in range(scores.shape[1])
        ],
        scaled=np.ones(scores.shape[1], dtype=np.bool_),
    )


def live_releases(frame: Any, rounds: Sequence[Celled]) -> list[Release]:
    rows = (ledger.live_rows(WAVE, frame, cells, step, OPENED) for step, cells in enumerate(rounds, start=1))
    return made(Release, ledger.RELEASE, chain.from_iterable(rows))


def evidence(
    tree: Tree, scores: Counts, silent: Counts, minimum: int, rounds: Sequence[Celled] = ()
) -> Evidence:
    return evidence_of(rows_of(tree, scores, silent, minimum, rounds))


def rows_of(
    tree: Tree, scores: Counts, silent: Counts, minimum: int, rounds: Sequence[Celled] = ()
) -> Ledger:
    """`rounds`: what was in live cells after each round, while the wave was open."""
    celled = rounds[-1] if rounds else Celled.none(scores)
    found = layers_of(tree, scores, silent, minimum, celled)
    frame = frame_of(tree, scores, silent)
    return Ledger(
        "1",
        minimum,
        OPENED,
        {unit: unit_name(unit) for unit in range(len(tree))},
        {
            unit_name(unit): "" if above == NOWHERE else unit_name(int(above))
            for unit, above in enumerate(tree.parents)
        },
        {question.question_id: (f"q{question.question_id}", False) for question in frame.questions},
        made(Atom, ledger.ATOM, ledger.atom_rows(WAVE, frame, found.people, celled)),
        made(Block, ledger.BLOCK, ledger.block_rows(WAVE, frame, found.mean.pools)),
        made(Participation, ledger.PARTICIPATION, ledger.participation_rows(WAVE, frame, found.people)),
        [
            *live_releases(frame, rounds),
            *made(Release, ledger.RELEASE, ledger.figure_rows(WAVE, frame, found, OPENED), after=LIVE),
        ],
    )


def made(model: Any, fields: tuple[str, ...], rows: Any, *, after: int = 0) -> list[Any]:
    """With ids that follow on `after`."""
    columns = [cast(str, model._meta.get_field(field).attname) for field in fields]
    return [
        model(pk=number, **dict(zip(columns, row, strict=True))) for number, row in enumerate(rows, after + 1)
    ]
