"""Pages of HR and directors by keyboard alone: everything is reached, works, and shows where the focus is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Visit, session_of
from tests.browser.town import Town, town

pytestmark = pytest.mark.django_db(transaction=True)

Open = Callable[[str, str], Page]

FOCUS = """() => {
  const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
  const name = it.getAttribute("aria-label") ?? (it.labels?.[0]?.innerText || it.innerText || it.id);
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    name: name.replace(/\\s+/g, " ").trim(),
    id: it.id,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && top !== null && (it.contains(top) || top.contains(it)),
  };
}"""


@pytest.fixture
def built() -> Town:
    return town(closed_waves=1)


@pytest.fixture
def open_as(built: Town, live_server: LiveServer, visit: Visit) -> Open:
    def open_page(who: str, path: str) -> Page:
        visitor = visit(live_server.url)
        visitor.sign_in(session_of(built.users[who]))
        return visitor.open(path)

    return open_page


def tab_stops(page: Page, within: str, *, key: str = "Tab") -> Iterator[dict[str, object]]:
    """The stops in an element, from the one that has the focus or comes first in it."""
    while page.evaluate("within => document.activeElement.closest(within) !== null", within):
        yield page.evaluate(FOCUS)
        page.keyboard.press(key)


def step_before(page: Page, selector: str) -> None:
    """Put the focus on the first stop of an element the way a keyboard does, so that it shows."""
    page.locator(f"{selector} :is(a, input, summary, button)").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")


def hidden_stops(stops: list[dict[str, object]]) -> list[object]:
    return [stop["name"] or stop["id"] for stop in stops if not (stop["outlined"] and stop["seen"])]


def test_units_are_chosen_and_left_out_in_the_tree(built: Town, open_as: Open) -> None:
    page = open_as("hr", f"/cycles/{built.started().pk}/edit/")
    step_before(page, ".audience")
    assert page.evaluate(FOCUS)["name"] == "Waterveen"
    page.keyboard.press("Space")
    expect(page.locator(".builder__sentence")).to_contain_text("84 people")
    names = []
    for _step in range(3):
        page.keyboard.press("Tab")
        names.append(page.evaluate(FOCUS)["name"])
    assert names == ["2 units Waterveen", "leave out Zorg", "2 units Zorg"]
    page.keyboard.press("Enter")  # unfolds Zorg
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["name"] == "leave out Wijkteam Noord"
    page.keyboard.press("Space")
    expect(page.locator(".builder__sentence")).to_contain_text(
        "70 people in Waterveen without Wijkteam Noord"
    )


def test_in_a_large_tree_a_branch_is_fetched_when_it_is_unfolded(
    built: Town, open_as: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("surveys.unit_tree.WRITTEN_WHOLE", 1)
    page = open_as("hr", f"/cycles/{built.started().pk}/edit/")
    assert page.get_by_label("Wijkteam Noord", exact=True).count() == 0
    page.locator(".audience details details summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Wijkteam Noord", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["id"] == f"units-{built.units['Waterveen/Zorg/Wijkteam Noord'].pk}"
    page.keyboard.press("Space")
    expect(page.locator(".builder__sentence")).to_contain_text("14 people in Wijkteam Noord")


def test_each_stop_in_the_tree_shows_the_focus(built: Town, open_as: Open) -> None:
    page = open_as("hr", f"/cycles/{built.started('pulse').pk}/edit/")
    step_before(page, ".audience")
    stops = list(tab_stops(page, ".audience"))
    assert len(stops) == 5
    assert hidden_stops(stops) == []


def test_each_date_of_the_calendar_is_a_stop_that_leads_to_its_line(built: Town, open_as: Open) -> None:
    page = open_as("hr", f"/cycles/{built.started('pulse').pk}/edit/")
    step_before(page, ".months")
    stops = list(tab_stops(page, ".months"))
    assert len(stops) >= 10
    assert hidden_stops(stops) == []
    step_before(page, ".months")
    assert str(page.evaluate(FOCUS)["name"]).endswith(", a wave opens")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#date-1"
    assert page.evaluate("document.activeElement.id") == "date-1"


def test_the_heatmap_is_one_stop_and_a_grid_to_walk_through_with_the_arrow_keys(
    built: Town, open_as: Open
) -> None:
    page = open_as("director", "/heatmap/")
    page.locator(".heatmap [tabindex='0']").focus()
    keys(page, "Shift+Tab", "Tab")
    stops = list(tab_stops(page, ".heatmap"))
    assert [stop["name"] for stop in stops] == ["Waterveen"]
    assert hidden_stops(stops) == []
    keys(page, "Shift+Tab", "ArrowDown", "Space")
    page.wait_for_url("**open=*")
    expect(page.locator("[aria-level='2'][aria-expanded=true]")).to_have_count(1)
    assert keys(page, "ArrowDown") == "Wijkteam Noord"
    first = keys(page, "ArrowRight")
    keys(page, "End")
    assert keys(page, "Home", "ArrowRight") == first
    assert keys(page, "Control+Home") == "Unit"
    keys(page, "ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=cooperation*")
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Cooperation between teams")
    expect(page.get_by_role("link", name="Wijkteam Noord")).to_be_visible()  # what was unfolded stays so
    page.locator(".heatmap tbody td.heat").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/units/**#theme-cooperation")


def test_walking_through_a_wide_heatmap_keeps_each_cell_in_sight(built: Town, open_as: Open) -> None:
    page = open_as("director", "/heatmap/?open=all")
    page.set_viewport_size({"width": 480, "height": 500})
    page.locator(".heatmap [tabindex='0']").focus()
    keys(page, "ArrowRight")
    seen = [page.evaluate(FOCUS) for _step in range(7) if keys(page, "ArrowRight") is not None]
    seen += [page.evaluate(FOCUS) for _step in range(7) if keys(page, "ArrowLeft") is not None]
    assert hidden_stops(seen) == []


def keys(page: Page, *pressed: str) -> str:
    """The name of what has the focus after these keys."""
    for key in pressed:
        page.keyboard.press(key)
    return str(page.evaluate(FOCUS)["name"])
