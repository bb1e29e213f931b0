"""`python -m bench.disclosure [DIR]`: what a reader of all figures can work out, under three rules.

Of a made-up organisation of 20,000 people, or of a recorded one (docs/replay.md), one table per wave. The
figures of every unit are subtracted from each other as the auditor does it; nothing needs a database.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import django
import numpy as np
from numpy.typing import NDArray

from results.audit.groups import group, resolve

from .compare_replay import Recorded, rows_of, units_and_above

PEOPLE, QUESTIONS, SEED = 20_000, 10, 7
AGES = (0.2, 0.25, 0.3, 0.25)
DAYS = (0.4, 0.15, 0.1, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02)  # on which people answer
DIRECTORATES, DEPARTMENTS = 12, 9
TEAM_SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 25)
TAKING_PART, SKIPPED = 0.65, 0.03
ALONE, FEW, SHARES_FROM, DISTRIBUTION_FROM = 1, 4, 10, 50

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Town:
    """Per own group: answers by question and score; who answered and who did not; of the made-up one also by
    age and by day.
    """

    name: str
    parents: list[int]
    scores: Counts
    invitations: Counts
    ages: Counts | None = None
    days: Counts | None = None

    @property
    def ends(self) -> list[int]:
        ends = list(range(1, len(self.parents) + 1))
        for unit in range(len(self.parents) - 1, 0, -1):
            ends[self.parents[unit]] = max(ends[self.parents[unit]], ends[unit])
        return ends


def simulated() -> Town:
    """Directorates, departments and teams; those who lead stand in the unit that they lead."""
    chance = np.random.default_rng(SEED)
    parents, sizes = [-1], [3]
    per_department = PEOPLE // (DIRECTORATES * DEPARTMENTS)
    for _ in range(DIRECTORATES):
        directorate = len(parents)
        parents.append(0)
        sizes.append(int(chance.integers(1, 5)))
        for _ in range(DEPARTMENTS):
            department = len(parents)
            parents.append(directorate)
            sizes.append(int(chance.integers(1, 5)))
            left = per_department
            while left > 0:
                parents.append(department)
                sizes.append(int(min(left, chance.choice(TEAM_SIZES))))
                left -= sizes[-1]
    people = np.array(sizes)
    answered = chance.binomial(people, TAKING_PART)
    scores = np.zeros((len(people), QUESTIONS, 5), dtype=np.int64)
    for unit, n in enumerate(answered.tolist()):
        mood = 3.5 + chance.normal(0, 0.4, QUESTIONS)
        given = np.clip(np.rint(mood + chance.normal(0, 0.95, (n, QUESTIONS))), 1, 5).astype(int) - 1
        for question in range(QUESTIONS):
            kept = given[chance.random(n) >= SKIPPED, question]
            scores[unit, question] = np.bincount(kept, minlength=5)
    invitations = np.stack([answered, people - answered], axis=1)[:, None, :]
    return Town(
        f"{people.sum():,} people, {len(people):,} units",
        parents,
        scores,
        invitations,
        ages=chance.multinomial(answered, AGES),
        days=chance.multinomial(answered, DAYS),
    )


def recorded(folder: Path) -> Iterator[Town]:
    data = Recorded.read(folder)
    codes = {code: column for column, code in enumerate(data.questions.index)}
    points = {code: scale[0] for code, scale in data.scales().items()}
    for wave in sorted(data.answers["wave"].unique().tolist()):
        places = data.places(wave)
        names = sorted(units_and_above(places), key=lambda name: name.split("/"))
        rows = {name: row for row, name in enumerate(names)}
        parents = [rows.get(name.rpartition("/")[0], -1) for name in names]
        scores = np.zeros((len(names), len(codes), max(points.values())), dtype=np.int64)
        given = data.scored(wave).groupby(["unit", "question_code", "score"]).size().reset_index(name="n")
        for unit, code, score, n in rows_of(given, "unit", "question_code", "score", "n"):
            scores[rows[unit], codes[code], score - (0 if points[code] == 11 else 1)] = n
        answered = Counter(data.answered(wave)["employee_id"].map(places))
        invitations = np.array([[[answered[name], -answered[name]]] for name in names], dtype=np.int64)
        for name, people in Counter(places).items():
            invitations[rows[name], 0, 1] += people
        yield Town(f"{folder.name}, wave {wave}", parents, scores, invitations)


# The rules: by statistic and question, for each own group the unit where it counts (-1: nowhere)

Homes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rule:
    """homes: (units, questions) per statistic. least: answers from which a unit's figure is shown."""

    name: str
    mean: Homes
    shares: Homes
    distribution: Homes
    least: int = 0


