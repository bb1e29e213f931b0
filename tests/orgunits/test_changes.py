"""What changed in the work: entered by HR, imported whole or not at all, and the load on a unit."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.models import AuditEvent
from orgunits.changes.kinds import ChangeKind
from orgunits.changes.load import load_on
from orgunits.changes.services import import_changes
from orgunits.models import ChangeEvent, OrgUnit, Role
from tests.factories import unit_tree, user_with

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)


@pytest.fixture
def units() -> dict[str, OrgUnit]:
    return unit_tree("City", "City/Care", "City/Care/North", "City/Works")


def event(unit: OrgUnit, name: str = "Move", *, kind: str = "relocation", on: date = DAY) -> ChangeEvent:
    return ChangeEvent.objects.create(organisation=unit.organisation, unit=unit, name=name, kind=kind, on=on)


def test_hr_adds_a_change_and_takes_it_away_again(units: dict[str, OrgUnit], client: Client) -> None:
    client.force_login(user_with(Role.HR, units["City"]))
    sent = {"name": "New system", "kind": "system", "on": "2026-03-02", "unit": units["City/Care"].pk}
    assert client.post("/people/changes/", sent).status_code == 302
    change = ChangeEvent.objects.get()
    assert (change.name, change.kind, change.on, change.unit) == (
        "New system",
        "system",
        DAY,
        units["City/Care"],
    )
    assert "New system" in client.get("/people/changes/").content.decode()
    client.post(f"/people/changes/{change.pk}/remove/")
    assert not ChangeEvent.objects.exists()
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "change.added",
        "change.removed",
    ]


def test_a_unit_of_another_organisation_cannot_be_chosen(units: dict[str, OrgUnit], client: Client) -> None:
    client.force_login(user_with(Role.HR, units["City"]))
    stranger = unit_tree("Town")["Town"]
    sent = {"name": "New system", "kind": "system", "on": "2026-03-02", "unit": stranger.pk}
    assert client.post("/people/changes/", sent).status_code == 200
    assert not ChangeEvent.objects.exists()
    theirs = event(stranger)
    assert client.post(f"/people/changes/{theirs.pk}/remove/").status_code == 404


FILE = """name;kind;date;unit_path
New system;system;2026-03-02;City/Care
Move;relocation;2026-04-01;City
"""


def test_a_file_is_added_once(units: dict[str, OrgUnit], client: Client) -> None:
    client.force_login(user_with(Role.HR, units["City"]))
    for _time in range(2):
        file = SimpleUploadedFile("changes.csv", FILE.encode())
        assert client.post("/people/changes/import/", {"file": file}).status_code == 302
    assert [(one.name, one.unit.name) for one in ChangeEvent.objects.order_by("on")] == [
        ("New system", "Care"),
        ("Move", "City"),
    ]


def test_of_a_file_with_a_wrong_row_nothing_is_added_and_each_reason_is_told(
    units: dict[str, OrgUnit],
) -> None:
    wrong = FILE + "Odd;surprise;tomorrow;City/Nowhere\n"
    with override("en"), pytest.raises(ValidationError) as refused:
        import_changes(units["City"].organisation, content=wrong.encode(), by=None, now=timezone.now())
    assert [reason.split(":")[0] for reason in refused.value.messages] == ["Line 4"] * 3
    assert "‘tomorrow’ is no date" in refused.value.messages[1]
    assert not ChangeEvent.objects.exists()


def test_a_file_as_dutch_excel_saves_it_is_understood(units: dict[str, OrgUnit]) -> None:
    rows = "Name;Kind;Date;Unit_path\r\nVerhuizing;Verhuizing naar een andere plek;3-12-2026;City / Care\r\n"
    with override("nl"):
        kind = str(ChangeKind.RELOCATION.label)
        text = "\ufeff" + rows.replace("Verhuizing naar een andere plek", kind.upper())
        twice = text + text.splitlines()[1] + "\r\n"
        added = import_changes(
            units["City"].organisation, content=twice.encode(), by=None, now=timezone.now()
        )
    change = ChangeEvent.objects.get()
    assert added == 1
    assert (change.kind, change.on, change.unit) == ("relocation", date(2026, 12, 3), units["City/Care"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b" \n", "The first row lacks: name, kind, date, unit_path"),
        (
            FILE.encode() + "Caf\xe9;system;2026-03-02;City".encode("cp1252"),
            "Line 4: The file is not in UTF-8",
        ),
        (FILE.encode() + b'"Open;system;2026-03-02;City', "Line 4: This line cannot be read"),
        (FILE.encode() + b"Odd;system;31-2-2026;City", "‘31-2-2026’ is no date"),
        (FILE.encode() + b"\x00;system;2026-03-02;City", "give a name"),
        (FILE.encode() + b"More;system;2026-03-02;City\n" * 5000, "more than 5,000 rows"),
        (FILE.encode() + b"More;surprise;2026-03-02;City\n" * 30, "And 10 more"),
        (FILE.encode() * 100_000, "more than 5,000 rows"),
        (b"PK\x03\x04 no workbook", "The spreadsheet cannot be opened"),
    ],
    ids=["empty", "windows", "quote", "day", "unprintable", "rows", "problems", "large", "zip"],
)
def test_a_bad_file_is_refused_with_the_line_and_changes_nothing(
    units: dict[str, OrgUnit], client: Client, content: bytes, reason: str
) -> None:
    client.force_login(user_with(Role.HR, units["City"]))
    file = SimpleUploadedFile("changes.csv", content)
    answer = client.post("/people/changes/import/", {"file": file}, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert re.search(reason, html.unescape(answer.content.decode()))
    assert not ChangeEvent.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_file_without_its_columns_is_refused(units: dict[str, OrgUnit]) -> None:
    with override("en"), pytest.raises(ValidationError, match="The first row lacks: kind, unit_path"):
        import_changes(units["City"].organisation, content=b"name,date\nA,B\n", by=None, now=timezone.now())


def test_the_load_of_a_unit_is_what_falls_on_it_and_above_it_and_fades(units: dict[str, OrgUnit]) -> None:
    changes = [
        event(units["City"], on=DAY),
        event(units["City/Care"], kind="reorganisation", on=DAY - timedelta(days=91)),
        event(units["City/Works"], on=DAY),
        event(units["City/Care/North"], on=DAY - timedelta(days=182)),
        event(units["City/Care/North"], on=DAY + timedelta(days=1)),
    ]
    assert load_on(units["City/Care/North"], changes, DAY) == 1 + 2 * 0.5
    assert load_on(units["City"], changes, DAY) == 1


def test_the_timeline_shows_a_leader_the_changes_of_the_own_branch_and_of_those_above(
    units: dict[str, OrgUnit], client: Client
) -> None:
    for path, name in (("City", "For all"), ("City/Care/North", "For North"), ("City/Works", "For Works")):
        event(units[path], name, on=timezone.localdate())
    client.force_login(user_with(Role.MANAGER, units["City/Care"]))
    text = client.get("/changes/").content.decode()
    assert "For all" in text
    assert "For North" in text
    assert "For Works" not in text
    assert f"/units/{units['City'].pk}/" not in text
