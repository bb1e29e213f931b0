"""Topics that recur in released comments, named by their own terms.

TF-IDF and non-negative matrix factorisation (Lee and Seung 1999), in Dutch and English together, find many
narrow topics, often a phrase each. Those whose comments use the same words are one: the most alike are
joined, by the cosine of their centroids. A topic is told only with ten different comments or more. Which
topics there are is found in the whole organisation; where one grows, `growing` finds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

FEWEST = 10  # different comments in a topic
MOST_NARROW = 24
COMMENTS_A_NARROW = 10
FEWEST_IN_ALL = 50  # different comments, to find topics in
ALIKE = 0.2  # cosine from which the words of two narrow topics are those of one
FEW = 3  # comments that hold a term, for it to name a topic
TERMS, NAMED = 6, 3  # that may name a topic, and that do in one unit
LEAST = 0.1  # of the heaviest term's weight, for another to name it too
LIKE = 0.2  # how much of a comment must be about a topic for it to belong to any
SEED = 20

# Words that say nothing about what a comment is about.
DUTCH = """
    aan al alle als alleen altijd andere ben bent bij daar dag dan dat de deze die dit doe doen door dus
    een eens eerlijk eigen en er erg etc gaan gaat geen gewoon goed haar had hebben heb heeft heel hele
    hem hen het hier hij hoe hopelijk ik in is ja je jij jou jullie kan komen komt kon krijgen kunnen
    maar mag me meer men met mij mijn moet moeten mooi na naar nee net niet niets nieuwe nog nou nu of
    om omdat ons onze onder ook op opvalt over per sinds soms staat steeds te tot tussen u uit uw van
    veel voor vaak wat we wel welke wij wil word worden wordt zal ze zelf zich zie zij zijn zo zonder
    zou gezegd denk graag mee hoor hetzelfde wie elk elke ieder iedere weer keer twee drie
"""
ENGLISH = """
    a about after all also always am an and any are as at be because been before but by can could day
    did do does even every for from get gets getting go good had has have he her here his how i if in
    into is it its just like made make many me more most much my never new no not now of often on once
    one only or other our out own people really said same see should since so some still such than that
    the their them then there these they thing things this time to too under up us very want was we well
    were what when where which who why will with work would you your each two three
"""
STOP = sorted({*DUTCH.split(), *ENGLISH.split()})
WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Topic:
    """`terms` name it; `comments`: places of those that are about it."""

    terms: tuple[str, ...]
    comments: Counts


def topics(texts: Sequence[str], *, newest: int | None = None) -> list[Topic]:
    """Largest first; none when there are too few comments. Always the same for the same texts.

    `newest`: so many at the end say which topics there are, as what begins is little of all that was written.
    """
    different = len({normal(text) for text in texts})
    if different < FEWEST_IN_ALL:
        return []
    matrix, terms = _matrix(texts)
    number = min(MOST_NARROW, different // COMMENTS_A_NARROW, len(terms) - 1)
    if number < 2:
        return []
    weights = _factors(matrix, number, len(texts) if newest is None else newest)
    belongs = weights.max(axis=1) > LIKE * np.maximum(weights.sum(axis=1), 1e-12)
    home = np.where(belongs, _joined(weights.argmax(axis=1), matrix), -1)
    usual = np.asarray(matrix.mean(axis=0)).ravel()
    found = []
    for topic in np.unique(home[home >= 0]):
        mine = np.flatnonzero(home == topic)
        if len({normal(texts[place]) for place in mine.tolist()}) >= FEWEST:
            found.append(Topic(_names(_centroid(matrix, mine) - usual, terms), mine))
    return sorted(found, key=lambda topic: -len(topic.comments))


def normal(text: str) -> str:
    """Two comments of the same words are one."""
    return " ".join(WORD.findall(text.lower()))


def terms_in(terms: Sequence[str], texts: Iterable[str]) -> tuple[str, ...]:
    """Those that most of these comments hold, and at least a few."""
    held = Counter(word for text in texts for word in set(normal(text).split()))
    most = sorted(terms, key=lambda term: -held[term])
    return tuple(term for term in most[:NAMED] if held[term] >= FEW)


def _matrix(texts: Sequence[str]) -> tuple[Any, list[str]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(
        stop_words=STOP,
        token_pattern=WORD.pattern,
        min_df=FEW,
        max_df=0.5,
        sublinear_tf=True,
    )
    try:
        matrix = words.fit_transform(texts)
    except ValueError:  # no word is left in enough of them
        return None, []
    return matrix, [str(term) for term in words.get_feature_names_out()]


def _factors(matrix: Any, number: int, newest: int) -> Floats:
    """How much each comment is about each narrow topic of the newest ones."""
    from sklearn.decomposition import NMF

    model = NMF(n_components=number, init="nndsvda", random_state=SEED, max_iter=400, tol=1e-3)
    return np.asarray(model.fit(matrix[-newest:]).transform(matrix))


def _joined(home: Counts, matrix: Any) -> Counts:
    """The two most alike become one, as long as any two are alike."""
    while True:
        topics = np.unique(home)
        centroids = np.array([_centroid(matrix, np.flatnonzero(home == one)) for one in topics])
        centroids /= np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-12)
        cosine = np.triu(centroids @ centroids.T, 1)
        first, second = np.unravel_index(int(cosine.argmax()), cosine.shape)
        if cosine[first, second] < ALIKE:
            return home
        home = np.where(home == topics[second], topics[first], home)


def _centroid(matrix: Any, places: Counts) -> Floats:
    return np.asarray(matrix[places].mean(axis=0)).ravel()


def _names(weight: Floats, terms: Sequence[str]) -> tuple[str, ...]:
    """The terms that are heavier here than they are usually, the most first."""
    heaviest = np.argsort(-weight, kind="stable")[:TERMS]
    return tuple(terms[place] for place in heaviest if weight[place] >= LEAST * weight.max())
