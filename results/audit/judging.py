"""The verdict on a wave: certificate, agreement, and whether the ledger adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from results.audit.certificate import Breach, Certified, Family, certify
from results.audit.evidence import (
    COUNT,
    DISTRIBUTION,
    FAVOURABLE,
    INVITED,
    MEAN,
    Evidence,
    Places,
    Released,
    places,
)
from results.audit.risk import Derived, Risk, derived_groups, risk_of

SHARES_FROM, DISTRIBUTION_FROM = 10, 50
FEWEST_DIFFERING = 2
INVITED_PEOPLE, RESPONDENTS = "participation and numbers of answers", "all figures together"
EXACT = 1e-9  # of a mean
NO_ATOMS = "nothing can be proved: there are figures and no atoms, as of waves that an earlier version closed"
NAMED = 3  # units in a sentence


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


def judge(evidence: Evidence) -> Verdict:
    if evidence.releases and not evidence.atoms:
        return Verdict(
            evidence.wave, evidence.minimum, len(evidence.releases), [], [NO_ATOMS], risk_of(evidence, [])
        )
    derived = list(derived_groups(evidence))
    return Verdict(
        evidence.wave,
        evidence.minimum,
        len(evidence.releases),
        [certify(family) for family in families(evidence)],
        [*evidence.problems, *_sums_that_fail(evidence), *_agreeing(evidence, derived)],
        risk_of(evidence, derived),
    )


def families(evidence: Evidence) -> Iterator[Family]:
    """Everything over the same unknowns, taken together.

    Whether someone answered: participation and all numbers of answers, over invited people, as if those who
    answered had answered every question. What they answered: per question, means with all that a mean
    follows from, shares likewise, distributions. And all figures of all questions at once, over the people
    who answered.
    """
    people = np.array([atom.people for atom in evidence.atoms], dtype=np.int64)
    minimum = evidence.minimum
    of_answers = [release for release in evidence.releases if release.question is not None]
    yield Family(INVITED_PEOPLE, None, minimum, _over_invited(evidence), people)
    yield Family(RESPONDENTS, None, minimum, [release.atoms for release in of_answers], people)
    by_question: defaultdict[str | None, list[Released]] = defaultdict(list)
    for release in of_answers:
        by_question[release.question].append(release)
    for question, releases in sorted(by_question.items(), key=lambda item: str(item[0])):
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
            )


def _over_invited(evidence: Evidence) -> list[Places]:
    """Numbers of answers as figures over the invited people of the same units."""
    invited = {atom.unit: place for place, atom in enumerate(evidence.atoms) if atom.step == INVITED}
    people_of = [invited.get(atom.unit, place) for place, atom in enumerate(evidence.atoms)]
    cache: dict[bytes, Places] = {}
    for release in evidence.releases:
        key = release.atoms.tobytes()
        if key not in cache:
            cache[key] = places({people_of[place] for place in release.atoms.tolist()})
    return list(cache.values())


def _sums_that_fail(evidence: Evidence) -> Iterator[str]:
    """Figures that concern more people than there are, or other numbers than the tallies of their blocks."""
    people = np.array([atom.people for atom in evidence.atoms], dtype=np.int64)
    for release in evidence.releases:
        there = int(people[release.atoms].sum())
        if release.n > there or (release.question is None and release.n != there):
            yield f"{release.name}: concerns {release.n} people; its atoms hold {there}"
    yield from _tallies_that_differ(evidence)


def _tallies_that_differ(evidence: Evidence) -> Iterator[str]:
    by_question: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for number, tally in enumerate(evidence.tallies):
        for place in tally.atoms.tolist():
            if by_question[tally.question].setdefault(place, number) != number:
                yield f"{_named(evidence, (place,))}: in two blocks of question {tally.question}"
    for release in evidence.releases:
        if release.question is None or release.question not in by_question:
            continue
        blocks = {by_question[release.question].get(place, -1) for place in release.atoms.tolist()}
        if (
            not blocks
            or -1 in blocks
            or sum(len(evidence.tallies[one].atoms) for one in blocks) != len(release.atoms)
        ):
            yield f"{release.name}: is not a sum of whole blocks"
        elif not _agrees(
            release,
            [sum(parts) for parts in zip(*(evidence.tallies[one].counts for one in blocks), strict=True)],
        ):
            yield f"{release.name}: differs from the tallies of its blocks"


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
    """Groups in which fewer than two people differ from the most common answer."""
    for tally in evidence.tallies:
        if sum(tally.counts) - max(tally.counts) < FEWEST_DIFFERING:
            yield f"{_named(evidence, tally.atoms.tolist())}: too alike on question {tally.question}"
    if not evidence.tallies:  # without them, what the figures themselves prove
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
