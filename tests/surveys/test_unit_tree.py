"""The tree of units to tick in, for cycles and for letters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.unit_tree import Unit, branch, tree_lines, unit_tree, without_closed

TREE = [
    Unit(1, "City", 1, 1240),
    Unit(2, "Care", 2, 40),
    Unit(3, "North", 3, 20),
    Unit(4, "South", 3, 20),
    Unit(5, "Works & <Roads>", 2, 1),
]


def test_branches_open_and_close_in_pairs() -> None:
    html = unit_tree(TREE, set())
    for tag in ("ul", "li", "details"):
        assert html.count(f"<{tag}") == html.count(f"</{tag}>")
    assert [(line.unit.name, line.below) for line in tree_lines(TREE, set(), set())] == [
        ("City", 2),
        ("Care", 2),
        ("North", 0),
        ("South", 0),
        ("Works & <Roads>", 0),
    ]


def test_it_is_open_down_to_what_was_chosen() -> None:
    lines = tree_lines(TREE, {"3"}, set())
    assert [line.unit.name for line in lines if line.opened] == ["City", "Care"]
    assert [line.unit.name for line in lines if line.checked] == ["North"]


def test_names_are_escaped() -> None:
    html = unit_tree(TREE, set(), set())
    assert "<Roads>" not in html
    assert html.count("Works &amp; &lt;Roads&gt;") == 2


def test_exceptions_are_asked_for_only_where_there_can_be_any() -> None:
    assert "excluded_units" not in unit_tree(TREE, set())
    assert unit_tree(TREE, set(), {"4"}).count("excluded_units") == len(TREE)


def test_an_empty_tree_is_an_empty_list() -> None:
    assert unit_tree([], set()) == '<ul class="unit-tree"></ul>'


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree counts as one that is too large to be written whole."""
    monkeypatch.setattr("surveys.unit_tree.WRITTEN_WHOLE", len(TREE) - 1)


def in_sight(html: str) -> list[str]:
    return re.findall(r'name="units" value="(\d+)"', html)


@pytest.mark.usefixtures("large")
def test_of_a_large_tree_closed_branches_are_fetched_when_they_are_unfolded() -> None:
    html = unit_tree(TREE, set(), set(), branch_url="/branch/{}/".format)
    assert in_sight(html) == ["1", "2", "5"]
    assert re.findall(r'hx-get="([^"]+)"', html) == ["/branch/2/"]
    assert re.findall(r'name="unfold" value="(\d+)"', html) == ["2"]
    for tag in ("ul", "li", "details"):
        assert html.count(f"<{tag}") == html.count(f"</{tag}>")
    assert in_sight(branch(TREE[2:4], set(), set(), branch_url="/branch/{}/".format)) == ["3", "4"]


@pytest.mark.usefixtures("large")
def test_of_a_large_tree_all_that_was_chosen_is_in_sight() -> None:
    for chosen, excluded in [({"3"}, set[str]()), ({"1"}, {"3"})]:
        html = unit_tree(TREE, chosen, excluded, branch_url="/branch/{}/".format)
        assert in_sight(html) == ["1", "2", "3", "4", "5"]
    html = unit_tree(TREE, set(), set(), unfolded=2, branch_url="/branch/{}/".format)
    assert in_sight(html) == ["1", "2", "3", "4", "5"]


def test_a_small_tree_is_written_whole() -> None:
    assert in_sight(unit_tree(TREE, set(), set(), branch_url="/branch/{}/".format)) == [
        "1",
        "2",
        "3",
        "4",
        "5",
    ]


@given(depths=st.lists(st.integers(1, 4), max_size=12), chosen=st.sets(st.integers(1, 12)))
def test_no_chosen_unit_is_ever_left_out_and_each_line_left_out_lies_in_one_branch(
    depths: list[int], chosen: set[int]
) -> None:
    units = [Unit(place, f"Unit {place}", depth, 1) for place, depth in enumerate(depths, start=1)]
    lines = without_closed(tree_lines(units, {str(one) for one in chosen}, set()))
    kept = {line.unit.pk for line in lines}
    assert chosen & {unit.pk for unit in units} <= kept
    roots = [line.unit.pk for line in lines if line.left_out]
    assert bool(roots) == (len(kept) < len(units))
