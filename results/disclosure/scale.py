"""What may be said of a group of a certain size, and which scores count as favourable."""

from __future__ import annotations

from collections.abc import Sequence

from surveys.models import QuestionText

THIRDS_FROM = 10  # people from whom favourable, neutral and unfavourable are shown
DISTRIBUTION_FROM = 50  # people from whom every score is shown


def block_minimum(question: QuestionText, minimum: int) -> int:
    """Answers that make a block. A single choice is shown as a distribution or not at all, so even the
    smallest difference of two of its figures must be large enough for one."""
    return minimum if question.has_mean else max(minimum, DISTRIBUTION_FROM)


def thirds(question: QuestionText) -> tuple[slice, slice, slice]:
    """The low, middle and high scores, as slices of a distribution.

    From 0 to 10 they are the detractors, passives and promoters of Reichheld (2003, "The One Number You Need
    to Grow", Harvard Business Review); on other scales the middle is the middle score, if there is one.
    """
    if question.points == 11:
        # Reversed, a promoter answers 0 or 1.
        return (
            (slice(0, 2), slice(2, 4), slice(4, 11))
            if question.reversed
            else (slice(0, 7), slice(7, 9), slice(9, 11))
        )
    half = question.points // 2
    return slice(0, half), slice(half, question.points - half), slice(question.points - half, question.points)


def mean(counts: Sequence[int], lowest: int) -> float:
    """The mean score of a distribution, lowest score first."""
    return sum(score * n for score, n in enumerate(counts, lowest)) / sum(counts)
