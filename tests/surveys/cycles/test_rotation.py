from __future__ import annotations

from itertools import groupby
from math import gcd

from hypothesis import given
from hypothesis import strategies as st

from surveys.cycles.rotation import Choice, Rotation, rotate
from surveys.models import Question


def choices(sizes: list[int], fixed: int = 0) -> list[Choice]:
    """A rotating theme of each size, and one fixed theme of so many questions."""
    themes = [(theme, size) for theme, size in enumerate(sizes, start=1)]
    rotating = [
        Choice(Question(theme_id=theme), rotating=True) for theme, size in themes for _ in range(size)
    ]
    return [*(Choice(Question(theme_id=0)) for _ in range(fixed)), *rotating]


def themes_of(rotation: Rotation, wave: int) -> set[int]:
    return {question.theme_id for question in rotation.questions(wave)}


sizes = st.lists(st.integers(1, 7), min_size=1, max_size=15)
waves = st.integers(1, 12)
parts = st.integers(1, 13)


@given(sizes, waves, parts, st.integers(1, 200))
def test_each_theme_returns_within_the_chosen_number_of_waves(
    sizes: list[int], within: int, parts: int, first: int
) -> None:
    rotation = rotate(choices(sizes), return_within=within, parts=parts)
    seen = set().union(*(themes_of(rotation, wave) for wave in range(first, first + within)))
    assert seen == set(range(1, len(sizes) + 1))


@given(sizes, waves, parts)
def test_each_part_of_the_people_meets_each_theme(sizes: list[int], within: int, parts: int) -> None:
    rotation = rotate(choices(sizes), return_within=within, parts=parts)
    for part in range(1, parts + 1):
        turns = range(part, part + parts * rotation.every, parts)
        assert set().union(*(themes_of(rotation, wave) for wave in turns)) == set(range(1, len(sizes) + 1))
    assert gcd(rotation.every, parts) == 1


@given(sizes, waves, parts, st.integers(1, 50))
def test_no_wave_is_without_questions_and_fixed_ones_are_in_all(
    sizes: list[int], within: int, parts: int, wave: int
) -> None:
    assert rotate(choices(sizes), return_within=within, parts=parts).questions(wave)
    assert 0 in themes_of(rotate(choices(sizes, fixed=1), return_within=within, parts=parts), wave)


@given(sizes, waves)
def test_a_theme_is_asked_whole_and_in_the_order_of_the_page(sizes: list[int], within: int) -> None:
    rotation = rotate(choices(sizes, fixed=2), return_within=within, parts=1)
    for wave in range(1, within + 1):
        asked = [question.theme_id for question in rotation.questions(wave)]
        found = {theme: len(list(same)) for theme, same in groupby(asked)}
        assert asked == sorted(asked)
        assert all(found[theme] == sizes[theme - 1] for theme in found if theme)


@given(st.lists(st.just(3), min_size=1, max_size=15), waves)
def test_themes_of_one_size_are_spread_evenly(sizes: list[int], within: int) -> None:
    sets = rotate(choices(sizes), return_within=within, parts=1).sets()
    numbers = [len(questions) for questions in sets]
    assert max(numbers) - min(numbers) <= 3


def test_without_turns_every_wave_asks_all() -> None:
    rotation = rotate(choices([], fixed=4), return_within=4, parts=4)
    assert [len(rotation.questions(wave)) for wave in (1, 2, 3)] == [4, 4, 4]


def test_where_a_quarter_is_asked_four_slots_become_three() -> None:
    assert rotate(choices([3] * 8), return_within=4, parts=4).every == 3
