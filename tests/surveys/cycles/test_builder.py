"""The page on which a cycle is made: beginning, saving after each change, two people at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from orgunits.models import OrgUnit, Role
from surveys.models import Cycle

from ..factories import City, city

pytestmark = pytest.mark.django_db

SOON = timezone.localdate() + timedelta(days=14)


@pytest.fixture
def made() -> City:
    return city({"City/Care": 2, "City/Care/Team": 1, "City/Works": 3})


def browser(made: City, *roles: Role, unit: str = "City") -> Client:
    client = Client()
    client.force_login(made.user(*roles, unit=unit))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def hr(made: City) -> Client:
    return browser(made, Role.HR)


@pytest.fixture
def draft(made: City) -> Cycle:
    return made.draft("City/Works", now=timezone.now(), starts_on=SOON)


def filled_in(made: City, *units: str, **changes: Any) -> dict[str, Any]:
    return {
        "version": "1",
        "name": "Pulse",
        "units": [made.units[path].pk for path in units or ["City"]],
        "questions": [question.pk for question in made.questions(2)],
        "parts": "1",
        "return_within": "4",
        "most_within_days": "30",
        "rhythm": "two_weeks",
        "recurrence": "",
        "starts_on": SOON.isoformat(),
        "send_at": "09:00",
        "days_open": "7",
        "reminder_after_days": "3",
        "languages": ["nl", "en"],
        "comment_allowed": "on",
    } | changes


def begin(client: Client, begin: str, **more: Any) -> Cycle:
    client.post(reverse("surveys:cycle_new"), {"begin": begin} | more)
    return Cycle.objects.latest("pk")


def edit(client: Client, cycle: Cycle, sent: dict[str, Any] | None = None, *, live: bool = False) -> str:
    address = reverse("surveys:cycle_edit", args=[cycle.pk])
    headers = {"HX-Request": "true"} if live else {}
    response = client.get(address) if sent is None else client.post(address, sent, headers=headers)
    if response.status_code == 302:
        response = client.get(response.headers["Location"])
    return response.content.decode()


def ticked(shown: str, name: str) -> list[int]:
    return [int(number) for number in re.findall(rf'id="{name}-(\d+)"\s+checked', shown)]


# Beginning


def test_looking_at_ways_to_begin_makes_nothing(made: City, hr: Client) -> None:
    assert "Begin with a copy" not in hr.get(reverse("surveys:cycle_new")).content.decode()
    assert not Cycle.objects.exists()


def test_an_empty_page_asks_all_of_one_s_units_and_nothing_yet(made: City) -> None:
    cycle = begin(browser(made, Role.HR, unit="City/Care"), "empty")
    assert list(cycle.units.all()) == [made.units["City/Care"]]
    assert not cycle.cycle_questions.exists()
    assert cycle.state == Cycle.State.DRAFT
    assert cycle.starts_on > timezone.localdate()


@pytest.mark.parametrize("template", ["pulse", "monthly_quarter", "quarterly"])
def test_a_template_makes_a_cycle_that_could_be_launched(made: City, hr: Client, template: str) -> None:
    made.hire("City/Works", 20)  # a quarter of the people is enough for a wave
    cycle = begin(hr, template)
    assert "Needed:" not in edit(hr, cycle)
    hr.post(reverse("surveys:cycle_launch", args=[cycle.pk]))
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.ACTIVE


def test_a_copy_takes_over_all_but_name_and_day(made: City, hr: Client, draft: Cycle) -> None:
    edit(hr, draft, filled_in(made, "City/Care", parts="2", intro_nl="Dag!", most_invitations="2"))
    copy = begin(hr, "earlier", cycle=draft.pk)
    assert copy.name == "Pulse (copy)"
    assert (copy.parts, copy.intros, copy.most_invitations) == (2, {"nl": "Dag!"}, 2)
    assert list(copy.units.all()) == [made.units["City/Care"]]
    assert copy.cycle_questions.count() == 2
    assert copy.version == 1


def test_a_cycle_beyond_one_s_own_units_cannot_be_copied(made: City, draft: Cycle) -> None:
    client = browser(made, Role.HR, unit="City/Care")
    sent = {"begin": "earlier", "cycle": draft.pk}
    assert client.post(reverse("surveys:cycle_new"), sent).status_code == 404


# Saving


def test_what_is_filled_in_is_saved(made: City, hr: Client, draft: Cycle) -> None:
    sent = filled_in(
        made,
        "City",
        name="Renamed",
        excluded_units=[made.units["City/Care/Team"].pk],
        parts="4",
        most_invitations="2",
        most_within_days="28",
        skip_weekends="on",
        remind_again_after_days="5",
        languages=["nl"],
        sender_name="HR",
        reply_to="hr@example.org",
        intro_nl="Dag!",
    )
    assert "The draft has been saved" in edit(hr, draft, sent)
    draft.refresh_from_db()
    assert (draft.name, draft.parts, draft.most_invitations, draft.most_within_days) == ("Renamed", 4, 2, 28)
    assert (draft.skip_weekends, draft.skip_holidays, draft.remind_again_after_days) == (True, False, 5)
    assert (draft.languages, draft.sender_name, draft.reply_to) == (["nl"], "HR", "hr@example.org")
    assert draft.intros == {"nl": "Dag!"}
    assert list(draft.units.all()) == [made.units["City"]]
    assert list(draft.excluded_units.all()) == [made.units["City/Care/Team"]]


def test_the_page_shows_what_was_saved(made: City, hr: Client, draft: Cycle) -> None:
    theme = made.questions(1)[0].theme
    sent = filled_in(
        made,
        "City/Care",
        excluded_units=[made.units["City/Care/Team"].pk],
        rotating=[theme.pk],
        intro_en="Hello!",
    )
    edit(hr, draft, sent)
    shown = edit(hr, draft)
    assert ticked(shown, "units") == [made.units["City/Care"].pk]
    assert ticked(shown, "except") == [made.units["City/Care/Team"].pk]
    assert sorted(ticked(shown, "question")) == sorted(sent["questions"])
    assert "Hello!" in shown


def test_a_draft_may_lack_units_and_questions_and_says_so(made: City, hr: Client, draft: Cycle) -> None:
    shown = edit(hr, draft, filled_in(made, units=[], questions=[]), live=True)
    assert "Choose at least one unit." in shown
    assert "Choose at least one question." in shown
    draft.refresh_from_db()
    assert not draft.units.exists()


def test_a_draft_that_lacks_something_cannot_be_launched(made: City, hr: Client, draft: Cycle) -> None:
    edit(hr, draft, filled_in(made, questions=[]))
    address = reverse("surveys:cycle_launch", args=[draft.pk])
    assert "Launch this cycle</button>" not in hr.get(address).content.decode()
    hr.post(address)
    draft.refresh_from_db()
    assert draft.state == Cycle.State.DRAFT


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, "This field is required"),
        ({"starts_on": "soon"}, "Enter a valid date"),
        ({"send_at": "25:00"}, "Enter a valid time"),
        ({"days_open": "61"}, "less than or equal to 60"),
        ({"rhythm": "own"}, "Write a rule"),
        ({"rhythm": "own", "recurrence": "FREQ=HOURLY"}, "More often is not possible"),
        ({"rhythm": "own", "recurrence": "FREQ=WEEKLY;BYDAY=XX"}, "cannot be read"),
        ({"rhythm": "sometimes"}, "Select a valid choice"),
        ({"units": ["x"]}, "is not a valid value"),
        ({"units": ["0"]}, "is not one of the available choices"),
        ({"reply_to": "nobody"}, "Enter a valid email address"),
        ({"languages": []}, "Choose at least one language."),
        ({"parts": "5"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_read_is_explained_and_kept_and_the_rest_is_saved(
    made: City, hr: Client, draft: Cycle, changes: dict[str, Any], reason: str
) -> None:
    was: dict[str, Any] = {**Cycle.objects.values().get(pk=draft.pk)}
    shown = edit(hr, draft, filled_in(made, sender_name="HR of the city") | changes)
    assert reason in shown
    assert 'value="HR of the city"' in shown
    now: dict[str, Any] = {**Cycle.objects.values().get(pk=draft.pk)}
    assert now["sender_name"] == "HR of the city"
    for name in changes.keys() & was.keys():
        assert now[name] == was[name]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reminder_after_days": "7"}, "send the reminder earlier"),
        ({"remind_again_after_days": "2"}, "The second reminder comes after the first"),
        ({"days_open": "15"}, "while the one of"),
        ({"rhythm": "own", "recurrence": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "gives no date"),
        ({"starts_on": "2020-01-06"}, "have passed"),
    ],
)
def test_what_cannot_work_stands_among_the_checks(
    made: City, hr: Client, draft: Cycle, changes: dict[str, Any], reason: str
) -> None:
    assert reason in edit(hr, draft, filled_in(made) | changes, live=True)


def test_a_live_answer_holds_the_sentence_and_the_new_version(made: City, hr: Client, draft: Cycle) -> None:
    shown = edit(hr, draft, filled_in(made, "City/Care", days_open="6"), live=True)
    assert "2 questions about Energy, to 3 people in Care, open for 6 days." in shown
    assert 'name="version" value="2"' in shown
    assert "<html" not in shown


def test_saving_the_same_again_makes_no_new_version(made: City, hr: Client, draft: Cycle) -> None:
    sent = filled_in(made)
    edit(hr, draft, sent, live=True)
    assert 'name="version" value="2"' in edit(hr, draft, sent | {"version": "2"}, live=True)


def test_a_sitting_is_one_event_in_the_audit(made: City, hr: Client, draft: Cycle) -> None:
    for version in range(1, 5):
        edit(hr, draft, filled_in(made, name=f"Name {version}", version=str(version)), live=True)
    assert AuditEvent.objects.filter(action="cycle.changed").count() == 1


def test_units_beyond_one_s_own_are_neither_shown_nor_accepted(made: City) -> None:
    client = browser(made, Role.HR, unit="City/Care")
    cycle = begin(client, "empty")
    shown = edit(client, cycle)
    assert "Team" in shown
    assert "Works" not in shown
    for field in ("units", "excluded_units"):
        sent = filled_in(made, "City/Care") | {field: [made.units["City/Works"].pk]}
        assert "is not one of the available choices" in edit(client, cycle, sent)


# Two people


def test_who_comes_second_is_told_and_keeps_what_they_typed(made: City, hr: Client, draft: Cycle) -> None:
    edit(hr, draft, filled_in(made, name="Anna’s name"), live=True)
    other = browser(made, Role.HR)
    mine = filled_in(made, name="Ben’s name")
    address = reverse("surveys:cycle_edit", args=[draft.pk])
    response = other.post(address, mine)
    shown = response.content.decode()
    assert response.status_code == 409
    assert "someone else has changed this draft" in shown
    assert 'value="Ben’s name"' in shown
    assert "It differs from theirs in: Name" in shown
    draft.refresh_from_db()
    assert draft.name == "Anna’s name"


def test_until_they_choose_their_later_changes_are_not_saved_either(
    made: City, hr: Client, draft: Cycle
) -> None:
    edit(hr, draft, filled_in(made, name="Anna’s name"), live=True)
    for _change in range(2):
        shown = edit(browser(made, Role.HR), draft, filled_in(made, name="Ben’s name"), live=True)
        assert "someone else has changed this draft" in shown
        assert 'name="version" value="1"' in shown
    draft.refresh_from_db()
    assert draft.name == "Anna’s name"


def test_they_may_save_theirs_on_purpose(made: City, hr: Client, draft: Cycle) -> None:
    edit(hr, draft, filled_in(made, name="Anna’s name"), live=True)
    edit(browser(made, Role.HR), draft, filled_in(made, name="Ben’s name", overwrite="2"))
    draft.refresh_from_db()
    assert (draft.name, draft.version) == ("Ben’s name", 3)


def test_overwriting_too_minds_what_came_after_it_was_offered(made: City, hr: Client, draft: Cycle) -> None:
    edit(hr, draft, filled_in(made, name="Anna’s name"), live=True)
    edit(hr, draft, filled_in(made, name="Anna again", version="2"), live=True)
    edit(browser(made, Role.HR), draft, filled_in(made, name="Ben’s name", overwrite="2"))
    draft.refresh_from_db()
    assert draft.name == "Anna again"


# A large organisation


def queries_of(client: Client, cycle: Cycle, sent: dict[str, Any] | None = None) -> int:
    edit(client, cycle, sent, live=sent is not None)
    with CaptureQueriesContext(connection) as queries:
        edit(client, cycle, sent, live=sent is not None)
    return len(queries)


def test_the_page_takes_the_same_queries_for_any_number_of_units_and_questions(
    made: City, hr: Client, draft: Cycle
) -> None:
    few = queries_of(hr, draft, filled_in(made, most_invitations="1")), queries_of(hr, draft)
    for number in range(3):
        made.units["City"].refresh_from_db()
        made.units["City"].add_child(organisation=made.organisation, name=f"More {number}")
    made.questions(3)
    draft.refresh_from_db()
    sent = filled_in(made, most_invitations="1", version=str(draft.version))
    assert (queries_of(hr, draft, sent), queries_of(hr, draft)) == few


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree counts as one that is too large to be written whole."""
    monkeypatch.setattr("surveys.unit_tree.WRITTEN_WHOLE", 1)


