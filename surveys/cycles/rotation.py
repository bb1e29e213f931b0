"""Which questions a wave asks: the fixed ones always, rotating themes in turn.

Rotating themes are dealt into slots, and wave after wave the next slot is asked. So a theme returns exactly
every `len(slots)` waves, which is at most the number that HR chose. Where one part of the people is asked per
wave, the number of slots shares no factor with the number of parts: else a part would always meet one slot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

from surveys.models import Cycle, Question

if TYPE_CHECKING:
    from surveys.cycles.plans import CyclePlan


@dataclass(frozen=True, slots=True)
class Choice:
    question: Question
    rotating: bool = False

    @property
    def theme_id(self) -> int:
        return self.question.theme_id


@dataclass(frozen=True, slots=True)
class Rotation:
    """`choices` in the order of the page; `slots` hold ids of rotating themes."""

    choices: tuple[Choice, ...]
    slots: tuple[frozenset[int], ...]

    def questions(self, wave_number: int) -> list[Question]:
        """Of the wave with this number, counted from 1."""
        themes = self.slots[(wave_number - 1) % len(self.slots)] if self.slots else frozenset()
        return [one.question for one in self.choices if not one.rotating or one.theme_id in themes]

    @property
    def all_questions(self) -> list[Question]:
        return [one.question for one in self.choices]

    @property
    def every(self) -> int:
        """Waves until each rotating theme has been asked."""
        return len(self.slots)

    def sets(self) -> list[list[Question]]:
        """The different sets of questions that waves ask, one per slot."""
        return [self.questions(number) for number in range(1, max(self.every, 1) + 1)]


def rotation_of(cycle: Cycle) -> Rotation:
    chosen = cycle.cycle_questions.select_related("question__theme").order_by("position")
    choices = [Choice(one.question, one.rotating) for one in chosen]
    return rotate(choices, return_within=cycle.return_within, parts=cycle.parts)


def rotation_of_plan(plan: CyclePlan) -> Rotation:
    """The same, of a plan that was read already."""
    choices = [Choice(one, one.theme_id in plan.rotating) for one in plan.questions]
    return rotate(choices, return_within=plan.return_within, parts=plan.parts)


def rotate(choices: Iterable[Choice], *, return_within: int, parts: int) -> Rotation:
    chosen = tuple(choices)
    sizes = Counter(one.theme_id for one in chosen if one.rotating)
    number = slots_for(len(sizes), return_within=return_within, parts=parts)
    return Rotation(chosen, tuple(map(frozenset, deal(sizes, number))))


def slots_for(themes: int, *, return_within: int, parts: int) -> int:
    """The most slots that keep the promise, fill each slot, and share no factor with the parts."""
    fitting = range(min(themes, return_within), 0, -1)
    return next((number for number in fitting if gcd(number, parts) == 1), 0)


def deal(sizes: Mapping[int, int], number: int) -> Sequence[set[int]]:
    """Themes over slots: the largest first, each into the slot with the fewest questions so far."""
    slots: list[set[int]] = [set() for _ in range(number)]
    filled = [0] * number
    for theme, size in sorted(sizes.items(), key=lambda one: -one[1]):
        place = min(range(number), key=lambda slot: (filled[slot], slot))
        slots[place].add(theme)
        filled[place] += size
    return slots