def rules(town: Town) -> Iterator[Rule]:
    from results.disclosure.pooling import Enough, Tree, pool, pool_whole
    from results.disclosure.statistics import layers

    tree = Tree.from_parents(town.parents)
    own = np.broadcast_to(np.arange(len(town.parents))[:, None], town.scores.shape[:2])
    yield Rule("hide n < 5", own, own, own, least=5)
    groups = pool(town.invitations, tree, Enough(5))
    homes = pool_whole(groups, town.scores, tree, Enough(5)).homes
    yield Rule("blocks of 5 for all", homes, homes, homes)
    for minimum in (5, 7, 10):
        found = layers(town.invitations, town.scores, tree, minimum)
        yield Rule(
            f"here, k = {minimum}",
            found.mean.pools.homes,
            found.shares.pools.homes,
            found.distribution.pools.homes,
        )


@dataclass(slots=True)
class Outcome:
    rule: str
    mean_sizes: list[int] = field(default_factory=list)
    share_sizes: list[int] = field(default_factory=list)
    distribution_sizes: list[int] = field(default_factory=list)
    teams_shown: int = 0
    teams_with_shares: int = 0
    counted: int = 0
    answers: int = 0
    teams: int = 0


def outcome(town: Town, rule: Rule) -> Outcome:
    found = Outcome(rule.name)
    ends = town.ends
    for question in range(town.scores.shape[1]):
        n = town.scores[:, question].sum(axis=1)
        found.answers += int(n.sum())
        found.teams += sum(end == unit + 1 for unit, end in enumerate(ends))
        for homes, least, sizes in (
            (rule.mean, max(rule.least, 1), found.mean_sizes),
            (rule.shares, SHARES_FROM, found.share_sizes),
            (rule.distribution, DISTRIBUTION_FROM, found.distribution_sizes),
        ):
            shown = figures(homes[:, question], n, ends, least)
            sizes += derivable(list(shown.values()), n)
            teams = sum(ends[unit] == unit + 1 for unit in shown)
            if homes is rule.mean and sizes is found.mean_sizes:
                found.teams_shown += teams
                found.counted += int(n[shown[0]].sum()) if 0 in shown else 0
            elif sizes is found.share_sizes:
                found.teams_with_shares += teams
    return found


def figures(homes: Homes, n: Counts, ends: Sequence[int], least: int) -> dict[int, Counts]:
    """By unit, the own groups with answers that its figure is over."""
    shown = {}
    for unit, end in enumerate(ends):
        inside = np.flatnonzero((homes[unit:end] >= unit) & (n[unit:end] > 0)) + unit
        if n[inside].sum() >= least:
            shown[unit] = inside
    return shown


def derivable(shown: Sequence[Counts], n: Counts) -> list[int]:
    """How many people are in each group that follows by subtraction."""
    grouping = group(shown, len(n))
    totals = np.zeros((len(grouping.rows), 1), dtype=np.int64)
    for row, inside in zip(grouping.of, shown, strict=True):
        totals[row] = n[inside].sum()
    known, sizes = resolve(grouping, totals)
    return [size for size in sizes[known, 0].tolist() if size]


def by_cell(cells: Counts, sets: Sequence[Sequence[int]], ends: Sequence[int]) -> list[int]:
    """Derivable groups if each unit shows a figure for each set of cells that holds five people or more."""
    n, width = cells.ravel(), cells.shape[1]
    shown = []
    for unit, end in enumerate(ends):
        for chosen in sets:
            inside = (np.arange(unit, end)[:, None] * width + np.array(chosen)).ravel()
            inside = inside[n[inside] > 0]
            if n[inside].sum() > FEW:
                shown.append(inside)
    return derivable(shown, n)


# The tables


def share(sizes: Sequence[int], most: int, answers: int) -> str:
    return f"{sum(size for size in sizes if size <= most) / answers:.1%}"


LINES: tuple[tuple[str, Callable[[Outcome], str]], ...] = (
    ("answers in a derivable group of 1 to 4", lambda one: share(one.mean_sizes, FEW, one.answers)),
    ("answers that stand alone", lambda one: share(one.mean_sizes, ALONE, one.answers)),
    ("smallest group with a derivable mean", lambda one: str(min(one.mean_sizes, default=0))),
    ("answers whose shares follow for fewer than 10", lambda one: share(one.share_sizes, 9, one.answers)),
    ("smallest group with derivable shares", lambda one: str(min(one.share_sizes, default=0))),
    (
        "answers whose distribution follows for fewer than 50",
        lambda one: share(one.distribution_sizes, 49, one.answers),
    ),
    ("smallest group with a derivable distribution", lambda one: str(min(one.distribution_sizes, default=0))),
    ("teams with a mean", lambda one: f"{one.teams_shown / one.teams:.1%}"),
    ("teams with shares", lambda one: f"{one.teams_with_shares / one.teams:.1%}"),
    ("answers in the figure of the whole", lambda one: f"{one.counted / one.answers:.1%}"),
)


def table(town: Town) -> Iterator[str]:
    outcomes = [outcome(town, rule) for rule in rules(town)]
    yield f"**{town.name}**\n"
    yield "| | " + " | ".join(one.rule for one in outcomes) + " |"
    yield "| --- |" + " ---: |" * len(outcomes)
    for name, cell in LINES:
        yield f"| {name} | " + " | ".join(cell(one) for one in outcomes) + " |"
    yield ""


