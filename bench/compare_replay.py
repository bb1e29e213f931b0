"""Checks exported figures against the recording itself, with nothing of the product's own code.

    python -m bench.compare_replay DIR FIGURES.csv

Where a figure covers everyone invited, n and mean must equal a direct pandas computation to 1e-9. For every
unit the rule of docs/privacy.md is carried out once more in plain Python, so that each partial figure, each
hidden one, each share and each distribution is explained. The exit status is 1 when anything is not.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

MINIMUM = 5
SHARES_FROM, DISTRIBUTION_FROM = 10, 50
TOLERANCE = 1e-9
STATED_DIGITS = 6  # of the means in expected.json
COLUMNS = (
    "wave",
    "equal, all covered",
    "equal, partial",
    "hidden by the rule",
    "not explained",
    "largest difference",
)
Key = tuple[str, str]  # unit path and question code


@dataclass(frozen=True, slots=True)
class Expected:
    """What the rules allow to be shown of a unit's answers to a question."""

    counts: Counter[int]
    covered: int
    invited: int

    @property
    def n(self) -> int:
        return self.counts.total()

    @property
    def mean(self) -> float:
        return sum(score * number for score, number in self.counts.items()) / self.n

    @property
    def coverage(self) -> float:
        return self.covered / self.invited


@dataclass(frozen=True, slots=True)
class Allowed:
    """By statistic what must be shown of a unit; None where it must be hidden."""

    mean: Expected | None
    shares: Expected | None
    distribution: Expected | None


@dataclass(slots=True)
class WaveReport:
    wave: int
    full: int = 0
    partial: int = 0
    hidden: int = 0
    largest_difference: float = 0.0
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Recorded:
    people: pd.DataFrame
    answers: pd.DataFrame
    questions: pd.DataFrame
    moves: pd.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Recorded:
        packed = folder / "answers.csv.gz"
        answers = pd.read_csv(
            packed if packed.exists() else folder / "answers.csv", dtype={"employee_id": str}
        )
        people = pd.read_csv(folder / "people.csv", dtype=str)
        return cls(people, answers, questions_of(folder, answers), moves_of(folder))

    def places(self, wave: int) -> pd.Series[str]:
        """The unit of each person when the wave opens, by employee number."""
        places = self.people.set_index("employee_id")["unit_path"].copy()
        made = self.moves[self.moves["before_wave"] <= wave].sort_values("before_wave", kind="stable")
        for employee_id, unit_path in rows_of(made, "employee_id", "unit_path"):
            places[employee_id] = unit_path
        return places

    def scales(self) -> dict[str, tuple[int, bool]]:
        """Points, and whether agreeing is unfavourable, by question."""
        questions = self.questions.reset_index()
        rows = rows_of(questions, "code", "points", "reversed")
        return {code: (int(points), bool(turned)) for code, points, turned in rows}

    def answered(self, wave: int) -> pd.DataFrame:
        """One row for each person with an answer in a wave, also a skipped one."""
        return self.answers[self.answers["wave"] == wave].drop_duplicates("employee_id")

    def scored(self, wave: int) -> pd.DataFrame:
        """The answers of a wave with the unit of who gave them."""
        answers = self.answers[(self.answers["wave"] == wave) & self.answers["score"].notna()]
        scored = answers.assign(unit=answers["employee_id"].map(self.places(wave)))
        return scored.astype({"score": int})


def rows_of(table: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[column].tolist() for column in columns), strict=True)


def questions_of(folder: Path, answers: pd.DataFrame) -> pd.DataFrame:
    path = folder / "questions.csv"
    if path.exists():
        return pd.read_csv(path).set_index("code")
    codes = answers["question_code"].unique()
    return pd.DataFrame({"points": 5, "reversed": 0}, index=pd.Index(codes, name="code"))


def moves_of(folder: Path) -> pd.DataFrame:
    path = folder / "moves.csv"
    if path.exists():
        return pd.read_csv(path, dtype={"employee_id": str})
    return pd.DataFrame(columns=["employee_id", "before_wave", "unit_path"])


def units_and_above(paths: pd.Series[str]) -> set[str]:
    return {"/".join(path.split("/")[:level]) for path in paths for level in range(1, path.count("/") + 2)}


def is_within(place: str, unit: str) -> bool:
    return place == unit or place.startswith(unit + "/")


# The rule, once more


def expected_figures(recorded: Recorded, wave: int) -> dict[Key, Allowed]:
    """Per unit and question what must be shown."""
    places = recorded.places(wave)
    invited = Counter(places)
    units = units_and_above(places)
    scored = recorded.scored(wave)
    answered = Counter(recorded.answered(wave)["employee_id"].map(places))
    groups = groups_of(units, groups_of(units, {unit: {unit} for unit in units}, invited), answered)
    expected: dict[Key, Allowed] = {}
    for code in recorded.questions.index:
        given = scored[scored["question_code"] == code]
        own: dict[str, Counter[int]] = {unit: Counter() for unit in units}
        for (unit, score), number in given.groupby(["unit", "score"]).size().items():
            own[unit][score] = int(number)
        for unit, figure in figures_of_question(units, groups, own, invited).items():
            expected[unit, str(code)] = figure
    return expected


