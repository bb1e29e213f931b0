"""Organisations in which it is known what happened: for the bench, the tests and the documentation.

Person by person: what is lasting in a person, in general and about a theme, and noise of the day. Nothing is
fitted to the detector; `docs/signals.md` says where the numbers come from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

LEAST_PEOPLE, MOST_PEOPLE = 6, 20
LEAST_TAKING_PART, MOST_TAKING_PART = 0.6, 0.85
FEWEST_SHOWN = 5
LEVEL = 3.6
DEPARTMENT_SPREAD, TEAM_SPREAD = 0.15, 0.25
GENERAL_SPREAD, LASTING_SPREAD, DAY_SPREAD = 0.45, 0.32, 0.42
SHOCK_SPREAD, SHOCK_STAYS = 0.1, 0.6
WAVE_SPREAD = 0.05
FIRST_START, LAST_START = 6, 14


@dataclass(frozen=True, slots=True)
class Plan:
    """`slope`: of the last theme, per wave, for `share` of the teams, or of the departments with all teams.

    `widening`: how much the spread within a team grows per wave, as a part of what it was.
    `spares_tops`: the first team of a department stays as it was; to be read as those at the top of it.
    `department_shock`: of what comes over a whole department for a while, beside what comes over each team.
    `differ`: how unlike teams are in the spread of their answers and in what comes over them, in logarithms.
    """

    teams: int = 2000
    waves: int = 26
    themes: int = 1
    share: float = 0.0
    slope: float = 0.0
    widening: float = 0.0
    whole_departments: bool = False
    spares_tops: bool = False
    teams_a_department: int = 14
    department_shock: float = 0.0
    differ: float = 0.0


@dataclass(frozen=True, slots=True)
class World:
    """What a simulated organisation released; NaN (and n = 0) below `FEWEST_SHOWN` answers.

    `mean` and `variance` (within teams) by theme, team and wave; the rest by team (and wave). `start`: the
    last wave before the planted change, -1 where there is none.
    """

    mean: Floats
    variance: Floats
    n: Counts
    invited: Counts
    department: Counts
    start: Counts

    def departments(self) -> World:
        """The same, added up; a department changes when all its teams do."""
        number = int(self.department.max()) + 1
        belongs = (self.department[None, :] == np.arange(number)[:, None]).astype(float)
        n = belongs @ self.n
        mean = (belongs @ np.nan_to_num(self.mean * self.n)) / np.maximum(n, 1)
        first = np.array([np.flatnonzero(self.department == one)[0] for one in range(number)])
        return World(
            mean=np.where(n >= FEWEST_SHOWN, mean, np.nan),
            variance=np.full(mean.shape, np.nan),
            n=n.astype(np.int64),
            invited=(belongs @ self.invited).astype(np.int64),
            department=np.arange(number),
            start=self.start[first],
        )


def simulate(plan: Plan, chance: np.random.Generator) -> World:
    department = np.arange(plan.teams) // plan.teams_a_department
    start = _starts(plan, department, chance)
    since = np.maximum(np.arange(plan.waves) - start[:, None], 0) * (start >= 0)[:, None]
    course = _courses(plan, department, chance)
    spared = np.arange(plan.teams) % plan.teams_a_department == 0
    course[-1] += plan.slope * np.where(plan.spares_tops & spared[:, None], 0, since)
    spread = (1 + plan.widening * since) * _own(plan, chance)
    sizes = chance.integers(LEAST_PEOPLE, MOST_PEOPLE + 1, plan.teams)
    mean, variance, n = _asked(plan, course, spread, sizes, chance)
    invited = np.repeat(sizes[:, None], plan.waves, axis=1)
    return World(mean, variance, n, invited, department, start)


def _starts(plan: Plan, department: Counts, chance: np.random.Generator) -> Counts:
    groups = department if plan.whole_departments else np.arange(plan.teams)
    number = int(groups.max()) + 1
    changed = chance.permutation(number) < round(plan.share * number)
    starts = chance.integers(FIRST_START, LAST_START + 1, number)
    found: Counts = np.where(changed, starts, -1)[groups]
    return found


def _courses(plan: Plan, department: Counts, chance: np.random.Generator) -> Floats:
    """What teams are really like: shape (themes, teams, waves)."""
    shape = (plan.themes, plan.teams)
    level = chance.normal(0, DEPARTMENT_SPREAD, (plan.themes, department.max() + 1))[:, department]
    level = LEVEL + level + chance.normal(0, TEAM_SPREAD, shape)
    course = level[:, :, None] + chance.normal(0, WAVE_SPREAD, (plan.themes, 1, plan.waves))
    course = course + _own(plan, chance) * _shocks(SHOCK_SPREAD, shape, plan.waves, chance)
    departments = (plan.themes, int(department.max()) + 1)
    return course + _shocks(plan.department_shock, departments, plan.waves, chance)[:, department]


def _own(plan: Plan, chance: np.random.Generator) -> Floats:
    """How much more or less than others each team varies."""
    if not plan.differ:  # nothing drawn: the other simulations stay as they were
        return np.ones((plan.teams, 1))
    found: Floats = np.exp(plan.differ * chance.standard_normal((plan.teams, 1)))
    return found


def _shocks(spread: float, shape: tuple[int, int], waves: int, chance: np.random.Generator) -> Floats:
    """What passes over a team, or a department, and dies out."""
    found = np.empty((*shape, waves))
    shock = chance.normal(0, spread / np.sqrt(1 - SHOCK_STAYS**2), shape)
    for wave in range(waves):
        found[:, :, wave] = shock
        shock = SHOCK_STAYS * shock + chance.normal(0, spread, shape)
    return found


def _asked(
    plan: Plan, course: Floats, spread: Floats, sizes: Counts, chance: np.random.Generator
) -> tuple[Floats, Floats, Counts]:
    """Means, variances and numbers of those who answered."""
    people = np.arange(sizes.max()) < sizes[:, None]
    lasting = chance.normal(0, GENERAL_SPREAD, people.shape)
    lasting = lasting + chance.normal(0, LASTING_SPREAD, (plan.themes, *people.shape))
    taking = chance.uniform(LEAST_TAKING_PART, MOST_TAKING_PART, plan.teams)[:, None]
    mean, variance = np.full(course.shape, np.nan), np.full(course.shape, np.nan)
    numbers = np.zeros(course.shape[1:], dtype=np.int64)
    for wave in range(plan.waves):
        answers = people & (chance.random(people.shape) < taking)
        n = answers.sum(axis=1)
        own = (lasting + chance.normal(0, DAY_SPREAD, lasting.shape)) * spread[:, wave, None]
        counted = np.maximum(n, 2)
        centre = (own * answers).sum(axis=2) / counted
        squares = ((own - centre[:, :, None]) ** 2 * answers).sum(axis=2)
        shown = n >= FEWEST_SHOWN
        mean[:, :, wave] = np.where(shown, course[:, :, wave] + centre, np.nan)
        variance[:, :, wave] = np.where(shown, squares / (counted - 1), np.nan)
        numbers[:, wave] = np.where(shown, n, 0)
    return mean, variance, numbers
