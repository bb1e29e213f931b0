"""Groups that no sum of figures parts from enough others, seen without a linear programme.

Take the figures as two sorts, such as final and live ones. A group stands in a row, with all that is in the
same figures of the first sort, and in a column, likewise of the second. Whatever the weights of figures, what
a group gets is that of its row plus that of its column. Nothing is known of either, but that those in no
figure are 0.

So draw a point for each row and each column, and a line for each group, as thick as it has people. If a group
has weight 1, its two ends lie 1 apart, and at each height between them a cut goes through the drawing that
parts the ends. What the sum concerns is the area of all those cuts: no less than the thinnest. Points that
cannot be parted by cutting fewer than enough people are joined here; a group of which both ends are joined is
safe.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

FEW_LINES = 40  # a point with more is not looked at as a way between two others: there are too many pairs

Point = tuple[int, ...]  # the figures of one sort that a group is in; () is the one point at height 0


def safe(ends: Sequence[tuple[Point, Point]], people: Sequence[int], threshold: int) -> list[bool]:
    """`ends`: the row and the column of each group."""
    drawing = _Drawing(ends, people, threshold)
    while drawing.join_thick() or drawing.join_by_ways():
        pass
    return [drawing.point(row) == drawing.point(column) for row, column in ends]


class _Drawing:
    def __init__(self, ends: Sequence[tuple[Point, Point]], people: Sequence[int], threshold: int) -> None:
        self.threshold = threshold
        self.joined: dict[Point, Point] = {}
        self.lines: defaultdict[Point, Counter[Point]] = defaultdict(Counter)
        for (row, column), number in zip(ends, people, strict=True):
            if row != column:
                self.lines[row][column] += number
                self.lines[column][row] += number

    def point(self, end: Point) -> Point:
        while end in self.joined:
            end = self.joined[end]
        return end

    def join_thick(self) -> bool:
        """Join all points between which there is a line of enough people, also one that joining makes."""
        waiting = list(self.lines)
        some = False
        while waiting:
            one = self.point(waiting.pop())
            other = next((end for end, n in self.lines[one].items() if n >= self.threshold), None)
            if other is not None:
                waiting.append(self._join(one, other))
                some = True
        return some

    def join_by_ways(self) -> bool:
        """Join points with enough separate ways between them: one line, or two by way of a third point."""
        ways: Counter[tuple[Point, Point]] = Counter()
        for lines in self.lines.values():
            if len(lines) <= FEW_LINES:
                for one, other in combinations(sorted(lines), 2):
                    ways[one, other] += min(lines[one], lines[other])
        return self._join_all(
            (one, other)
            for (one, other), number in ways.items()
            if number + self.lines[one][other] >= self.threshold
        )

    def _join_all(self, pairs: Iterable[tuple[Point, Point]]) -> bool:
        some = False
        for pair in list(pairs):
            one, other = map(self.point, pair)
            if one != other:
                self._join(one, other)
                some = True
        return some

    def _join(self, one: Point, other: Point) -> Point:
        """The point that both now are: the one with more lines."""
        kept, gone = sorted((one, other), key=lambda end: -len(self.lines[end]))
        self.joined[gone] = kept
        for end, number in self.lines.pop(gone).items():
            del self.lines[end][gone]
            if end != kept:
                self.lines[kept][end] += number
                self.lines[end][kept] += number
        return kept