@dataclass(frozen=True, slots=True)
class Block:
    counts: Counter[int]
    groups: frozenset[str]

    def __add__(self, other: Block) -> Block:
        return Block(self.counts + other.counts, self.groups | other.groups)


Blocks = dict[str, Block]
NOTHING = Block(Counter(), frozenset())


def figures_of_question(
    units: set[str], groups: dict[str, set[str]], own: dict[str, Counter[int]], invited: Counter[str]
) -> dict[str, Allowed]:
    """A pool is a unit's own group and what was carried up to it; a large enough one becomes a block.

    Own groups of which too few people were invited, or answered, are put together first, in the same way.
    Shares and distributions are over blocks of whole blocks that are large enough for them.
    """
    gathered = {
        unit: Block(sum((own[group] for group in groups[unit]), Counter()), frozenset(groups[unit]))
        for unit in units
    }
    means = blocks_of_answers(units, gathered)
    shares = larger_blocks(units, means, SHARES_FROM)
    spread = larger_blocks(units, shares, DISTRIBUTION_FROM)

    def figure(unit: str, blocks: Blocks) -> Expected | None:
        below = [block for home, block in blocks.items() if is_within(home, unit)]
        everyone = sum(number for place, number in invited.items() if is_within(place, unit))
        whole = sum(below, NOTHING)
        covered = sum(invited[group] for group in whole.groups)
        return Expected(whole.counts, covered, everyone) if below else None

    return {unit: Allowed(figure(unit, means), figure(unit, shares), figure(unit, spread)) for unit in units}


def deepest_first(units: set[str]) -> list[str]:
    return sorted(units, key=lambda unit: -unit.count("/"))


def blocks_of_answers(units: set[str], gathered: Blocks) -> Blocks:
    """Enough people, at least two of whom differ from the most common answer.

    Of a pool, at most half may come from pools that were large enough and too alike.
    """
    pools, alike, blocks = dict(gathered), Counter[str](), {}
    for unit in deepest_first(units):
        counts = pools[unit].counts
        n = counts.total()
        if n >= MINIMUM and n - max(counts.values()) < 2:
            alike[unit] = n
        elif n >= MINIMUM and n >= 2 * alike[unit]:
            blocks[unit] = pools[unit]
            continue
        if "/" in unit:
            above = unit.rpartition("/")[0]
            pools[above] += pools[unit]
            alike[above] += alike[unit]
    return blocks


def larger_blocks(units: set[str], smaller: Blocks, minimum: int) -> Blocks:
    pools, blocks = {unit: smaller.get(unit, NOTHING) for unit in units}, {}
    for unit in deepest_first(units):
        if pools[unit].counts.total() >= minimum:
            blocks[unit] = pools[unit]
        elif "/" in unit:
            pools[unit.rpartition("/")[0]] += pools[unit]
    return blocks


def groups_of(units: set[str], groups: dict[str, set[str]], people: Counter[str]) -> dict[str, set[str]]:
    """By unit, the own groups that stand there once each lot holds enough of these people."""
    groups = {unit: set(found) for unit, found in groups.items()}
    for unit in deepest_first(units):
        if sum(people[group] for group in groups[unit]) < MINIMUM:
            carried, groups[unit] = groups[unit], set()
            if "/" in unit:
                groups[unit.rpartition("/")[0]] |= carried
    return groups


# The comparison


def compare_wave(recorded: Recorded, figures: pd.DataFrame, wave: int) -> WaveReport:
    report = WaveReport(wave)
    means = exported(figures, wave, "mean")
    expected = expected_figures(recorded, wave)
    direct = Direct(recorded, wave)
    for key, allowed in expected.items():
        row, figure = means.pop(key, None), allowed.mean
        if figure is None:
            report.hidden += 1
            if row is not None:
                report.problems.append(f"wave {wave}, {key}: shown, but the rule hides it")
        elif row is None:
            report.problems.append(f"wave {wave}, {key}: hidden, but the rule shows it")
        else:
            compare_figure(report, key, figure, row, direct)
    report.problems += [f"wave {wave}, {key}: a figure of an unknown unit or question" for key in means]
    compare_shares(report, figures, recorded, expected)
    return report


def compare_figure(report: WaveReport, key: Key, figure: Expected, row: Row, direct: Direct) -> None:
    is_full = row.coverage == 1
    report.full += is_full
    report.partial += not is_full
    n, mean = direct.n_and_mean(key) if is_full else (figure.n, figure.mean)
    report.largest_difference = max(report.largest_difference, abs(mean - row.value))
    same = n == row.n == figure.n and abs(mean - row.value) <= TOLERANCE
    if not same or not math.isclose(figure.coverage, row.coverage, abs_tol=TOLERANCE):
        report.problems.append(
            f"wave {report.wave}, {key}: n {row.n}, mean {row.value}; expected {n}, {mean}"
        )


