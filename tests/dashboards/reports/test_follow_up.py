"""Signals and actions in a report: what its reader sees of the unit and those below on the day it is made."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from openpyxl import load_workbook

from accounts.models import User
from actions.models import Action
from actions.services import close_action
from dashboards.effect import effect_line
from dashboards.reports.content import Report
from dashboards.reports.document import content_of, document
from dashboards.reports.excel import workbook
from dashboards.reports.flat import flat
from dashboards.reports.follow_up.rows import RECENT, ActionRow, action_rows
from orgunits.access import scope_of
from orgunits.models import Role
from results.effects.effect import Caution, Effect
from surveys.models import Theme
from tests.actions.steps import an_action
from tests.dashboards.reports.city import NOW, Rows
from tests.dashboards.reports.test_files import deck_of, everything, sheets_of, texts_of
from tests.factories import unit_tree, user_with
from tests.results.effects.test_before_and_after import ANOTHER, CHANGED, Town
from tests.results.effects.test_before_and_after import DAY as DAY_BETWEEN
from tests.signals import make_signal

TODAY = NOW.date()
DAY = timedelta(days=1)
FOUND = Effect(0.214, 0.05, 0.375, -0.1, -0.314, affected=1, others=9, cautions=(Caution.FEW_WAVES,))


def step(rows: Rows, path: str, title: str, begins: int = -30, ready: int = 30, **fields: Any) -> Action:
    """`begins` and `ready`: days from today."""
    days: dict[str, Any] = {"starts_on": TODAY + begins * DAY, "due_on": TODAY + ready * DAY}
    return an_action(rows.unit(path), title=title, now=NOW + min(begins, 0) * DAY, **days, **fields)


def closed(action: Action, days_ago: int, outcome: str = "done") -> Action:
    return close_action(action, outcome, "It is enough.", by=None, now=NOW - days_ago * DAY)


def titles(found: list[ActionRow]) -> list[str]:
    return [row.action.title for row in found]


def seen_by(user: User, rows: Rows, path: str) -> list[ActionRow]:
    return action_rows(scope_of(user, on=TODAY), rows.unit(path), now=NOW)


# Which


def test_it_holds_what_goes_on_and_what_was_closed_lately_by_urgency(rows: Rows) -> None:
    step(rows, "City/Care", "to come", begins=5)
    step(rows, "City/Care/North", "of a team")
    closed(step(rows, "City/Care", "closed"), 20)
    closed(step(rows, "City/Care", "closed before"), 25, "stopped")
    closed(step(rows, "City/Care", "long ago", begins=-400), RECENT.days + 1)
    step(rows, "City/Care", "late", ready=-1)
    report = rows.report("City/Care")
    assert titles(report.actions) == ["late", "of a team", "to come", "closed", "closed before"]
    assert titles(report.own_actions) == ["late", "to come", "closed", "closed before"]
    assert [row.path for row in report.actions if not row.is_own] == [("North",)]


def test_it_holds_none_of_another_unit_or_organisation(rows: Rows) -> None:
    for path in ("City", "City/Works", "City/Care/North", "City/Care"):
        step(rows, path, f"of {path}")
    elsewhere = unit_tree("Town", "Town/Care")
    an_action(elsewhere["Town/Care"], title="of a town")
    assert titles(rows.report("City/Care", Role.MANAGER).actions) == ["of City/Care/North", "of City/Care"]
    for text in everything(rows.report("City/Care/North", Role.MANAGER)):
        assert "of City/Care/North" in text
        assert not [other for other in ("of City/Works", "of a town", "of City/Care ") if other in text]


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.IT_ADMINISTRATOR])
def test_a_role_that_sees_no_results_adds_no_action(rows: Rows, role: Role) -> None:
    step(rows, "City", "of the city")
    step(rows, "City/Care/North", "of a team")
    user = user_with(Role.MANAGER, rows.unit("City/Care/North"))
    alone = user_with(role, rows.unit("City"))
    assert titles(seen_by(user, rows, "City")) == ["of a team"]
    assert titles(seen_by(alone, rows, "City")) == []


def test_the_same_queries_for_one_action_as_for_many(rows: Rows) -> None:
    user = user_with(Role.DIRECTOR, rows.unit("City"))
    counted = []
    for many in (1, 3):
        for number in range(many):
            step(rows, "City/Care/North", f"{many}.{number}", owner=user)
        scope, unit = scope_of(user, on=TODAY), rows.unit("City")
        with CaptureQueriesContext(connection) as queries:
            action_rows(scope, unit, now=NOW)
        counted.append(len(queries))
    assert counted == [2, 2]


@pytest.mark.django_db
def test_it_says_of_the_units_own_actions_whether_they_helped_as_their_pages_do() -> None:
    town = Town()
    unit, theme = town.unit(CHANGED), town.built.questions[0].theme
    own: dict[str, Any] = {"starts_on": DAY_BETWEEN, "due_on": date(2026, 12, 1)}
    an_action(unit, title="begun for a theme", theme=theme, **own)
    an_action(unit, title="begun for none", **own)
    an_action(unit, title="to come", theme=theme, starts_on=date(2026, 10, 1), due_on=date(2026, 12, 1))
    an_action(town.unit(ANOTHER), title="elsewhere", theme=theme, **own)
    scope = scope_of(user_with(Role.DIRECTOR, town.unit("City")), on=TODAY)
    found = {row.action.title: row.helped for row in action_rows(scope, unit, now=NOW)}
    helped = found.pop("begun for a theme")
    assert helped
    assert helped.effect.size < -0.5
    assert found == {"begun for none": None, "to come": None}
    above = action_rows(scope, town.unit("City"), now=NOW)
    assert [row.helped for row in above if row.action.title == "elsewhere"] == [None]


# How they stand in the files


@pytest.fixture
def told(rows: Rows) -> Report:
    """Of a unit with a signal and three actions, one of which began for a theme, and one in a team below."""
    theme = Theme.objects.get(code="load")
    owner = user_with(Role.MANAGER, rows.unit("City/Care"), user__name="Jo Smit")
    step(rows, "City/Care", "Plan the week", owner=owner, why="It is busy.\r\n\r\nOn Mondays.", theme=theme)
    step(rows, "City/Care", "=Talk()", ready=-1, is_shared=False)
    closed(step(rows, "City/Care", "Fewer forms"), 20)
    below = step(rows, "City/Care/North", "Ask the team")
    Action.objects.filter(pk=below.pk).update(moved="worse")
    make_signal(rows.unit("City/Care"), rows.waves[-1])
    report = rows.report("City/Care")
    with override("en"):
        helped = effect_line(Theme(name_en="=Load"), FOUND)
    actions = [
        replace(row, helped=helped) if row.action.title == "Plan the week" else row for row in report.actions
    ]
    return replace(report, actions=actions)


def test_each_file_tells_what_who_when_why_and_how_it_stands(told: Report) -> None:
    for text in everything(told):
        for words in ("Plan the week", "Jo Smit", "It is busy.", "On Mondays.", "It is enough.", "goes down"):
            assert words in text, words
    deck, sheets = texts_of(deck_of(told)), sheets_of(told)
    assert {"2 actions are open. 1 of them is overdue.", "2 Aug 2026", "1 Oct 2026", "Under way"} <= set(deck)
    assert "In the units below it: 1 action is open." in deck
    assert [row[1] for row in sheets["Actions"][1:]] == ["Care", "Care", "North", "Care"]
    assert sheets["Signals"][1] == ["Care: “Energy” goes down", "New"]


def test_the_one_that_people_are_not_told_of_is_marked(told: Report) -> None:
    for text in everything(told)[:2]:
        assert "=Talk() (those who were asked are not told)" in text
    with override("en"):
        listed = list(csv.DictReader(StringIO(flat(told).decode("utf-8-sig"))))
    marked = {row["text"]: row["shared"] for row in listed if row["kind"] == "action"}
    assert marked == {"'=Talk()": "no", "Plan the week": "yes", "Ask the team": "yes", "Fewer forms": "yes"}


def test_whether_it_helped_stands_with_its_uncertainty_and_why_it_may_mislead(told: Report) -> None:
    [row] = sheets_of(told)["Did it help"][1:]
    assert row[2:5] == [-0.1, -0.31, 0.21]
    assert row[5:7] == ["0.05 and 0.38", "It did better here than was to be expected."]
    deck, paper = "\n".join(texts_of(deck_of(told))), everything(told)[-1]
    for text in (deck, paper, str(row)):
        assert "There are fewer than two waves before or after it." in text
    for text in (deck, paper):
        assert "Take this as a hint, not as proof." in text


def test_tables_tell_of_every_action_how_figures_moved_since(told: Report) -> None:
    below = next(row for row in sheets_of(told)["Actions"] if row[0] == "Ask the team")
    assert below[-1] == "It did worse here than was to be expected."
    with override("en"):
        listed = list(csv.DictReader(StringIO(flat(told).decode("utf-8-sig"))))
    assert [row["moved"] for row in listed if row["text"] == "Ask the team"] == [below[-1]]


def test_in_a_list_an_action_has_days_and_a_state_and_no_figure(told: Report) -> None:
    with override("en"):
        rows = list(csv.DictReader(StringIO(flat(told).decode("utf-8-sig"))))
    [one] = [row for row in rows if row["text"] == "Fewer forms"]
    assert (one["unit"], one["state"], one["first_day"], one["closed_on"]) == (
        "Care",
        "done",
        "2026-08-02",
        "2026-08-12",
    )
    assert one["value"] == one["wave_closed_on"] == ""
    assert [row["unit"] for row in rows if row["text"] == "Ask the team"] == ["Care/North"]
    assert [row["state"] for row in rows if row["kind"] == "signal"] == ["new"]
    assert all(None not in row and None not in row.values() for row in rows)


def test_no_title_of_an_action_is_a_formula(told: Report) -> None:
    with override("en"):
        book = load_workbook(BytesIO(workbook(told)))
        listed = list(csv.reader(StringIO(flat(told).decode("utf-8-sig"))))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in (*cells, *(cell for row in listed for cell in row)) if cell.startswith("=")]


@pytest.mark.parametrize("unseen", ["\x0b", "\x1b", "\uffff"])
def test_what_someone_pasted_without_seeing_it_stops_no_file(told: Report, unseen: str) -> None:
    """XML cannot hold these, and slides and workbooks are XML."""
    for row in told.actions:
        row.action.title = row.action.why = f"Plan{unseen} the week"
    pasted = replace(told, unit=f"Care{unseen}", organisation=f"City{unseen}", above=f"City{unseen}")
    *files, _printed = everything(pasted)
    for text in files:
        assert "Plan the week" in text
        assert unseen not in text


def test_a_sheet_of_actions_has_room_for_its_days_and_no_row_higher_than_excel_knows(told: Report) -> None:
    for row in told.actions:
        row.action.why = "It is busy.\n" * 100
    with override("en"):
        sheet = load_workbook(BytesIO(workbook(told)))["Actions"]
    assert [sheet[f"{column}1"].value for column in "EFH"] == ["First day", "Ready by", "Closed on"]
    for column in "EFH":
        assert sheet.column_dimensions[column].width >= len("30 Nov 2026") + 2
    assert max(row.height or 0 for row in sheet.row_dimensions.values()) <= 409


def test_they_are_in_the_language_of_the_reader(told: Report) -> None:
    deck = texts_of(deck_of(told, "nl"))
    assert {"Er zijn 2 open acties. Daarvan is er 1 te laat.", "Wie zorgt ervoor", "Loopt"} <= set(deck)
    assert {"Signalen", "Acties", "Heeft het geholpen"} <= set(sheets_of(told, "nl"))
    with override("nl"):
        headings = [part["heading"] for part in content_of(told)["parts"]]
    assert {"Signalen", "Acties", "Hoe zeker is het dat het hielp?"} <= set(headings)


def test_a_document_with_them_follows_pdf_ua(told: Report, caplog: pytest.LogCaptureFixture) -> None:
    with override("nl"):
        assert document(told).startswith(b"%PDF")
    assert not caplog.text


def test_what_is_told_of_an_action_goes_on_over_the_page(told: Report) -> None:
    def pages(why: str) -> int:
        for row in told.own_actions:
            row.action.why = why
        with override("en"):
            return len(re.findall(rb"/Type\s*/Page\b", document(told)))

    assert pages("It is busy.\n" * 150) >= pages("It is busy.") + 3 * 2


def test_without_any_the_files_say_so_as_the_page_does(rows: Rows) -> None:
    report = rows.report("City/Care")
    *presented, listed, printed = everything(report)
    for text in (*presented, printed):
        assert "Nothing is agreed on now." in text
        assert "Signal" not in text
    assert "action" not in listed
    assert "Actions" not in sheets_of(report)


def test_a_slide_with_signals_can_be_read_from_far_and_says_what_they_are(told: Report) -> None:
    slide = next(
        one for one in deck_of(told).slides if one.shapes.title.text_frame.text.startswith("Signals")
    )
    [table] = [shape.table for shape in slide.shapes if shape.has_table]
    assert table.cell(1, 0).text_frame.paragraphs[0].runs[0].font.size.pt == 20
    words = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    assert any(text.startswith("A signal says that something shifted, and not why") for text in words)


def test_what_does_not_fit_on_a_slide_goes_on_the_next(rows: Rows) -> None:
    for number in range(7):
        step(rows, "City/Care", f"Step {number} " + "long " * 20)
    deck = deck_of(rows.report("City/Care"))
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert [len(table.rows) - 1 for table in tables if table.cell(0, 0).text == "Action"] == [4, 3]