def people_by(cells: Counts) -> tuple[Counts, Counts]:
    """Of each person the own group, and which cell of it."""
    unit, cell = np.nonzero(cells)
    numbers = cells[unit, cell]
    return np.repeat(unit, numbers), np.repeat(cell, numbers)


def by_age_here(town: Town, ages: Counts) -> list[int]:
    """Derivable groups of people by final figures and filters together, one atom a person."""
    from results.disclosure.filters import Everyone, Respondents, chosen
    from results.disclosure.pooling import Tree, enough_people, pool, recounted

    tree = Tree.from_parents(town.parents)
    groups = pool(town.invitations, tree, enough_people(5))
    units, age = people_by(ages)
    homes = groups.homes[units, 0]
    counted = np.flatnonzero(homes >= 0)
    chance = np.random.default_rng(SEED)
    scores = chance.integers(0, 5, (len(counted), 1))
    given = np.zeros((len(tree), 1, 5), dtype=np.int64)
    np.add.at(given[:, 0], (units[counted], scores[:, 0]), 1)
    everyone = Everyone(groups.counts[:, 0, 0], recounted(groups, given).counts)
    people = Respondents(homes[counted], {"age": age[counted].astype(str)}, scores)
    bands = [counted[band.members] for band in chosen(people, everyone, tree, 5, ["age"])]
    return derivable([*final_here(town, units), *bands], np.ones(len(units), dtype=np.int64))


def final_here(town: Town, units: Counts, outside: Counts | None = None) -> list[Counts]:
    """People in the figure of each unit; `outside`: how many of each own group are in no live cell."""
    from results.disclosure.pooling import Tree, enough_people, pool, pool_whole

    tree = Tree.from_parents(town.parents)
    answered = town.invitations[:, :, :1] if outside is None else outside[:, None, None]
    groups = pool(town.invitations, tree, enough_people(5))
    home = pool_whole(groups, answered, tree, enough_people(5)).homes[units, 0]
    shown = (
        np.flatnonzero((home >= unit) & (units >= unit) & (units < end)) for unit, end in enumerate(town.ends)
    )
    return [inside for inside in shown if len(inside)]


def by_day_here(town: Town, days: Counts) -> list[int]:
    """Derivable groups of people by live and final figures together, one atom a person."""
    from results.disclosure.cells import live_units, ready
    from results.disclosure.pooling import Tree

    tree = Tree.from_parents(town.parents)
    invited = town.invitations.sum(axis=(1, 2))
    units, day = people_by(days)
    chance = np.random.default_rng(SEED)
    scores = chance.integers(0, 5, len(units))
    ends = np.cumsum(np.bincount(units, minlength=len(tree)))
    place = np.arange(len(units)) - np.concatenate([[0], ends])[units]
    waits, in_cell = place >= 5, np.zeros(len(units), dtype=np.bool_)  # without the reserve
    figures: list[Counts] = []
    for today in range(len(DAYS)):
        here = np.flatnonzero(waits & ~in_cell & (day <= today))
        waiting = np.zeros((len(tree), 1, 5), dtype=np.int64)
        np.add.at(waiting[:, 0], (units[here], scores[here]), 1)
        closing = ready(waiting, invited, tree, 5)
        in_cell[here[closing[units[here]]]] = True
        figures += [
            np.flatnonzero(in_cell & (units >= unit) & (units < town.ends[unit]))
            for unit in np.flatnonzero(live_units(invited, tree)).tolist()
        ]
    outside = np.bincount(units[~in_cell], minlength=len(tree))
    figures = [figure for figure in figures if len(figure)]
    return derivable([*final_here(town, units, outside), *figures], np.ones(len(units), dtype=np.int64))


def table_of_more(town: Town, ages: Counts, days: Counts) -> Iterator[str]:
    """What more figures of the same answers give away."""
    everyone = list(range(len(AGES)))
    columns = {
        "hide n < 5: final figures": by_cell(ages, [everyone], town.ends),
        "also by age": by_cell(ages, [everyone, *([age] for age in everyone)], town.ends),
        "anew each day": by_cell(days, [range(day + 1) for day in range(len(DAYS))], town.ends),
        "here: also by age": by_age_here(town, ages),
        "here: live figures": by_day_here(town, days),
    }
    yield "| | " + " | ".join(columns) + " |"
    yield "| --- |" + " ---: |" * len(columns)
    for name, most in (("people in a derivable group of 1 to 4", FEW), ("people who stand alone", ALONE)):
        cells = (share(sizes, most, int(ages.sum())) for sizes in columns.values())
        yield f"| {name} | " + " | ".join(cells) + " |"
    smallest = (str(min(sizes)) for sizes in columns.values())
    yield "| smallest derivable group | " + " | ".join(smallest) + " |"
    yield ""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.disclosure",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR")
    folder = parser.parse_args().folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "listening.settings")
    django.setup()
    for town in recorded(folder) if folder else [simulated()]:
        for line in table(town):
            print(line)
        if town.ages is not None and town.days is not None:
            for line in table_of_more(town, town.ages, town.days):
                print(line)


if __name__ == "__main__":
    main()