@dataclass(frozen=True, slots=True)
class Row:
    n: int
    value: Any
    coverage: float


def exported(
    figures: pd.DataFrame, wave: int, statistic: str, value_of: Callable[[Any], Any] = float
) -> dict[Key, Row]:
    rows = figures[(figures["wave"] == wave) & (figures["statistic"] == statistic)]
    return {
        (unit, question): Row(int(n), value_of(value), float(coverage))
        for unit, question, n, value, coverage in rows_of(rows, "unit", "question", "n", "value", "coverage")
    }


class Direct:
    """n and mean of all answers in a unit and below it, straight from the file."""

    def __init__(self, recorded: Recorded, wave: int) -> None:
        scored = recorded.scored(wave)
        self.table: dict[Key, tuple[int, float]] = {}
        for unit in units_and_above(recorded.places(wave)):
            inside = scored[(scored["unit"] == unit) | scored["unit"].str.startswith(unit + "/")]
            for code, scores in inside.groupby("question_code")["score"]:
                self.table[unit, str(code)] = len(scores), float(scores.mean())

    def n_and_mean(self, key: Key) -> tuple[int, float]:
        return self.table.get(key, (0, math.nan))


def compare_shares(
    report: WaveReport, figures: pd.DataFrame, recorded: Recorded, expected: dict[Key, Allowed]
) -> None:
    """Favourable and the distribution, with the coverage of each."""
    shares = exported(figures, report.wave, "favourable")
    spread = exported(figures, report.wave, "distribution", lambda value: value)
    scales = recorded.scales()
    for key, allowed in expected.items():
        points, is_reversed = scales[key[1]]
        share = favourable_share(allowed.shares, points, is_reversed) if allowed.shares else None
        given = shares.get(key)
        if not is_same(given, allowed.shares) or (
            given and share is not None and abs(share - given.value) > TOLERANCE
        ):
            report.problems.append(f"wave {report.wave}, {key}: favourable {given}; expected {share}")
        counts = ";".join(map(str, scores_of(allowed.distribution, points))) if allowed.distribution else None
        found = spread.get(key)
        if not is_same(found, allowed.distribution) or (found and found.value != counts):
            report.problems.append(f"wave {report.wave}, {key}: distribution {found}; expected {counts}")


def is_same(row: Row | None, figure: Expected | None) -> bool:
    if row is None or figure is None:
        return row is None and figure is None
    return row.n == figure.n and math.isclose(row.coverage, figure.coverage, abs_tol=TOLERANCE)


def favourable_share(figure: Expected, points: int, is_reversed: bool) -> float:
    """Per cent of the answers above the middle of the scale; of 0 to 10 from 9, or reversed up to 1."""
    counts = scores_of(figure, points)
    if points == 11:
        low, high = sum(counts[:2] if is_reversed else counts[:7]), sum(counts[9:])
    else:
        low, high = sum(counts[: points // 2]), sum(counts[points - points // 2 :])
    return 100 * (low if is_reversed else high) / figure.n


def scores_of(figure: Expected, points: int) -> list[int]:
    lowest = 0 if points == 11 else 1
    return [figure.counts[score] for score in range(lowest, lowest + points)]


def compare_stated(folder: Path, figures: pd.DataFrame) -> tuple[int, list[str]]:
    """Against the figures that came with the data set, where everyone is covered."""
    path = folder / "expected.json"
    if not path.exists():
        return 0, []
    stated = json.loads(path.read_text())["waves"]
    checked, problems = 0, []
    for wave in figures["wave"].unique():
        for (unit, code), row in exported(figures, wave, "mean").items():
            if row.coverage != 1:
                continue
            question = stated[str(wave)][unit]["questions"][code]
            checked += 1
            if question["n"] != row.n or abs(question["mean"] - row.value) > 10**-STATED_DIGITS:
                problems.append(f"wave {wave}, {unit}, {code}: {row}; expected.json says {question}")
    return checked, problems


def main(folder: Path, file: Path) -> int:
    recorded, figures = Recorded.read(folder), pd.read_csv(file)
    waves = sorted(recorded.answers["wave"].unique())
    reports = [compare_wave(recorded, figures, wave) for wave in waves]
    print("".join(f"{name:>20}" for name in COLUMNS))
    for report in reports:
        cells = report.wave, report.full, report.partial, report.hidden, len(report.problems)
        print("".join(f"{cell:>20}" for cell in cells) + f"{report.largest_difference:>20.1e}")
    checked, stated_problems = compare_stated(folder, figures)
    print(f"{checked} figures compared with expected.json, {len(stated_problems)} differ")
    problems = [problem for report in reports for problem in report.problems] + stated_problems
    print("\n".join(problems[:20]), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("figures", type=Path, metavar="FIGURES.csv")
    arguments = parser.parse_args()
    sys.exit(main(arguments.folder, arguments.figures))