def branch(client: Client, cycle: Cycle, unit: OrgUnit) -> str:
    return client.get(reverse("surveys:cycle_branch", args=[cycle.pk, unit.pk])).content.decode()


@pytest.mark.usefixtures("large")
def test_units_of_a_closed_branch_are_fetched_when_it_is_unfolded(
    made: City, hr: Client, draft: Cycle
) -> None:
    care, team = (made.units[path] for path in ("City/Care", "City/Care/Team"))
    assert f'id="units-{team.pk}"' not in edit(hr, draft)
    fetched = branch(hr, draft, care)
    assert re.findall(r'id="units-(\d+)"', fetched) == [str(team.pk)]
    edit(hr, draft, filled_in(made, "City", excluded_units=[team.pk]))
    assert ticked(branch(hr, draft, care), "except") == [team.pk]


@pytest.mark.usefixtures("large")
def test_without_script_a_button_saves_and_unfolds(made: City, hr: Client, draft: Cycle) -> None:
    care, team = (made.units[path] for path in ("City/Care", "City/Care/Team"))
    address = reverse("surveys:cycle_edit", args=[draft.pk])
    response = hr.post(address, filled_in(made, "City/Works", name="Kept", unfold=care.pk))
    assert response.headers["Location"].endswith(f"?unfold={care.pk}#units-{care.pk}")
    shown = hr.get(response.headers["Location"]).content.decode()
    assert f'id="units-{team.pk}"' in shown
    assert 'value="Kept"' in shown


def test_a_branch_of_units_beyond_one_s_own_is_not_there(made: City) -> None:
    client = browser(made, Role.HR, unit="City/Care")
    cycle = begin(client, "empty")
    assert "Team" in branch(client, cycle, made.units["City/Care"])
    for path in ("City", "City/Works"):
        address = reverse("surveys:cycle_branch", args=[cycle.pk, made.units[path].pk])
        assert client.get(address).status_code == 404


def test_a_branch_takes_the_same_queries_for_any_number_of_units(
    made: City, hr: Client, draft: Cycle
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            branch(hr, draft, made.units["City"])
        return len(captured)

    few = queries()
    for number in range(3):
        made.units["City"].refresh_from_db()
        made.units["City"].add_child(organisation=made.organisation, name=f"More {number}")
    assert queries() == few
