from __future__ import annotations

from orgunits.imports.managers import unit_managers
from orgunits.imports.people import read_people
from tests.orgunits.people_files import Row, as_csv, person


def managers(*rows: Row) -> dict[str, str]:
    people = read_people("people.csv", as_csv(rows), default_language="nl").people
    return {"/".join(path): employee_id for path, employee_id in unit_managers(people).items()}


def test_the_one_placed_in_the_unit_whom_most_name_is_its_manager() -> None:
    found = managers(
        person("deputy", "City/Care", manager="head"),
        person("head", "City/Care"),
        person("a", "City/Care", manager="head"),
        person("b", "City/Care", manager="deputy"),
    )
    assert found == {"City/Care": "head"}


def test_heads_of_the_units_directly_below_count_too() -> None:
    found = managers(
        person("director", "City"),
        person("lead", "City/Care", manager="director"),
        person("a", "City/Care", manager="lead"),
    )
    assert found == {"City": "director", "City/Care": "lead"}


def test_people_two_levels_below_do_not_count() -> None:
    found = managers(
        person("director", "City"),
        person("other", "City", manager="director"),
        *(person(f"p{number}", "City/Care/Night", manager="other") for number in range(5)),
    )
    assert found["City"] == "director"


def test_a_manager_placed_elsewhere_manages_when_nobody_inside_is_named() -> None:
    found = managers(
        person("director", "City"),
        person("a", "City/Care", manager="director"),
        person("b", "City/Care", manager="director"),
    )
    assert found == {"City": "director", "City/Care": "director"}


def test_the_lowest_employee_number_wins_a_tie() -> None:
    found = managers(
        person("m2", "City"),
        person("m1", "City"),
        person("a", "City", manager="m2"),
        person("b", "City", manager="m1"),
    )
    assert found == {"City": "m1"}


def test_a_unit_in_which_nobody_names_a_manager_has_none() -> None:
    assert managers(person("a", "City"), person("b", "City/Care")) == {}
