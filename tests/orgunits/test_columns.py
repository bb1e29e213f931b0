"""Files with names of their own for their columns: asked about once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Organisation
from orgunits.imports.columns import GROUP, IGNORED, LEVEL, REQUIRED, guessed
from orgunits.imports.people import read_people
from orgunits.imports.problems import ImportRefusedError
from orgunits.imports.services import forget_columns, name_columns, remembered
from orgunits.models import Employee, ImportRun
from tests.factories import OrganisationFactory
from tests.orgunits.people_files import COLUMNS, MONDAY, as_csv, person, preview_import, work

DUTCH = {
    "personeelsnummer": "employee_id",
    "e-mail": "email",
    "roepnaam": "first_name",
    "achternaam": "last_name",
    "organisatiepad": "unit_path",
    "e-mail leidinggevende": "manager_email",
}
ROWS = [person("a", "City/Care", band="x"), person("b", "City/Works", manager="a", band="y")]


def renamed(columns: dict[str, str]) -> bytes:
    """The same people; `columns`: name in the file → own name."""
    content = as_csv(ROWS, columns=[*columns.values(), "band"])
    _header, rest = content.split(b"\r\n", 1)
    return ",".join([*columns, "band"]).encode() + b"\r\n" + rest


def read_in(city: Organisation, content: bytes) -> ImportRun:
    return preview_import(city, file_name="people.csv", content=content, by=None, now=MONDAY)


def answered(run: ImportRun, **meanings: str) -> ImportRun:
    name_columns(run, {**DUTCH, "band": IGNORED, **meanings}, by=None, now=MONDAY)
    work()
    run.refresh_from_db()
    return run


@pytest.fixture
def city() -> Organisation:
    return OrganisationFactory.create(name="City", language="en")


@pytest.mark.django_db
def test_a_file_with_other_names_is_asked_about_once(city: Organisation) -> None:
    run = read_in(city, renamed(DUTCH))
    assert run.state == ImportRun.State.MAPPING
    assert {one["name"]: one["guess"] for one in run.summary["columns"]} == {**DUTCH, "band": IGNORED}
    assert run.summary["columns"][0]["samples"] == ["a", "b"]
    assert answered(run).state == ImportRun.State.PREVIEWED
    assert "columns" not in run.summary
    again = read_in(city, renamed(DUTCH))
    assert again.state == ImportRun.State.PREVIEWED
    assert again.summary["counts"] == {"people.new": 2, "units.new": 3, "access.new": 1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "guess"), [(("City", "City/Care"), "unit_path"), (("Care", "Works"), LEVEL)]
)
def test_one_column_of_units_is_guessed_by_what_is_in_it(
    city: Organisation, values: tuple[str, str], guess: str
) -> None:
    rows = [person(f"E{number}", value) for number, value in enumerate(values)]
    content = as_csv(rows).replace(b"unit_path", b"Afdeling").replace(b"employee_id", b"Stamnummer")
    columns = {one["name"]: one["guess"] for one in read_in(city, content).summary["columns"]}
    assert columns["afdeling"] == guess


@pytest.mark.django_db
def test_what_is_wrong_is_said_of_the_column_as_the_file_calls_it(city: Organisation) -> None:
    answered(read_in(city, renamed(DUTCH)))
    run = read_in(city, renamed(DUTCH).replace(b"a@example.org,", b"nobody,", 1))
    found = [(one["line"], one["column"]) for one in run.errors]
    assert found == [(2, "e-mail"), (3, "e-mail leidinggevende")]


@pytest.mark.django_db
def test_a_new_column_in_such_a_file_is_asked_about(city: Organisation) -> None:
    answered(read_in(city, renamed(DUTCH)))
    content = renamed(DUTCH).replace(b",band\r\n", b",grade\r\n")
    run = read_in(city, content)
    assert run.state == ImportRun.State.MAPPING
    assert {one["name"]: one["guess"] for one in run.summary["columns"]} == {**DUTCH, "grade": IGNORED}


@pytest.mark.django_db
def test_each_organisation_has_its_own(city: Organisation) -> None:
    answered(read_in(city, renamed(DUTCH)))
    other = OrganisationFactory.create()
    assert remembered(other) == {}
    assert read_in(other, renamed(DUTCH)).state == ImportRun.State.MAPPING


@pytest.mark.django_db
def test_what_is_forgotten_is_asked_again(city: Organisation) -> None:
    answered(read_in(city, renamed(DUTCH)))
    forget_columns(city, by=None, now=MONDAY)
    assert read_in(city, renamed(DUTCH)).state == ImportRun.State.MAPPING


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("meanings", "reason"),
    [
        ({"band": "email"}, "Two columns cannot both be"),
        ({"personeelsnummer": IGNORED}, "Say which column this is: Employee number"),
        ({"organisatiepad": IGNORED}, "Say which column this is: Unit"),
    ],
)
def test_an_impossible_answer_is_refused(city: Organisation, meanings: dict[str, str], reason: str) -> None:
    run = read_in(city, renamed(DUTCH))
    with pytest.raises(ImportRefusedError, match=reason):
        answered(run, **meanings)
    assert remembered(city) == {}


@pytest.mark.django_db
def test_a_group_keeps_its_name_and_what_is_left_out_is_not_kept(city: Organisation) -> None:
    run = answered(read_in(city, renamed(DUTCH)), band=GROUP)
    assert dict(run.changes.get(subject="A Jansen (a)").values)["band"] == ["", "x"]
    forget_columns(city, by=None, now=MONDAY)
    run = answered(read_in(city, renamed(DUTCH)))
    assert "band" not in run.changes.get(subject="A Jansen (a)").values


def test_levels_in_columns_of_their_own_make_a_path() -> None:
    content = b"nr,sector,team\n1,Care,Night\n2,Care,\n3,HR/Finance,\n4,City,Desk\n"
    meanings = {"nr": "employee_id", "sector": LEVEL, "team": LEVEL}
    file = read_people("p.csv", content, default_language="nl", meanings=meanings, root="City")
    assert not file.problems
    assert [one.unit_path for one in file.people] == [
        ("City", "Care", "Night"),
        ("City", "Care"),
        ("City", "HR-Finance"),
        ("City", "Desk"),
    ]


@pytest.mark.django_db
def test_people_without_an_address_can_be_a_whole_file(city: Organisation) -> None:
    run = read_in(city, b"nr,sector\n1,Care\n2,Works\n")
    name_columns(run, {"nr": "employee_id", "sector": LEVEL}, by=None, now=MONDAY)
    work()
    run.refresh_from_db()
    assert run.state == ImportRun.State.PREVIEWED
    assert run.summary["without_email"] == 2
    assert run.changes.filter(kind="people.without_email").count() == 2
    assert not Employee.objects.exists()


NAMES = st.text("abcdefghijklmnop qrstuvwxyz_-é", min_size=1, max_size=20).map(
    lambda text: " ".join(text.split())
)


@given(st.permutations(COLUMNS), st.lists(NAMES, min_size=6, max_size=6, unique=True))
def test_any_names_in_any_order_give_the_same_people(order: list[str], names: list[str]) -> None:
    content = as_csv([{key: row[key] for key in COLUMNS} for row in ROWS], columns=order)
    _header, rest = content.split(b"\r\n", 1)
    mapped = ",".join(f"x{name}" for name in names).encode() + b"\r\n" + rest
    meanings = {f"x{name}": meaning for name, meaning in zip(names, order, strict=True)}
    own = read_people("p.csv", content, default_language="nl")
    other = read_people("p.csv", mapped, default_language="nl", meanings=meanings)
    assert not own.problems
    assert other.problems.kept == []
    assert other.people == own.people
    assert set(other.columns.names) == set(REQUIRED)


def test_a_guess_is_given_once() -> None:
    assert guessed(["E-mail".lower(), "mail", "Naam".lower()], {}) == {
        "e-mail": "email",
        "mail": IGNORED,
        "naam": "last_name",
    }
