"""The tree of units to tick in, for cycles and for letters."""

from __future__ import annotations

from surveys.unit_tree import Unit, tree_lines, unit_tree

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
    assert [(line.unit.name, line.below, line.closes) for line in tree_lines(TREE, set(), set())] == [
        ("City", 2, 0),
        ("Care", 2, 0),
        ("North", 0, 0),
        ("South", 0, 1),
        ("Works & <Roads>", 0, 1),
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
