"""Filters: the means of people with one trait in common."""

from __future__ import annotations

import random

import pytest

from results.models import FilterBand, FilterFigure, FilterOutcome, WaveVerdict
from tests.results.closing import close
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db

TEAMS = {"City": 3} | {f"City/Team {number}": 12 for number in range(12)}
AGES = ("<25", "25-34", "35-44", "45-54", "55+")


def with_traits(sizes: dict[str, int], seed: int = 1) -> OpenWave:
    built, chance = open_wave(sizes), random.Random(seed)
    for invitations in built.invitations.values():
        for one in invitations:
            one.bands = {
                "age": chance.choice(AGES),
                "contract": chance.choice(["fixed", "fixed", "temporary"]),
            }
            one.save(update_fields=["bands"])
    return built


def answer(built: OpenWave, share: float = 0.8, seed: int = 2) -> None:
    chance = random.Random(seed)
    for unit, invitations in built.invitations.items():
        people = sum(chance.random() < share for _ in invitations)
        built.answer(unit, [(chance.randint(1, 5), chance.randint(1, 5)) for _ in range(people)])


