"""The verdict on a wave: certificate, agreement, and whether the ledger adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from results.audit.certificate import MOST_PROGRAMMES, Breach, Certified, Family, certify
from results.audit.evidence import (
    COMMENTS,
    COUNT,
    DISTRIBUTION,
    FAVOURABLE,
    INVITED,
    MEAN,
    Evidence,
    Places,
    Released,
    Tally,
    places,
)
from results.audit.risk import Derived, Risk, derived_groups, risk_of

SHARES_FROM, DISTRIBUTION_FROM, COMMENTS_FROM = 10, 50, 10
FEWEST_DIFFERING = 2
INVITED_PEOPLE, RESPONDENTS = "participation and numbers of answers", "all figures together"
EXACT = 1e-9  # of a mean
NO_ATOMS = "nothing can be proved: there are figures and no atoms, as of waves that an earlier version closed"
NAMED = 3  # units in a sentence
NOWHERE = -1
Asked = TypeVar("Asked", Released, Tally)


@dataclass(frozen=True, slots=True)
class Verdict:
    wave: str
    minimum: int
    figures: int
    certified: Sequence[Certified]
    problems: Sequence[str]
    risk: Risk

    @property
    def passed(self) -> bool:
        return not self.problems and all(one.holds for one in self.certified)


def judge(evidence: Evidence, *, most_programmes: int = MOST_PROGRAMMES) -> Verdict:
    """`most_programmes`: for each family; what is not proved by then counts as a breach."""
    if evidence.releases and not evidence.atoms:
        return Verdict(
            evidence.wave, evidence.minimum, len(evidence.releases), [], [NO_ATOMS], risk_of(evidence, [])
        )
    derived = list(derived_groups(evidence))
    return Verdict(
        evidence.wave,
        evidence.minimum,
        len(evidence.releases),
        [certify(family, most_programmes) for family in families(evidence)],
        [*evidence.problems, *_sums_that_fail(evidence), *_agreeing(evidence, derived)],
        risk_of(evidence, derived),
    )


def families(evidence: Evidence) -> Iterator[Family]:
    """Everything over the same unknowns, taken together.

    Whether someone answered: participation and all numbers of answers, over invited people, as if those who
    answered had answered every question; and pools of comments, as if they had all written. What they
    answered: per question, means with all that a mean follows from, shares likewise, distributions. All
    figures of all questions at once, over the people who answered. And who wrote: pools of comments on one
    question, over those who commented.
    """
    people = np.array([atom.people for atom in evidence.atoms], dtype=np.int64)
    minimum = evidence.minimum
    of_answers = [release for release in evidence.releases if release.question is not None]
    yield Family(INVITED_PEOPLE, None, minimum, _over_invited(evidence), people)
    parted = _parted(evidence)
    partly = [parted[release.name] for release in of_answers]
    yield Family(RESPONDENTS, None, minimum, [release.atoms for release in of_answers], people, partly=partly)
    for question, releases in sorted(_by_question(of_answers).items()):
        for statistic, threshold, follows_from in (
            (MEAN, minimum, {MEAN, COUNT, FAVOURABLE, DISTRIBUTION}),
            (FAVOURABLE, max(minimum, SHARES_FROM), {FAVOURABLE, DISTRIBUTION}),
            (DISTRIBUTION, max(minimum, DISTRIBUTION_FROM), {DISTRIBUTION}),
        ):
            used = [release for release in releases if release.statistic in follows_from]
            yield Family(
                statistic,
                question,
                threshold,
                [release.atoms for release in used],
                people,
                [release.n for release in used],
                [parted[release.name] for release in used],
            )
    yield from _of_comments(evidence, people)


def _of_comments(evidence: Evidence, people: NDArray[np.int64]) -> Iterator[Family]:
    for question in dict.fromkeys(pool.question for pool in evidence.comments):
        pools = [pool for pool in evidence.comments if pool.question == question]
        yield Family(
            COMMENTS,
            question,
            max(evidence.minimum, COMMENTS_FROM),
            [pool.atoms for pool in pools],
            people,
            [pool.n for pool in pools],
        )


def _by_question(found: Iterable[Asked]) -> defaultdict[str, list[Asked]]:
    """Without what is about no question."""
    by_question: defaultdict[str, list[Asked]] = defaultdict(list)
    for one in found:
        if one.question is not None:
            by_question[one.question].append(one)
    return by_question


def _parted(evidence: Evidence) -> dict[str, bool]:
    """By figure, whether it leaves out some of those who answered in a unit of which it holds others."""
    units = {atom.unit: number for number, atom in enumerate(evidence.atoms)}
    unit_of = np.array([units[atom.unit] for atom in evidence.atoms], dtype=np.int64)
    answered = np.array([atom.step != INVITED for atom in evidence.atoms], dtype=np.bool_)
    atoms_of = np.bincount(unit_of[answered], minlength=len(evidence.atoms))
    cache: dict[bytes, bool] = {}
    for release in evidence.releases:
        key = release.atoms.tobytes()
        if key not in cache:
            found, held = np.unique(unit_of[release.atoms], return_counts=True)
            cache[key] = bool((held < atoms_of[found]).any())
    return {release.name: cache[release.atoms.tobytes()] for release in evidence.releases}


def _over_invited(evidence: Evidence) -> list[Places]:
    """Numbers of answers, and of comments, as figures over the invited people of the same units."""
    invited = {atom.unit: place for place, atom in enumerate(evidence.atoms) if atom.step == INVITED}
    people_of = [invited.get(atom.unit, place) for place, atom in enumerate(evidence.atoms)]
    cache: dict[bytes, Places] = {}
    figures = [one.atoms for one in evidence.releases] + [one.atoms for one in evidence.comments]
    for atoms in figures:
        key = atoms.tobytes()
        if key not in cache:
            cache[key] = places({people_of[place] for place in atoms.tolist()})
    return list(cache.values())


def _sums_that_fail(evidence: Evidence) -> Iterator[str]:
    """Figures that concern more people than there are, or other numbers than the tallies of their blocks."""
    people = [atom.people for atom in evidence.atoms]
    for release in evidence.releases:
        there = sum([people[place] for place in release.atoms.tolist()])
        if release.n > there or (release.question is None and release.n != there):
            yield f"{release.name}: concerns {release.n} people; its atoms hold {there}"
    yield from _tallies_that_differ(evidence)


def _tallies_that_differ(evidence: Evidence) -> Iterator[str]:
    releases = _by_question(evidence.releases)
    for question, tallies in _by_question(evidence.tallies).items():
        blocks = _Blocks(tallies)
        for place in blocks.shared:
            yield f"{_named(evidence, (place,))}: in two blocks of question {question}"
        for release in filter(attrgetter("of_blocks"), releases[question]):
            total = blocks.sum_over(release.atoms)
            if total is None:
                yield f"{release.name}: is not a sum of whole blocks"
            elif not _agrees(release, total):
                yield f"{release.name}: differs from the tallies of its blocks"


class _Blocks:
    """Of a question. `shared`: atoms in more than one."""

    def __init__(self, tallies: Sequence[Tally]) -> None:
        self.tallies = tallies
        self.counts = np.array([tally.counts for tally in tallies], dtype=np.int64)
        self.block_of: dict[int, int] = {}
        self.shared: list[int] = []
        for number, tally in enumerate(tallies):
            for place in tally.atoms.tolist():
                if self.block_of.setdefault(place, number) != number:
                    self.shared.append(place)
        self.sums: dict[
            bytes, list[int] | None
        ] = {}  # the statistics of a unit are often over the same atoms

    def sum_over(self, atoms: Places) -> list[int] | None:
        """The answers per score, or None when the atoms are no whole blocks."""
        key = atoms.tobytes()
        if key not in self.sums:
            self.sums[key] = self._sum_over(atoms)
        return self.sums[key]

    def _sum_over(self, atoms: Places) -> list[int] | None:
        blocks = list({self.block_of.get(place, NOWHERE) for place in atoms.tolist()})
        if not blocks or NOWHERE in blocks:
            return None
        if sum([len(self.tallies[one].atoms) for one in blocks]) != len(atoms):
            return None
        return cast(list[int], self.counts[blocks].sum(axis=0).tolist())


def _agrees(release: Released, counts: Sequence[int]) -> bool:
    lowest = 0 if len(counts) == 11 else 1
    if release.n != sum(counts):
        return False
    if release.statistic == DISTRIBUTION:
        return release.value == tuple(counts)
    if release.statistic == MEAN:
        total = sum(score * n for score, n in enumerate(counts, lowest))
        return isinstance(release.value, float | int) and abs(total / release.n - release.value) < EXACT
    return True


def _agreeing(evidence: Evidence, derived: Sequence[Derived]) -> Iterator[str]:
    """Groups in which fewer than two people differ from the most common answer: blocks, and whatever else
    follows, as far as means prove it.
    """
    for tally in evidence.tallies:
        if sum(tally.counts) - max(tally.counts) < FEWEST_DIFFERING:
            yield f"{_named(evidence, tally.atoms.tolist())}: too alike on question {tally.question}"
    for one in derived:
        room = min(one.sum - one.n * one.scale.lowest, one.n * one.scale.highest - one.sum)
        if room < FEWEST_DIFFERING:
            yield f"{_named(evidence, one.atoms)}: too alike on question {one.question}"


def sentence(evidence: Evidence, certified: Certified, breach: Breach) -> str:
    """A breach in words."""
    about = (
        f"question {certified.question}, {certified.statistic}" if certified.question else certified.statistic
    )
    text = f"{about}: {breach.people:g} people, not {certified.threshold}: {_named(evidence, breach.atoms)}"
    if breach.figures:
        text += f" (a sum of {len(breach.figures)} figures)"
    return text


def _named(evidence: Evidence, atoms: Sequence[int]) -> str:
    names = list(dict.fromkeys(evidence.atoms[place].unit for place in atoms))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
