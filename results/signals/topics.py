"""Topics that recur and grow in released comments, named by their own terms.

TF-IDF and non-negative matrix factorisation (Lee and Seung 1999), on words and pairs of words, in Dutch and
English together. A topic is told only with ten different comments or more. Which topics there are is found in
the organisation; a unit's share of a topic is compared with what the organisation as a whole does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

FEWEST = 10  # different comments in a topic
MOST_TOPICS = 12
COMMENTS_A_TOPIC = 25
FEW = 3  # comments that hold a term, for it to name a topic
TERMS = 3  # that name a topic
LEAST = 0.1  # of the heaviest term's weight, for another to name it too
LIKE = 0.2  # how much of a comment must be about a topic for it to belong to any
CONCENTRATION = 60.0  # how far units differ in what they write about, beside chance
SEED = 20

# Words that say nothing about what a comment is about.
DUTCH = """
    aan al alle als alleen altijd andere ben bent bij daar dag dan dat de deze die dit doe doen door dus
    een eens eerlijk eigen en er erg etc gaan gaat geen gewoon goed haar had hebben heb heeft heel hele
    hem hen het hier hij hoe hopelijk ik in is ja je jij jou jullie kan komen komt kon krijgen kunnen
    maar mag me meer men met mij mijn moet moeten mooi na naar nee net niet niets nieuwe nog nou nu of
    om omdat ons onze onder ook op opvalt over per sinds soms staat steeds te tot tussen u uit uw van
    veel voor vaak wat we wel welke wij wil word worden wordt zal ze zelf zich zie zij zijn zo zonder
    zou gezegd denk graag mee hoor hetzelfde
"""
ENGLISH = """
    a about after all also always am an and any are as at be because been before but by can could day
    did do does even every for from get gets getting go good had has have he her here his how i if in
    into is it its just like made make many me more most much my never new no not now of often on once
    one only or other our out own people really said same see should since so some still such than that
    the their them then there these they thing things this time to too under up us very want was we well
    were what when where which who why will with work would you your
"""
STOP = sorted({*DUTCH.split(), *ENGLISH.split()})
WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Topic:
    """`terms` name it; `comments`: places of those that are about it, most of all first."""

    terms: tuple[str, ...]
    comments: Counts


@dataclass(frozen=True, slots=True)
class Growth:
    """A topic in one unit: comments about it and all, now and before; `p_value`: of so many now by chance."""

    topic: int
    unit: int
    now: int
    of_now: int
    before: int
    of_before: int
    p_value: float


def topics(texts: Sequence[str]) -> list[Topic]:
    """Largest first; none when there are too few comments. Always the same for the same texts."""
    different = len({normal(text) for text in texts})
    number = min(MOST_TOPICS, different // COMMENTS_A_TOPIC)
    if number < 2:
        return []
    matrix, terms = _matrix(texts)
    if matrix is None:
        return []
    weights, components = _factors(matrix, min(number, min(matrix.shape) - 1))
    most = weights.argmax(axis=1)
    share = weights.max(axis=1) / np.maximum(weights.sum(axis=1), 1e-12)
    found = []
    for topic in range(components.shape[0]):
        mine = np.flatnonzero((most == topic) & (share > LIKE) & (weights[:, topic] > 0))
        mine = mine[np.argsort(-weights[mine, topic], kind="stable")]
        if len({normal(texts[place]) for place in mine.tolist()}) >= FEWEST:
            found.append(Topic(_names(components[topic], terms), mine))
    return sorted(found, key=lambda topic: -len(topic.comments))


def normal(text: str) -> str:
    """Two comments of the same words are one."""
    return " ".join(WORD.findall(text.lower()))


def terms_in(terms: Sequence[str], texts: Iterable[str]) -> tuple[str, ...]:
    """Those that a few of these comments hold."""
    found = [set(normal(text).split()) for text in texts]
    return tuple(term for term in terms if sum(found_in >= set(term.split()) for found_in in found) >= FEW)


def _matrix(texts: Sequence[str]) -> tuple[Any, list[str]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(
        stop_words=STOP,
        token_pattern=WORD.pattern,
        ngram_range=(1, 2),
        min_df=FEW,
        max_df=0.5,
        sublinear_tf=True,
    )
    try:
        matrix = words.fit_transform(texts)
    except ValueError:  # no word is left in enough of them
        return None, []
    return matrix, [str(term) for term in words.get_feature_names_out()]


def _factors(matrix: Any, number: int) -> tuple[Floats, Floats]:
    from sklearn.decomposition import NMF

    model = NMF(n_components=number, init="nndsvda", random_state=SEED, max_iter=400, tol=1e-3)
    return np.asarray(model.fit_transform(matrix)), np.asarray(model.components_)


def _names(component: Floats, terms: Sequence[str]) -> tuple[str, ...]:
    """The heaviest terms, without those that only repeat one already there."""
    chosen: list[str] = []
    for place in np.argsort(-component, kind="stable"):
        term = terms[place]
        if component[place] < LEAST * component.max():
            break
        if not any(set(term.split()) & set(other.split()) for other in chosen):
            chosen.append(term)
        if len(chosen) == TERMS:
            break
    return tuple(chosen)


def growth(found: Sequence[Topic], units: Counts, waves: Counts, *, window: int = 3) -> list[Growth]:
    """Topics that take a larger part of a unit's comments in the last `window` waves than in all before.

    `waves`: the place of each comment's; `units`: that of its unit, or of several (units that lie in each
    other, one per column), -1 for none. What the organisation does now sets what is expected, so a
    topic that grows everywhere is told of the organisation (unit -1) only. The p-value is from a
    beta-binomial around that: units differ in what they write about, beside chance. So that few comments
    before do not pass for a small part, it is never smaller than what those predict by themselves.
    """
    units = units.reshape(len(waves), -1)
    last = int(waves.max()) if len(waves) else 0
    recent = waves > last - window
    told = []
    for number, topic in enumerate(found):
        about = np.zeros(len(units), dtype=bool)
        about[topic.comments] = True
        told.append(_grown(number, -1, about, recent, about[~recent].mean() if (~recent).any() else 0.0))
        expected = float(about[recent].mean()) if recent.any() else 0.0
        for unit in np.unique(units[units >= 0]):
            mine = (units == unit).any(axis=1)
            own = about[mine & ~recent]
            usual = max(expected, float(own.mean()) if len(own) >= FEWEST else 0.0)
            told.append(_grown(number, int(unit), about & mine, recent & mine, usual, before=~recent & mine))
    return [one for one in told if one.now >= FEWEST]


def _grown(
    topic: int, unit: int, about: Any, recent: Any, expected: float, before: Any | None = None
) -> Growth:
    from scipy.stats import betabinom  # here: pages load this module for the words, not for the sums

    earlier = ~recent if before is None else before
    now, of_now = int(about[recent].sum()), int(recent.sum())
    part = min(max(float(expected), 0.5 / max(len(about), 1)), 0.999)
    was, of_was = int(about[earlier].sum()), int(earlier.sum())
    chance = betabinom.sf(now - 1, of_now, part * CONCENTRATION, (1 - part) * CONCENTRATION)
    predicted = betabinom.sf(now - 1, of_now, was + 0.5, of_was - was + 0.5)
    return Growth(topic, unit, now, of_now, was, of_was, float(max(chance, predicted)))
