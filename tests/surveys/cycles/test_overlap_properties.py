"""Whatever the tree and whoever two cycles ask: the overlap is what people by people would be counted."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orgunits.models import OrgUnit
from surveys.audience import audience_of
from surveys.cycles.overlap import overlaps
from surveys.models import Cycle

from ..factories import BEFORE, FIRST, City, city

Choice = tuple[set[int], set[int]]  # units asked and left out, by place in the tree


@st.composite
def sizes(draw: st.DrawFn) -> dict[str, int]:
    """A root and up to eight units somewhere below it, each with up to three people of its own."""
    paths = ["City"]
    for number in range(draw(st.integers(1, 8))):
        paths.append(f"{draw(st.sampled_from(paths))}/{number}")
    return {path: draw(st.integers(0, 3)) for path in paths}


PLACES = st.sets(st.integers(0, 8), max_size=3)
CHOICES: st.SearchStrategy[Choice] = st.tuples(PLACES, PLACES)


class AnyTwoCyclesInAnyTree(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(sizes(), CHOICES, CHOICES)
    def test_the_overlap_is_what_a_count_of_people_finds(
        self, sizes: dict[str, int], one: Choice, other: Choice
    ) -> None:
        made = city(sizes)
        draft, running = cycle(made, one), cycle(made, other)
        Cycle.objects.filter(pk=running.pk).update(state=Cycle.State.ACTIVE, next_opens_at=FIRST)
        found = [(overlap.other, overlap.alone) for overlap in overlaps(draft, now=BEFORE)]
        asked, theirs = people(draft), people(running)
        both = asked.keys() & theirs.keys()
        alone = [*branches(asked, both), *branches(theirs, both)]
        assert found == ([(running, min(alone, default=0))] if both else [])


def cycle(made: City, choice: Choice) -> Cycle:
    units = list(made.units.values())
    draft = made.draft()
    for chosen, places in zip((draft.units, draft.excluded_units), choice, strict=True):
        chosen.set([units[place] for place in places if place < len(units)])
    return draft


def people(cycle: Cycle) -> dict[int, str]:
    """Whom it asks, each with the path of their unit."""
    return dict(audience_of(cycle).values_list("pk", "unit__path"))


def branches(asked: dict[int, str], both: set[int]) -> list[int]:
    """Of those whom only this cycle asks: how many are in each branch without one whom both ask, and in all.

    People of a unit with some whom both ask below it are counted by themselves.
    """
    shared = [asked[person] for person in both]
    only = [path for person, path in asked.items() if person not in both]
    counted = Counter(highest_without(shared, path) for path in only)
    return [*counted.values(), len(only)] if only else []


def highest_without(shared: list[str], path: str) -> str:
    above = [path[:end] for end in range(OrgUnit.steplen, len(path) + 1, OrgUnit.steplen)]
    return next((top for top in above if not any(one.startswith(top) for one in shared)), path)
