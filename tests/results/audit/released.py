"""Everything that closing would release of made-up answers, without a database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from results import ledger
from results.audit.evidence import Evidence
from results.audit.reading import Ledger, evidence_of
from results.disclosure.pooling import NOWHERE, Counts, Tree
from results.disclosure.statistics import Layers, layers
from results.models import Atom, Block, Participation, Release
from tests.waves import OPENED

POINTS = 5


def unit_name(unit: int) -> str:
    return f"Unit {unit}"


def layers_of(tree: Tree, scores: Counts, silent: Counts, minimum: int) -> Layers:
    """`scores`: per own group, question and score. Whoever answered most questions is all who answered."""
    answered = scores.sum(axis=2).max(axis=1, initial=0)
    return layers(np.stack([answered, silent], axis=1)[:, None, :], scores, tree, minimum)


def evidence(tree: Tree, scores: Counts, silent: Counts, minimum: int) -> Evidence:
    found = layers_of(tree, scores, silent, minimum)
    questions = [
        SimpleNamespace(question_id=number, points=scores.shape[2], lowest=1, has_mean=True)
        for number in range(scores.shape[1])
    ]
    frame: Any = SimpleNamespace(
        unit_ids=list(range(len(tree))),
        tree=tree,
        invited=scores.sum(axis=2).max(axis=1, initial=0) + silent,
        questions=questions,
    )
    wave: Any = SimpleNamespace(organisation_id=1, pk=1)
    return evidence_of(
        Ledger(
            "1",
            minimum,
            OPENED,
            {unit: unit_name(unit) for unit in range(len(tree))},
            {
                unit_name(unit): "" if above == NOWHERE else unit_name(int(above))
                for unit, above in enumerate(tree.parents)
            },
            {question.question_id: (f"q{question.question_id}", False) for question in questions},
            made(Atom, ledger.ATOM, ledger.atom_rows(wave, frame, found.people)),
            made(Block, ledger.BLOCK, ledger.block_rows(wave, frame, found.mean.pools)),
            made(Participation, ledger.PARTICIPATION, ledger.participation_rows(wave, frame, found.people)),
            made(Release, ledger.RELEASE, ledger.figure_rows(wave, frame, found, OPENED)),
        )
    )


def made(model: Any, fields: tuple[str, ...], rows: Any) -> list[Any]:
    columns = [cast(str, model._meta.get_field(field).attname) for field in fields]
    return [model(pk=number, **dict(zip(columns, row, strict=True))) for number, row in enumerate(rows)]
