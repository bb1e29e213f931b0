"""Which questions are named as going well and as worth talking about.

Of the questions that differ from the organisation by more than chance would easily give, those come first
whose difference is surely the largest: what is left of it after its margin. So among few answers a question
must lie far off to be named, and a small difference is named only where many answered. Where fewer than two
such questions exist, the highest and the lowest ones fill the places, and it is said that they are only that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.change import Change, change, margin_between
from dashboards.unit.lines import QuestionLine
from results.figures import Shown

NAMED = 2  # on each side
FEWEST = 2 * NAMED + 1  # questions with a figure, so that both sides say something


@dataclass(frozen=True, slots=True)
class Named:
    """`against`: how far from the organisation; None for one that is only the highest or lowest here."""

    question: QuestionLine
    against: Change | None


@dataclass(frozen=True, slots=True)
class StandingOut:
    strengths: list[Named]
    to_discuss: list[Named]


def standing_out(questions: Sequence[QuestionLine]) -> StandingOut:
    shown = [(one, one.figure) for one in questions if isinstance(one.figure, Shown)]
    if len(shown) < FEWEST:
        return StandingOut([], [])
    sure = {id(one): _surely(one) for one, _figure in shown}
    by_place = [one for one, figure in sorted(shown, key=lambda pair: -pair[1].position)]
    strengths = _named(by_place, sure, side=1)
    taken = {id(one.question) for one in strengths}
    to_discuss = _named([one for one in by_place[::-1] if id(one) not in taken], sure, side=-1)
    return StandingOut(strengths, to_discuss)


def _named(by_place: Sequence[QuestionLine], sure: dict[int, float], *, side: int) -> list[Named]:
    clear = sorted(
        (one for one in by_place if side * sure[id(one)] > 0), key=lambda one: -side * sure[id(one)]
    )
    others = [one for one in by_place if sure[id(one)] == 0]
    found = [Named(one, _against(one)) for one in clear[:NAMED]]
    return [*found, *(Named(one, None) for one in others[: NAMED - len(found)])]


def _surely(question: QuestionLine) -> float:
    """The part of the scale by which it surely differs from the organisation; 0 if that may be chance."""
    own, whole = question.figure, question.whole
    if not (isinstance(own, Shown) and isinstance(whole, Shown) and own.highest == whole.highest):
        return 0.0
    left = abs(own.mean - whole.mean) - margin_between(own, whole)
    if left <= 0 or not _against(question):
        return 0.0
    part = left / (own.highest - own.lowest)
    return part if own.mean > whole.mean else -part


def _against(question: QuestionLine) -> Change | None:
    return change(question.figure, question.whole) if question.whole else None
