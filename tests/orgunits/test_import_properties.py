"""Whatever file follows whatever file: afterwards the database says what the last one said."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Organisation
from orgunits.imports.people import read_people
from orgunits.imports.tables import read_rows
from orgunits.models import Employee, OrgUnit, Role, RoleGrant
from tests.factories import OrganisationFactory
from tests.orgunits.people_files import COLUMNS, MONDAY, Row, as_csv, bring_in, person, placed

NAMES = ["Care", "Works", "Night", "Zorg & Welzijn"]
PATHS = st.lists(st.sampled_from(NAMES), max_size=3).map(lambda names: "/".join(["City", *names]))

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@st.composite
def files(draw: st.DrawFn) -> list[Row]:
    """Up to eight people with any of ten numbers; addresses change hands, managers never form a circle."""
    numbers = draw(st.lists(st.integers(0, 9), min_size=1, max_size=8, unique=True))
    addresses = draw(st.permutations([f"a{number}@example.org" for number in range(10)]))
    rows: list[Row] = []
    for number in numbers:
        named = draw(st.sampled_from([{}, *rows]))
        email = "" if draw(st.integers(0, 9)) == 0 else addresses[number]
        row = person(f"E{number}", draw(PATHS), email=email, band=draw(st.sampled_from(["", "x", "y"])))
        rows.append(row | {"manager_email": named.get("email", "")})
    return rows


class AnyFileAfterAnyFile(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(files(), min_size=1, max_size=3))
    def test_the_database_says_what_the_last_file_says(self, sequence: list[list[Row]]) -> None:
        organisation = OrganisationFactory.create()
        for day, rows in enumerate(sequence):
            now = MONDAY + timedelta(days=day)
            bring_in(organisation, *rows, now=now)
            again = bring_in(organisation, *rows, now=now)
            assert again.summary["change_count"] == 0
            check_people(organisation, rows)
            check_units(organisation, rows)
            check_access(organisation)


def check_people(organisation: Organisation, rows: list[Row]) -> None:
    assert placed(organisation) == {row["employee_id"]: row["unit_path"] for row in rows}
    employed = Employee.objects.employed().filter(organisation=organisation).select_related("manager")
    assert {one.employee_id: one.email for one in employed} == {
        row["employee_id"]: row["email"] for row in rows
    }
    assert {one.employee_id: one.manager.email if one.manager else "" for one in employed} == {
        row["employee_id"]: row["manager_email"] for row in rows
    }


def check_units(organisation: Organisation, rows: list[Row]) -> None:
    """The current units are those with people in or below them, and the tree is whole."""
    units = OrgUnit.objects.filter(organisation=organisation)
    wanted = {
        tuple(row["unit_path"].split("/")[:length])
        for row in rows
        for length in range(1, row["unit_path"].count("/") + 2)
    }
    assert units.current().count() == len(wanted)
    assert OrgUnit.objects.find_problems() == ([], [], [], [], [])


def check_access(organisation: Organisation) -> None:
    managed = {
        (unit.manager.email, unit.pk)
        for unit in OrgUnit.objects.current().filter(organisation=organisation).select_related("manager")
        if unit.manager
    }
    grants = RoleGrant.objects.filter(organisation=organisation, role=Role.MANAGER, ends_on=None)
    assert {(grant.user.email, grant.unit_id) for grant in grants.select_related("user")} == managed


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_reported(content: bytes) -> None:
    file = read_people("people.csv", content, default_language="nl")
    assert bool(file.problems) != bool(file.people)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=6, max_size=6)
    )
)
def test_any_text_is_read_or_reported(table: list[list[str]]) -> None:
    rows = [dict(zip(COLUMNS, values, strict=True)) for values in table]
    file = read_people("people.csv", as_csv(rows), default_language="nl")
    assert file.problems or len(file.people) == len([row for row in table if any(map(str.strip, row))])


@given(
    st.sampled_from([",", ";", "\t"]), st.lists(st.text("abc,;\t\" '\n", min_size=1, max_size=8), min_size=1)
)
def test_a_written_row_is_the_row_read(delimiter: str, names: list[str]) -> None:
    rows = [person("E1", last_name=f"x{name}x") for name in names]
    header, *read = list(read_rows(as_csv(rows, delimiter=delimiter)))
    assert header.cells == COLUMNS
    assert [row.cells[3] for row in read] == [f"x{name}x" for name in names]
