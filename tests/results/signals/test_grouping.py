"""One cause, one signal: under the layer that explains it best."""

from __future__ import annotations

from results.signals.grouping import Shift, grouped

PATHS = {
    "city": "0001",
    "care": "00010001",
    "night": "000100010001",
    "day": "000100010002",
    "works": "00010002",
}


def shift(name: str, people: float, size: float = -0.4, what: str = "energy") -> Shift:
    return Shift(key=list(PATHS).index(name), path=PATHS[name], what=what, people=people, size=size)


def names(shifts: list[Shift]) -> dict[str, str]:
    order = list(PATHS)
    return {order[key]: order[head] for key, head in grouped(shifts).items()}


def test_teams_that_fall_together_are_one_signal_of_their_department() -> None:
    shifts = [shift("care", 30), shift("night", 10), shift("day", 12)]
    assert names(shifts) == {"night": "care", "day": "care"}


def test_a_department_that_falls_because_of_one_team_is_explained_by_that_team() -> None:
    shifts = [shift("care", 30, -0.3), shift("night", 10, -0.9)]
    assert names(shifts) == {"care": "night"}


def test_a_chain_ends_where_most_of_it_is() -> None:
    shifts = [shift("city", 300, -0.05), shift("care", 30, -0.5), shift("night", 10), shift("day", 12)]
    assert names(shifts) == {"city": "care", "night": "care", "day": "care"}


def test_units_beside_each_other_and_other_themes_stay_apart() -> None:
    assert names([shift("care", 30), shift("works", 30)]) == {}
    assert names([shift("care", 30), shift("night", 10, what="voice")]) == {}


def test_when_one_team_explains_its_department_the_others_stand_for_themselves() -> None:
    shifts = [shift("care", 30, -0.3), shift("night", 10, -0.8), shift("day", 12, -0.2)]
    assert names(shifts) == {"care": "night"}


def test_two_shifts_of_one_unit_are_one_and_those_below_belong_to_it() -> None:
    care, night = shift("care", 30), shift("night", 9)
    gap = Shift(key=99, path=care.path, what="energy", people=30, size=0.4, leads=True)
    assert grouped([care, night, gap]) == {care.key: 99, night.key: 99}


def test_a_department_beside_the_one_that_makes_most_of_the_whole_keeps_its_own_teams() -> None:
    shifts = [shift("city", 100, -0.3), shift("works", 40, -0.6), shift("care", 30, -0.5), shift("night", 10)]
    assert names(shifts) == {"city": "works", "night": "care"}
